//! Sv39 page tables.
//!
//! Source: Privileged ISA, "Sv39: Page-Based 39-bit Virtual-Memory System".

use super::kalloc::Page;
use super::layout::{MAXVA, PhysAddr, VirtAddr};
use crate::printk::printk;
use abi::Error;
use abi::limits::PGSIZE;
use core::ops::Range;
use core::ptr;

const SATP_SV39: usize = 8 << 60;
const ENTRIES: usize = 512;

/// An entry of a page table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Pte(usize);

impl Pte {
    /// Leads nowhere.
    pub const NONE: Pte = Pte(0);
    /// Valid.
    pub const V: usize = 1 << 0;
    /// May be read.
    pub const R: usize = 1 << 1;
    /// May be written.
    pub const W: usize = 1 << 2;
    /// May be run.
    pub const X: usize = 1 << 3;
    /// Is user mode's.
    pub const U: usize = 1 << 4;
    /// Has been used.
    pub const A: usize = 1 << 6;
    /// Has been written.
    pub const D: usize = 1 << 7;
    /// Copy on write: may be written, once the frame is not shared any more. Then W is
    /// clear. The first of the bits left to software (RSW).
    pub const COW: usize = 1 << 8;

    /// An entry that leads to `page`. Without R, W and X that is the next table.
    pub fn new(page: PhysAddr, flags: usize) -> Pte {
        Pte(page.0 >> 12 << 10 | flags | Pte::V)
    }

    /// Whether all of `flags` are set.
    pub fn has(self, flags: usize) -> bool {
        self.0 & flags == flags
    }

    /// The same with `flags` set.
    pub fn with(self, flags: usize) -> Pte {
        Pte(self.0 | flags)
    }

    /// The same with `flags` clear.
    pub fn without(self, flags: usize) -> Pte {
        Pte(self.0 & !flags)
    }

    /// Its permissions: R, W, X and U, and COW.
    pub fn permissions(self) -> usize {
        self.0 & (Pte::R | Pte::W | Pte::X | Pte::U | Pte::COW)
    }

    /// The same, leading to `page` instead.
    pub fn leading_to(self, page: PhysAddr) -> Pte {
        Pte::new(page, self.0 & ((1 << 10) - 1))
    }

    /// As it lies in the table.
    pub fn bits(self) -> usize {
        self.0
    }

    /// Where it leads.
    pub fn address(self) -> PhysAddr {
        PhysAddr(self.0 >> 10 << 12 & ((1 << 56) - 1))
    }

    fn is_table(self) -> bool {
        self.has(Pte::V) && self.permissions() & (Pte::R | Pte::W | Pte::X) == 0
    }
}

type Table = [Pte; ENTRIES];

/// Entries of one table of the lowest level, and where the page of the first is.
pub type Stretch<'a> = (VirtAddr, &'a mut [Pte]);

/// A page table: owns its tables, and none of the pages that the leaves lead to.
pub struct PageTable {
    root: Page,
}

/// Bytes that an entry of a table of `level` covers: 4 KiB, 2 MiB, 1 GiB.
const fn span(level: usize) -> usize {
    PGSIZE << (9 * level)
}

const fn index(va: usize, level: usize) -> usize {
    va / span(level) % ENTRIES
}

fn table_at(address: PhysAddr) -> *mut Table {
    ptr::with_exposed_provenance_mut(address.0)
}

/// The table of the lowest level for `va` below `root`; or the level of the first entry on the
/// way that leads to none.
fn lowest_table(root: *mut Table, va: usize) -> Result<*mut Table, usize> {
    let mut table = root;
    for level in [2, 1] {
        // SAFETY: the table is one of a page table that is borrowed.
        let pte = unsafe { (*table)[index(va, level)] };
        if !pte.is_table() {
            return Err(level);
        }
        table = table_at(pte.address());
    }
    Ok(table)
}

impl PageTable {
    /// A table that leads nowhere.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new() -> Result<PageTable, Error> {
        Ok(PageTable {
            root: Page::zeroed()?,
        })
    }

    /// What `satp` is to be for this table.
    pub fn satp(&self) -> usize {
        SATP_SV39 | (self.root.address().0 / PGSIZE)
    }

    /// The first entry on the way to `va` that does not lead to a table, and its level.
    fn walk(&self, va: VirtAddr) -> (Pte, usize) {
        let mut table = table_at(self.root.address());
        let mut level = 2;
        loop {
            // SAFETY: the table is one of ours, and nobody changes it while `self` is borrowed.
            let pte = unsafe { (*table)[index(va.0, level)] };
            if level == 0 || !pte.is_table() {
                return (pte, level);
            }
            table = table_at(pte.address());
            level -= 1;
        }
    }

    /// The leaf for `va`, if there is one.
    pub fn leaf(&self, va: VirtAddr) -> Option<Pte> {
        let (pte, _) = self.walk(va);
        (va.0 < MAXVA && pte.has(Pte::V)).then_some(pte)
    }

    /// The entries for the pages in `range`, which starts and ends with pages: as many at a
    /// time as lie in one table, with where the first's page is. Passes over tables that are
    /// missing.
    pub fn stretches(&mut self, range: Range<usize>) -> impl Iterator<Item = Stretch<'_>> {
        let root = table_at(self.root.address());
        let mut va = range.start;
        core::iter::from_fn(move || {
            while va < range.end {
                let (start, found) = (va, lowest_table(root, va));
                let level = found.err().unwrap_or(1);
                va = (start / span(level) * span(level) + span(level)).min(range.end);
                if let Ok(table) = found {
                    let entries = index(start, 0)..index(start, 0) + (va - start) / PGSIZE;
                    // SAFETY: the table is one of ours, `self` is borrowed mutably, and no
                    // two stretches have entries in common.
                    return Some((VirtAddr(start), unsafe { &mut (&mut *table)[entries] }));
                }
            }
            None
        })
    }

    /// The entries for the `n` pages from the one at `va` on, which all lie in one table; it is
    /// made if it is missing.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn stretch(&mut self, va: VirtAddr, n: usize) -> Result<&mut [Pte], Error> {
        let first = ptr::from_mut(self.entry(va, 0)?);
        assert!(index(va.0, 0) + n <= ENTRIES, "stretch");
        // SAFETY: these are entries of one of our tables, and `self` is borrowed mutably.
        Ok(unsafe { core::slice::from_raw_parts_mut(first, n) })
    }

    /// The entry of `level` for `va`, with the tables on the way made if they are missing.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    fn entry(&mut self, va: VirtAddr, level: usize) -> Result<&mut Pte, Error> {
        let mut table = table_at(self.root.address());
        for above in (level + 1..=2).rev() {
            // SAFETY: the table is one of ours, and `self` is borrowed mutably.
            let pte = unsafe { &mut (*table)[index(va.0, above)] };
            if !pte.has(Pte::V) {
                *pte = Pte::new(Page::zeroed()?.into_address(), 0);
            }
            assert!(pte.is_table(), "walk");
            table = table_at(pte.address());
        }
        // SAFETY: as above.
        Ok(unsafe { &mut (*table)[index(va.0, level)] })
    }

    /// Maps the page at `va` to `page`.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn map_page(&mut self, va: VirtAddr, page: PhysAddr, flags: usize) -> Result<(), Error> {
        let pte = self.entry(va, 0)?;
        assert!(!pte.has(Pte::V), "mappages: remap");
        *pte = Pte::new(page, flags);
        Ok(())
    }

    /// Maps `len` bytes from `va` on to as many from `pa` on, all multiples of the page
    /// size, with the largest leaves that fit.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn map_range(
        &mut self,
        va: VirtAddr,
        pa: PhysAddr,
        len: usize,
        flags: usize,
    ) -> Result<(), Error> {
        let mut done = 0;
        while done < len {
            let (va, pa) = (va.0 + done, pa.0 + done);
            let fits = |level: &usize| {
                (va | pa).is_multiple_of(span(*level)) && len - done >= span(*level)
            };
            let level = (0..=2).rev().find(fits).unwrap_or(0);
            let pte = self.entry(VirtAddr(va), level)?;
            assert!(!pte.has(Pte::V), "mappages: remap");
            *pte = Pte::new(PhysAddr(pa), flags);
            done += span(level);
        }
        Ok(())
    }

    /// Replaces the leaf of the page at `va`, which there is.
    pub fn set_leaf(&mut self, va: VirtAddr, pte: Pte) {
        // No table is missing on the way to a leaf, so this cannot run out of memory.
        if let Ok(place) = self.entry(va, 0) {
            *place = pte;
        }
    }

    /// Prints the table in the words of the MIT labs: below its root each valid entry with
    /// where its pages start, indented by how deep it lies.
    pub fn vmprint(&self) {
        let root = self.root.address();
        printk!("page table {:#018x}\n", root.0);
        print_below(table_at(root), 2, 0);
    }
}

/// Prints the entries of `table`, of `level`, whose pages start at `start`.
fn print_below(table: *const Table, level: usize, start: usize) {
    for n in 0..ENTRIES {
        // SAFETY: the table is one of a page table that is borrowed.
        let pte = unsafe { (*table)[n] };
        if !pte.has(Pte::V) {
            continue;
        }
        let va = start + n * span(level);
        let indent = &" .. .. .."[..3 * (3 - level)];
        let pa = pte.address();
        printk!(
            "{indent}{va:#018x}: pte {:#018x} pa {:#018x}\n",
            pte.0,
            pa.0
        );
        if pte.is_table() && level > 0 {
            print_below(table_at(pa), level - 1, va);
        }
    }
}

impl Drop for PageTable {
    fn drop(&mut self) {
        free_below(table_at(self.root.address()), 2);
    }
}

/// Frees the tables that `table`, of `level`, leads to. Its leaves are gone.
fn free_below(table: *mut Table, level: usize) {
    if level == 0 && !cfg!(debug_assertions) {
        return;
    }
    // SAFETY: the table is one of a page table being dropped.
    let table = unsafe { &*table };
    // Nearly all are empty: eight at a look.
    let is_used = |group: &&[Pte; 8]| group.iter().fold(0, |bits, pte| bits | pte.0) != 0;
    for &pte in table.as_chunks().0.iter().filter(is_used).flatten() {
        if pte == Pte::NONE {
            continue;
        }
        assert!(pte.is_table() && level > 0, "freewalk: leaf");
        free_below(table_at(pte.address()), level - 1);
        // SAFETY: `entry` gave this page up, and nobody goes through the table again.
        drop(unsafe { Page::from_address(pte.address()) });
    }
}
