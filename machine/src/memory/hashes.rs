//! Hashes of pages, kept until the pages change.

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::image::CHUNK;
use super::{PAGE, Page};

/// What is known of the pages' hashes: each page's, and of each chunk of pages the hash of
/// theirs.
pub(super) struct Hashes {
    pages: Vec<Option<[u64; 2]>>,
    chunks: Vec<Option<[u64; 2]>>,
}

impl Hashes {
    /// Of `n_pages` of zero.
    pub fn new(n_pages: usize) -> Hashes {
        let zero = split(xxh3_128(&[0; PAGE]));
        Hashes {
            pages: vec![Some(zero); n_pages],
            chunks: vec![None; n_pages.div_ceil(CHUNK)],
        }
    }

    /// Notes that `page` changed.
    pub fn forget(&mut self, page: usize) {
        self.pages[page] = None;
        self.chunks[page / CHUNK] = None;
    }

    /// The hash of all `pages`: of their contents and nothing else.
    pub fn all(&mut self, pages: &[Page]) -> u128 {
        let mut all = Xxh3::new();
        let chunks = pages.chunks(CHUNK).zip(self.pages.chunks_mut(CHUNK));
        for (known, (pages, hashes)) in self.chunks.iter_mut().zip(chunks) {
            let hash = *known.get_or_insert_with(|| hash_chunk(pages, hashes));
            all.update(bytemuck::bytes_of(&hash));
        }
        all.digest128()
    }
}

fn hash_chunk(pages: &[Page], hashes: &mut [Option<[u64; 2]>]) -> [u64; 2] {
    let mut all = Xxh3::new();
    for (page, known) in pages.iter().zip(hashes) {
        let hash = *known.get_or_insert_with(|| split(xxh3_128(page)));
        all.update(bytemuck::bytes_of(&hash));
    }
    split(all.digest128())
}

/// The hash in the order of bytes that hosts of either kind agree on.
fn split(hash: u128) -> [u64; 2] {
    [(hash as u64).to_le(), ((hash >> 64) as u64).to_le()]
}
