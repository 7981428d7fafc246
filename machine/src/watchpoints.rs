//! Watchpoints: accesses a host wants to hear of, whoever makes them.
//!
//! They cost nothing where none is: a page with one never enters the side of the TLB that
//! it concerns, so every access to it goes the slow way, and only the slow way looks here.
//! The fast way does not know that there is such a thing.

use std::ops::RangeInclusive;

use crate::board::Board;
use crate::event::{Happening, IS_BLIND};
use crate::memory::PAGE;

/// What to stop at; see [`crate::Watch`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watchpoint {
    /// Instructions at this virtual address, in whatever address space. Told of before they
    /// are executed, as [`Happening::Pc`].
    Pc(u64),
    /// Accesses that touch one of these virtual addresses, in whatever address space. Told of
    /// when they are made, as [`Happening::Load`] and [`Happening::Store`].
    Virtual(RangeInclusive<u64>, Accesses),
    /// Accesses that touch one of these physical addresses, by whatever virtual ones: by harts
    /// as above, and by devices, as [`Happening::Dma`]. Fetches and walks of page tables are
    /// no such accesses.
    Physical(RangeInclusive<u64>, Accesses),
    /// Instructions that name this CSR, told of as [`Happening::Csr`]. What hardware does to
    /// it by itself, as at a trap, is not.
    Csr(u16, Accesses),
}

/// Which accesses to tell of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accesses {
    /// Those that read.
    Reads,
    /// Those that write.
    Writes,
    /// All.
    All,
}

impl Watchpoint {
    /// The page of RAM that begins at the physical address `pa`.
    pub fn page(pa: u64, accesses: Accesses) -> Watchpoint {
        let first = pa & !(PAGE as u64 - 1);
        Watchpoint::Physical(first..=first + (PAGE as u64 - 1), accesses)
    }
}

impl Accesses {
    /// Whether an access that writes, or else reads, is among them.
    fn include(self, is_write: bool) -> bool {
        match self {
            Accesses::Reads => !is_write,
            Accesses::Writes => is_write,
            Accesses::All => true,
        }
    }
}

/// The watchpoints that are set.
#[derive(Debug, Default)]
pub(crate) struct Watchpoints(Vec<Watchpoint>);

impl Watchpoints {
    /// These, but for those of instructions: [`crate::probes`] has them.
    pub fn new(points: Vec<Watchpoint>) -> Watchpoints {
        Watchpoints(points)
    }

    /// The virtual addresses of instructions to tell of.
    pub fn pcs(&self) -> impl Iterator<Item = u64> {
        self.0.iter().filter_map(|point| match point {
            Watchpoint::Pc(at) => Some(*at),
            Watchpoint::Virtual(..) | Watchpoint::Physical(..) | Watchpoint::Csr(..) => None,
        })
    }

    /// Whether accesses to the page that `va` lies in, and leads to at `pa`, must not take the
    /// fast way.
    pub fn hide(&self, va: u64, pa: u64, is_write: bool) -> bool {
        let page = |at: u64| at & !(PAGE as u64 - 1);
        !IS_BLIND && !self.0.is_empty() && self.watch(page(va), page(pa), PAGE, is_write)
    }

    /// Whether one is on an access of `size` bytes at `va`, which leads to `pa`.
    fn watch(&self, va: u64, pa: u64, size: usize, is_write: bool) -> bool {
        !IS_BLIND
            && self.0.iter().any(|point| match point {
                Watchpoint::Virtual(range, on) => on.include(is_write) && touches(range, va, size),
                Watchpoint::Physical(range, on) => on.include(is_write) && touches(range, pa, size),
                Watchpoint::Pc(_) | Watchpoint::Csr(..) => false,
            })
    }

    /// Whether one is on a store of `len` bytes at the physical address `pa`.
    fn watch_dma(&self, pa: u64, len: usize) -> bool {
        self.0.iter().any(|point| match point {
            Watchpoint::Physical(range, on) => on.include(true) && touches(range, pa, len),
            Watchpoint::Virtual(..) | Watchpoint::Pc(_) | Watchpoint::Csr(..) => false,
        })
    }

    /// Whether a device's stores can be of interest.
    pub fn has_physical(&self) -> bool {
        let mut points = self.0.iter();
        !IS_BLIND && points.any(|point| matches!(point, Watchpoint::Physical(..)))
    }

    fn watch_csr(&self, number: u16, is_write: bool) -> bool {
        let is_it = |point: &Watchpoint| matches!(point, Watchpoint::Csr(n, on) if *n == number && on.include(is_write));
        !IS_BLIND && self.0.iter().any(is_it)
    }
}

/// Whether an access of `size` bytes at `at` touches `range`.
fn touches(range: &RangeInclusive<u64>, at: u64, size: usize) -> bool {
    let last = at.saturating_add(size as u64 - 1);
    at <= *range.end() && last >= *range.start()
}

/// The low `size` bytes of `value`.
fn low(value: u64, size: usize) -> u64 {
    value & u64::MAX >> (64 - 8 * size)
}

impl Board {
    /// Tells of a load of `size` bytes that gave `value`, if that is watched.
    pub fn tell_load(&mut self, va: u64, pa: u64, size: usize, value: u64) {
        if self.watcher.points.watch(va, pa, size, false) {
            let what = Happening::Load {
                address: va,
                pa,
                size: size as u8,
                value: low(value, size),
            };
            self.tell(what);
        }
    }

    /// Tells of a store of `size` bytes, if that is watched: to RAM, just before it is made.
    pub fn tell_store(&mut self, va: u64, pa: u64, size: usize, value: u64) {
        if self.watcher.points.watch(va, pa, size, true) {
            let old = self.ram.slice(pa, size).map(|bytes| {
                let mut all = [0; 8];
                all[..size].copy_from_slice(bytes);
                u64::from_le_bytes(all)
            });
            let what = Happening::Store {
                address: va,
                pa,
                size: size as u8,
                old,
                new: low(value, size),
            };
            self.tell(what);
        }
    }

    /// Tells of an instruction that found `old` in CSR `number`, and wrote `new`, if it did.
    pub fn tell_csr(&mut self, number: u16, old: u64, new: Option<u64>) {
        let points = &self.watcher.points;
        if points.watch_csr(number, false) || new.is_some() && points.watch_csr(number, true) {
            self.tell(Happening::Csr { number, old, new });
        }
    }

    /// Tells of the stores that a device made, those that are watched.
    pub fn tell_dma(&mut self, stores: Vec<(u64, usize)>) {
        for (address, len) in stores {
            if self.watcher.points.watch_dma(address, len) {
                self.tell(Happening::Dma {
                    address,
                    len: len as u32,
                });
            }
        }
    }

    /// Tells of `what`, and lets the hart leave its block, so that it is told of in time.
    fn tell(&mut self, what: Happening) {
        self.watcher.note_watched(what);
        self.touched = true;
    }
}
