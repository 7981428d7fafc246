//! How often locks were taken, and tried in vain: those that have been taken at all, and
//! stay where they are for good.

use super::spinlock::RawSpinLock;
use crate::mem::kvm;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// More than there are; one beyond would not be counted.
const MOST: usize = 384;

static LOCKS: [AtomicPtr<RawSpinLock>; MOST] = [const { AtomicPtr::new(ptr::null_mut()) }; MOST];
static N_LOCKS: AtomicUsize = AtomicUsize::new(0);

/// The counts of a lock.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// What the lock is called.
    pub name: &'static str,
    /// Times it was taken.
    pub n_acquired: usize,
    /// Times somebody tried and it was not free.
    pub n_spins: usize,
}

/// Notes a lock that is taken for the first time, unless it lies in a page that may be freed.
#[inline(never)]
pub(super) fn note(lock: &RawSpinLock) {
    if kvm::is_static(ptr::from_ref(lock).addr()) {
        let idx = N_LOCKS.fetch_add(1, Ordering::Relaxed);
        if let Some(place) = LOCKS.get(idx) {
            place.store(ptr::from_ref(lock).cast_mut(), Ordering::Release);
        }
    }
}

/// The counts of all locks noted.
pub fn all() -> impl Iterator<Item = Counts> {
    LOCKS.iter().filter_map(|place| {
        let lock = place.load(Ordering::Acquire);
        // SAFETY: what `note` put here is a lock in a `static`.
        unsafe { lock.as_ref() }.map(RawSpinLock::counts)
    })
}
