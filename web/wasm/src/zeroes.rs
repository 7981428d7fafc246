//! Where the module's memory comes from: the system's allocator, but for what is large and
//! begins as zeroes, such as the guest's RAM. New memory of WebAssembly is zero, and a page of
//! it costs the browser nothing until it is written to; the system's allocator, which does not
//! know that, would write zeroes over all of it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::arch::wasm32::memory_grow;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// From so many bytes on new memory is asked for.
const LARGE: usize = 4 << 20;
/// What WebAssembly counts memory in.
const PAGE: usize = 1 << 16;
/// A machine asks for one or two such blocks, and a worker has one machine.
const MOST_BLOCKS: usize = 8;

struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// The blocks that were given out and are no business of the system's allocator.
static BLOCKS: [AtomicPtr<u8>; MOST_BLOCKS] =
    [const { AtomicPtr::new(ptr::null_mut()) }; MOST_BLOCKS];

// SAFETY: what does not come from `System`, and goes back there, is memory that the module
// has just got, which nobody else has: as large as was asked for, aligned to `PAGE`, zero.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as promised to this function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let is_ours = layout.size() >= LARGE && layout.align() <= PAGE;
        if let Some(free) = BLOCKS
            .iter()
            .find(|block| block.load(Ordering::Relaxed).is_null())
            && is_ours
        {
            let before = memory_grow::<0>(layout.size().div_ceil(PAGE));
            if before == usize::MAX {
                return ptr::null_mut();
            }
            let block = ptr::with_exposed_provenance_mut(before * PAGE);
            free.store(block, Ordering::Relaxed);
            return block;
        }
        // SAFETY: as promised to this function.
        unsafe { System.alloc_zeroed(layout) }
    }

    /// Blocks of the module's own are kept for ever: memory never shrinks, and they are given
    /// up with the machine, which a worker does not outlive.
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if !is_own(block, layout) {
            // SAFETY: as promised to this function; the block is of `System`.
            unsafe { System.dealloc(block, layout) }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !is_own(block, layout) {
            // SAFETY: as promised to this function; the block is of `System`.
            return unsafe { System.realloc(block, layout, size) };
        }
        // SAFETY: `size` is not zero and not too large, as promised to this function.
        let larger = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: the same.
        let new = unsafe { System.alloc(larger) };
        if !new.is_null() {
            // SAFETY: both are blocks of at least so many bytes, and the new one is new.
            unsafe { ptr::copy_nonoverlapping(block, new, layout.size().min(size)) };
        }
        new
    }
}

/// Whether the module got `block` for itself.
fn is_own(block: *mut u8, layout: Layout) -> bool {
    let mut blocks = BLOCKS.iter();
    layout.size() >= LARGE && blocks.any(|own| own.load(Ordering::Relaxed) == block)
}
