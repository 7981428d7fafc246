//! The power may fail before any write. Whatever was written then, the next mount finds a
//! disk without fault that holds what was there after some whole transaction: not before
//! the last one that had ended, not after the one under way.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod common;

use common::Operation;
use common::{Process, Recorder, SMALL, Tree, assert_clean, large, mounted, operation, put, tree};
use fs::FileSystem;
use proptest::prelude::*;

/// What the disk holds once `n_writes` writes have been made.
struct Ended {
    n_writes: usize,
    holds: Tree,
}

/// Does `operations` on `disk`; then cuts the power at each write. Returns how many there are.
fn check(disk: Vec<u8>, operations: &[Operation]) -> usize {
    let fs = Box::new(FileSystem::new(Recorder::new(disk.clone(), usize::MAX)));
    fs.mount().unwrap();
    let mut ended = vec![Ended {
        n_writes: 0,
        holds: tree(&*fs),
    }];
    let mut process = Process::new(&*fs);
    for operation in operations {
        let note = || {
            let n_writes = fs.host().n_writes();
            if ended.last().is_some_and(|last| last.n_writes != n_writes) {
                ended.push(Ended {
                    n_writes,
                    holds: tree(&*fs),
                });
            }
        };
        // Whether it succeeds is not the question here.
        let _ = process.run(operation, note);
    }
    let n_writes = fs.host().n_writes();
    ended.push(Ended {
        n_writes,
        holds: tree(&*fs),
    });

    let writes = fs.host().writes.lock().unwrap();
    let mut image = disk;
    for n in 0..=writes.len() {
        if n > 0 {
            put(&mut image, &writes[n - 1]);
        }
        assert_clean(&image);
        let again = mounted(image.clone());
        let holds = tree(&*again);
        let bytes = again.host().bytes();
        assert_clean(&bytes);
        assert_eq!(
            fsimg::check(&bytes).notes,
            [],
            "mounting frees orphans and empties the log"
        );
        let before = ended.iter().rposition(|state| state.n_writes <= n).unwrap();
        let after = (before + 1).min(ended.len() - 1);
        let whole = holds == ended[before].holds || holds == ended[after].holds;
        assert!(
            whole,
            "power off before write {n} of {}: neither {before} nor {after}",
            writes.len()
        );
    }
    writes.len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_power_cut_at_any_write_leaves_whole_transactions(
        operations in prop::collection::vec(operation(), 1..30)
    ) {
        check(SMALL.format().unwrap(), &operations);
    }
}

/// A file that gets, and loses, doubly indirect blocks.
#[test]
fn a_power_cut_leaves_large_files_whole() {
    let write = |at, len, seed| Operation::Write {
        path: "/c".into(),
        at,
        len,
        seed,
    };
    let n_writes = check(
        large(),
        &[
            write(1000, 3500, 1),
            write(999, 2000, 2),
            Operation::Truncate("/c".into()),
            write(1000, 280_000, 3),
            Operation::Hold("/c".into()),
            Operation::Unlink("/c".into()),
            Operation::Create("/b".into(), fs::Kind::File),
            Operation::Release,
        ],
    );
    assert!(n_writes > 1000, "{n_writes}");
}

/// A second power cut, in the middle of the recovery from the first.
#[test]
fn recovery_can_itself_be_cut_off() {
    let empty = SMALL.format().unwrap();
    let fs = Box::new(FileSystem::new(Recorder::new(empty.clone(), usize::MAX)));
    fs.mount().unwrap();
    let mut process = Process::new(&*fs);
    process
        .run(&Operation::Create("/d".into(), fs::Kind::Dir), || ())
        .unwrap();
    let writes = fs.host().writes.lock().unwrap().clone();
    // The header that names blocks is the moment of commit.
    let header = writes
        .iter()
        .position(|(block, bytes)| *block == 2 && bytes[0] != 0)
        .unwrap();
    let mut committed = empty;
    writes[..=header]
        .iter()
        .for_each(|write| put(&mut committed, write));
    for cut in 0.. {
        let first = Box::new(FileSystem::new(Recorder::new(committed.clone(), cut)));
        let whole = first.mount().is_ok();
        let again = mounted(first.into_host().disk.into_bytes());
        assert!(
            tree(&*again).contains_key("/d"),
            "cut at write {cut} of the recovery"
        );
        assert_clean(&again.host().bytes());
        if whole {
            assert!(cut > 3, "recovery writes several blocks");
            break;
        }
    }
}

/// A disk that fails from some write on: operations give errors, nothing panics or hangs, and
/// what is on the disk stays whole.
#[test]
fn a_disk_that_fails_keeps_what_was_committed() {
    let operations = [
        Operation::Create("/d".into(), fs::Kind::Dir),
        Operation::Create("/d/f".into(), fs::Kind::File),
        Operation::Write {
            path: "/d/f".into(),
            at: 0,
            len: 9000,
            seed: 3,
        },
        Operation::Link("/d/f".into(), "/g".into()),
        Operation::Unlink("/d/f".into()),
        Operation::Unlink("/d".into()),
        Operation::Unlink("/g".into()),
    ];
    for fail_from in 0.. {
        let empty = SMALL.format().unwrap();
        let fs = Box::new(FileSystem::new(Recorder::new(empty, fail_from)));
        fs.mount().unwrap();
        let mut process = Process::new(&*fs);
        for operation in operations.iter().cycle().take(2 * operations.len()) {
            let _ = process.run(operation, || ());
        }
        drop(process);
        let whole = fs.sync().is_ok();
        let again = mounted(fs.host().disk.bytes());
        let _ = tree(&*again);
        assert_clean(&again.host().bytes());
        if whole {
            break;
        }
    }
}
