//! Images: what a memory held at a moment, sharing with other moments all that did not
//! change.
//!
//! Pages go in chunks. A chunk is kept as whole pages from some earlier time, which many
//! images share, and the words that differ from them. Between two looks most pages change
//! in a few words only: kernel stacks, counters, a list's links through all free memory. So
//! an image is a twentieth of copies of the pages that changed, and going to another one
//! writes words, not pages. Reading never goes through a chain of differences, and any
//! image can be dropped without touching the others.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::store::{Store, Tallied, Whole};
use super::{PAGE, Page};

/// Pages of a chunk: so many that the number of a word in it fits 16 bits.
pub(super) const CHUNK: usize = 64;
const WORD: usize = 8;
const WORDS: usize = PAGE / WORD;
const _: () = assert!(CHUNK * WORDS <= 1 << 16);
/// A page that differs in more words is kept whole anew.
const MOST_WORDS: usize = 64;
/// Words that are compared at once.
const BLOCK: usize = 16;

/// A chunk's whole pages: [`CHUNK`] of them, or fewer at the end.
#[derive(Debug)]
struct Bases {
    pages: Vec<Arc<Whole>>,
    _tallied: Tallied,
}

impl Bases {
    fn new(pages: Vec<Arc<Whole>>, store: &Arc<Store>) -> Arc<Bases> {
        let held = pages.len() * size_of::<Arc<Whole>>();
        Arc::new(Bases {
            pages,
            _tallied: store.tally(size_of::<Bases>() + held),
        })
    }
}

/// Some pages in a row as they were.
#[derive(Debug)]
struct Chunk {
    bases: Arc<Bases>,
    /// The words that differ from the bases, by their numbers in the chunk, in order.
    places: Box<[u16]>,
    /// What they are.
    values: Box<[u64]>,
    _tallied: Tallied,
}

impl Chunk {
    fn new(bases: Arc<Bases>, changes: Changes, store: &Arc<Store>) -> Arc<Chunk> {
        let held = changes.places.len() * (size_of::<u16>() + WORD);
        Arc::new(Chunk {
            bases,
            places: changes.places.into(),
            values: changes.values.into(),
            _tallied: store.tally(size_of::<Chunk>() + held),
        })
    }

    /// Where the words of page `nth` stand in the list of those that differ.
    fn range(&self, nth: usize) -> Range<usize> {
        let first = nth * WORDS;
        let begin = self.places.partition_point(|&at| usize::from(at) < first);
        let rest = &self.places[begin..];
        begin..begin + rest.partition_point(|&at| usize::from(at) < first + WORDS)
    }

    /// The words of page `nth` that differ, by their numbers in the chunk.
    fn changes(&self, nth: usize) -> (&[u16], &[u64]) {
        let range = self.range(nth);
        (&self.places[range.clone()], &self.values[range])
    }

    /// A copy of `pages`, of which this is one but for those numbered `dirty`, in order; none
    /// if nothing changed.
    fn follow(
        &self,
        pages: &[Page],
        dirty: impl Iterator<Item = usize>,
        zero: &Arc<Whole>,
        store: &Arc<Store>,
    ) -> Option<Arc<Chunk>> {
        let mut changes = Changes::default();
        let mut bases = None;
        let mut taken = 0;
        for nth in dirty {
            let own = self.range(nth);
            changes.copy(self, taken..own.start);
            taken = own.end;
            let page = &pages[nth];
            if !changes.find(&self.bases.pages[nth].page, page, nth) {
                let bases = bases.get_or_insert_with(|| self.bases.pages.clone());
                bases[nth] = match changes.find(&zero.page, page, nth) {
                    true => Arc::clone(zero),
                    false => store.whole(page),
                };
            }
        }
        changes.copy(self, taken..self.places.len());
        let is_same = bases.is_none()
            && changes.places[..] == self.places[..]
            && changes.values[..] == self.values[..];
        if is_same {
            return None;
        }
        let bases = bases.map(|pages| Bases::new(pages, store));
        let bases = bases.unwrap_or_else(|| Arc::clone(&self.bases));
        Some(Chunk::new(bases, changes, store))
    }

    /// Writes page `nth` as it was to `page`; says whether that was something else.
    fn restore(&self, nth: usize, page: &mut Page) -> bool {
        let mut old = self.bases.pages[nth].page;
        self.write_changes(nth, &mut old);
        let is_other = old != *page;
        if is_other {
            *page = old;
        }
        is_other
    }

    /// Does the same where `page` is as it was in `from`: only words that differ are written.
    fn restore_from(&self, from: &Chunk, nth: usize, page: &mut Page) -> bool {
        let base = &self.bases.pages[nth];
        if !Arc::ptr_eq(base, &from.bases.pages[nth]) {
            return self.restore(nth, page);
        }
        let old = from.changes(nth);
        if old == self.changes(nth) {
            return false;
        }
        let base = base.page.as_chunks::<WORD>().0;
        let words = page.as_chunks_mut::<WORD>().0;
        for &at in old.0 {
            let at = usize::from(at) % WORDS;
            words[at] = base[at];
        }
        self.write_changes(nth, page);
        true
    }

    fn write_changes(&self, nth: usize, page: &mut Page) {
        let words = page.as_chunks_mut::<WORD>().0;
        let (places, values) = self.changes(nth);
        for (&at, value) in places.iter().zip(values) {
            words[usize::from(at) % WORDS] = value.to_le_bytes();
        }
    }
}

/// The words of a chunk that differ, while they are gathered.
#[derive(Default)]
struct Changes {
    places: Vec<u16>,
    values: Vec<u64>,
}

impl Changes {
    /// Adds some that `chunk` has.
    fn copy(&mut self, chunk: &Chunk, range: Range<usize>) {
        self.places.extend(&chunk.places[range.clone()]);
        self.values.extend(&chunk.values[range]);
    }

    /// Adds those in which `new` differs from `old`, page `nth` of the chunk. Adds nothing if
    /// they are too many, and says so.
    #[must_use]
    fn find(&mut self, old: &Page, new: &Page, nth: usize) -> bool {
        let before = self.places.len();
        let blocks = old.as_chunks::<{ BLOCK * WORD }>().0.iter();
        let blocks = blocks.zip(new.as_chunks::<{ BLOCK * WORD }>().0);
        for (at, (old, new)) in (nth * WORDS..).step_by(BLOCK).zip(blocks) {
            if old == new {
                continue;
            }
            let words = old.as_chunks::<WORD>().0.iter();
            let words = words.zip(new.as_chunks::<WORD>().0);
            for (at, (_, new)) in (at..).zip(words).filter(|(_, (old, new))| old != new) {
                self.places.push(at as u16);
                self.values.push(u64::from_le_bytes(*new));
            }
            if self.places.len() - before > MOST_WORDS {
                self.places.truncate(before);
                self.values.truncate(before);
                return false;
            }
        }
        true
    }
}

/// All pages of a memory as they were.
#[derive(Clone)]
pub(crate) struct Image {
    chunks: Vec<Arc<Chunk>>,
    zero: Arc<Whole>,
    store: Arc<Store>,
}

impl Image {
    /// `n_pages` of zero.
    pub fn new(n_pages: usize) -> Image {
        let store = Arc::new(Store::default());
        let zero = store.whole(&[0; PAGE]);
        let chunk = |n_pages| {
            let bases = Bases::new(vec![Arc::clone(&zero); n_pages], &store);
            Chunk::new(bases, Changes::default(), &store)
        };
        let mut chunks = vec![chunk(CHUNK); n_pages / CHUNK];
        if !n_pages.is_multiple_of(CHUNK) {
            chunks.push(chunk(n_pages % CHUNK));
        }
        Image {
            chunks,
            zero,
            store,
        }
    }

    /// Makes this an image of `pages`, of which it is one but for those numbered `dirty`, in
    /// order.
    pub fn update(&mut self, pages: &[Page], dirty: &[usize]) {
        for numbers in dirty.chunk_by(|a, b| a / CHUNK == b / CHUNK) {
            let at = numbers[0] / CHUNK;
            let pages = &pages[at * CHUNK..];
            let dirty = numbers.iter().map(|number| number % CHUNK);
            let (zero, store) = (&self.zero, &self.store);
            if let Some(chunk) = self.chunks[at].follow(pages, dirty, zero, store) {
                self.chunks[at] = chunk;
            }
        }
    }

    /// Makes `pages`, of which `from` is an image but for those numbered `dirty`, what they are
    /// in this one. Gives the numbers of those that changed, not in order.
    ///
    /// # Panics
    /// If the two are not of one size.
    pub fn restore(&self, from: &Image, pages: &mut [Page], dirty: &[usize]) -> Vec<usize> {
        let n_chunks = self.chunks.len();
        assert_eq!(n_chunks, from.chunks.len(), "an image of another memory");
        let mut changed = Vec::new();
        for &number in dirty {
            let (chunk, nth) = (&self.chunks[number / CHUNK], number % CHUNK);
            if chunk.restore(nth, &mut pages[number]) {
                changed.push(number);
            }
        }
        let chunks = from.chunks.iter().zip(&self.chunks).enumerate();
        for (at, (old, new)) in chunks.filter(|(_, (old, new))| !Arc::ptr_eq(old, new)) {
            for nth in 0..new.bases.pages.len() {
                let number = CHUNK * at + nth;
                // A dirty page is not as it was in `from`, but settled already.
                if dirty.binary_search(&number).is_err()
                    && new.restore_from(old, nth, &mut pages[number])
                {
                    changed.push(number);
                }
            }
        }
        changed
    }

    /// The bytes that it and all images it shares pages with hold together, but for one list
    /// of chunks each.
    pub fn shared_bytes(&self) -> u64 {
        self.store.bytes()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_found_and_made() {
        let check = |words: &[usize]| {
            let mut pages = vec![[0x5a; PAGE]; 3];
            let mut image = Image::new(3);
            image.update(&pages, &[0, 1, 2]);
            let before = image.clone();
            for &word in words {
                pages[1][word * WORD + word % WORD] ^= 1;
            }
            let mut changes = Changes::default();
            let is_few = changes.find(&[0x5a; PAGE], &pages[1], 1);
            assert_eq!(is_few, words.len() <= MOST_WORDS, "{} words", words.len());
            assert_eq!(changes.places.len(), if is_few { words.len() } else { 0 });
            image.update(&pages, &[1]);
            let after = pages.clone();
            let changed: &[usize] = if words.is_empty() { &[] } else { &[1] };
            assert_eq!(before.restore(&image, &mut pages, &[]), changed);
            assert!(pages == [[0x5a; PAGE]; 3], "back: {words:?}");
            assert_eq!(image.restore(&before, &mut pages, &[]), changed);
            assert!(pages == after, "and forth: {words:?}");
        };
        check(&[]);
        check(&[0]);
        check(&[0, 15, 16, 17, 511]);
        check(&(0..MOST_WORDS).collect::<Vec<_>>());
        check(&(100..=100 + MOST_WORDS).collect::<Vec<_>>());
        check(&(0..WORDS).collect::<Vec<_>>());
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
        assert!(changed < 256, "{changed}");
        // Another page that holds the same costs next to nothing.
        pages[3] = pages[CHUNK];
        pages[3][8] = 1;
        image.update(&pages, &[3]);
        let again = image.shared_bytes() - empty - whole - changed;
        assert!(again < 1024, "{again}");
        pages[3] = [0; PAGE];
        image.update(&pages, &[3]);
        drop((first, second));
        let last = image.shared_bytes() - empty;
        assert!(
            last < whole,
            "the base is still needed, and no more: {last}"
        );
    }
}
