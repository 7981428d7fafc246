//! The kernel's own page table: one for all harts.

use super::frames;
use super::kalloc::{self, kalloc};
use super::layout::{KSTACK_PAGES, PhysAddr, TRAMPOLINE, VirtAddr, kstack, kstack_top};
use super::sv39::{PageTable, Pte};
use crate::hal::{board, csr};
use crate::sync::Once;
use abi::Error;
use abi::limits::{NCPU, NPROC, PGSIZE};
use core::arch::asm;
use core::ops::Range;
use core::sync::atomic::{AtomicBool, Ordering};

unsafe extern "C" {
    static _trampoline: u8;
    static _etext: u8;
    static _erodata: u8;
    static _stack0: u8;
    static _end: u8;
}

/// Bytes between one boot stack and the next; as for the processes' stacks, the lower
/// half is not mapped. Known to kernel.ld and entry.S.
const BOOT_STACK_STRIDE: usize = 0x8000;

static KERNEL_PAGETABLE: Once<PageTable> = Once::new();

/// Whether what is at `address` is the kernel's own for good: one of its `static`s.
pub fn is_static(address: usize) -> bool {
    ((&raw const _erodata).addr()..(&raw const _end).addr()).contains(&address)
}

/// Where the trampoline page is.
pub fn trampoline() -> PhysAddr {
    PhysAddr((&raw const _trampoline).addr())
}

/// Gives out the RAM behind the kernel and makes the kernel's page table.
///
/// # Panics
/// If there is not enough of it.
pub fn kvminit(ram: &Range<usize>) {
    let end = (&raw const _end).addr();
    // SAFETY: this is RAM, says the device tree; paging is off. Nothing but the kernel
    // is in RAM, and that ends at `_end`, a multiple of the page size.
    unsafe {
        kalloc::kinit(frames::init(end..ram.end));
    }
    match kvmmake(ram) {
        Ok(pagetable) => KERNEL_PAGETABLE.set(pagetable),
        Err(error) => panic!("kvminit: {error}"),
    }
}

fn kvmmake(ram: &Range<usize>) -> Result<PageTable, Error> {
    let mut table = PageTable::new()?;
    let mut same = |range: Range<usize>, permissions| {
        // The kernel has no use for A and D; set, they cost no fault where the hart
        // leaves them to software.
        let flags = permissions | Pte::A | Pte::D;
        table.map_range(
            VirtAddr(range.start),
            PhysAddr(range.start),
            range.len(),
            flags,
        )
    };
    let devices = [
        (board::FINISHER, PGSIZE),
        (board::RTC, PGSIZE),
        // The harts' msip.
        (board::CLINT, PGSIZE),
        (board::PLIC, board::PLIC_SIZE),
        (board::UART0, PGSIZE),
        (board::VIRTIO0, board::N_VIRTIO * PGSIZE),
    ];
    for (start, len) in devices {
        same(start..start + len, Pte::R | Pte::W)?;
    }
    let [etext, erodata, stack0, end] = [
        &raw const _etext,
        &raw const _erodata,
        &raw const _stack0,
        &raw const _end,
    ]
    .map(|end| end.addr());
    same(board::KERNBASE..etext, Pte::R | Pte::X)?;
    same(etext..erodata, Pte::R)?;
    same(erodata..stack0, Pte::R | Pte::W)?;
    for hart in 0..NCPU {
        let top = stack0 + (hart + 1) * BOOT_STACK_STRIDE;
        same(top - BOOT_STACK_STRIDE / 2..top, Pte::R | Pte::W)?;
    }
    same(end..ram.end / PGSIZE * PGSIZE, Pte::R | Pte::W)?;

    let flags = Pte::R | Pte::X | Pte::A | Pte::D;
    table.map_page(VirtAddr(TRAMPOLINE), trampoline(), flags)?;
    for slot in 0..NPROC {
        map_kstack(&mut table, slot)?;
    }
    Ok(table)
}

fn map_kstack(table: &mut PageTable, slot: usize) -> Result<(), Error> {
    for n in 0..KSTACK_PAGES {
        let page = kalloc().ok_or(Error::OutOfMemory)?;
        let va = VirtAddr(kstack(slot).0 + n * PGSIZE);
        let flags = Pte::R | Pte::W | Pte::A | Pte::D;
        table.map_page(va, page.into_address(), flags)?;
    }
    Ok(())
}

/// The kernel stack of a slot of the process table. There is one value for each.
pub struct KernelStack {
    top: usize,
}

impl KernelStack {
    /// Where it starts, growing down.
    pub fn top(&self) -> usize {
        self.top
    }
}

/// The kernel stacks, in the order of the slots.
///
/// # Panics
/// When called again.
pub fn kstacks() -> impl Iterator<Item = KernelStack> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    assert!(!TAKEN.swap(true, Ordering::Relaxed), "kstacks taken twice");
    (0..NPROC).map(|slot| KernelStack {
        top: kstack_top(slot),
    })
}

/// Makes this hart use the kernel's page table.
///
/// # Panics
/// Before [`kvminit`].
pub fn kvminithart() {
    let table = KERNEL_PAGETABLE.get().expect("kvminit comes first");
    csr::sfence_vma();
    // SAFETY: the table maps everything the kernel has at the address it has now.
    unsafe { asm!("csrw satp, {}", in(reg) table.satp(), options(nostack)) };
    csr::sfence_vma();
}
