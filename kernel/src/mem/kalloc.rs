//! Free memory, a page at a time.

use super::layout::{PhysAddr, page_round_up};
use crate::hal::csr;
use crate::sync::{Rank, SpinLock};
use abi::Error;
use abi::limits::{NCPU, PGSIZE};
use core::ops::{Deref, DerefMut, Range};
use core::ptr;
use kernel::policy::Kalloc;

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

/// A list for each hart; with `kalloc=global` all use the first.
static KMEM: [SpinLock<Kmem>; NCPU] = [const {
    SpinLock::new(
        "kmem",
        Rank::Kmem,
        Kmem {
            freelist: 0,
            n_listed: 0,
            fresh: 0..0,
        },
    )
}; NCPU];

/// Gives out the pages of `ram`, which nobody uses, from here on.
///
/// # Safety
/// All of `ram` is memory, mapped at its physical address, and Rust knows of nothing in it.
pub unsafe fn kinit(ram: Range<usize>) {
    let (start, end) = (page_round_up(ram.start), ram.end / PGSIZE * PGSIZE);
    let share = match crate::policy().kalloc {
        Kalloc::Global => end.saturating_sub(start),
        Kalloc::Percpu => page_round_up(end.saturating_sub(start) / NCPU),
    };
    let mut rest = start;
    for kmem in &KMEM {
        let next = (rest + share).min(end).max(rest);
        kmem.acquire().fresh = rest..next;
        rest = next;
    }
}

/// The list that this hart takes from first, and gives to. Nothing is wrong if the thread is
/// on another hart by the time it does.
fn own_list() -> usize {
    match crate::policy().kalloc {
        Kalloc::Global => 0,
        Kalloc::Percpu => csr::hart_id() % NCPU,
    }
}

/// A page of memory, and the duty to free it. Its bytes are whatever was there.
pub struct Page(PhysAddr);

/// Takes a page, if there is one: from the hart's own list, else from another's. One at a
/// time, so that none is ever on its way from list to list, where nobody would find it.
#[inline(never)]
pub fn kalloc() -> Option<Page> {
    let own = own_list();
    if let Some(page) = KMEM[own].acquire().take() {
        return Some(page);
    }
    let n_lists = match crate::policy().kalloc {
        Kalloc::Global => 1,
        Kalloc::Percpu => NCPU,
    };
    (1..n_lists).find_map(|n| KMEM[(own + n) % NCPU].acquire().take())
}

impl Kmem {
    fn take(&mut self) -> Option<Page> {
        let address = match self.freelist {
            0 if self.fresh.is_empty() => return None,
            0 => {
                let address = self.fresh.start;
                self.fresh.start += PGSIZE;
                address
            }
            address => {
                // SAFETY: a free page is ours, and its first word is the list's.
                self.freelist = unsafe { *ptr::with_exposed_provenance::<usize>(address) };
                self.n_listed -= 1;
                address
            }
        };
        Some(Page(PhysAddr(address)))
    }
}

/// Puts a page back.
#[inline(never)]
fn kfree(page: PhysAddr) {
    let mut kmem = KMEM[own_list()].acquire();
    // SAFETY: nobody owns the page any more, so its first word is the list's.
    unsafe { *ptr::with_exposed_provenance_mut::<usize>(page.0) = kmem.freelist };
    kmem.freelist = page.0;
    kmem.n_listed += 1;
}

/// Bytes of free memory.
pub fn freemem() -> usize {
    let free_in = |kmem: &SpinLock<Kmem>| {
        let kmem = kmem.acquire();
        kmem.n_listed * PGSIZE + kmem.fresh.len()
    };
    KMEM.iter().map(free_in).sum()
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
