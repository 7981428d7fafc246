//! Bytes at an address: physical, or through a page table as a hart would walk it.

use machine::Machine;

use super::pte::{self, ENTRIES, Pte, Scheme, span};

/// Bytes of a page.
pub const PAGE: u64 = 4096;

/// Where RAM begins.
const RAM: u64 = 0x8000_0000;

/// A machine's RAM, and how the page tables in it are walked.
#[derive(Clone, Copy)]
pub struct Memory<'a> {
    ram: &'a [u8],
    scheme: Scheme,
}

impl<'a> Memory<'a> {
    /// The RAM of `machine`.
    pub fn of(machine: &'a Machine) -> Memory<'a> {
        Memory {
            ram: machine.ram(),
            scheme: Scheme::of(machine),
        }
    }

    /// What its page tables look like.
    pub(crate) fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The `len` bytes at physical address `at`, if all of them are RAM.
    pub fn bytes(&self, at: u64, len: u64) -> Option<&'a [u8]> {
        let start = usize::try_from(at.checked_sub(RAM)?).ok()?;
        let end = start.checked_add(usize::try_from(len).ok()?)?;
        self.ram.get(start..end)
    }

    /// The eight bytes at physical address `at`.
    pub fn u64(&self, at: u64) -> Option<u64> {
        Some(u64::from_le_bytes(self.bytes(at, 8)?.try_into().ok()?))
    }

    /// Addresses of RAM: the first, and one past the last.
    pub fn range(&self) -> std::ops::Range<u64> {
        RAM..RAM + self.ram.len() as u64
    }

    /// The page that holds the table a hart would walk with this `satp`; none if it would
    /// not walk any.
    pub fn root_of(satp: u64) -> Option<u64> {
        pte::root_of(satp)
    }

    /// Where the table at `root` puts virtual address `va`, whatever one may do there.
    pub fn translate(&self, root: u64, va: u64) -> Option<u64> {
        if self.scheme.canonical(va) != va {
            return None;
        }
        let mut table = root;
        for level in (0..self.scheme.levels).rev() {
            let index = va / span(level) % ENTRIES;
            let entry = Pte(self.u64(table.checked_add(index * 8)?)?);
            if !entry.has(Pte::V) || entry.has_reserved_bits(self.scheme, level) {
                return None;
            }
            if entry.is_leaf() {
                return entry.target(level, va);
            }
            table = entry.address();
        }
        None
    }

    /// The `len` bytes at `va` of the address space of the table at `root`, if they do not
    /// cross the end of a page.
    pub fn bytes_at(&self, root: u64, va: u64, len: u64) -> Option<&'a [u8]> {
        if (va % PAGE).saturating_add(len) > PAGE {
            return None;
        }
        self.bytes(self.translate(root, va)?, len)
    }
}
