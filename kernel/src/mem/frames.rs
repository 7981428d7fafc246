//! Frames: pages of programs, which after a copy-on-write `fork`, or as a shared mapping, lie
//! in several programs' memories at once. Each has a count of the leaves that lead to it.

use super::kalloc::Page;
use super::layout::PhysAddr;
use crate::hal::board::KERNBASE;
use crate::sync::Once;
use abi::limits::PGSIZE;
use core::ops::Range;
use core::ptr;
use core::sync::atomic::{AtomicU32, Ordering, fence};

/// For each page of RAM, how many leaves of programs lead to it; a program has few, so there
/// is no overflow.
static N_REFS: Once<&[AtomicU32]> = Once::new();

/// Makes the table of counts, for RAM that ends where `free` does, in the first bytes of
/// `free`. Returns what is left of it.
///
/// # Safety
/// All of `free` is memory, mapped at its physical address, starts with a page, and Rust
/// knows of nothing in it.
pub unsafe fn init(free: Range<usize>) -> Range<usize> {
    let n_pages = (free.end - KERNBASE).div_ceil(PGSIZE);
    let start = free.start + n_pages * size_of::<AtomicU32>();
    if start > free.end {
        // Too little for anything: `kvminit` will say so.
        return free.end..free.end;
    }
    let table = ptr::with_exposed_provenance_mut::<AtomicU32>(free.start);
    // SAFETY: by the caller's promise the bytes are there, aligned, and nobody's from now
    // on but the table's; zeroes are counts.
    N_REFS.set(unsafe {
        table.write_bytes(0, n_pages);
        core::slice::from_raw_parts(table, n_pages)
    });
    start..free.end
}

/// The count of a page, if pages are counted.
fn n_refs(page: PhysAddr) -> Option<&'static AtomicU32> {
    N_REFS.get()?.get((page.0 - KERNBASE) / PGSIZE)
}

/// One reference to a page of programs, which is freed with the last.
pub struct Frame(PhysAddr);

impl Frame {
    /// Makes a page a frame, with one reference.
    pub fn new(page: Page) -> Frame {
        if let Some(n_refs) = n_refs(page.address()) {
            n_refs.store(1, Ordering::Relaxed);
        }
        Frame(page.into_address())
    }

    /// Where it is.
    pub fn address(&self) -> PhysAddr {
        self.0
    }

    /// Gives the reference up without dropping it: to a leaf, which now stands for it.
    pub fn into_address(self) -> PhysAddr {
        let address = self.0;
        core::mem::forget(self);
        address
    }

    /// Owns a reference again.
    ///
    /// # Safety
    /// The address came from [`into_address`](Self::into_address), once for each call.
    pub unsafe fn from_address(address: PhysAddr) -> Frame {
        Frame(address)
    }

    /// One more reference to the frame that a leaf leads to.
    ///
    /// # Safety
    /// The leaf stands for a reference meanwhile.
    ///
    /// # Panics
    /// Before boot has made the table.
    pub unsafe fn share(address: PhysAddr) -> Frame {
        let n_refs = n_refs(address).expect("boot made the table");
        n_refs.fetch_add(1, Ordering::Relaxed);
        Frame(address)
    }
}

/// Whether anybody else has a reference to the frame at `address`, of which the caller has
/// one. If not, nobody can get one: it takes a reference to make another.
pub fn is_shared(address: PhysAddr) -> bool {
    // Acquire: what others read there, they read before they dropped their references.
    n_refs(address).is_some_and(|n_refs| n_refs.load(Ordering::Acquire) > 1)
}

impl Drop for Frame {
    fn drop(&mut self) {
        if let Some(n_refs) = n_refs(self.0) {
            if n_refs.fetch_sub(1, Ordering::Release) > 1 {
                return;
            }
            // What others did with the page is over before the next owner has it.
            fence(Ordering::Acquire);
        }
        // SAFETY: `new` gave the page up, and this was the last reference.
        drop(unsafe { Page::from_address(self.0) });
    }
}
