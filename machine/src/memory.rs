//! Bytes in pages that know when they changed, so that hashing and copying touch only
//! what did. RAM and the disk are both made of it.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Arc;

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// Bytes of a page.
pub(crate) const PAGE: usize = 4096;
/// A page's bytes.
pub(crate) type Page = [u8; PAGE];

/// What is known of a page since it last changed.
#[derive(Clone, Debug, Default)]
struct Known {
    hash: Option<u128>,
    copy: Option<Arc<Page>>,
}

/// Pages of bytes, in one allocation.
///
/// A writer either says so page by page ([`Memory::write`]), or opens a page once
/// ([`Memory::open`]) and then writes without notice until the page is sealed. Hashing
/// and copying ask for a seal; whoever keeps track of open pages must obey it
/// ([`Memory::seal`]) before the next silent write.
pub(crate) struct Memory {
    pages: Box<[Page]>,
    /// Bytes in use; the last page may be partly so.
    len: usize,
    known: RefCell<Vec<Known>>,
    is_open: Vec<bool>,
    open: Vec<usize>,
    wants_seal: Cell<bool>,
}

impl Memory {
    /// `len` bytes of zero, in pages; the last may be partly used.
    pub fn new(len: usize) -> Memory {
        let n_pages = len.div_ceil(PAGE);
        let zero = Known {
            hash: Some(xxh3_128(&[0; PAGE])),
            copy: Some(Arc::new([0; PAGE])),
        };
        Memory {
            pages: bytemuck::zeroed_slice_box(n_pages),
            len,
            known: RefCell::new(vec![zero; n_pages]),
            is_open: vec![false; n_pages],
            open: Vec::new(),
            wants_seal: Cell::new(false),
        }
    }

    /// All bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.pages.as_flattened()[..self.len]
    }

    /// All pages.
    #[inline(always)]
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// All pages, for writing to those that are open.
    #[inline(always)]
    pub fn open_pages(&mut self) -> &mut [Page] {
        &mut self.pages
    }

    /// Writes `bytes` at `offset`; says whether they fit.
    #[must_use]
    pub fn write(&mut self, offset: usize, bytes: &[u8]) -> bool {
        let Some(end) = offset
            .checked_add(bytes.len())
            .filter(|&end| end <= self.len)
        else {
            return false;
        };
        if bytes.is_empty() {
            return true;
        }
        for page in offset / PAGE..=(end - 1) / PAGE {
            self.forget(page);
        }
        self.pages.as_flattened_mut()[offset..end].copy_from_slice(bytes);
        true
    }

    /// Lets `page` be written without notice until the next seal.
    pub fn open(&mut self, page: usize) {
        if !self.is_open[page] {
            self.is_open[page] = true;
            self.open.push(page);
        }
        self.forget(page);
    }

    /// Closes every open page if somebody looked since; says whether so.
    pub fn seal(&mut self) -> bool {
        let is_wanted = self.wants_seal.replace(false);
        if is_wanted {
            for page in self.open.drain(..) {
                self.is_open[page] = false;
            }
        }
        is_wanted
    }

    fn forget(&mut self, page: usize) {
        self.known.get_mut()[page] = Known::default();
    }

    /// The hash of all pages' hashes.
    pub fn hash(&self) -> u128 {
        self.wants_seal.set(true);
        let mut all = Xxh3::new();
        for (page, known) in self.pages.iter().zip(self.known.borrow_mut().iter_mut()) {
            let hash = *known.hash.get_or_insert_with(|| xxh3_128(page));
            all.update(&hash.to_le_bytes());
        }
        all.digest128()
    }

    /// A copy that shares the pages that did not change since the last.
    pub fn share(&self) -> Vec<Arc<Page>> {
        self.wants_seal.set(true);
        let mut known = self.known.borrow_mut();
        let pages = self.pages.iter().zip(known.iter_mut());
        pages
            .map(|(page, known)| Arc::clone(known.copy.get_or_insert_with(|| Arc::new(*page))))
            .collect()
    }

    /// Takes on `copy`, writing only the pages that differ; their numbers.
    ///
    /// # Panics
    /// If `copy` is of another size.
    pub fn restore(&mut self, copy: &[Arc<Page>]) -> Vec<usize> {
        assert_eq!(copy.len(), self.pages.len(), "a copy of another memory");
        let mut changed = Vec::new();
        let known = self.known.get_mut();
        for (number, (page, copy)) in self.pages.iter_mut().zip(copy).enumerate() {
            let known = &mut known[number];
            if known
                .copy
                .as_ref()
                .is_some_and(|own| Arc::ptr_eq(own, copy))
            {
                continue;
            }
            if *page != **copy {
                *page = **copy;
                known.hash = None;
                changed.push(number);
            }
            known.copy = Some(Arc::clone(copy));
        }
        self.wants_seal.set(true);
        changed
    }
}

impl From<Vec<u8>> for Memory {
    fn from(bytes: Vec<u8>) -> Memory {
        let mut memory = Memory::new(bytes.len());
        let fits = memory.write(0, &bytes);
        debug_assert!(fits, "made to measure");
        memory
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({} bytes)", self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_change_the_hash_and_back() {
        let mut memory = Memory::new(3 * PAGE + 100);
        let before = memory.hash();
        assert!(memory.write(PAGE - 1, &[1, 2]));
        assert_ne!(memory.hash(), before);
        assert!(memory.write(PAGE - 1, &[0, 0]));
        assert_eq!(memory.hash(), before);
        assert!(!memory.write(3 * PAGE + 99, &[1, 2]), "beyond the end");
        assert!(!memory.write(usize::MAX, &[1, 2]));
    }

    #[test]
    fn silent_writes_are_seen_after_a_look_too() {
        let mut memory = Memory::new(2 * PAGE);
        memory.open(1);
        memory.open_pages()[1][0] = 1;
        let first = memory.hash();
        // Whoever looked wants a seal; the writer opens the page anew.
        assert!(memory.seal());
        assert!(!memory.seal());
        memory.open(1);
        memory.open_pages()[1][0] = 2;
        assert_ne!(memory.hash(), first);
    }

    #[test]
    fn copies_share_what_did_not_change() {
        let mut memory = Memory::new(3 * PAGE);
        let first = memory.share();
        assert!(memory.write(PAGE, &[7]));
        let second = memory.share();
        let is_shared = |n: usize| Arc::ptr_eq(&first[n], &second[n]);
        assert_eq!([0, 1, 2].map(is_shared), [true, false, true]);
        assert_eq!(memory.restore(&first), [1]);
        assert_eq!(memory.restore(&first), [0; 0]);
        assert_eq!(memory.bytes(), [0; 3 * PAGE]);
    }
}
