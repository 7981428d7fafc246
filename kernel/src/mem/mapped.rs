//! The pages of mapped files among a program's memory: above its heap, below USYSCALL.

use super::frames::Frame;
use super::kalloc::Page;
use super::layout::{PhysAddr, USYSCALL, VirtAddr, page_round_down, page_round_up};
use super::sv39::Pte;
use super::usercopy::bytes_at;
use super::uvm::{UserMemory, copied, shared, shared_until_written};
use crate::hal::trap::Access;
use crate::mmap::Mapping;
use abi::Error;
use abi::file::{PROT_EXEC, PROT_READ, PROT_WRITE};
use abi::limits::PGSIZE;
use core::ops::Range;
use core::ptr;
use kernel::policy::Fork;

impl UserMemory {
    /// Gives `len` bytes of a mapped file the highest free addresses. Returns their start.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for no bytes; [`Error::OutOfMemory`] if there are not as many
    /// addresses; [`Error::TableFull`].
    pub fn mmap(&mut self, mut mapping: Mapping, len: usize) -> Result<usize, Error> {
        if len == 0 {
            return Err(Error::InvalidArgument);
        }
        let end = self.mappings.start(USYSCALL);
        let start = end.checked_sub(len).map(page_round_down);
        let start = start.filter(|&start| start >= page_round_up(self.size));
        let start = start.ok_or(Error::OutOfMemory)?;
        mapping.range = start..end;
        self.mappings.add(mapping)?;
        Ok(start)
    }

    /// Takes `len` bytes from `start` on, at an end of a mapping, from the program; what was
    /// written to pages that are shared with the file goes there.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if that is no mapping, or would leave a hole; what writing to
    /// the file says.
    pub fn munmap(&mut self, start: VirtAddr, len: usize) -> Result<(), Error> {
        let end = start.0.checked_add(len).filter(|&end| end <= USYSCALL);
        let end = page_round_up(end.ok_or(Error::InvalidArgument)?);
        let range = start.0..end;
        if len == 0 || !start.0.is_multiple_of(PGSIZE) {
            return Err(Error::InvalidArgument);
        }
        let mapping = self.mappings.at(start.0).cloned();
        let mapping = mapping.ok_or(Error::InvalidArgument)?;
        // First, so that a call that is refused has done nothing.
        self.mappings.cut(&range)?;
        self.unmap_file(&mapping, range)
    }

    /// Frees the pages in `range` of a mapping, those written first to the file.
    fn unmap_file(&mut self, mapping: &Mapping, range: Range<usize>) -> Result<(), Error> {
        let mut result = Ok(());
        for (start, leaves) in self.pagetable.stretches(range.clone()) {
            for (va, &leaf) in (start.0..).step_by(PGSIZE).zip(&*leaves) {
                if mapping.is_shared && leaf.has(Pte::V | Pte::W | Pte::D) {
                    let written = mapping.write_back(va, |at, into| copy_from(leaf, at, into));
                    result = result.and(written);
                }
            }
        }
        self.unmap(range);
        result
    }

    /// Takes all mapped files from the program.
    pub(super) fn unmap_files(&mut self) {
        let mappings = core::mem::replace(&mut self.mappings, crate::mmap::Mappings::NONE);
        for mapping in mappings.iter() {
            // Who ends or becomes another program cannot be told.
            let _ = self.unmap_file(mapping, mapping.range.clone());
        }
    }

    /// Gives a copy the same mapped files: with the same pages where they are shared, else
    /// as `fork` has it.
    pub(super) fn copy_files(&mut self, copy: &mut UserMemory, fork: Fork) -> Result<(), Error> {
        copy.mappings = self.mappings.clone();
        for mapping in self.mappings.clone().iter() {
            let pages = mapping.range.clone();
            match fork {
                _ if mapping.is_shared => self.copy_pages(pages, copy, shared)?,
                Fork::Eager => self.copy_pages(pages, copy, copied)?,
                Fork::Cow => self.copy_pages(pages, copy, shared_until_written)?,
            }
        }
        Ok(())
    }

    /// Brings the page at `va` of a mapped file.
    ///
    /// # Errors
    /// [`Error::BadAddress`] if there is none, or it may not be used so;
    /// [`Error::OutOfMemory`]; what reading the file says.
    pub(super) fn file_fault(&mut self, va: VirtAddr, access: Access) -> Result<(), Error> {
        let prot = match access {
            Access::Read => PROT_READ,
            Access::Write => PROT_WRITE,
            Access::Execute => PROT_EXEC,
        };
        let mapping = self
            .mappings
            .at(va.0)
            .filter(|mapping| mapping.allows(prot));
        let mapping = mapping.ok_or(Error::BadAddress)?;
        let mut page = Page::zeroed()?;
        mapping.load(va.0, &mut page)?;
        let flag = |prot, flag| if mapping.allows(prot) { flag } else { 0 };
        let flags =
            Pte::U | flag(PROT_READ, Pte::R) | flag(PROT_WRITE, Pte::W) | flag(PROT_EXEC, Pte::X);
        self.map(va, Frame::new(page), flags)
    }

    /// Brings the pages of mapped files in `len` bytes from `start` on, before somebody takes
    /// the lock of an inode that one of them may have to be read from. All of them, or the
    /// caller must not take it: a page that memory is short for now may be there later, under
    /// the lock, and then the program waits for itself.
    ///
    /// # Errors
    /// As `file_fault`.
    pub fn prefault(&mut self, start: VirtAddr, len: usize, access: Access) -> Result<(), Error> {
        let end = start.0.saturating_add(len);
        let from = page_round_down(start.0.max(self.mappings.start(usize::MAX / 2)));
        for va in (from..end.min(USYSCALL)).step_by(PGSIZE) {
            if self.mappings.at(va).is_some() && self.pagetable.leaf(VirtAddr(va)).is_none() {
                self.file_fault(VirtAddr(va), access)?;
            }
        }
        Ok(())
    }
}

/// Copies the bytes from `at` on of the page that a leaf leads to.
fn copy_from(leaf: Pte, at: usize, into: &mut [u8]) {
    let from = bytes_at(PhysAddr(leaf.address().0 + at % PGSIZE));
    let len = into.len().min(PGSIZE - at % PGSIZE);
    // SAFETY: the leaf is a program's, so the page is there, and the bytes are in it.
    unsafe { ptr::copy_nonoverlapping(from, into.as_mut_ptr(), len) };
}
