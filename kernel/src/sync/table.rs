//! A fixed table of counted objects: what other systems allocate, xv6 takes from a table.

use super::{Rank, SpinLock};
use abi::Error;
use core::cell::UnsafeCell;
use core::ops::Deref;

/// `N` places for a `T`, each with a count of its references.
pub struct Table<T, const N: usize> {
    /// References to each place; 0 if it is free.
    refs: SpinLock<[usize; N]>,
    places: [UnsafeCell<Option<T>>; N],
}

// SAFETY: a place is written by `insert` before its first reference exists and by the
// drop of the last one; in between it is only read.
unsafe impl<T: Send + Sync, const N: usize> Sync for Table<T, N> {}

impl<T, const N: usize> Table<T, N> {
    /// A free table, whose lock is called `name`.
    pub const fn new(name: &'static str, rank: Rank) -> Table<T, N> {
        Table {
            refs: SpinLock::new(name, rank, [0; N]),
            places: [const { UnsafeCell::new(None) }; N],
        }
    }

    /// Puts `value` in a free place, with one reference.
    ///
    /// # Errors
    /// [`Error::TableFull`].
    pub fn insert(&'static self, value: T) -> Result<Counted<T, N>, Error> {
        let mut refs = self.refs.acquire();
        let idx = refs.iter().position(|&n_refs| n_refs == 0);
        let idx = idx.ok_or(Error::TableFull)?;
        // SAFETY: no reference leads here, and nobody else makes one: the lock is held.
        // The place holds `None`, so nothing is dropped under the lock.
        unsafe { *self.places[idx].get() = Some(value) };
        refs[idx] = 1;
        Ok(Counted { table: self, idx })
    }
}

/// A counted reference to an object in a table: a clone counts one more, a drop one
/// less, and the object goes with the last.
pub struct Counted<T: 'static, const N: usize> {
    table: &'static Table<T, N>,
    idx: usize,
}

impl<T, const N: usize> Clone for Counted<T, N> {
    fn clone(&self) -> Self {
        self.table.refs.acquire()[self.idx] += 1;
        Counted {
            table: self.table,
            idx: self.idx,
        }
    }
}

impl<T, const N: usize> Deref for Counted<T, N> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: while this reference counts nobody writes the place.
        let place = unsafe { &*self.table.places[self.idx].get() };
        place.as_ref().expect("a counted place is filled")
    }
}

impl<T, const N: usize> Drop for Counted<T, N> {
    fn drop(&mut self) {
        let mut refs = self.table.refs.acquire();
        if refs[self.idx] > 1 {
            refs[self.idx] -= 1;
            return;
        }
        // SAFETY: this is the last reference and the lock is held. The count is still 1,
        // so `insert` stays away until the place is empty.
        let value = unsafe { (*self.table.places[self.idx].get()).take() };
        refs[self.idx] = 0;
        drop(refs);
        // What the object itself lets go of may sleep: not under the lock.
        drop(value);
    }
}
