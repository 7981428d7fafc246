//! Between the kernel and a program's memory: each page is looked up, and brought if it is
//! not there yet, as if the program itself had touched it.

use super::layout::{PhysAddr, USYSCALL, VirtAddr};
use super::sv39::Pte;
use super::uvm::{UserMemory, allows};
use crate::hal::trap::Access;
use abi::Error;
use abi::limits::PGSIZE;
use core::ptr;

impl UserMemory {
    /// Where the byte at `va` is, for the kernel to access in the program's name. The page at
    /// USYSCALL is for the program's own loads: as a buffer xv6 refuses it.
    fn walkaddr(&mut self, va: VirtAddr, access: Access) -> Result<PhysAddr, Error> {
        if va.0 >= self.size.max(USYSCALL) {
            return Err(Error::BadAddress);
        }
        if !matches!(self.pagetable.leaf(va), Some(pte) if allows(pte, access)) {
            self.vmfault(va, access)?;
        }
        match self.pagetable.leaf(va) {
            Some(pte) if allows(pte, access) => {
                // What the kernel writes in the program's name is written, too.
                if access == Access::Write && !pte.has(Pte::D) {
                    self.pagetable.set_leaf(va, pte.with(Pte::A | Pte::D));
                }
                Ok(PhysAddr(pte.address().0 + va.0 % PGSIZE))
            }
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
}

/// The bytes at `address`, by pointer.
pub(super) fn bytes_at(address: PhysAddr) -> *mut u8 {
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
