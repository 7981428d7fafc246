//! Addresses: their types, and what is where in the virtual ones.
//!
//! ```text
//! kernel                                   program
//!   TRAMPOLINE   uservec, userret            TRAMPOLINE   the same page
//!                                            TRAPFRAME    its registers, for the kernel
//!   KSTACKS      kernel stack of each slot   USYSCALL     its number, for itself
//!                                            size         end of the heap
//!   KERNBASE …   RAM at its own address                   stack, above a guard page
//!   devices      at their own addresses      0            text, data
//! ```

use abi::limits::PGSIZE;

/// An address that a page table translates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VirtAddr(pub usize);

/// An address in the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PhysAddr(pub usize);

/// One past the highest virtual address used: half of what Sv39 has, so that none needs
/// its sign extended.
pub const MAXVA: usize = 1 << 38;
/// The page that runs while page tables change.
pub const TRAMPOLINE: usize = MAXVA - PGSIZE;
/// The page a program's registers are saved to; programs end below.
pub const TRAPFRAME: usize = TRAMPOLINE - PGSIZE;

/// The page from which a program may read what the kernel would tell it (`ugetpid`), as
/// long as its heap does not reach so far.
pub const USYSCALL: usize = abi::info::USYSCALL as usize;

const _: () = assert!(USYSCALL == TRAPFRAME - PGSIZE);

/// Where the kernel stacks are.
const KSTACKS: usize = MAXVA - (16 << 20);
/// From one kernel stack to the next. The upper half is the stack, the lower half is not
/// mapped: `kernelvec` tells an overflow by one bit of the stack pointer.
const KSTACK_STRIDE: usize = 0x8000;
/// Pages of a kernel stack.
pub const KSTACK_PAGES: usize = KSTACK_STRIDE / 2 / PGSIZE;

/// The first page of the kernel stack of the process in `slot`.
pub const fn kstack(slot: usize) -> VirtAddr {
    VirtAddr(KSTACKS + slot * KSTACK_STRIDE + KSTACK_STRIDE / 2)
}

/// Where the kernel stack of the process in `slot` starts, growing down.
pub const fn kstack_top(slot: usize) -> usize {
    KSTACKS + (slot + 1) * KSTACK_STRIDE
}

/// The start of the page `address` is in.
pub const fn page_round_down(address: usize) -> usize {
    address & !(PGSIZE - 1)
}

/// The first start of a page at or above `address`, which is below [`MAXVA`].
pub const fn page_round_up(address: usize) -> usize {
    page_round_down(address + PGSIZE - 1)
}
