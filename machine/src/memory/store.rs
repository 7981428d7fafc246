//! What the images of one memory share: whole pages, each content once, and the count of the
//! bytes they all take.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use xxhash_rust::xxh3::xxh3_128;

use super::Page;

/// What the images of one memory hold together.
#[derive(Debug, Default)]
pub(super) struct Store {
    bytes: AtomicU64,
    /// Whole pages by the hashes of what they hold: many frames hold the same program.
    wholes: Mutex<BTreeMap<u128, Weak<Whole>>>,
}

impl Store {
    /// A whole page that holds what `page` does: one that is there, or a new one.
    pub fn whole(self: &Arc<Store>, page: &Page) -> Arc<Whole> {
        let hash = xxh3_128(page);
        let same = self.wholes().get(&hash).and_then(Weak::upgrade);
        // Whoever wrote the page may have wanted two hashes to be one.
        if let Some(same) = same.filter(|same| same.page == *page) {
            return same;
        }
        let whole = Arc::new(Whole {
            page: *page,
            hash,
            tallied: self.tally(size_of::<Whole>()),
        });
        self.wholes().insert(hash, Arc::downgrade(&whole));
        whole
    }

    /// The bytes now.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    fn wholes(&self) -> MutexGuard<'_, BTreeMap<u128, Weak<Whole>>> {
        self.wholes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts `bytes` for as long as what it gives lives.
    pub fn tally(self: &Arc<Store>, bytes: usize) -> Tallied {
        let bytes = bytes as u64;
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        Tallied {
            store: Arc::clone(self),
            bytes,
        }
    }
}

/// Bytes that are counted while this lives.
#[derive(Debug)]
pub(super) struct Tallied {
    store: Arc<Store>,
    bytes: u64,
}

impl Drop for Tallied {
    fn drop(&mut self) {
        self.store.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A whole page as it was.
#[derive(Debug)]
pub(super) struct Whole {
    pub page: Page,
    hash: u128,
    tallied: Tallied,
}

impl Drop for Whole {
    fn drop(&mut self) {
        // Not one that another page of the same hash has put there meanwhile.
        let mut wholes = self.tallied.store.wholes();
        if let Entry::Occupied(entry) = wholes.entry(self.hash)
            && entry.get().strong_count() == 0
        {
            entry.remove();
        }
    }
}
