//! Free memory, a page at a time.

use super::layout::{PhysAddr, page_round_up};
use crate::sync::{Rank, SpinLock};
use abi::Error;
use abi::limits::PGSIZE;
use core::ops::{Deref, DerefMut, Range};
use core::ptr;

/// The free pages: those that were in use before, in a list through their first words,
/// and those that never were. Boot so writes to none of them.
struct Kmem {
    /// The last page freed; 0 ends the list.
    freelist: usize,
    /// Pages in the list.
    n_listed: usize,
    /// Addresses of pages that nobody has had yet.
    fresh: Range<usize>,
}

static KMEM: SpinLock<Kmem> = SpinLock::new(
    "kmem",
    Rank::Kmem,
    Kmem {
        freelist: 0,
        n_listed: 0,
        fresh: 0..0,
    },
);

/// Gives out the pages of `ram`, which nobody uses, from here on.
///
/// # Safety
/// All of `ram` is memory, mapped at its physical address, and Rust knows of nothing in it.
pub unsafe fn kinit(ram: Range<usize>) {
    KMEM.acquire().fresh = page_round_up(ram.start)..ram.end / PGSIZE * PGSIZE;
}

/// A page of memory, and the duty to free it. Its bytes are whatever was there.
pub struct Page(PhysAddr);

/// Takes a page, if there is one.
#[inline(never)]
pub fn kalloc() -> Option<Page> {
    let mut kmem = KMEM.acquire();
    let address = match kmem.freelist {
        0 if kmem.fresh.is_empty() => return None,
        0 => {
            let address = kmem.fresh.start;
            kmem.fresh.start += PGSIZE;
            address
        }
        address => {
            // SAFETY: a free page is ours, and its first word is the list's.
            kmem.freelist = unsafe { *ptr::with_exposed_provenance::<usize>(address) };
            kmem.n_listed -= 1;
            address
        }
    };
    Some(Page(PhysAddr(address)))
}

/// Puts a page back.
#[inline(never)]
fn kfree(page: PhysAddr) {
    let mut kmem = KMEM.acquire();
    // SAFETY: nobody owns the page any more, so its first word is the list's.
    unsafe { *ptr::with_exposed_provenance_mut::<usize>(page.0) = kmem.freelist };
    kmem.freelist = page.0;
    kmem.n_listed += 1;
}

/// Bytes of free memory.
pub fn freemem() -> usize {
    let kmem = KMEM.acquire();
    kmem.n_listed * PGSIZE + kmem.fresh.len()
}

impl Page {
    /// A page full of zeroes.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn zeroed() -> Result<Page, Error> {
        let mut page = kalloc().ok_or(Error::OutOfMemory)?;
        page.fill(0);
        Ok(page)
    }

    /// Where it is.
    pub fn address(&self) -> PhysAddr {
        self.0
    }

    /// Gives the page up without freeing it; [`from_address`](Self::from_address) takes it back.
    pub fn into_address(self) -> PhysAddr {
        let address = self.0;
        core::mem::forget(self);
        address
    }

    /// Owns a page again.
    ///
    /// # Safety
    /// The address came from [`into_address`](Self::into_address), once for each call.
    pub unsafe fn from_address(address: PhysAddr) -> Page {
        Page(address)
    }

    /// Its bytes, by pointer.
    pub fn as_ptr(&self) -> *mut u8 {
        ptr::with_exposed_provenance_mut(self.0.0)
    }
}

impl Deref for Page {
    type Target = [u8; PGSIZE];

    fn deref(&self) -> &[u8; PGSIZE] {
        // SAFETY: the page is memory, aligned, and ours; any bytes are bytes.
        unsafe { &*self.as_ptr().cast() }
    }
}

impl DerefMut for Page {
    fn deref_mut(&mut self) -> &mut [u8; PGSIZE] {
        // SAFETY: the page is memory, aligned, and ours; any bytes are bytes.
        unsafe { &mut *self.as_ptr().cast() }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        kfree(self.0);
    }
}
