//! The log and the disk.

use crate::boot;
use inspect::view::{BlockRole, LogState};

/// A file is written: the transaction is gathered, committed and installed, in that order.
#[test]
fn the_log_commits_before_it_installs() {
    let mut guest = boot(1, "");
    let before = guest.log();
    assert_eq!((before.state, before.outstanding), (LogState::Idle, 0));
    assert!(before.in_memory.is_empty() && before.on_disk.is_empty());
    assert!(
        before
            .cache
            .iter()
            .all(|block| !block.differs && !block.pinned && block.refcnt == 0)
    );
    guest.type_line("echo x > a");
    let (mut gathered, mut committed, mut installed) = (0, 0, 0);
    while !guest.shown.contains("$ ") {
        guest.run(2_000);
        let log = guest.log();
        // By the log's pin, or until that is there by who changes it.
        let is_kept = |block: &u32| log.cache.iter().any(|c| c.block == *block && c.refcnt > 0);
        match log.state {
            LogState::Gathering if !log.in_memory.is_empty() => {
                gathered += 1;
                assert!(log.on_disk.is_empty());
                assert!(log.in_memory.iter().all(is_kept), "{log:?}");
            }
            LogState::Committing if !log.on_disk.is_empty() => {
                committed += 1;
                assert!(
                    log.in_memory.is_empty() || log.in_memory == log.on_disk,
                    "{log:?}"
                );
                // The log's copies are those in memory from the commit point on.
                let disk = guest.observatory.machine().disk();
                let ram = guest.observatory.machine().ram();
                for (n, block) in log.on_disk.iter().enumerate() {
                    let Some(cached) = log.cache.iter().find(|c| c.block == *block) else {
                        continue;
                    };
                    let at = (log.start as usize + 1 + n) * 1024;
                    let from = (cached.at.0 - 0x8000_0000) as usize;
                    assert_eq!(disk[at..at + 1024], ram[from..from + 1024]);
                    installed += usize::from(!cached.differs);
                }
            }
            _ => {}
        }
    }
    assert!(
        gathered > 0 && committed > 0 && installed > 0,
        "{gathered} {committed} {installed}"
    );
    guest.run(3_000_000);
    let after = guest.log();
    assert_eq!(
        (after.state, after.on_disk.len(), after.in_memory.len()),
        (LogState::Idle, 0, 0)
    );
    assert!(after.commits > before.commits);
    assert!(after.cache.iter().all(|block| !block.differs));
}

/// The map covers the disk, and counts what the checker's bitmap says.
#[test]
fn the_disk_is_mapped_block_by_block() {
    let mut guest = boot(1, "");
    let before = guest.disk();
    let started = guest.observatory.position().t;
    guest.type_line("echo x > a");
    guest.wait("$ ");
    guest.run(3_000_000);
    let view = guest.disk();
    assert_eq!(view.free + 1, before.free);
    let fresh: Vec<_> = view
        .written
        .iter()
        .filter(|block| !before.written.contains(block))
        .collect();
    assert!(
        !fresh.is_empty() && view.written.is_sorted(),
        "{:?}",
        view.written
    );
    let role = |block: u32| {
        let mut runs = view.runs.iter();
        runs.find(|run| block.wrapping_sub(run.first) < run.count)
            .map(|run| run.role)
    };
    for wanted in [
        BlockRole::LogHeader,
        BlockRole::Log,
        BlockRole::Inodes,
        BlockRole::Bitmap,
        BlockRole::Data,
    ] {
        assert!(
            view.written
                .iter()
                .any(|&block| role(block) == Some(wanted)),
            "{wanted:?}"
        );
    }
    let disk = guest.observatory.machine().disk();
    assert!(fsimg::check(disk).is_clean());
    let mut next = 0;
    for run in &view.runs {
        assert_eq!(run.first, next, "no gap, no overlap");
        next += run.count;
    }
    assert_eq!(u64::from(next), disk.len() as u64 / 1024);
    let free: u32 = view
        .runs
        .iter()
        .filter(|r| r.role == BlockRole::Free)
        .map(|r| r.count)
        .sum();
    assert_eq!(free, view.free);
    let bitmap = view
        .runs
        .iter()
        .find(|r| r.role == BlockRole::Bitmap)
        .expect("a bitmap");
    let bits = &disk[bitmap.first as usize * 1024..][..view.blocks.div_ceil(8) as usize];
    let taken: u32 = bits.iter().map(|byte| byte.count_ones()).sum();
    assert_eq!(view.blocks - taken, view.free);
    // Before it was written it was not written, although that is known now.
    guest.observatory.seek(started);
    assert_eq!(guest.disk(), before);
}
