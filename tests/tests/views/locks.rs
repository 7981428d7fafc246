//! Locks: that all are there, who has them and who waits.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Watched, boot};
use inspect::view::LockKind;

/// Every lock of the kernel is there, by its own name.
#[test]
fn locks_are_all_there() {
    let guest = boot(3, "");
    let locks = guest.locks();
    let mut names: BTreeMap<(&str, bool), usize> = BTreeMap::new();
    for lock in &locks {
        let key = (lock.name.as_str(), lock.kind == LockKind::Sleep);
        *names.entry(key).or_default() += 1;
        assert!(!lock.path.is_empty());
    }
    let one = [
        "bcache",
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
    let mut expected: BTreeMap<(&str, bool), usize> = one.map(|name| ((name, false), 1)).into();
    expected.insert(("proc", false), 64);
    // One for each hart that there may be.
    expected.insert(("kmem", false), 8);
    let long = [
        ("buffer", 30),
        ("inode", 50),
        ("log scratch", 1),
        ("statistics", 1),
    ];
    expected.extend(long.map(|(name, n)| ((name, true), n)));
    // The inside of each of those.
    expected.insert(("sleep lock", false), 82);
    assert_eq!(names, expected);
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
