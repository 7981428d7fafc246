//! Bytes at an address: physical, or through an Sv39 page table as a hart would walk it.
//! Source: Privileged ISA, "Sv39: Page-Based 39-bit Virtual-Memory System".

use machine::Machine;

/// Bytes of a page.
pub const PAGE: u64 = 4096;
/// A page-table entry leads somewhere.
pub const PTE_V: u64 = 1;
/// It may be read.
pub const PTE_R: u64 = 1 << 1;
/// It may be written.
pub const PTE_W: u64 = 1 << 2;
/// It may be run.
pub const PTE_X: u64 = 1 << 3;
/// It is user mode's.
pub const PTE_U: u64 = 1 << 4;

/// Where RAM begins.
const RAM: u64 = 0x8000_0000;
/// `satp.MODE` of Sv39.
const SV39: u64 = 8;

/// A machine's RAM.
#[derive(Clone, Copy)]
pub struct Memory<'a> {
    ram: &'a [u8],
}

impl<'a> Memory<'a> {
    /// The RAM of `machine`.
    pub fn of(machine: &'a Machine) -> Memory<'a> {
        Memory { ram: machine.ram() }
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
        (satp >> 60 == SV39).then_some((satp & ((1 << 44) - 1)) * PAGE)
    }

    /// Where the table at `root` puts virtual address `va`, whatever one may do there.
    pub fn translate(&self, root: u64, va: u64) -> Option<u64> {
        // Bits 63 to 39 must be as bit 38.
        if (va as i64) << 25 >> 25 != va as i64 {
            return None;
        }
        let mut table = root;
        for level in [2, 1, 0] {
            let span = PAGE << (9 * level);
            let entry = self.u64(table.checked_add(va / span % 512 * 8)?)?;
            let leads_to = (entry >> 10 & ((1 << 44) - 1)) * PAGE;
            if entry & PTE_V == 0 {
                return None;
            }
            if entry & (PTE_R | PTE_W | PTE_X) != 0 {
                let is_aligned = leads_to.is_multiple_of(span);
                return is_aligned.then_some(leads_to + va % span);
            }
            table = leads_to;
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
