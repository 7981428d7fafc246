//! The TLB: which virtual pages are known to lead to which pages of RAM.
//!
//! Three direct-mapped sides (fetch, load, store). A tag is the virtual page without the
//! bits that choose the entry; in their place it has a key, made from the mode and a
//! generation. So leaving a mode, or flushing, changes what tags can match and touches no
//! entry. The key also chooses the entry, with the page: a program and its kernel, or the
//! kernel under two tables, use the same pages in turn and do not push each other out. The
//! lowest three bits stay free: a misaligned address cannot match, and goes the slow way
//! with everything else that is unusual. A store entry exists only while writes to its page
//! need no notice: see [`crate::ram`].
//!
//! Nothing here is ever other than the page tables say, because [`crate::ram`] tells of
//! every write to a table that a walk read. So what was known under one `satp` still holds
//! when it comes back: each of the last few has generations of its own, and xv6, which
//! changes it twice in every trap, walks no table on the way.

use super::Mode;
use crate::memory::PAGE;

/// Entries of each side: 16 MiB, in 64 kB that a host keeps in its second cache.
const ENTRIES: usize = 1 << INDEX_BITS;
const INDEX_BITS: u32 = 12;
const PAGE_BITS: u32 = PAGE.trailing_zeros();
/// The bits of an address that are not in a tag.
const BELOW: u64 = (1 << (PAGE_BITS + INDEX_BITS)) - 1;

/// A key lies above the bits that an aligned address has not.
const KEY_SHIFT: u32 = 3;
const KEYS: u64 = (BELOW + 1) >> KEY_SHIFT;
/// Generations there are, with four modes each.
const GENERATIONS: u64 = KEYS / 4;
/// Mode 2 does not exist: no access has this tag.
const NOTHING: u64 = key(0, 2);

/// The key of a mode in a generation: any two differ, and neighbours do so in their upper
/// bits, those that choose entries.
const fn key(generation: u64, mode: u64) -> u64 {
    // Odd, so that no two give the same; the golden section of all of them.
    const SPREAD: u64 = 1_296_111;
    ((generation * 4 + mode) * SPREAD % KEYS) << KEY_SHIFT
}

/// How many values of `satp` are remembered.
const SPACES: usize = 8;

/// At no page's address.
const NO_DEVICE: (u64, u64, u64) = (NOTHING, u64::MAX, 0);

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
    /// The generation that is current in each space.
    generations: [u64; SPACES],
    newest: u64,
    /// The page of devices last accessed: the key it was known by, and its virtual and physical
    /// address. A driver stays at one.
    device: (u64, u64, u64),
    key: u64,
}

impl Side {
    fn new() -> Side {
        let empty = Entry {
            tag: NOTHING,
            page: 0,
        };
        let mut side = Side {
            entries: Box::new([empty; ENTRIES]),
            generations: [0; SPACES],
            newest: 0,
            device: NO_DEVICE,
            key: NOTHING,
        };
        side.flush();
        side
    }

    /// The page of RAM that an access of `size` (1, 2, 4 or 8) bytes at `va` falls in, if
    /// that is known and the access is aligned.
    #[inline(always)]
    pub fn find(&self, va: u64, size: usize) -> Option<usize> {
        let entry = &self.entries[self.index(va)];
        let kept = !BELOW | (size as u64 - 1);
        (va & kept | self.key == entry.tag).then_some(entry.page as usize)
    }

    /// Remembers that `va` leads to page `page` of RAM.
    pub fn insert(&mut self, va: u64, page: usize) {
        let tag = va & !BELOW | self.key;
        let page = page as u32;
        self.entries[self.index(va)] = Entry { tag, page };
    }

    /// The physical address that `va` leads to, if that is on the page of devices last
    /// accessed.
    pub fn find_device(&self, va: u64) -> Option<u64> {
        let offset = va % PAGE as u64;
        let (key, from, to) = self.device;
        (self.key == key && va - offset == from).then_some(to + offset)
    }

    /// Remembers that `va` leads to `pa`, where no RAM is.
    pub fn insert_device(&mut self, va: u64, pa: u64) {
        let offset = va % PAGE as u64;
        self.device = (self.key, va - offset, pa - offset);
    }

    /// Which entry is that of `va`.
    #[inline(always)]
    fn index(&self, va: u64) -> usize {
        ((va ^ self.key) / PAGE as u64) as usize % ENTRIES
    }

    /// Forgets everything.
    fn flush(&mut self) {
        for space in 0..SPACES {
            self.flush_space(space);
        }
    }

    /// Forgets what is known in one space.
    fn flush_space(&mut self, space: usize) {
        self.newest += 1;
        if self.newest == GENERATIONS {
            self.newest = 0;
            self.device = NO_DEVICE;
            for entry in self.entries.iter_mut() {
                entry.tag = NOTHING;
            }
            self.generations = std::array::from_fn(|_| {
                self.newest += 1;
                self.newest
            });
            self.newest += 1;
        }
        self.generations[space] = self.newest;
    }

    fn retag(&mut self, space: usize, mode: Mode) {
        self.key = key(self.generations[space], mode as u64);
    }
}

/// A hart's TLB.
#[derive(Debug)]
pub(crate) struct Tlb {
    pub fetch: Side,
    pub load: Side,
    pub store: Side,
    /// The values of `satp` that are remembered, and which of them is the present one.
    spaces: [u64; SPACES],
    space: usize,
    /// The next to be forgotten, if another has to be remembered.
    oldest: usize,
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
            spaces: [0; SPACES],
            space: 0,
            oldest: 0,
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

    /// Goes over to what is known under `satp`; [`Tlb::retag`] must follow.
    pub fn enter(&mut self, satp: u64) {
        if let Some(space) = self.spaces.iter().position(|&known| known == satp) {
            self.space = space;
            return;
        }
        self.space = self.oldest;
        self.oldest = (self.oldest + 1) % SPACES;
        self.spaces[self.space] = satp;
        for side in [&mut self.fetch, &mut self.load, &mut self.store] {
            side.flush_space(self.space);
        }
    }

    /// Matches from now on what was inserted in these modes.
    pub fn retag(&mut self, fetch: Mode, data: Mode) {
        self.fetch.retag(self.space, fetch);
        self.load.retag(self.space, data);
        self.store.retag(self.space, data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SATP: u64 = 8 << 60;

    /// What is known of an address under a `satp`, in a mode.
    fn known(tlb: &mut Tlb, satp: u64, mode: Mode, va: u64) -> Option<usize> {
        tlb.enter(satp);
        tlb.retag(mode, mode);
        tlb.load.find(va, 8)
    }

    #[test]
    fn each_space_and_mode_knows_its_own() {
        let mut tlb = Tlb::new();
        for (satp, page) in [(SATP | 1, 10), (SATP | 2, 20)] {
            assert_eq!(known(&mut tlb, satp, Mode::User, 0x1000), None);
            tlb.load.insert(0x1000, page);
        }
        assert_eq!(known(&mut tlb, SATP | 1, Mode::User, 0x1008), Some(10));
        assert_eq!(tlb.load.find(0x1004, 8), None, "misaligned");
        assert_eq!(tlb.store.find(0x1000, 8), None);
        assert_eq!(tlb.load.find(0x1000 + BELOW + 1, 8), None);
        assert_eq!(known(&mut tlb, SATP | 1, Mode::Supervisor, 0x1000), None);
        assert_eq!(known(&mut tlb, SATP | 2, Mode::User, 0x1000), Some(20));
        tlb.flush();
        assert_eq!(known(&mut tlb, SATP | 1, Mode::User, 0x1000), None);
        assert_eq!(known(&mut tlb, SATP | 2, Mode::User, 0x1000), None);
    }

    /// A space that makes room for another takes nothing of it over, however often; nor does
    /// a generation whose number was used before.
    #[test]
    fn nothing_forgotten_comes_back() {
        let mut tlb = Tlb::new();
        for round in 0..3 * GENERATIONS {
            let satp = SATP | (round % (SPACES as u64 + 1));
            assert_eq!(known(&mut tlb, satp, Mode::User, 0x1000), None, "{round}");
            tlb.load.insert(0x1000, round as usize % 1000);
        }
        tlb.load.insert(0x2000, 7);
        for round in 0..2 * GENERATIONS {
            tlb.load.flush_space(tlb.space);
            tlb.retag(Mode::User, Mode::User);
            assert_eq!(tlb.load.find(0x2000, 8), None, "{round}");
        }
    }
}
