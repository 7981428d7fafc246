//! Spin locks: for data that harts share for a few instructions.
//!
//! Interrupts are off while one is held, so that no handler on this hart can want it.

use super::counts::{self, Counts};
use super::cpu::{mycpu, pop_off, push_off};
use super::rank::Rank;
use crate::hal::csr;
use crate::printk;
use core::cell::UnsafeCell;
use core::hint::spin_loop;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const NO_HART: usize = usize::MAX;

/// The lock without the data.
pub struct RawSpinLock {
    locked: AtomicBool,
    /// The hart that holds it, or [`NO_HART`].
    cpu: AtomicUsize,
    /// What it is called.
    name: &'static str,
    rank: Rank,
    /// Times it was taken. Changed by who holds it.
    n_acquired: AtomicUsize,
    /// Times somebody tried and it was not free.
    n_spins: AtomicUsize,
}

impl RawSpinLock {
    const fn new(name: &'static str, rank: Rank) -> RawSpinLock {
        RawSpinLock {
            locked: AtomicBool::new(false),
            cpu: AtomicUsize::new(NO_HART),
            name,
            rank,
            n_acquired: AtomicUsize::new(0),
            n_spins: AtomicUsize::new(0),
        }
    }

    /// Waits for the lock and takes it.
    #[inline(never)]
    fn acquire(&self) {
        push_off();
        assert!(!self.holding(), "acquire {}", self.name);
        mycpu().held.acquire(self.rank, self.name);
        while self.locked.swap(true, Ordering::Acquire) {
            self.n_spins.fetch_add(1, Ordering::Relaxed);
            printk::freeze_if_panicked();
            spin_loop();
        }
        self.cpu.store(csr::hart_id(), Ordering::Relaxed);
        let n_acquired = self.n_acquired.load(Ordering::Relaxed);
        self.n_acquired.store(n_acquired + 1, Ordering::Relaxed);
        if n_acquired == 0 {
            counts::note(self);
        }
    }

    /// How often it was taken, and tried in vain.
    pub(super) fn counts(&self) -> Counts {
        Counts {
            name: self.name,
            n_acquired: self.n_acquired.load(Ordering::Relaxed),
            n_spins: self.n_spins.load(Ordering::Relaxed),
        }
    }

    /// Lets go of the lock.
    ///
    /// # Safety
    /// No guard stands for it any more.
    #[inline(never)]
    pub(super) unsafe fn release(&self) {
        assert!(self.holding(), "release {}", self.name);
        self.cpu.store(NO_HART, Ordering::Relaxed);
        mycpu().held.release(self.rank);
        self.locked.store(false, Ordering::Release);
        pop_off();
    }

    /// Whether this hart holds it. With interrupts off.
    fn holding(&self) -> bool {
        self.cpu.load(Ordering::Relaxed) == csr::hart_id()
    }
}

/// A `T` that one hart at a time may touch.
pub struct SpinLock<T> {
    raw: RawSpinLock,
    data: UnsafeCell<T>,
}

// SAFETY: the data is reached through a guard only, and there is one at a time.
unsafe impl<T: Send> Sync for SpinLock<T> {}

impl<T> SpinLock<T> {
    /// A free lock around `data`, called `name`.
    pub const fn new(name: &'static str, rank: Rank, data: T) -> SpinLock<T> {
        SpinLock {
            raw: RawSpinLock::new(name, rank),
            data: UnsafeCell::new(data),
        }
    }

    /// Waits for the lock and takes it.
    ///
    /// # Panics
    /// If this hart holds it already.
    pub fn acquire(&self) -> SpinGuard<'_, T> {
        self.raw.acquire();
        SpinGuard { lock: self }
    }

    /// The lock without the data, for [`Thread::restart`](super::cpu::Thread::restart).
    pub fn raw(&self) -> &RawSpinLock {
        &self.raw
    }
}

/// Proof that the lock is held; dropping it lets go.
pub struct SpinGuard<'a, T> {
    lock: &'a SpinLock<T>,
}

impl<'a, T> SpinGuard<'a, T> {
    /// The lock that is held.
    pub fn lock(&self) -> &'a SpinLock<T> {
        self.lock
    }
}

impl<T> Deref for SpinGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the lock is held, so nobody else has the data.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T> DerefMut for SpinGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the lock is held, and this is its only guard, borrowed mutably.
        unsafe { &mut *self.lock.data.get() }
    }
}

impl<T> Drop for SpinGuard<'_, T> {
    fn drop(&mut self) {
        // SAFETY: this guard was the only one, and is over.
        unsafe { self.lock.raw.release() };
    }
}
