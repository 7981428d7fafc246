//! An object in a page of its own, counted: freed with its last reference.

use super::kalloc::{Page, kalloc};
use abi::Error;
use abi::limits::PGSIZE;
use core::ops::Deref;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering, fence};

struct Counted<T> {
    n_refs: AtomicUsize,
    value: T,
}

/// A counted reference to a `T`, of at most a page.
pub struct Shared<T>(NonNull<Counted<T>>);

// SAFETY: as for a `&T` that may also drop the `T`.
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// Puts `value` in a page.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(value: T) -> Result<Shared<T>, Error> {
        const { assert!(size_of::<Counted<T>>() <= PGSIZE) };
        let page = kalloc().ok_or(Error::OutOfMemory)?;
        let place = NonNull::new(page.as_ptr().cast::<Counted<T>>()).ok_or(Error::OutOfMemory)?;
        // SAFETY: the page is ours, large enough, and aligned for anything.
        unsafe {
            place.write(Counted {
                n_refs: AtomicUsize::new(1),
                value,
            });
        }
        page.into_address();
        Ok(Shared(place))
    }

    fn counted(&self) -> &Counted<T> {
        // SAFETY: `new` filled it, and it is freed with the last reference only.
        unsafe { self.0.as_ref() }
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        self.counted().n_refs.fetch_add(1, Ordering::Relaxed);
        Shared(self.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.counted().value
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        if self.counted().n_refs.fetch_sub(1, Ordering::Release) > 1 {
            return;
        }
        // What others did through their references was before.
        fence(Ordering::Acquire);
        // SAFETY: the last reference is going. `new` gave this page up.
        unsafe {
            self.0.drop_in_place();
            let address = super::layout::PhysAddr(self.0.as_ptr().expose_provenance());
            drop(Page::from_address(address));
        }
    }
}
