//! Sets of slots of the process table: to find the few that matter without a look at each.

use abi::limits::NPROC;
use core::sync::atomic::{AtomicU64, Ordering};

/// A set of slots, a bit each, that harts change and look at without a lock.
pub struct SlotSet(AtomicU64);

const _: () = assert!(NPROC <= 64);

impl SlotSet {
    /// None.
    pub const fn new() -> SlotSet {
        SlotSet(AtomicU64::new(0))
    }

    /// Adds a slot.
    pub fn insert(&self, slot: usize) {
        self.0.fetch_or(1 << slot, Ordering::SeqCst);
    }

    /// Takes a slot out. Returns whether others are left.
    pub fn remove(&self, slot: usize) -> bool {
        self.0.fetch_and(!(1 << slot), Ordering::SeqCst) & !(1 << slot) != 0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }

    /// Those that are in it, in order; each as of when it is its turn.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        let mut from = 0;
        core::iter::from_fn(move || {
            let rest = self.0.load(Ordering::Relaxed).checked_shr(from)?;
            if rest == 0 {
                return None;
            }
            let slot = from + rest.trailing_zeros();
            from = slot + 1;
            Some(slot as usize)
        })
    }
}
