//! Images: what a memory held at a moment, sharing with other moments all that did not
//! change.
//!
//! A page is kept whole, or as the words in which it differs from an earlier whole copy:
//! between two looks most pages that change do so in a few words, so that a history is a
//! tenth the size. The difference is always from a *whole* copy, so reading one never goes
//! through a chain, and any image can be dropped without touching the others.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::{PAGE, Page};

/// Pages of a chunk: what an image costs when nothing changed is one pointer a chunk.
pub(super) const CHUNK: usize = 64;
const WORD: usize = 8;
const WORDS: usize = PAGE / WORD;
/// Words of the map that says which words differ.
const MAP: usize = WORDS / 64;
/// A page that differs in more words is kept whole.
const MOST_WORDS: usize = WORDS / 4;

/// Bytes that images of one memory hold, each once however many share it.
#[derive(Debug, Default)]
pub(crate) struct Tally(AtomicU64);

impl Tally {
    /// The bytes now.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn add(self: &Arc<Tally>, bytes: usize) -> Tallied {
        let bytes = bytes as u64;
        self.0.fetch_add(bytes, Ordering::Relaxed);
        Tallied {
            tally: Arc::clone(self),
            bytes,
        }
    }
}

/// Bytes in a tally for as long as this lives.
#[derive(Debug)]
struct Tallied {
    tally: Arc<Tally>,
    bytes: u64,
}

impl Drop for Tallied {
    fn drop(&mut self) {
        self.tally.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A whole page as it was.
#[derive(Debug)]
struct Whole {
    page: Page,
    _tallied: Tallied,
}

/// A page as it was.
#[derive(Debug)]
struct PageCopy {
    base: Arc<Whole>,
    /// As [`changes`] found them; empty if there are none.
    changes: Box<[u64]>,
    hash: OnceLock<[u64; 2]>,
    _tallied: Tallied,
}

impl PageCopy {
    fn new(base: Arc<Whole>, changes: Box<[u64]>, tally: &Arc<Tally>) -> Arc<PageCopy> {
        let held = size_of::<PageCopy>() + WORD * changes.len();
        Arc::new(PageCopy {
            base,
            changes,
            hash: OnceLock::new(),
            _tallied: tally.add(held),
        })
    }

    /// A copy of `page` that is its own base.
    fn whole(page: &Page, tally: &Arc<Tally>) -> Arc<PageCopy> {
        let base = Whole {
            page: *page,
            _tallied: tally.add(size_of::<Whole>()),
        };
        PageCopy::new(Arc::new(base), Box::default(), tally)
    }

    /// A copy of `page`, which this is an earlier copy of; itself if nothing changed.
    fn follow(self: &Arc<PageCopy>, page: &Page, tally: &Arc<Tally>) -> Arc<PageCopy> {
        match changes(&self.base.page, page) {
            None => PageCopy::whole(page, tally),
            Some(changes) if changes == self.changes => Arc::clone(self),
            Some(changes) => PageCopy::new(Arc::clone(&self.base), changes, tally),
        }
    }

    /// Writes what it holds to `page`; says whether that was something else.
    fn restore(&self, page: &mut Page) -> bool {
        let mut old = self.base.page;
        apply(&self.changes, &mut old);
        let is_other = old != *page;
        if is_other {
            *page = old;
        }
        is_other
    }

    /// The hash of `page`, which this is a copy of.
    fn hash(&self, page: &Page) -> [u64; 2] {
        *self.hash.get_or_init(|| split(xxh3_128(page)))
    }
}

/// The words in which `new` differs from `old`, after a map of them; empty if there are
/// none, and nothing if they are too many.
fn changes(old: &Page, new: &Page) -> Option<Box<[u64]>> {
    let mut words = Vec::with_capacity(MAP + MOST_WORDS);
    words.resize(MAP, 0);
    let pairs = old.as_chunks::<WORD>().0.iter().zip(new.as_chunks().0);
    for (number, (old, new)) in pairs.enumerate() {
        if old != new {
            if words.len() == MAP + MOST_WORDS {
                return None;
            }
            words[number / 64] |= 1 << (number % 64);
            words.push(u64::from_le_bytes(*new));
        }
    }
    if words.len() == MAP {
        words.clear();
    }
    Some(words.into())
}

/// Makes the changes that [`changes`] found.
fn apply(words: &[u64], page: &mut Page) {
    let Some((map, mut values)) = words.split_at_checked(MAP) else {
        return;
    };
    let page = page.as_chunks_mut::<WORD>().0;
    for (first, &bits) in map.iter().enumerate() {
        let mut bits = bits;
        while bits != 0
            && let Some((value, rest)) = values.split_first()
        {
            page[64 * first + bits.trailing_zeros() as usize] = value.to_le_bytes();
            bits &= bits - 1;
            values = rest;
        }
    }
}

/// Some pages in a row.
#[derive(Debug)]
struct Chunk {
    /// [`CHUNK`] of them, or fewer at the end.
    pages: Vec<Arc<PageCopy>>,
    hash: OnceLock<[u64; 2]>,
    _tallied: Tallied,
}

impl Chunk {
    fn new(pages: Vec<Arc<PageCopy>>, tally: &Arc<Tally>) -> Chunk {
        let held = pages.len() * size_of::<Arc<PageCopy>>();
        Chunk {
            pages,
            hash: OnceLock::new(),
            _tallied: tally.add(size_of::<Chunk>() + held),
        }
    }

    /// The hash of the hashes of `pages`, which this is a copy of.
    fn hash(&self, pages: &[Page]) -> [u64; 2] {
        let all = || {
            let mut all = Xxh3::new();
            for (copy, page) in self.pages.iter().zip(pages) {
                all.update(bytemuck::bytes_of(&copy.hash(page).map(u64::to_le)));
            }
            split(all.digest128())
        };
        *self.hash.get_or_init(all)
    }
}

/// All pages of a memory as they were.
#[derive(Clone)]
pub(crate) struct Image {
    chunks: Vec<Arc<Chunk>>,
    tally: Arc<Tally>,
}

impl Image {
    /// `n_pages` of zero.
    pub fn new(n_pages: usize) -> Image {
        let tally = Arc::new(Tally::default());
        let zero = PageCopy::whole(&[0; PAGE], &tally);
        let chunk = |n_pages| Arc::new(Chunk::new(vec![Arc::clone(&zero); n_pages], &tally));
        let mut chunks = vec![chunk(CHUNK); n_pages / CHUNK];
        if !n_pages.is_multiple_of(CHUNK) {
            chunks.push(chunk(n_pages % CHUNK));
        }
        Image { chunks, tally }
    }

    /// Makes this an image of `pages`, of which it is one but for those numbered `dirty`, in
    /// order.
    pub fn update(&mut self, pages: &[Page], dirty: &[usize]) {
        for numbers in dirty.chunk_by(|a, b| a / CHUNK == b / CHUNK) {
            let chunk = &mut self.chunks[numbers[0] / CHUNK];
            let mut copies = chunk.pages.clone();
            for &number in numbers {
                let copy = &mut copies[number % CHUNK];
                *copy = copy.follow(&pages[number], &self.tally);
            }
            *chunk = Arc::new(Chunk::new(copies, &self.tally));
        }
    }

    /// Makes `pages`, of which `from` is an image, what they are in this one. Gives the
    /// numbers of those that changed.
    ///
    /// # Panics
    /// If the two are not of one size.
    pub fn restore(&self, from: &Image, pages: &mut [Page]) -> Vec<usize> {
        assert_eq!(
            self.chunks.len(),
            from.chunks.len(),
            "an image of another memory"
        );
        let mut changed = Vec::new();
        for (at, (old, new)) in from.chunks.iter().zip(&self.chunks).enumerate() {
            if Arc::ptr_eq(old, new) {
                continue;
            }
            for (nth, (old, new)) in old.pages.iter().zip(&new.pages).enumerate() {
                let number = CHUNK * at + nth;
                if !Arc::ptr_eq(old, new) && new.restore(&mut pages[number]) {
                    changed.push(number);
                }
            }
        }
        changed
    }

    /// Writes page `number` as it was to `page`; says whether that was something else.
    pub fn restore_page(&self, number: usize, page: &mut Page) -> bool {
        self.chunks[number / CHUNK].pages[number % CHUNK].restore(page)
    }

    /// The hash of `pages`, which this is an image of: of their contents and nothing else.
    pub fn hash(&self, pages: &[Page]) -> u128 {
        let mut all = Xxh3::new();
        for (chunk, pages) in self.chunks.iter().zip(pages.chunks(CHUNK)) {
            all.update(bytemuck::bytes_of(&chunk.hash(pages).map(u64::to_le)));
        }
        all.digest128()
    }

    /// The bytes that it and all images it shares pages with hold together, but for one list
    /// of chunks each.
    pub fn shared_bytes(&self) -> u64 {
        self.tally.bytes()
    }

    /// The bytes that are its own.
    pub fn own_bytes(&self) -> u64 {
        (self.chunks.len() * size_of::<Arc<Chunk>>()) as u64
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({} chunks)", self.chunks.len())
    }
}

fn split(hash: u128) -> [u64; 2] {
    [hash as u64, (hash >> 64) as u64]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_found_and_made() {
        let check = |words: &[usize]| {
            let (old, mut new) = ([0x5a; PAGE], [0x5a; PAGE]);
            for &word in words {
                new[word * WORD + word % WORD] ^= 1 + word as u8 % 2;
            }
            let found = changes(&old, &new);
            let is_many = words.len() > MOST_WORDS;
            assert_eq!(found.is_none(), is_many, "{} words", words.len());
            if let Some(found) = found {
                let map = if words.is_empty() { 0 } else { MAP };
                assert_eq!(found.len(), map + words.len());
                let mut made = old;
                apply(&found, &mut made);
                assert!(made == new, "{words:?}");
            }
        };
        check(&[]);
        check(&[0]);
        check(&[0, 63, 64, 65, 511]);
        check(&(0..MOST_WORDS).collect::<Vec<_>>());
        check(&(100..=100 + MOST_WORDS).collect::<Vec<_>>());
    }

    #[test]
    fn bytes_are_counted_once_and_given_back() {
        let mut pages = vec![[0; PAGE]; CHUNK + 1];
        let mut image = Image::new(pages.len());
        let empty = image.shared_bytes();
        let first = image.clone();
        assert_eq!(image.shared_bytes(), empty, "a clone shares all");
        pages[CHUNK] = [1; PAGE];
        image.update(&pages, &[CHUNK]);
        let whole = image.shared_bytes() - empty;
        assert!((PAGE as u64..PAGE as u64 + 512).contains(&whole), "{whole}");
        let second = image.clone();
        pages[CHUNK][8] = 2;
        image.update(&pages, &[CHUNK]);
        let changed = image.shared_bytes() - empty - whole;
        assert!(changed < 512, "{changed}");
        drop((first, second));
        let last = image.shared_bytes() - empty - whole;
        assert!(last < 256, "the base is still needed, and no more: {last}");
        pages[CHUNK] = [3; PAGE];
        image.update(&pages, &[CHUNK]);
        let other = image.shared_bytes() - empty;
        assert!(other <= whole, "the first base is gone: {other}");
    }
}
