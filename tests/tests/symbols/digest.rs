//! The symbols file: the same from the same sources, without a trace of where it was made,
//! and small.

use crate::{or_fail, read};
use inspect::symbols::{BadSymbols, Sources, Symbols};
use inspect_digest::{Guest, digest};
use std::path::Path;
use tests::Artefacts;
use tests::boot::symbols;

/// Where the compiler was told that the sources are.
const SOURCES: &str = "/orrery";

fn digest_anew(guest: &Path) -> Symbols {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let programs = std::fs::read_dir(guest.join("programs.debug")).expect("it is built");
    let programs = programs.map(|entry| {
        let entry = entry.expect("it can be listed");
        (
            entry.file_name().to_string_lossy().into_owned(),
            read(&entry.path()),
        )
    });
    let symbols = digest(Guest {
        kernel: &read(&guest.join("kernel")),
        kernel_debug: &read(&guest.join("kernel.debug")),
        programs: programs.collect(),
        root: SOURCES,
        text: &|path| std::fs::read_to_string(root.join(path)).ok(),
    });
    symbols.expect("it can be read")
}

#[test]
fn the_same_files_give_the_same_symbols() {
    let artefacts = or_fail(Artefacts::find());
    let guest = artefacts.kernel.parent().expect("it lies in a folder");
    let (once, again) = (digest_anew(guest), digest_anew(guest));
    assert!(once.to_bytes() == again.to_bytes());
    assert!(once.sources == again.sources);

    let built = read(&artefacts.symbols);
    let built = Symbols::from_bytes(&built).expect("symbols of this build");
    assert_eq!(built.check_kernel(&once.kernel_sha256), Ok(()));
    assert!(built.kernel == once.kernel && built.types == once.types);
    assert!(built.programs == once.programs);
}

#[test]
fn symbols_do_not_tell_where_they_were_made() {
    let artefacts = or_fail(Artefacts::find());
    let symbols = Symbols::from_bytes(&read(&artefacts.symbols)).expect("symbols of this build");
    for file in &symbols.files {
        let is_ours = ["kernel/", "user/"]
            .iter()
            .any(|dir| file.path.starts_with(dir));
        assert!(is_ours, "{}", file.path);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("it has one");
    for needle in [
        root.to_string_lossy().as_ref(),
        "/rustc/",
        "/.cargo/",
        SOURCES,
    ] {
        let bytes = [read(&artefacts.symbols), read(&artefacts.sources)].concat();
        let found = bytes
            .windows(needle.len())
            .any(|bytes| bytes == needle.as_bytes());
        assert!(!found, "{needle}");
    }
}

/// What can be relied on: functions that events hang on, variables that views read.
#[test]
fn what_others_rely_on_has_a_name() {
    let symbols = symbols();
    for name in [
        "fork", "exec", "sleep", "wakeup", "kalloc", "kfree", "usertrap", "swtch",
    ] {
        let found: Vec<_> = symbols.functions(name).collect();
        assert!(!found.is_empty(), "{name}");
        for function in found {
            assert!(function.start < function.end, "{name}");
        }
    }
    let fork = symbols
        .functions("kernel::proc::life::fork")
        .next()
        .expect("it is there");
    assert_eq!(symbols.path(fork.file), "kernel/src/proc/life.rs");
    let text = symbols
        .text("kernel/src/proc/life.rs")
        .expect("it is there");
    let declared = text.lines().nth(fork.line as usize - 1);
    assert!(
        declared.is_some_and(|line| line.contains("fn fork(")),
        "{declared:?}"
    );
    for name in [
        "kernel::proc::PROC",
        "CPUS",
        "KMEM",
        "KERNEL_PAGETABLE",
        "FS",
    ] {
        assert!(symbols.variable(name).is_ok(), "{name}");
    }
    assert!(symbols.program("sh").is_some() && symbols.program("nonsense").is_none());
}

/// Who looks at lines gets those of the build that runs, or is told why not.
#[test]
fn source_text_belongs_to_its_symbols() {
    let artefacts = or_fail(Artefacts::find());
    let mut symbols =
        Symbols::from_bytes(&read(&artefacts.symbols)).expect("symbols of this build");
    assert_eq!(symbols.text("kernel/src/main.rs"), None);
    assert_eq!(symbols.give_sources(&read(&artefacts.sources)), Ok(()));
    let text = symbols.text("kernel/src/main.rs").map(str::to_owned);
    assert_eq!(text, std::fs::read_to_string("../kernel/src/main.rs").ok());
    assert_eq!(
        symbols.text("user/ulib/src/lib.rs"),
        None,
        "it has lines and no text"
    );

    let others = Sources::default().to_bytes();
    assert_eq!(symbols.give_sources(&others), Err(BadSymbols::OtherSources));
}
