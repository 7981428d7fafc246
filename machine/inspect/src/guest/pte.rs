//! A page-table entry, and how a table is walked: Sv39, Sv48 and Sv57, with Svnapot and
//! Svpbmt.
//! Source: Privileged ISA, "Virtual Address Translation Process", "\"Svnapot\" Extension",
//! "\"Svpbmt\" Extension".

use machine::Machine;

use super::PAGE;

/// `satp` and `menvcfg`, by number.
const SATP: u16 = 0x180;
const MENVCFG: u16 = 0x30a;
/// `menvcfg.PBMTE`: entries may name a memory type.
const PBMTE: u64 = 1 << 62;
/// Entries of a table.
pub(crate) const ENTRIES: u64 = 512;
/// Bytes that a leaf with the bit N is about.
const NAPOT: u64 = 16 * PAGE;

/// Bytes that an entry of `level` covers: 4 KiB, 2 MiB, 1 GiB, 512 GiB, 256 TiB.
pub(crate) fn span(level: u8) -> u64 {
    PAGE << (9 * level)
}

/// The tables that a kernel of this `satp` has: where the root lies, and their levels; none
/// if a hart would not walk any.
fn tables(satp: u64) -> Option<(u64, u8)> {
    let levels = match satp >> 60 {
        8 => 3,
        9 => 4,
        10 => 5,
        _ => return None,
    };
    Some(((satp & ((1 << 44) - 1)) * PAGE, levels))
}

/// The page that holds the table a hart would walk with this `satp`; none if it would not
/// walk any.
pub(crate) fn root_of(satp: u64) -> Option<u64> {
    Some(tables(satp)?.0)
}

/// What the tables of a machine look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scheme {
    /// 3, 4 or 5.
    pub levels: u8,
    /// Whether entries may name a memory type.
    pub has_types: bool,
}

impl Scheme {
    /// What the first hart that walks tables goes by; Sv39 if none does. A kernel has all its
    /// tables alike.
    pub fn of(machine: &Machine) -> Scheme {
        let harts = 0..machine.harts().len();
        let mut walked = harts.filter_map(|hart| tables(machine.csr(hart, SATP)?));
        let environment = machine.csr(0, MENVCFG).unwrap_or(0);
        Scheme {
            levels: walked.next().map_or(3, |(_, levels)| levels),
            has_types: environment & PBMTE != 0,
        }
    }

    /// The address with the bits above those that are translated made equal to the highest
    /// of them.
    pub fn canonical(self, va: u64) -> u64 {
        let unused = 64 - (12 + 9 * u32::from(self.levels));
        ((va << unused) as i64 >> unused) as u64
    }
}

/// An entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pte(pub u64);

impl Pte {
    /// It leads somewhere.
    pub const V: u64 = 1;
    /// It may be read.
    pub const R: u64 = 1 << 1;
    /// It may be written.
    pub const W: u64 = 1 << 2;
    /// It may be run.
    pub const X: u64 = 1 << 3;
    /// It is user mode's.
    pub const U: u64 = 1 << 4;
    /// It was used.
    pub const A: u64 = 1 << 6;
    /// It was written through.
    pub const D: u64 = 1 << 7;
    /// Software's: this kernel's mark for copy-on-write.
    pub const COW: u64 = 1 << 8;
    /// Where the number of the frame begins.
    pub const PPN_SHIFT: u32 = 10;
    /// Without a meaning.
    const RESERVED: u64 = 0x7f << 54;
    /// The memory type.
    const PBMT: u64 = 3 << 61;
    /// One of sixteen alike.
    const N: u64 = 1 << 63;

    /// Whether any of `flags` is set.
    pub fn has(self, flags: u64) -> bool {
        self.0 & flags != 0
    }

    /// Whether it has the form of a leaf.
    pub fn is_leaf(self) -> bool {
        self.has(Pte::R | Pte::W | Pte::X)
    }

    /// The frame or table it names.
    pub fn address(self) -> u64 {
        (self.0 >> Pte::PPN_SHIFT & ((1 << 44) - 1)) * PAGE
    }

    /// Whether bits are set that mean nothing under `scheme` on `level`.
    pub fn has_reserved_bits(self, scheme: Scheme, level: u8) -> bool {
        let types = self.0 & Pte::PBMT;
        self.has(Pte::RESERVED)
            || (types != 0 && !(self.is_leaf() && scheme.has_types))
            || types == Pte::PBMT
            || (self.has(Pte::N) && (level != 0 || !self.is_sixteenth()))
    }

    /// Where a leaf on `level` puts `va`; none if it does not begin at a multiple of its size.
    pub fn target(self, level: u8, va: u64) -> Option<u64> {
        if self.has(Pte::N) {
            return Some(self.address() / NAPOT * NAPOT + va % NAPOT);
        }
        let is_aligned = self.address().is_multiple_of(span(level));
        is_aligned.then(|| self.address() + va % span(level))
    }

    /// Whether it is a leaf whose frame's number says that there are sixteen.
    fn is_sixteenth(self) -> bool {
        self.is_leaf() && self.address() % NAPOT == NAPOT / 2
    }
}
