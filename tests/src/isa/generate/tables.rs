//! Builds page tables in the arena.

use super::super::layout::TABLES;

pub(super) const V: u64 = 1;
pub(super) const R: u64 = 1 << 1;
pub(super) const W: u64 = 1 << 2;
pub(super) const X: u64 = 1 << 3;
pub(super) const U: u64 = 1 << 4;
pub(super) const G: u64 = 1 << 5;
pub(super) const A: u64 = 1 << 6;
pub(super) const D: u64 = 1 << 7;

/// Levels of the modes to try: Sv39, Sv48, Sv57.
pub(super) const DEPTHS: &[u32] = &[3, 3, 4, 5];
/// Pages of the arena for tables.
const MOST_TABLES: u64 = 10;

/// Tables that grow as addresses are mapped.
pub(super) struct Tables {
    /// Levels of tables: 3, 4 or 5.
    pub levels: u32,
    n_tables: u64,
    /// Every entry in use: its physical address and its value.
    pub entries: Vec<(u64, u64)>,
}

impl Tables {
    /// A root without entries.
    pub fn new(levels: u32) -> Tables {
        Tables {
            levels,
            n_tables: 1,
            entries: Vec::new(),
        }
    }

    /// Maps the page at `va`, of `level`, to `pa`. Does nothing if there is no table left, or
    /// the way is blocked by a larger page.
    pub fn map(&mut self, va: u64, pa: u64, level: u32, flags: u64) {
        let mut table = TABLES;
        for above in (level + 1..self.levels).rev() {
            let at = table + entry_offset(va, above);
            table = match self.entry(at) {
                Some(entry) if entry & (R | W | X) != 0 => return,
                Some(entry) => entry >> 10 << 12,
                None if self.n_tables == MOST_TABLES => return,
                None => {
                    let new = TABLES + 0x1000 * self.n_tables;
                    self.n_tables += 1;
                    self.entries.push((at, new >> 12 << 10 | V));
                    new
                }
            };
        }
        let at = table + entry_offset(va, level);
        if self.entry(at).is_none() {
            self.entries.push((at, pa >> 12 << 10 | flags));
        }
    }

    /// Where the entry lies that maps the page at `va`, of 4 KiB.
    pub fn leaf(&self, va: u64) -> Option<u64> {
        let mut table = TABLES;
        for above in (1..self.levels).rev() {
            table = self.entry(table + entry_offset(va, above))? >> 10 << 12;
        }
        let at = table + entry_offset(va, 0);
        self.entry(at).map(|_| at)
    }

    fn entry(&self, at: u64) -> Option<u64> {
        let found = self.entries.iter().find(|&&(entry_at, _)| entry_at == at)?;
        Some(found.1)
    }

    /// `satp` for this root, with an address space of 1 or 0.
    pub fn satp(&self, is_numbered: bool) -> u64 {
        let mode = u64::from(self.levels) + 5;
        mode << 60 | u64::from(is_numbered) << 44 | TABLES >> 12
    }

    /// The entries, as runs of doublewords.
    pub fn memory(&self) -> Vec<(u64, Vec<u64>)> {
        self.entries
            .iter()
            .map(|&(at, entry)| (at, vec![entry]))
            .collect()
    }
}

fn entry_offset(va: u64, level: u32) -> u64 {
    (va >> (12 + 9 * level) & 511) * 8
}
