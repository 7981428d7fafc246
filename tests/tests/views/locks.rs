//! Locks: that all are there, who has them and who waits.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Watched, boot};
use inspect::view::LockKind;

/// The locks of the book are there, by their own names, and every sleep lock with its inside.
#[test]
fn locks_are_all_there() {
    let guest = boot(3, "");
    let locks = guest.locks();
    let mut names: BTreeMap<(&str, LockKind), usize> = BTreeMap::new();
    for lock in &locks {
        *names.entry((lock.name.as_str(), lock.kind)).or_default() += 1;
        assert!(!lock.name.is_empty() && !lock.path.is_empty(), "{lock:?}");
    }
    let spin = [
        "cons",
        "ftable",
        "itable",
        "log",
        "nextpid",
        "pr",
        "time",
        "uart",
        "virtio_disk",
        "wait_lock",
    ];
    let spin = spin.map(|name| (name, 1)).into_iter();
    // `kmem` is one for each hart that there may be, `bcache` one for each bucket.
    for (name, count) in spin.chain([("proc", 64), ("kmem", 8), ("bcache", 13)]) {
        assert_eq!(names.get(&(name, LockKind::Spin)), Some(&count), "{name}");
    }
    for (name, count) in [("buffer", 30), ("inode", 50)] {
        assert_eq!(names.get(&(name, LockKind::Sleep)), Some(&count), "{name}");
    }
    let sleep = locks.iter().filter(|lock| lock.kind == LockKind::Sleep);
    let insides = names.get(&("sleep lock", LockKind::Spin));
    assert_eq!(insides, Some(&sleep.count()));
    let at: BTreeSet<u64> = locks.iter().map(|lock| lock.at.0).collect();
    assert_eq!(at.len(), locks.len(), "each once");
    assert!(locks.iter().any(|lock| lock.path == "PROC[63].lock"));
    // At the prompt nobody has any, and what everybody waits for is no lock.
    assert!(
        locks
            .iter()
            .all(|lock| !lock.held && lock.spinning.is_empty()),
        "{locks:?}"
    );
}

fn sstatus(guest: &Watched, hart: u32) -> u64 {
    let sstatus = guest.observatory.machine().csr(hart as usize, 0x100);
    sstatus.expect("there is such a hart")
}

/// The function that `hart` is in, whatever was inlined into it.
fn function(guest: &Watched, hart: u32) -> Option<&str> {
    let pc = guest.observatory.machine().harts()[hart as usize].pc;
    let symbols = guest.observatory.symbols()?;
    Some(symbols.short_name(symbols.kernel.function_at(pc)?.name))
}

/// Looks again and again while programs run, until all was seen that should be.
#[test]
fn locks_tell_who_has_them_and_who_waits() {
    let mut guest = boot(3, "");
    let (mut by_process, mut spinning, mut sleep_held, mut slept_for) = (0, 0, 0, 0);
    for _ in 0..40 {
        guest.type_line("ls & ls & ls & wait");
        for _ in 0..300 {
            guest.run(997);
            let processes = guest.processes();
            for lock in guest.locks() {
                assert!(lock.hart.is_none() || lock.held, "{lock:?}");
                match lock.kind {
                    LockKind::Spin => {
                        by_process += usize::from(lock.hart.is_some() && lock.holder.is_some());
                        // Who has one has interrupts off: `sstatus.SIE` is clear.
                        let has_interrupts = lock.hart.map(|hart| sstatus(&guest, hart) & 2 != 0);
                        assert_ne!(has_interrupts, Some(true), "{lock:?}");
                        for hart in &lock.spinning {
                            assert_eq!(function(&guest, *hart), Some("acquire"));
                        }
                        spinning += lock.spinning.len();
                        assert!(
                            !lock.spinning.iter().any(|&hart| lock.hart == Some(hart)),
                            "{lock:?}"
                        );
                        assert!(lock.sleeping.is_empty());
                    }
                    LockKind::Sleep => {
                        sleep_held += usize::from(lock.holder.is_some());
                        slept_for += lock.sleeping.len();
                        let name = format!("{} {}", lock.name, lock.path);
                        for sleeper in &lock.sleeping {
                            let of = processes.processes.iter().find(|p| p.pid == sleeper.pid);
                            assert_eq!(of.and_then(|p| p.chan.as_deref()), Some(name.as_str()));
                        }
                    }
                }
            }
        }
        if [by_process, spinning, sleep_held, slept_for]
            .iter()
            .all(|&n| n > 0)
        {
            return;
        }
    }
    panic!("{by_process} {spinning} {sleep_held} {slept_for}");
}
