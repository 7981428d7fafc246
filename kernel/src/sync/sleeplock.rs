//! Sleep locks: for data that a process keeps through waits for the disk.

use super::{Rank, SpinLock};
use crate::proc::{self, Chan, Pid};
use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};

/// The lock without the data.
struct RawSleepLock {
    /// Who holds it.
    holder: SpinLock<Option<Pid>>,
    /// What it is called.
    name: &'static str,
}

impl RawSleepLock {
    /// Sleeps until the lock is free, and takes it.
    #[inline(never)]
    fn acquiresleep(&self) {
        let pid = proc::current_pid();
        let mut holder = self.holder.acquire();
        assert!(*holder != Some(pid), "acquiresleep {}", self.name);
        while holder.is_some() {
            holder = holder.sleep(Chan::of(self));
        }
        *holder = Some(pid);
    }

    /// Lets go of the lock.
    #[inline(never)]
    fn releasesleep(&self) {
        *self.holder.acquire() = None;
        proc::wakeup(Chan::of(self));
    }
}

/// A `T` that one process at a time may touch.
pub struct SleepLock<T> {
    raw: RawSleepLock,
    data: UnsafeCell<T>,
}

// SAFETY: the data is reached through a guard only, and there is one at a time.
unsafe impl<T: Send> Sync for SleepLock<T> {}

impl<T> SleepLock<T> {
    /// A free lock around `data`, called `name`.
    pub const fn new(name: &'static str, data: T) -> SleepLock<T> {
        SleepLock {
            raw: RawSleepLock {
                holder: SpinLock::new("sleep lock", Rank::SleepLock, None),
                name,
            },
            data: UnsafeCell::new(data),
        }
    }

    /// Sleeps until the lock is free, and takes it. By a process that holds no spin lock.
    ///
    /// # Panics
    /// If this process holds it already.
    pub fn acquire(&self) -> SleepGuard<'_, T> {
        self.raw.acquiresleep();
        SleepGuard { lock: self }
    }
}

/// Proof that the lock is held; dropping it lets go.
pub struct SleepGuard<'a, T> {
    lock: &'a SleepLock<T>,
}

impl<T> Deref for SleepGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the lock is held, so nobody else has the data.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T> DerefMut for SleepGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the lock is held, and this is its only guard, borrowed mutably.
        unsafe { &mut *self.lock.data.get() }
    }
}

impl<T> Drop for SleepGuard<'_, T> {
    fn drop(&mut self) {
        self.lock.raw.releasesleep();
    }
}
