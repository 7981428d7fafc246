//! A value that boot sets and everybody reads.

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicU8, Ordering};

const EMPTY: u8 = 0;
const BEING_SET: u8 = 1;
const SET: u8 = 2;

/// A `T` that is set once.
pub struct Once<T> {
    state: AtomicU8,
    value: UnsafeCell<Option<T>>,
}

// SAFETY: whoever brought `state` from EMPTY to BEING_SET alone writes the value, and
// it is only read after SET.
unsafe impl<T: Send + Sync> Sync for Once<T> {}

impl<T> Once<T> {
    /// Not set yet.
    pub const fn new() -> Once<T> {
        Once {
            state: AtomicU8::new(EMPTY),
            value: UnsafeCell::new(None),
        }
    }

    /// Sets it.
    ///
    /// # Panics
    /// If it was set before.
    pub fn set(&self, value: T) {
        let state = self.state.swap(BEING_SET, Ordering::Acquire);
        assert!(state == EMPTY, "set twice");
        // SAFETY: only one caller sees EMPTY, and nobody reads before SET.
        unsafe { *self.value.get() = Some(value) };
        self.state.store(SET, Ordering::Release);
    }

    /// The value, if it has been set.
    pub fn get(&self) -> Option<&T> {
        if self.state.load(Ordering::Acquire) != SET {
            return None;
        }
        // SAFETY: after SET nobody writes any more.
        unsafe { (*self.value.get()).as_ref() }
    }
}
