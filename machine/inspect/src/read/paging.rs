//! Page tables as they lie in memory, read as a hart reads them. The bytes are a guest's:
//! any table is possible, also one that leads to itself.
//!
//! Source: Privileged ISA, "Virtual Address Translation Process", steps 1 to 6.

use crate::guest::pte::{ENTRIES, Pte, Scheme, span};
use crate::guest::{Memory, PAGE};
use crate::view::{Addr, Flag, Flaw, Walk, WalkStep};

/// Tables that one look visits at most: what 4 GiB in pages of 4 KiB take.
const MAX_TABLES: u32 = 2048;

impl Pte {
    /// Each flag's bit, in the order of the bits.
    const FLAGS: [(u32, Flag); 13] = [
        (0, Flag::V),
        (1, Flag::R),
        (2, Flag::W),
        (3, Flag::X),
        (4, Flag::U),
        (5, Flag::G),
        (6, Flag::A),
        (7, Flag::D),
        (8, Flag::Cow),
        (9, Flag::Rsw1),
        (61, Flag::Nc),
        (62, Flag::Io),
        (63, Flag::N),
    ];
    /// The bits that [`Pte::FLAGS`] names.
    pub const FLAG_BITS: u64 = ((1 << 10) - 1) | (7 << 61);
    /// Its flags, in the order of the bits.
    pub fn flags(self) -> Vec<Flag> {
        let set = Pte::FLAGS.iter().filter(|(bit, _)| self.0 >> bit & 1 != 0);
        set.map(|&(_, flag)| flag).collect()
    }

    /// Why a hart that finds it on `level` goes no further, whatever the access.
    fn flaw(self, scheme: Scheme, level: u8) -> Option<Flaw> {
        if !self.has(Pte::V) {
            Some(Flaw::NotValid)
        } else if self.has_reserved_bits(scheme, level) {
            Some(Flaw::ReservedBits)
        } else if self.is_leaf() {
            if self.target(level, 0).is_none() {
                Some(Flaw::Misaligned)
            } else if self.has(Pte::W) && !self.has(Pte::R) {
                Some(Flaw::WriteOnly)
            } else {
                None
            }
        } else if self.has(Pte::U | Pte::A | Pte::D) {
            Some(Flaw::TableFlags)
        } else if level == 0 {
            Some(Flaw::NoLevelLeft)
        } else {
            None
        }
    }
}

/// The table at `pa`, if all of it is in RAM.
fn table_at<'a>(memory: Memory<'a>, pa: u64) -> Option<&'a [[u8; 8]]> {
    Some(memory.bytes(pa, PAGE)?.as_chunks().0)
}

/// The way of `va` through the table whose root is at `root`.
pub(crate) fn walk(memory: Memory, root: u64, va: u64) -> Walk {
    let mut walk = Walk {
        va: Addr(va),
        steps: Vec::new(),
        pa: None,
        flaw: None,
    };
    let scheme = memory.scheme();
    if scheme.canonical(va) != va {
        walk.flaw = Some(Flaw::NotCanonical);
        return walk;
    }
    let mut table = root;
    for level in (0..scheme.levels).rev() {
        let index = va / span(level) % ENTRIES;
        let Some(entries) = table_at(memory, table) else {
            walk.flaw = Some(Flaw::NotRam);
            return walk;
        };
        let pte = Pte(u64::from_le_bytes(entries[index as usize]));
        walk.steps.push(WalkStep {
            level,
            index: index as u16,
            at: Addr(table + index * 8),
            pte: Addr(pte.0),
            flags: pte.flags(),
        });
        walk.flaw = pte.flaw(scheme, level);
        if walk.flaw.is_some() {
            return walk;
        }
        if pte.is_leaf() {
            walk.pa = pte.target(level, va).map(Addr);
            return walk;
        }
        table = pte.address();
    }
    walk
}

/// An entry that is valid, and its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub level: u8,
    pub index: u16,
    /// Where the entry is.
    pub at: u64,
    /// The first address it is about.
    pub va: u64,
    pub pte: Pte,
    /// The frame or the next table it leads to.
    pub pa: u64,
    /// Why a hart does not follow it.
    pub flaw: Option<Flaw>,
}

/// Who is shown a table in order of address.
pub(crate) trait Visitor {
    /// Sees a leaf, or an entry that a hart does not follow. False ends the visit.
    fn entry(&mut self, entry: &Found) -> bool;
    /// Sees an entry that leads to a table; false passes over that table.
    fn enter(&mut self, _entry: &Found) -> bool {
        true
    }
    /// All of the table that was entered last, and not left yet, has been seen.
    fn leave(&mut self) {}
}

/// What a visit saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Tables visited, the root included.
    pub tables: u32,
    /// Whether there is more: the visitor had enough, or the tables were too many.
    pub is_cut: bool,
}

/// Shows `visitor` the table whose root is at `root`.
pub(crate) fn visit(memory: Memory, root: u64, visitor: &mut impl Visitor) -> Extent {
    let mut extent = Extent {
        tables: 0,
        is_cut: false,
    };
    if let Some(table) = table_at(memory, root) {
        let place = (root, memory.scheme().levels - 1, 0);
        extent.is_cut = !visit_table(memory, table, place, visitor, &mut extent.tables);
    }
    extent
}

/// Visits the table of `place`: its address, its entries' level, and the first address it
/// is about. False if that was cut short.
fn visit_table(
    memory: Memory,
    table: &[[u8; 8]],
    (base, level, start): (u64, u8, u64),
    visitor: &mut impl Visitor,
    n_tables: &mut u32,
) -> bool {
    *n_tables += 1;
    for (index, &bytes) in (0..).zip(table) {
        let pte = Pte(u64::from_le_bytes(bytes));
        if !pte.has(Pte::V) {
            continue;
        }
        let scheme = memory.scheme();
        let va = scheme.canonical(start + u64::from(index) * span(level));
        let target = pte.is_leaf().then(|| pte.target(level, va)).flatten();
        let mut found = Found {
            level,
            index,
            at: base + u64::from(index) * 8,
            va,
            pte,
            pa: target.unwrap_or(pte.address()),
            flaw: pte.flaw(scheme, level),
        };
        let mut below = None;
        if found.flaw.is_none() && !pte.is_leaf() {
            below = table_at(memory, pte.address());
            if below.is_none() {
                found.flaw = Some(Flaw::NotRam);
            }
        }
        let goes_on = match below {
            None => visitor.entry(&found),
            Some(_) if *n_tables == MAX_TABLES => false,
            Some(below) => {
                if visitor.enter(&found) {
                    let place = (pte.address(), level - 1, found.va);
                    let is_whole = visit_table(memory, below, place, visitor, n_tables);
                    visitor.leave();
                    is_whole
                } else {
                    true
                }
            }
        };
        if !goes_on {
            return false;
        }
    }
    true
}

/// The leaves that a hart follows, below `end`, each with its address; `seen` is called
/// with them in order.
pub(crate) fn leaves_below(memory: Memory, root: u64, end: u64, seen: impl FnMut(&Found)) {
    struct Below<F>(u64, F);
    impl<F: FnMut(&Found)> Visitor for Below<F> {
        fn entry(&mut self, entry: &Found) -> bool {
            let is_below = entry.va < self.0;
            if is_below && entry.flaw.is_none() {
                (self.1)(entry);
            }
            is_below
        }
        fn enter(&mut self, entry: &Found) -> bool {
            entry.va < self.0
        }
    }
    visit(memory, root, &mut Below(end, seen));
}
