//! The memory of a program: its pages from 0 to its size, some of which may not be there
//! until they are touched, and its trapframe.

use super::frames::{self, Frame};
use super::kalloc::{Page, kalloc};
use super::kvm;
use super::layout::{TRAMPOLINE, TRAPFRAME, USYSCALL, VirtAddr, page_round_down, page_round_up};
use super::sv39::{PageTable, Pte};
use super::usercopy::bytes_at;
use crate::hal::float::Float;
use crate::hal::trap::{Access, Trapframe};
use crate::mmap::Mappings;
use abi::Error;
use abi::limits::PGSIZE;
use core::ops::Range;
use core::ptr;
use kernel::policy::Fork;

/// What a program may do with pages, besides reading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// Write them.
    pub write: bool,
    /// Run them.
    pub execute: bool,
}

impl Permissions {
    /// For stack and heap.
    pub const DATA: Permissions = Permissions {
        write: true,
        execute: false,
    };

    fn flags(self) -> usize {
        let write = if self.write { Pte::W } else { 0 };
        let execute = if self.execute { Pte::X } else { 0 };
        Pte::R | Pte::U | write | execute
    }
}

/// The page at TRAPFRAME: the trampoline knows what comes first.
#[repr(C)]
struct Saved {
    /// The program's registers while it is in the kernel.
    registers: Registers,
    /// Those it goes on with after an alarm.
    kept: Registers,
}

/// All registers of a program.
#[repr(C)]
#[derive(Clone)]
struct Registers {
    integer: Trapframe,
    float: Float,
}

/// A program's memory. Every leaf below `size` owns a reference to the frame it leads to.
pub struct UserMemory {
    pub(super) pagetable: PageTable,
    /// Mapped at TRAPFRAME.
    trapframe: Page,
    /// One past the last address the program may use; at most TRAPFRAME.
    pub(super) size: usize,
    /// What is to be read at USYSCALL.
    pid: i32,
    /// Above `size` and below USYSCALL.
    pub(super) mappings: Mappings,
}

impl UserMemory {
    /// Memory of size 0, with all registers 0, for process `pid`.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(pid: i32) -> Result<UserMemory, Error> {
        let mut memory = UserMemory {
            pagetable: PageTable::new()?,
            trapframe: Page::zeroed()?,
            size: 0,
            pid,
            mappings: Mappings::NONE,
        };
        let frame = memory.trapframe.address();
        let table = &mut memory.pagetable;
        table.map_page(
            VirtAddr(TRAMPOLINE),
            kvm::trampoline(),
            Pte::R | Pte::X | Pte::A,
        )?;
        table.map_page(
            VirtAddr(TRAPFRAME),
            frame,
            Pte::R | Pte::W | Pte::A | Pte::D,
        )?;
        Ok(memory)
    }

    /// Bytes of it.
    pub fn size(&self) -> usize {
        self.size
    }

    /// What `satp` is to be while the program runs.
    pub fn satp(&self) -> usize {
        self.pagetable.satp()
    }

    /// Prints the page table.
    pub fn vmprint(&self) {
        self.pagetable.vmprint();
    }

    /// What is on the page at TRAPFRAME.
    fn saved(&mut self) -> &mut Saved {
        const { assert!(size_of::<Saved>() <= PGSIZE) };
        // SAFETY: the page is ours, large enough, and any bytes are registers.
        unsafe { &mut *self.trapframe.as_ptr().cast() }
    }

    /// The program's registers.
    pub fn trapframe(&mut self) -> &mut Trapframe {
        &mut self.saved().registers.integer
    }

    /// The program's floating-point registers.
    pub fn float(&mut self) -> &mut Float {
        &mut self.saved().registers.float
    }

    /// Keeps the program's registers aside while it does something in between.
    pub fn keep_registers(&mut self) {
        let saved = self.saved();
        saved.kept = saved.registers.clone();
    }

    /// Gives the program the registers again that were kept aside.
    pub fn bring_registers_back(&mut self) {
        let saved = self.saved();
        saved.registers = saved.kept.clone();
    }

    /// Grows to `new_size` with zeroed pages. If that fails nothing has changed.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], also if `new_size` is more than an address space has.
    #[inline(never)]
    pub fn uvmalloc(&mut self, new_size: usize, permissions: Permissions) -> Result<(), Error> {
        let old_size = self.size;
        self.grow_lazily(new_size)?;
        for va in (page_round_up(old_size)..new_size).step_by(PGSIZE) {
            if let Err(error) = self.add_page(VirtAddr(va), permissions) {
                self.uvmdealloc(old_size);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Grows to `new_size` without pages; they come when they are touched.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] if that is more than an address space has.
    pub fn grow_lazily(&mut self, new_size: usize) -> Result<(), Error> {
        if new_size > self.mappings.start(TRAPFRAME) {
            return Err(Error::OutOfMemory);
        }
        if self.size <= USYSCALL && new_size > USYSCALL {
            self.unmap(USYSCALL..TRAPFRAME);
        }
        self.size = self.size.max(new_size);
        Ok(())
    }

    /// Shrinks to `new_size`, and frees the pages behind.
    #[inline(never)]
    pub fn uvmdealloc(&mut self, new_size: usize) {
        let end = page_round_up(self.size);
        self.size = self.size.min(new_size);
        self.unmap(page_round_up(self.size)..end);
    }

    /// Frees the pages in `range`, which starts and ends with pages.
    pub(super) fn unmap(&mut self, range: Range<usize>) {
        for (_, leaves) in self.pagetable.stretches(range) {
            for leaf in leaves.iter_mut().filter(|leaf| leaf.has(Pte::V)) {
                let address = core::mem::replace(leaf, Pte::NONE).address();
                // SAFETY: `map` gave the reference up, and the leaf is gone. The program does
                // not run, and its hart forgets translations before it does.
                drop(unsafe { Frame::from_address(address) });
            }
        }
    }

    /// A copy, page by page, or one that shares the pages until they are written; what is
    /// not there yet is not there in the copy. For `fork`, of process `pid`.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    #[inline(never)]
    pub fn uvmcopy(&mut self, fork: Fork, pid: i32) -> Result<UserMemory, Error> {
        let mut copy = UserMemory::new(pid)?;
        copy.trapframe.copy_from_slice(&*self.trapframe);
        copy.size = self.size;
        let pages = 0..page_round_up(self.size);
        match fork {
            Fork::Eager => self.copy_pages(pages, &mut copy, copied)?,
            Fork::Cow => self.copy_pages(pages, &mut copy, shared_until_written)?,
        }
        self.copy_files(&mut copy, fork)?;
        Ok(copy)
    }

    /// Gives `copy` a leaf for each of ours in `range`: what `copied` makes of it.
    pub(super) fn copy_pages(
        &mut self,
        range: Range<usize>,
        copy: &mut UserMemory,
        copied: impl Fn(&mut Pte) -> Result<Pte, Error>,
    ) -> Result<(), Error> {
        for (va, leaves) in self.pagetable.stretches(range) {
            let places = copy.pagetable.stretch(va, leaves.len())?;
            for (leaf, place) in leaves.iter_mut().zip(places) {
                if leaf.has(Pte::V) {
                    *place = copied(leaf)?;
                }
            }
        }
        Ok(())
    }

    /// Takes the page at `va` from the program without freeing it: the guard below the stack.
    pub fn uvmclear(&mut self, va: VirtAddr) {
        if let Some(pte) = self.pagetable.leaf(va) {
            self.pagetable.set_leaf(va, pte.without(Pte::U));
        }
    }

    /// Serves the program's page fault at `va`: brings a page that is not there yet, or
    /// notes the use of one, where the hart leaves that to software.
    ///
    /// # Errors
    /// [`Error::BadAddress`] if it may not do that; [`Error::OutOfMemory`].
    #[inline(never)]
    pub fn vmfault(&mut self, va: VirtAddr, access: Access) -> Result<(), Error> {
        let va = VirtAddr(page_round_down(va.0));
        let Some(pte) = self.pagetable.leaf(va) else {
            if va.0 == USYSCALL && self.size <= USYSCALL && access == Access::Read {
                return self.add_usyscall();
            }
            if va.0 >= page_round_up(self.size) {
                return self.file_fault(va, access);
            }
            // Pages that come late are data, never to be run.
            if va.0 >= self.size || access == Access::Execute {
                return Err(Error::BadAddress);
            }
            return self.add_page(va, Permissions::DATA);
        };
        if access == Access::Write && pte.has(Pte::U | Pte::COW) {
            return self.cow_fault(va, pte);
        }
        let used = match access {
            Access::Execute | Access::Read => Pte::A,
            Access::Write => Pte::A | Pte::D,
        };
        if !allows(pte, access) || pte.has(used) {
            return Err(Error::BadAddress);
        }
        self.pagetable.set_leaf(va, pte.with(used));
        Ok(())
    }

    /// Makes the page at `va`, whose leaf `pte` is copy-on-write, one to write to: a copy,
    /// or the page itself if everybody else has copied it or is gone.
    #[inline(never)]
    fn cow_fault(&mut self, va: VirtAddr, pte: Pte) -> Result<(), Error> {
        let written = pte.without(Pte::COW).with(Pte::W | Pte::A | Pte::D);
        if !frames::is_shared(pte.address()) {
            self.pagetable.set_leaf(va, written);
            return Ok(());
        }
        let copy = copy_of(pte)?.into_address();
        self.pagetable.set_leaf(va, written.leading_to(copy));
        // SAFETY: as in `uvmdealloc`. The copy is made: the last of the others may now
        // write to the page.
        drop(unsafe { Frame::from_address(pte.address()) });
        Ok(())
    }

    fn add_page(&mut self, va: VirtAddr, permissions: Permissions) -> Result<(), Error> {
        self.map(va, Frame::new(Page::zeroed()?), permissions.flags())
    }

    /// Brings the page at USYSCALL: the process's number, and zeroes.
    fn add_usyscall(&mut self) -> Result<(), Error> {
        let mut page = Page::zeroed()?;
        page[..4].copy_from_slice(&self.pid.to_le_bytes());
        self.map(VirtAddr(USYSCALL), Frame::new(page), Pte::R | Pte::U)
    }

    /// Which of the `n` pages from the one of `start` on (at most 64) have been used since
    /// this was last asked, a bit each.
    pub fn pgaccess(&mut self, start: VirtAddr, n: usize) -> u64 {
        let start = page_round_down(start.0);
        let mut used = 0;
        for idx in 0..n {
            let va = VirtAddr(start.saturating_add(idx * PGSIZE));
            if let Some(pte) = self.pagetable.leaf(va)
                && pte.has(Pte::U | Pte::A)
            {
                used |= 1 << idx;
                // The hart forgets what it knows of the page on the way back to the program.
                self.pagetable.set_leaf(va, pte.without(Pte::A));
            }
        }
        used
    }

    /// The leaf that leads to the page at `va`, as a number; 0 if there is none.
    pub fn pgpte(&self, va: VirtAddr) -> usize {
        self.pagetable.leaf(va).map_or(0, Pte::bits)
    }

    pub(super) fn map(&mut self, va: VirtAddr, frame: Frame, flags: usize) -> Result<(), Error> {
        self.pagetable.map_page(va, frame.address(), flags)?;
        frame.into_address();
        Ok(())
    }
}

impl Drop for UserMemory {
    fn drop(&mut self) {
        self.unmap_files();
        self.uvmdealloc(0);
        self.unmap(USYSCALL..TRAPFRAME);
        for va in [TRAMPOLINE, TRAPFRAME].map(VirtAddr) {
            if self.pagetable.leaf(va).is_some() {
                self.pagetable.set_leaf(va, Pte::NONE);
            }
        }
    }
}

pub(super) fn allows(pte: Pte, access: Access) -> bool {
    let wanted = match access {
        Access::Execute => Pte::X,
        Access::Read => Pte::R,
        Access::Write => Pte::W,
    };
    pte.has(Pte::U | wanted)
}

/// A leaf for a copy of the page that `leaf` leads to.
pub(super) fn copied(leaf: &mut Pte) -> Result<Pte, Error> {
    Ok(Pte::new(copy_of(*leaf)?.into_address(), leaf.permissions()))
}

/// A leaf for the same page as that of `leaf`. If it can be written, from now on a write by
/// either makes a fault.
pub(super) fn shared_until_written(leaf: &mut Pte) -> Result<Pte, Error> {
    if leaf.has(Pte::W) {
        // The hart may remember that it could write there. It forgets on the way back to
        // the program (`userret`), and no other hart remembers anything of a program that
        // runs on this one: each forgets all when it turns to a program.
        *leaf = leaf.without(Pte::W).with(Pte::COW);
    }
    shared(leaf)
}

/// A leaf for the same page as that of `leaf`.
pub(super) fn shared(leaf: &mut Pte) -> Result<Pte, Error> {
    // SAFETY: the leaf is a program's, and stays.
    let frame = unsafe { Frame::share(leaf.address()) };
    Ok(Pte::new(frame.into_address(), leaf.permissions()))
}

/// A copy of the page that a leaf leads to.
fn copy_of(leaf: Pte) -> Result<Frame, Error> {
    let page = kalloc().ok_or(Error::OutOfMemory)?;
    // SAFETY: both pages are whole, and the new one is nobody else's.
    unsafe { ptr::copy_nonoverlapping(bytes_at(leaf.address()), page.as_ptr(), PGSIZE) };
    Ok(Frame::new(page))
}
