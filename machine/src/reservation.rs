//! What harts have reserved by `lr`, and how they lose it: by their own `sc`, trap or return
//! from one, and by any store of another hart, or write of a device, to the same bytes.
//!
//! A store that takes the short way through a TLB is not seen here. The hart that reserved
//! keeps the turn mostly until its `sc`; only when another gets the turn meanwhile, the page
//! is watched: no TLB may hold leave to write to it until the reservation is gone.
//! Source: Unprivileged ISA, "Load-Reserved/Store-Conditional Instructions".

use serde::{Deserialize, Serialize};

use crate::config::MOST_HARTS;
use crate::memory::PAGE;

/// The bytes a hart has reserved: those its `lr` loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reservation {
    pa: u64,
    size: u64,
}

/// Each hart's reservation.
pub(crate) type OfHarts = [Option<Reservation>; MOST_HARTS];

/// The reservations of all harts.
#[derive(Debug, Default)]
pub(crate) struct Reservations {
    of_harts: OfHarts,
    /// Whether stores to the page must be noticed; only where there is a reservation.
    is_watched: [bool; MOST_HARTS],
    /// The hart whose turn it is.
    running: usize,
}

impl Reservations {
    /// Each hart's, for the state.
    pub fn save(&self) -> OfHarts {
        self.of_harts
    }

    /// Takes on a saved state. Which hart runs must be told next.
    pub fn load(&mut self, of_harts: &OfHarts) {
        self.of_harts = *of_harts;
        self.is_watched = of_harts.map(|of_hart| of_hart.is_some());
    }

    /// The turn is `hart`'s now. Says whether leave to write must be given up, because a page
    /// is watched from now on.
    pub fn pass_to(&mut self, hart: usize) -> bool {
        let from = std::mem::replace(&mut self.running, hart);
        let is_news = from != hart && self.of_harts[from].is_some() && !self.is_watched[from];
        self.is_watched[from] |= is_news;
        is_news
    }

    /// The running hart reserves the `size` bytes at `pa`, and nothing else any more.
    pub fn reserve(&mut self, pa: u64, size: usize) {
        let page_of = |pa: u64| pa / PAGE as u64;
        let old = self.of_harts[self.running];
        let is_same_page = old.is_some_and(|old| page_of(old.pa) == page_of(pa));
        self.is_watched[self.running] &= is_same_page;
        self.of_harts[self.running] = Some(Reservation {
            pa,
            size: size as u64,
        });
    }

    /// The running hart has reserved nothing any more. Says whether it had those `size` bytes
    /// at `pa`.
    pub fn claim(&mut self, pa: u64, size: usize) -> bool {
        let size = size as u64;
        let is_ours = self.of_harts[self.running] == Some(Reservation { pa, size });
        self.release();
        is_ours
    }

    /// The running hart has reserved nothing any more.
    pub fn release(&mut self) {
        self.is_watched[self.running] = false;
        self.of_harts[self.running] = None;
    }

    /// The `len` bytes at `pa` were written, by the running hart or by a device.
    pub fn note_written(&mut self, pa: u64, len: u64, is_device: bool) {
        for (n, of_hart) in self.of_harts.iter_mut().enumerate() {
            let is_hit = of_hart.is_some_and(|has| pa < has.pa + has.size && has.pa < pa + len);
            if is_hit && (is_device || n != self.running) {
                *of_hart = None;
                self.is_watched[n] = false;
            }
        }
    }

    /// Whether stores to the page at `pa` must be noticed.
    pub fn watch(&self, pa: u64) -> bool {
        let watched = self.of_harts.iter().zip(self.is_watched);
        watched
            .filter_map(|(of_hart, is_watched)| of_hart.filter(|_| is_watched))
            .any(|has| has.pa / PAGE as u64 == pa / PAGE as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_devices_write_ends_the_running_harts_too() {
        let mut reservations = Reservations::default();
        reservations.reserve(0x1000, 8);
        reservations.note_written(0x1004, 1, false);
        reservations.note_written(0x0ff0, 16, true);
        reservations.note_written(0x1008, 8, true);
        assert!(reservations.claim(0x1000, 8));
        reservations.reserve(0x1000, 8);
        reservations.note_written(0x0ff8, 9, true);
        assert!(!reservations.claim(0x1000, 8));
    }

    #[test]
    fn a_page_is_watched_from_the_turns_end_to_the_reservations() {
        let mut reservations = Reservations::default();
        reservations.reserve(0x1010, 4);
        assert!(!reservations.watch(0x1000));
        assert!(reservations.pass_to(1));
        assert!(reservations.watch(0x1000) && !reservations.watch(0x2000));
        assert!(!reservations.pass_to(0), "hart 1 has none");
        reservations.reserve(0x1020, 4);
        assert!(!reservations.pass_to(1), "watched already");
        reservations.note_written(0x1020, 1, false);
        assert!(!reservations.watch(0x1000));
    }
}
