//! The memory of a program: its pages from 0 to its size, some of which may not be there
//! until they are touched, and its trapframe.

use super::frames::{self, Frame};
use super::kalloc::{Page, kalloc};
use super::kvm;
use super::layout::{PhysAddr, TRAMPOLINE, TRAPFRAME, VirtAddr, page_round_down, page_round_up};
use super::sv39::{PageTable, Pte};
use crate::hal::trap::{Access, Trapframe};
use abi::Error;
use abi::limits::PGSIZE;
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

/// A program's memory. Every leaf below `size` owns a reference to the frame it leads to.
pub struct UserMemory {
    pagetable: PageTable,
    /// Mapped at TRAPFRAME.
    trapframe: Page,
    /// One past the last address the program may use; at most TRAPFRAME.
    size: usize,
}

impl UserMemory {
    /// Memory of size 0, with all registers 0.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new() -> Result<UserMemory, Error> {
        let mut memory = UserMemory {
            pagetable: PageTable::new()?,
            trapframe: Page::zeroed()?,
            size: 0,
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

    /// The program's registers.
    pub fn trapframe(&mut self) -> &mut Trapframe {
        // SAFETY: the page is ours, and any bytes are a trapframe.
        unsafe { &mut *self.trapframe.as_ptr().cast() }
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
        if new_size > TRAPFRAME {
            return Err(Error::OutOfMemory);
        }
        self.size = self.size.max(new_size);
        Ok(())
    }

    /// Shrinks to `new_size`, and frees the pages behind.
    #[inline(never)]
    pub fn uvmdealloc(&mut self, new_size: usize) {
        let end = page_round_up(self.size);
        self.size = self.size.min(new_size);
        let mut va = page_round_up(self.size);
        while let Some((leaf, pte)) = self.pagetable.next_leaf(va..end) {
            self.pagetable.set_leaf(leaf, Pte::NONE);
            // SAFETY: `map` gave the reference up, and the leaf is gone. The program does
            // not run, and its hart forgets translations before it does.
            drop(unsafe { Frame::from_address(pte.address()) });
            va = leaf.0 + PGSIZE;
        }
    }

    /// A copy, page by page, or one that shares the pages until they are written; what is
    /// not there yet is not there in the copy. For `fork`.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    #[inline(never)]
    pub fn uvmcopy(&mut self, fork: Fork) -> Result<UserMemory, Error> {
        let mut copy = UserMemory::new()?;
        copy.trapframe.copy_from_slice(&*self.trapframe);
        copy.size = self.size;
        let end = page_round_up(self.size);
        let mut va = 0;
        while let Some((leaf, pte)) = self.pagetable.next_leaf(va..end) {
            match fork {
                Fork::Eager => copy.map(leaf, copy_of(pte)?, pte.permissions())?,
                Fork::Cow => self.share_page(leaf, pte, &mut copy)?,
            }
            va = leaf.0 + PGSIZE;
        }
        Ok(copy)
    }

    /// Lets `copy` have the page at `va`, whose leaf is `pte`. If it can be written, from
    /// now on a write by either makes a fault.
    fn share_page(&mut self, va: VirtAddr, pte: Pte, copy: &mut UserMemory) -> Result<(), Error> {
        let shared = if pte.has(Pte::W) {
            pte.without(Pte::W).with(Pte::COW)
        } else {
            pte
        };
        // SAFETY: the leaf is ours, and stays.
        let frame = unsafe { Frame::share(pte.address()) };
        copy.map(va, frame, shared.permissions())?;
        // The hart may remember that it could write there. It forgets on the way back to
        // the program (`userret`), and no other hart remembers anything of a program that
        // runs on this one: each forgets all when it turns to a program.
        self.pagetable.set_leaf(va, shared);
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

    /// Where the byte at `va` is, for the kernel to access in the program's name.
    fn walkaddr(&mut self, va: VirtAddr, access: Access) -> Result<PhysAddr, Error> {
        if !matches!(self.pagetable.leaf(va), Some(pte) if allows(pte, access)) {
            self.vmfault(va, access)?;
        }
        match self.pagetable.leaf(va) {
            Some(pte) if allows(pte, access) => Ok(PhysAddr(pte.address().0 + va.0 % PGSIZE)),
            _ => Err(Error::BadAddress),
        }
    }

    /// Copies from the program's memory at `src`.
    ///
    /// # Errors
    /// [`Error::BadAddress`] if the program may not read all of that; [`Error::OutOfMemory`].
    pub fn copyin(&mut self, into: &mut [u8], src: VirtAddr) -> Result<(), Error> {
        for (va, piece) in pages_of(src, into.len()) {
            let into = &mut into[piece];
            let from = bytes_at(self.walkaddr(va?, Access::Read)?);
            // SAFETY: `from` is in a page of the program's, and so are the bytes up to
            // its end, which `pages_of` stops at. The program does not run meanwhile.
            unsafe { ptr::copy_nonoverlapping(from, into.as_mut_ptr(), into.len()) };
        }
        Ok(())
    }

    /// Copies to the program's memory at `dst`.
    ///
    /// # Errors
    /// [`Error::BadAddress`] if the program may not write all of that; [`Error::OutOfMemory`].
    pub fn copyout(&mut self, dst: VirtAddr, from: &[u8]) -> Result<(), Error> {
        for (va, piece) in pages_of(dst, from.len()) {
            let from = &from[piece];
            let into = bytes_at(self.walkaddr(va?, Access::Write)?);
            // SAFETY: as in `copyin`.
            unsafe { ptr::copy_nonoverlapping(from.as_ptr(), into, from.len()) };
        }
        Ok(())
    }

    /// Copies the string at `src` and its NUL; returns the string.
    ///
    /// # Errors
    /// [`Error::BadAddress`] if the program may not read all of it; [`Error::TooLong`] if
    /// it does not fit; [`Error::OutOfMemory`].
    pub fn copyinstr<'a>(&mut self, into: &'a mut [u8], src: VirtAddr) -> Result<&'a [u8], Error> {
        for (va, piece) in pages_of(src, into.len()) {
            let from = bytes_at(self.walkaddr(va?, Access::Read)?);
            for n in piece.clone() {
                // SAFETY: as in `copyin`.
                into[n] = unsafe { *from.add(n - piece.start) };
                if into[n] == 0 {
                    return Ok(&into[..n]);
                }
            }
        }
        Err(Error::TooLong)
    }

    /// Writes `bytes` at `dst`, whether or not the program may, on pages that are there.
    /// For `exec`.
    ///
    /// # Errors
    /// [`Error::BadAddress`] if one is not.
    pub fn load(&mut self, dst: VirtAddr, bytes: &[u8]) -> Result<(), Error> {
        for (va, piece) in pages_of(dst, bytes.len()) {
            let va = va?;
            let pte = self.pagetable.leaf(va).filter(|_| va.0 < self.size);
            let page = pte.ok_or(Error::BadAddress)?.address();
            let from = &bytes[piece];
            let into = bytes_at(PhysAddr(page.0 + va.0 % PGSIZE));
            // SAFETY: as in `copyin`.
            unsafe { ptr::copy_nonoverlapping(from.as_ptr(), into, from.len()) };
        }
        Ok(())
    }

    fn add_page(&mut self, va: VirtAddr, permissions: Permissions) -> Result<(), Error> {
        self.map(va, Frame::new(Page::zeroed()?), permissions.flags())
    }

    fn map(&mut self, va: VirtAddr, frame: Frame, flags: usize) -> Result<(), Error> {
        self.pagetable.map_page(va, frame.address(), flags)?;
        frame.into_address();
        Ok(())
    }
}

impl Drop for UserMemory {
    fn drop(&mut self) {
        self.uvmdealloc(0);
        for va in [TRAMPOLINE, TRAPFRAME].map(VirtAddr) {
            if self.pagetable.leaf(va).is_some() {
                self.pagetable.set_leaf(va, Pte::NONE);
            }
        }
    }
}

fn allows(pte: Pte, access: Access) -> bool {
    let wanted = match access {
        Access::Execute => Pte::X,
        Access::Read => Pte::R,
        Access::Write => Pte::W,
    };
    pte.has(Pte::U | wanted)
}

/// A copy of the page that a leaf leads to.
fn copy_of(leaf: Pte) -> Result<Frame, Error> {
    let page = kalloc().ok_or(Error::OutOfMemory)?;
    // SAFETY: both pages are whole, and the new one is nobody else's.
    unsafe { ptr::copy_nonoverlapping(bytes_at(leaf.address()), page.as_ptr(), PGSIZE) };
    Ok(Frame::new(page))
}

fn bytes_at(address: PhysAddr) -> *mut u8 {
    ptr::with_exposed_provenance_mut(address.0)
}

/// Cuts `len` bytes from `start` on at page ends: the address of each piece, and which of
/// the bytes it is. An address that wraps around is an error.
fn pages_of(
    start: VirtAddr,
    len: usize,
) -> impl Iterator<Item = (Result<VirtAddr, Error>, core::ops::Range<usize>)> {
    let mut done = 0;
    core::iter::from_fn(move || {
        if done == len {
            return None;
        }
        let va = start.0.checked_add(done);
        let to_page_end = PGSIZE - va.unwrap_or(0) % PGSIZE;
        let piece = done..done + to_page_end.min(len - done);
        done = piece.end;
        Some((va.map(VirtAddr).ok_or(Error::BadAddress), piece))
    })
}
