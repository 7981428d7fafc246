//! The order in which spin locks are taken: ascending. Two harts that both keep to it
//! cannot wait for each other. Debug builds check every acquire.

use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// A lock's place in the order. While a hart holds a lock it takes only later ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Rank {
    /// Who is whose parent.
    Wait,
    /// The table of open files.
    Ftable,
    /// A pipe.
    Pipe,
    /// What is typed at the console.
    Console,
    /// The inode table.
    Itable,
    /// The log.
    Log,
    /// Slots of the buffer cache that change their bucket.
    BcacheEvict,
    /// The buffer cache, or a bucket of it.
    Bcache,
    /// The inside of a sleep lock.
    SleepLock,
    /// The disk driver.
    Disk,
    /// The serial port.
    Uart,
    /// The clock.
    Time,
    /// A process.
    Proc,
    /// The next process number.
    Pid,
    /// Free memory.
    Kmem,
    /// A line being printed.
    Printk,
}

impl Rank {
    /// All, in order.
    const ALL: [Rank; Rank::Printk as usize + 1] = [
        Rank::Wait,
        Rank::Ftable,
        Rank::Pipe,
        Rank::Console,
        Rank::Itable,
        Rank::Log,
        Rank::BcacheEvict,
        Rank::Bcache,
        Rank::SleepLock,
        Rank::Disk,
        Rank::Uart,
        Rank::Time,
        Rank::Proc,
        Rank::Pid,
        Rank::Kmem,
        Rank::Printk,
    ];

    /// The rank of the file system's short lock called `name`.
    ///
    /// # Panics
    /// At compile time, if it has none yet.
    pub const fn of_fs_lock(name: &str) -> Rank {
        match name.as_bytes() {
            b"itable" => Rank::Itable,
            b"log" => Rank::Log,
            b"bcache.evict" => Rank::BcacheEvict,
            b"bcache" => Rank::Bcache,
            _ => panic!("give the lock a rank"),
        }
    }
}

/// The ranks of the locks that a hart holds: a bit each. Only that hart touches it.
pub struct Held(AtomicU32);

impl Held {
    /// None.
    pub const fn none() -> Held {
        Held(AtomicU32::new(0))
    }

    /// Notes that a lock of `rank` is being taken.
    ///
    /// # Panics
    /// In debug builds, if one of that rank or a later one is held.
    pub fn acquire(&self, rank: Rank, name: &str) {
        if cfg!(debug_assertions) {
            let held = self.0.load(Relaxed);
            let is_held = |rank: &Rank| held >> *rank as u8 & 1 != 0;
            if let Some(last) = Rank::ALL.into_iter().rfind(is_held)
                && last >= rank
            {
                panic!("lock order: {name} taken while {last:?} is held");
            }
            self.0.store(held | 1 << rank as u8, Relaxed);
        }
    }

    /// Notes that the lock of `rank` is free again.
    pub fn release(&self, rank: Rank) {
        if cfg!(debug_assertions) {
            self.0
                .store(self.0.load(Relaxed) & !(1 << rank as u8), Relaxed);
        }
    }
}
