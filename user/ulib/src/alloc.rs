//! Memory from the kernel, by `sbrk`: the heap, regions outside it, and a look anywhere.
//!
//! The heap is a list of free blocks, first fit. Free blocks are linked in the order of their addresses, each holding its own size
//! and the link, so giving a block back can join it with its neighbours. Blocks in
//! use carry nothing: Rust says the size again when it gives one back. As Kernighan
//! and Ritchie, "The C Programming Language", "A Storage Allocator", less the headers.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::ptr::{NonNull, null_mut};
#[cfg(target_os = "none")]
use {
    crate::sys::{self, Failed},
    abi::limits::PGSIZE,
    core::ops::{Deref, DerefMut},
};

/// Every block starts at a multiple of this and is a multiple of this long.
const UNIT: usize = 16;
/// The least that is asked of the kernel at once.
const GROWTH: usize = 4096;

/// What a free block holds at its start.
struct Free {
    /// Bytes of the block, this record included.
    size: usize,
    /// The free block with the next higher address.
    next: *mut Free,
}

/// The heap. `grow(n)` gives `n` fresh bytes, or `None` if there are none.
struct Heap {
    /// The free block with the lowest address.
    first: Cell<*mut Free>,
    grow: fn(usize) -> Option<NonNull<u8>>,
}

// SAFETY: a process has one thread.
unsafe impl Sync for Heap {}

impl Heap {
    const fn new(grow: fn(usize) -> Option<NonNull<u8>>) -> Heap {
        Heap {
            first: Cell::new(null_mut()),
            grow,
        }
    }

    /// Takes `size` bytes, a multiple of [`UNIT`], out of the first free block that
    /// has them; null if none has.
    fn take(&self, size: usize) -> *mut u8 {
        let mut link = self.first.as_ptr();
        // SAFETY: `link` is `first` or the `next` of a free block; free blocks are ours
        // alone, aligned, and linked until null.
        unsafe {
            while !(*link).is_null() {
                let block = *link;
                if (*block).size == size {
                    *link = (*block).next;
                    return block.cast();
                }
                if (*block).size > size {
                    // The tail goes, so the rest keeps its place in the list.
                    (*block).size -= size;
                    return block.byte_add((*block).size).cast();
                }
                link = &raw mut (*block).next;
            }
        }
        null_mut()
    }

    /// Puts `size` bytes at `block` on the list and joins what touches.
    ///
    /// # Safety
    /// The bytes are nobody else's; both numbers are multiples of [`UNIT`].
    unsafe fn give(&self, block: *mut u8, size: usize) {
        let block = block.cast::<Free>();
        let mut before: *mut Free = null_mut();
        let mut after = self.first.get();
        // SAFETY: `block` is the caller's to give; the others are free blocks of ours.
        unsafe {
            while !after.is_null() && after < block {
                before = after;
                after = (*after).next;
            }
            if !after.is_null() && block.byte_add(size) == after {
                let (size_after, next) = ((*after).size, (*after).next);
                block.write(Free {
                    size: size + size_after,
                    next,
                });
            } else {
                block.write(Free { size, next: after });
            }
            if before.is_null() {
                self.first.set(block);
            } else if before.byte_add((*before).size) == block {
                (*before).size += (*block).size;
                (*before).next = (*block).next;
            } else {
                (*before).next = block;
            }
        }
    }
}

/// The bytes a request really takes: whole units, at least one.
fn units(layout: Layout) -> Option<usize> {
    layout.size().max(1).checked_next_multiple_of(UNIT)
}

// SAFETY: blocks handed out are off the list, so they never overlap; they are aligned
// to `UNIT`, and a request for more gets null.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(size) = units(layout).filter(|_| layout.align() <= UNIT) else {
            return null_mut();
        };
        let block = self.take(size);
        if !block.is_null() {
            return block;
        }
        let Some(more) = size.checked_next_multiple_of(GROWTH) else {
            return null_mut();
        };
        let Some(fresh) = (self.grow)(more) else {
            return null_mut();
        };
        // SAFETY: the bytes are fresh; `grow` aligns them.
        unsafe { self.give(fresh.as_ptr(), more) };
        self.take(size)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if let Some(size) = units(layout) {
            // SAFETY: the caller gives up a block that `alloc` made `size` bytes long.
            unsafe { self.give(block, size) };
        }
    }
}

/// Asks the kernel for `size` bytes.
#[cfg(target_os = "none")]
fn from_kernel(size: usize) -> Option<NonNull<u8>> {
    // `sbrk` may have been used for an odd size; then waste a little to be aligned.
    let odd = crate::sys::sbrk(0).ok()? % UNIT;
    let padding = if odd == 0 { 0 } else { UNIT - odd };
    let start = crate::sys::sbrk(size + padding).ok()? + padding;
    NonNull::new(core::ptr::with_exposed_provenance_mut(start))
}

#[cfg(target_os = "none")]
#[global_allocator]
static HEAP: Heap = Heap::new(from_kernel);

/// Whole pages of zeroes of the process's own, outside the heap. Dropped, they go back to
/// the kernel, unless there is younger memory behind them.
#[cfg(target_os = "none")]
#[derive(Debug)]
pub struct Region {
    start: NonNull<u8>,
    len: usize,
}

#[cfg(target_os = "none")]
impl Region {
    /// `n_pages` pages, there at once.
    ///
    /// # Errors
    /// No memory left.
    pub fn new(n_pages: usize) -> Result<Region, Failed> {
        Region::by(sys::sbrk, n_pages)
    }

    /// `n_pages` pages, each there when it is first touched.
    ///
    /// # Errors
    /// No addresses left.
    pub fn lazy(n_pages: usize) -> Result<Region, Failed> {
        Region::by(sys::sbrklazy, n_pages)
    }

    /// Makes it `len` bytes long, with new bytes at its end there at once. Only the youngest
    /// memory can be changed.
    ///
    /// # Errors
    /// There is younger memory, or none left.
    pub fn resize(&mut self, len: usize) -> Result<(), Failed> {
        if sys::sbrk(0)? != self.start.addr().get() + self.len {
            return Err(Failed);
        }
        if len < self.len {
            // SAFETY: these are the last bytes, and borrowed mutably.
            unsafe { sys::sbrk_back(self.len - len) }?;
        } else {
            sys::sbrk(len - self.len)?;
        }
        self.len = len;
        Ok(())
    }

    fn by(grow: fn(usize) -> Result<usize, Failed>, n_pages: usize) -> Result<Region, Failed> {
        let len = n_pages.checked_mul(PGSIZE).ok_or(Failed)?;
        // Up to the next page, if `sbrk` was used for an odd size.
        grow(sys::sbrk(0)?.wrapping_neg() % PGSIZE)?;
        let start = core::ptr::with_exposed_provenance_mut(grow(len)?);
        let start = NonNull::new(start).ok_or(Failed)?;
        Ok(Region { start, len })
    }
}

#[cfg(target_os = "none")]
impl Deref for Region {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the kernel gave us these bytes, and they are nobody else's.
        unsafe { core::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

#[cfg(target_os = "none")]
impl DerefMut for Region {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above.
        unsafe { core::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

#[cfg(target_os = "none")]
impl Drop for Region {
    fn drop(&mut self) {
        if sys::sbrk(0) == Ok(self.start.addr().get() + self.len) {
            // SAFETY: these are the last bytes, and nobody uses them after this. A
            // failure leaves them to the process.
            let _ = unsafe { sys::sbrk_back(self.len) };
        }
    }
}

/// The byte at any address at all. If the process has none there, it is killed.
#[cfg(target_os = "none")]
pub fn peek(address: usize) -> u8 {
    let byte;
    // SAFETY: a load changes nothing but `byte`, whatever it finds.
    unsafe { core::arch::asm!("lbu {}, 0({})", out(reg) byte, in(reg) address) };
    byte
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fresh bytes of the host, never given back.
    fn from_host(size: usize) -> Option<NonNull<u8>> {
        let layout = Layout::from_size_align(size, UNIT).ok()?;
        // SAFETY: `size` is not 0.
        NonNull::new(unsafe { std::alloc::alloc(layout) })
    }

    fn free_blocks(heap: &Heap) -> Vec<usize> {
        let mut sizes = Vec::new();
        let mut block = heap.first.get();
        while !block.is_null() {
            // SAFETY: a block on the list.
            unsafe {
                sizes.push((*block).size);
                block = (*block).next;
            }
        }
        sizes
    }

    #[test]
    fn what_is_given_back_is_joined() {
        let heap = Heap::new(from_host);
        let layout = Layout::from_size_align(100, 8).unwrap();
        // SAFETY: each block is given back once, with its layout.
        unsafe {
            let blocks: Vec<*mut u8> = (0..8).map(|_| heap.alloc(layout)).collect();
            assert_eq!(free_blocks(&heap), [GROWTH - 8 * 112]);
            for n in [1, 3, 5, 0, 7, 6, 2, 4] {
                heap.dealloc(blocks[n], layout);
            }
        }
        assert_eq!(free_blocks(&heap), [GROWTH]);
    }

    #[test]
    fn blocks_do_not_overlap_and_keep_what_is_written() {
        let heap = Heap::new(from_host);
        let mut held: Vec<(*mut u8, Layout, u8)> = Vec::new();
        let mut random = 1_u32;
        for round in 0..20_000_u32 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // SAFETY: blocks are used within their layout and given back once.
            unsafe {
                if random >> 31 == 0 || held.is_empty() {
                    let size = (random >> 8) as usize % 700;
                    let layout = Layout::from_size_align(size, 1 << (random >> 24 & 3)).unwrap();
                    let block = heap.alloc(layout);
                    assert!(!block.is_null() && block.addr().is_multiple_of(UNIT));
                    block.write_bytes(round as u8, size);
                    held.push((block, layout, round as u8));
                } else {
                    let (block, layout, fill) = held.swap_remove(random as usize % held.len());
                    let bytes = core::slice::from_raw_parts(block, layout.size());
                    assert!(bytes.iter().all(|&byte| byte == fill));
                    heap.dealloc(block, layout);
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_had_is_null() {
        let heap = Heap::new(|_| None);
        let small = Layout::new::<u64>();
        let coarse = Layout::from_size_align(64, 64).unwrap();
        // SAFETY: the sizes are not 0.
        unsafe {
            assert!(heap.alloc(small).is_null());
            assert!(Heap::new(from_host).alloc(coarse).is_null());
        }
    }
}
