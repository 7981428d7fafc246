//! The TLB: which virtual pages are known to lead to which pages of RAM.
//!
//! Three direct-mapped sides (fetch, load, store). A tag is the virtual page with, in
//! its low bits, the mode and a generation; so leaving a mode, or flushing, changes
//! what tags can match and touches no entry (xv6 kernels flush at every trap). The
//! lowest three bits stay free: a misaligned address cannot match, and goes the slow
//! way with everything else that is unusual. A store entry exists only while writes to
//! its page need no notice: see [`crate::ram`].

use super::Mode;
use crate::memory::PAGE;

/// Entries of each side.
const ENTRIES: usize = 1024;
const OFFSET: u64 = PAGE as u64 - 1;

/// A tag's low bits: `generation << 5 | mode << 3`.
const MODE_SHIFT: u32 = 3;
const GENERATION_SHIFT: u32 = 5;
const GENERATIONS: u64 = 1 << (12 - GENERATION_SHIFT);
/// Mode 2 does not exist: no access has this tag.
const NOTHING: u64 = 2 << MODE_SHIFT;

#[derive(Clone, Copy, Debug)]
struct Entry {
    tag: u64,
    /// Number of the page of RAM.
    page: u32,
}

/// The entries for one kind of access.
#[derive(Debug)]
pub(crate) struct Side {
    entries: Box<[Entry; ENTRIES]>,
    generation: u64,
    key: u64,
}

impl Side {
    fn new() -> Side {
        let empty = Entry {
            tag: NOTHING,
            page: 0,
        };
        Side {
            entries: Box::new([empty; ENTRIES]),
            generation: 0,
            key: NOTHING,
        }
    }

    /// The page of RAM that an access of `size` (1, 2, 4 or 8) bytes at `va` falls in, if
    /// that is known and the access is aligned.
    #[inline(always)]
    pub fn find(&self, va: u64, size: usize) -> Option<usize> {
        let entry = &self.entries[(va / PAGE as u64) as usize % ENTRIES];
        let kept = !OFFSET | (size as u64 - 1);
        (va & kept | self.key == entry.tag).then_some(entry.page as usize)
    }

    /// Remembers that `va` leads to page `page` of RAM.
    pub fn insert(&mut self, va: u64, page: usize) {
        let tag = va & !OFFSET | self.key;
        let page = page as u32;
        self.entries[(va / PAGE as u64) as usize % ENTRIES] = Entry { tag, page };
    }

    fn flush(&mut self) {
        self.generation += 1;
        if self.generation == GENERATIONS {
            self.generation = 0;
            for entry in self.entries.iter_mut() {
                entry.tag = NOTHING;
            }
        }
    }

    fn retag(&mut self, mode: Mode) {
        self.key = self.generation << GENERATION_SHIFT | (mode as u64) << MODE_SHIFT;
    }
}

/// A hart's TLB.
#[derive(Debug)]
pub(crate) struct Tlb {
    pub fetch: Side,
    pub load: Side,
    pub store: Side,
    /// The board's epoch when store entries were last dropped for it.
    pub write_epoch: u64,
    /// The board's epoch when everything was last dropped for it.
    pub table_epoch: u64,
}

impl Tlb {
    pub fn new() -> Tlb {
        Tlb {
            fetch: Side::new(),
            load: Side::new(),
            store: Side::new(),
            write_epoch: 0,
            table_epoch: 0,
        }
    }

    /// Forgets everything; [`Tlb::retag`] must follow.
    pub fn flush(&mut self) {
        self.fetch.flush();
        self.load.flush();
        self.store.flush();
    }

    /// Forgets the store entries; [`Tlb::retag`] must follow.
    pub fn flush_writes(&mut self) {
        self.store.flush();
    }

    /// Matches from now on what was inserted in these modes.
    pub fn retag(&mut self, fetch: Mode, data: Mode) {
        self.fetch.retag(fetch);
        self.load.retag(data);
        self.store.retag(data);
    }
}
