//! The instructions that a host watches.

use crate::event::IS_BLIND;
use crate::memory::PAGE;

const HALVES: usize = PAGE / 2;

/// Addresses of instructions, physical and virtual. Asking is cheap: most addresses are ruled
/// out by their offset in the page, which no translation changes.
#[derive(Debug, Default)]
pub(crate) struct Probes {
    /// In order.
    physical: Vec<u64>,
    /// In order.
    virtuals: Vec<u64>,
    /// For each halfword of a page, what probes have that offset; empty if there is none.
    offsets: Vec<At>,
}

/// What probes there may be at an offset.
#[derive(Clone, Copy, Debug, Default)]
struct At {
    is_physical: bool,
    is_virtual: bool,
}

impl Probes {
    /// At these addresses.
    pub fn new(mut physical: Vec<u64>, mut virtuals: Vec<u64>) -> Probes {
        let mut offsets = Vec::new();
        for addresses in [&mut physical, &mut virtuals] {
            addresses.sort_unstable();
            addresses.dedup();
            if !addresses.is_empty() {
                offsets.resize(HALVES, At::default());
            }
        }
        for &address in &physical {
            offsets[half(address)].is_physical = true;
        }
        for &address in &virtuals {
            offsets[half(address)].is_virtual = true;
        }
        Probes {
            physical,
            virtuals,
            offsets,
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        IS_BLIND || self.offsets.is_empty()
    }

    /// Whether one may be where `address`, virtual or physical, leads.
    #[inline]
    pub fn may_be_at(&self, address: u64) -> bool {
        let at = self.at(address);
        !IS_BLIND && (at.is_physical || at.is_virtual)
    }

    /// Whether the instruction at the physical address `pa` must be kept out of blocks: it has a
    /// probe, or some virtual address that leads to it may have.
    pub fn has(&self, pa: u64) -> bool {
        !IS_BLIND && (self.at(pa).is_virtual || self.has_physical(pa))
    }

    /// Whether one is at the physical address `pa`.
    pub fn has_physical(&self, pa: u64) -> bool {
        self.at(pa).is_physical && self.physical.binary_search(&pa).is_ok()
    }

    /// Whether one is at the virtual address `va`.
    pub fn has_virtual(&self, va: u64) -> bool {
        self.at(va).is_virtual && self.virtuals.binary_search(&va).is_ok()
    }

    /// Whether blocks that keep clear of one of the two may hold instructions of the other's,
    /// by virtual addresses: anywhere.
    pub fn differs_anywhere(&self, other: &Probes) -> bool {
        self.virtuals != other.virtuals
    }

    /// The physical addresses that only one of the two has.
    pub fn difference(&self, other: &Probes) -> Vec<u64> {
        let only = |a: &Probes, b: &Probes| -> Vec<u64> {
            let addresses = a.physical.iter().copied();
            let missing = addresses.filter(|&address| !b.has_physical(address));
            missing.collect()
        };
        [only(self, other), only(other, self)].concat()
    }

    fn at(&self, address: u64) -> At {
        self.offsets.get(half(address)).copied().unwrap_or_default()
    }
}

/// The halfword of its page that `address` is in.
fn half(address: u64) -> usize {
    address as usize / 2 % HALVES
}
