//! Data that belongs to one thread at a time, without waiting: what a process keeps for
//! itself. Taking what somebody else has is a mistake of the kernel, found at once.

use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicBool, Ordering};

/// A `T` with one owner at a time.
pub struct Owned<T> {
    is_taken: AtomicBool,
    data: UnsafeCell<T>,
}

// SAFETY: the data is reached through a guard only, and there is one at a time.
unsafe impl<T: Send> Sync for Owned<T> {}

impl<T> Owned<T> {
    /// `data`, not taken.
    pub const fn new(data: T) -> Owned<T> {
        Owned {
            is_taken: AtomicBool::new(false),
            data: UnsafeCell::new(data),
        }
    }

    /// Takes it until the guard is dropped.
    ///
    /// # Panics
    /// If it is taken.
    pub fn take(&'static self) -> OwnedGuard<T> {
        assert!(!self.is_taken.swap(true, Ordering::Acquire), "taken twice");
        OwnedGuard { of: self }
    }
}

/// Proof that the data is this thread's.
pub struct OwnedGuard<T: 'static> {
    of: &'static Owned<T>,
}

impl<T> Deref for OwnedGuard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: it is taken, and by this guard.
        unsafe { &*self.of.data.get() }
    }
}

impl<T> DerefMut for OwnedGuard<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: it is taken, and by this guard, borrowed mutably.
        unsafe { &mut *self.of.data.get() }
    }
}

impl<T> Drop for OwnedGuard<T> {
    fn drop(&mut self) {
        self.of.is_taken.store(false, Ordering::Release);
    }
}
