//! Mapped files. Others may write to the same bytes, so they are read and written one by one
//! and never borrowed.

use super::{Failed, Fd};
use abi::Syscall;
use abi::limits::PGSIZE;

/// A file among this program's addresses; dropped, it is unmapped.
#[derive(Debug)]
pub struct Mapped {
    start: usize,
    len: usize,
}

impl Mapped {
    /// Maps `len` bytes of an open file from byte `offset` on; `prot` and `flags` are made of
    /// `abi::file::PROT_*` and `MAP_*`.
    ///
    /// # Errors
    /// No file, not open for that, no place, or an offset that starts no page.
    pub fn new(fd: Fd, len: usize, prot: i32, flags: i32, offset: usize) -> Result<Mapped, Failed> {
        let mut start = 0_usize;
        // SAFETY: the kernel takes addresses where nothing is.
        unsafe {
            core::arch::asm!(
                "ecall",
                inlateout("a0") start,
                in("a1") len,
                in("a2") prot,
                in("a3") flags,
                in("a4") fd.0,
                in("a5") offset,
                in("a7") Syscall::Mmap as usize,
                options(nostack),
            );
        }
        if start == usize::MAX {
            return Err(Failed);
        }
        Ok(Mapped { start, len })
    }

    /// Where it starts.
    pub fn address(&self) -> usize {
        self.start
    }

    /// Byte `n`.
    ///
    /// # Panics
    /// If it is not mapped any more.
    pub fn read(&self, n: usize) -> u8 {
        assert!(n < self.len, "behind the mapping");
        let place = core::ptr::with_exposed_provenance::<u8>(self.start + n);
        // SAFETY: it is mapped, or the program is killed.
        unsafe { place.read_volatile() }
    }

    /// Makes byte `n` another.
    ///
    /// # Panics
    /// As [`read`](Self::read).
    pub fn write(&self, n: usize, byte: u8) {
        assert!(n < self.len, "behind the mapping");
        let place = core::ptr::with_exposed_provenance_mut::<u8>(self.start + n);
        // SAFETY: it is mapped, or the program is killed.
        unsafe { place.write_volatile(byte) }
    }

    /// Unmaps the first `n_pages` pages; byte 0 is then the one after.
    ///
    /// # Errors
    /// There are not as many, or the file cannot be written.
    pub fn unmap_front(&mut self, n_pages: usize) -> Result<(), Failed> {
        let len = self.len.min(n_pages * PGSIZE);
        unmap(self.start, len)?;
        self.start += len;
        self.len -= len;
        Ok(())
    }

    /// Unmaps all but the first `n_pages` pages.
    ///
    /// # Errors
    /// As [`unmap_front`](Self::unmap_front).
    pub fn unmap_back(&mut self, n_pages: usize) -> Result<(), Failed> {
        let kept = self.len.min(n_pages * PGSIZE);
        unmap(self.start + kept, self.len - kept)?;
        self.len = kept;
        Ok(())
    }
}

fn unmap(start: usize, len: usize) -> Result<(), Failed> {
    // SAFETY: the pages are those of a mapping, which is not used behind that.
    unsafe { super::ecall(Syscall::Munmap, [start, len, 0]) }.map(drop)
}

impl Drop for Mapped {
    fn drop(&mut self) {
        if self.len > 0 {
            let _ = unmap(self.start, self.len);
        }
    }
}
