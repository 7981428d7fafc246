//! The workloads that the tests play: each a kind of change that a file system must make whole.

use fs::Indirection;
use fsimg::{Layout, Source};

use super::workload::{Step, Workload, Writer};

/// Each makes one.
pub const WORKLOADS: &[fn() -> Workload] = &[
    create,
    append,
    rename,
    truncate,
    large,
    trees,
    orphan,
    full,
    two_shells,
    three_shells,
];

/// New files, and old ones written anew.
fn create() -> Workload {
    let steps = vec![
        Step::echo("one", "a"),
        Step::echo("two and some more", "b"),
        Step::copy(1, "c"),
        Step::echo("three", "a"),
        Step::copy(1, "b"),
    ];
    Workload::alone("create", steps)
}

/// A file that grows, within a block and into the next.
fn append() -> Workload {
    let long = "0123456789".repeat(9);
    let mut steps = vec![Step::echo("log", "log")];
    steps.extend((0..14).map(|_| Step::append(&long, "log")));
    Workload::alone("append", steps)
}

/// A file replaced by name: the new one is written, then takes the old one's name. There is
/// always one of the two.
fn rename() -> Workload {
    let mut steps = vec![Step::echo("old", "file")];
    for text in ["newer", "newest"] {
        steps.extend([
            Step::echo(text, "file.new"),
            Step::link("file", "file.old"),
            Step::remove(&["file"]),
            Step::link("file.new", "file"),
            Step::remove(&["file.new", "file.old"]),
        ]);
    }
    Workload::alone("rename", steps)
}

/// Files cut to nothing, with an indirect block and without one.
fn truncate() -> Workload {
    let steps = vec![
        Step::copy(1, "small"),
        Step::truncate("small"),
        Step::copy(6, "large"),
        Step::truncate("large"),
        Step::append("again", "large"),
        Step::truncate("nothing"),
    ];
    Workload::alone("truncate", steps)
}

/// A file that gets doubly indirect blocks, and loses them.
fn large() -> Workload {
    let steps = vec![
        Step::append_copy("large"),
        Step::append_copy("large"),
        Step::link("large", "other"),
        Step::truncate("large"),
        Step::append("again", "other"),
        Step::remove(&["large", "other"]),
        Step::append_copy("larger"),
        Step::remove(&["larger"]),
    ];
    let mut workload = Workload::alone("large", steps);
    workload.layout = Layout {
        blocks: 800,
        inodes: 48,
        indirection: Indirection::Double,
    };
    // All but two of the blocks there are before the doubly indirect one; and more.
    for (name, n_blocks) in [("large", 265), ("larger", 270)] {
        workload.files.push(Source {
            name: name.into(),
            bytes: vec![b'l'; n_blocks * 1024],
        });
    }
    workload
}

/// Directories in directories, made and taken away, and the whole directory a name too many makes
/// grow.
fn trees() -> Workload {
    let steps = vec![
        Step::mkdir(&["d", "d/e", "d/e/f", "d/g"]),
        Step::echo("leaf", "d/e/f/leaf"),
        Step::link("d/e/f/leaf", "d/g/leaf"),
        Step::remove(&["d/e/f/leaf", "d/e/f", "d/e"]),
        Step::mkdir(&["d/e"]),
        // Not empty: refused.
        Step::remove(&["d/g"]),
        Step::remove(&["d/g/leaf", "d/g", "d/e", "d"]),
    ];
    Workload::alone("trees", steps)
}

/// Files whose last name goes while somebody reads or writes them.
fn orphan() -> Workload {
    let held = Step::new(
        "(sleep 4; cat README README) > held & sleep 2",
        Step::truncate("held").calls,
    );
    let steps = vec![
        held,
        Step::remove(&["held"]),
        Step::echo("meanwhile", "other"),
        Step::quiet("wait"),
        Step::copy(1, "read"),
        Step::quiet("(sleep 4; cat) < read & sleep 2"),
        Step::remove(&["read"]),
        Step::quiet("wait"),
        Step::echo("afterwards", "other"),
    ];
    Workload::alone("orphan", steps)
}

/// More than the disk holds; then room again.
fn full() -> Workload {
    let mut steps = vec![Step::mkdir(&["d"])];
    for name in ["d/1", "d/2", "d/3", "d/4", "d/5", "d/6", "d/7", "d/8"] {
        steps.push(Step::copy(1, name));
    }
    steps.push(Step::mkdir(&["d/none"]));
    steps.push(Step::remove(&["d/2"]));
    steps.push(Step::echo("fits", "d/9"));
    let mut workload = Workload::alone("full", steps);
    workload.layout.blocks = 128;
    workload
}

fn two_shells() -> Workload {
    shells("two shells", 2, 1)
}

fn three_shells() -> Workload {
    shells("three shells", 3, 2)
}

/// Several shells at once, each in its own directory, whose operations share transactions.
fn shells(name: &str, n: usize, seed: u64) -> Workload {
    let directories = &["p0", "p1", "p2"][..n];
    let writer = |within: &str| {
        let at = |name: &str| format!("{within}/{name}");
        let steps = vec![
            Step::echo("one", &at("a")),
            Step::copy(1, &at("b")),
            Step::link(&at("a"), &at("c")),
            Step::append("two", &at("c")),
            Step::remove(&[&at("a"), &at("b")]),
            Step::mkdir(&[&at("d"), &at("d/e")]),
            Step::echo("three", &at("d/e/f")),
        ];
        Writer {
            within: within.into(),
            steps,
        }
    };
    Workload {
        harts: n,
        seed,
        before: vec![Step::mkdir(directories)],
        writers: directories.iter().map(|within| writer(within)).collect(),
        after: vec![Step::quiet("sync"), Step::echo("after", "after")],
        ..Workload::alone(name, Vec::new())
    }
}
