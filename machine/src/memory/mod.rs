//! Bytes in pages that know when they changed, so that hashing and copying touch only
//! what did. RAM and the disk are both made of it.

mod hashes;
mod image;
mod store;

use std::cell::{Cell, RefCell, RefMut};
use std::fmt;

use hashes::Hashes;
pub(crate) use image::Image;

/// Bytes of a page.
pub(crate) const PAGE: usize = 4096;
/// A page's bytes.
pub(crate) type Page = [u8; PAGE];

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
    record: RefCell<Record>,
    wants_seal: Cell<bool>,
}

/// What the pages were when somebody last looked, and which may have changed since.
struct Record {
    image: Image,
    hashes: Hashes,
    is_dirty: Vec<bool>,
    dirty: Vec<usize>,
}

impl Memory {
    /// `len` bytes of zero, in pages; the last may be partly used.
    pub fn new(len: usize) -> Memory {
        let n_pages = len.div_ceil(PAGE);
        let record = Record {
            image: Image::new(n_pages),
            hashes: Hashes::new(n_pages),
            is_dirty: vec![false; n_pages],
            dirty: Vec::new(),
        };
        Memory {
            pages: bytemuck::zeroed_slice_box(n_pages),
            len,
            record: RefCell::new(record),
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
            self.note_dirty(page);
        }
        self.pages.as_flattened_mut()[offset..end].copy_from_slice(bytes);
        true
    }

    /// Lets `page` be written without notice until the next seal.
    pub fn open(&mut self, page: usize) {
        self.note_dirty(page);
    }

    /// Closes every open page if somebody looked since; says whether so.
    pub fn seal(&mut self) -> bool {
        self.wants_seal.replace(false)
    }

    fn note_dirty(&mut self, page: usize) {
        let record = self.record.get_mut();
        if !record.is_dirty[page] {
            record.is_dirty[page] = true;
            record.dirty.push(page);
        }
    }

    /// The record, its image that of the pages now.
    fn look(&self) -> RefMut<'_, Record> {
        let mut record = self.record.borrow_mut();
        if !record.dirty.is_empty() {
            // A page that is open is dirty.
            self.wants_seal.set(true);
            let mut dirty = std::mem::take(&mut record.dirty);
            dirty.sort_unstable();
            record.image.update(&self.pages, &dirty);
            for page in dirty.drain(..) {
                record.is_dirty[page] = false;
                record.hashes.forget(page);
            }
            record.dirty = dirty;
        }
        record
    }

    /// The hash of all pages; costs what changed since it was last asked.
    pub fn hash(&self) -> u128 {
        self.look().hashes.all(&self.pages)
    }

    /// An image of all pages; costs what changed since the last.
    pub fn image(&self) -> Image {
        self.look().image.clone()
    }

    /// Takes on `image`, writing only the pages that differ; their numbers, not in order.
    ///
    /// # Panics
    /// If `image` is of another size.
    pub fn restore(&mut self, image: &Image) -> Vec<usize> {
        let record = self.record.get_mut();
        record.dirty.sort_unstable();
        let changed = image.restore(&record.image, &mut self.pages, &record.dirty);
        for page in record.dirty.drain(..) {
            record.is_dirty[page] = false;
            record.hashes.forget(page);
        }
        for &page in &changed {
            record.hashes.forget(page);
        }
        record.image.clone_from(image);
        self.wants_seal.set(true);
        changed
    }

    /// How many pages may have changed since the last look.
    pub fn n_dirty(&self) -> usize {
        self.record.borrow().dirty.len()
    }

    /// Bytes that images of this memory hold.
    pub fn image_bytes(&self) -> u64 {
        self.record.borrow().image.shared_bytes()
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
    fn images_bring_back_what_was() {
        let mut memory = Memory::new(3 * PAGE);
        let first = memory.image();
        assert!(memory.write(PAGE, &[7]));
        let second = memory.image();
        let hash = memory.hash();
        assert!(memory.write(2 * PAGE, &[8]));
        let mut changed = memory.restore(&first);
        changed.sort_unstable();
        assert_eq!(changed, [1, 2]);
        assert_eq!(memory.restore(&first), [0; 0]);
        assert_eq!(memory.bytes(), [0; 3 * PAGE]);
        assert_eq!(memory.restore(&second), [1]);
        assert_eq!(memory.hash(), hash);
        assert_eq!(memory.bytes()[PAGE], 7);
    }

    /// Whatever is written, opened, looked at and restored in whatever order, the hash is that
    /// of a memory in which the same bytes were simply put.
    #[test]
    fn the_hash_is_of_the_contents_alone() {
        const PAGES: usize = 2 * image::CHUNK + 3;
        let mut memory = Memory::new(PAGES * PAGE);
        let mut images = Vec::new();
        let mut random = 1u64;
        for _ in 0..2_000 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let at = (random >> 33) as usize % (PAGES * PAGE);
            match random >> 60 {
                0 => images.push((memory.image(), memory.bytes().to_vec())),
                1 if !images.is_empty() => {
                    let (image, bytes) = &images[at % images.len()];
                    memory.restore(image);
                    assert!(memory.bytes() == bytes, "restored");
                }
                2 => {
                    let hash = memory.hash();
                    assert_eq!(hash, Memory::from(memory.bytes().to_vec()).hash());
                }
                3 => {
                    memory.seal();
                    memory.open(at / PAGE);
                    memory.open_pages()[at / PAGE].fill(random as u8);
                }
                _ => assert!(memory.write(at, &[random as u8])),
            }
        }
        assert!(images.len() > 50);
    }
}
