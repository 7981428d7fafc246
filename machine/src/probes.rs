//! The addresses that a host watches.

use crate::memory::PAGE;

const HALVES: usize = PAGE / 2;

/// Physical addresses of instructions. Asking is cheap: most addresses are ruled out by
/// their offset in the page, which no translation changes.
#[derive(Debug, Default)]
pub(crate) struct Probes {
    /// In order.
    addresses: Vec<u64>,
    /// For each halfword of a page, whether some probe has that offset; empty if there is
    /// no probe.
    offsets: Vec<bool>,
}

impl Probes {
    /// These `addresses`.
    pub fn new(mut addresses: Vec<u64>) -> Probes {
        addresses.sort_unstable();
        addresses.dedup();
        let mut offsets = Vec::new();
        if !addresses.is_empty() {
            offsets.resize(HALVES, false);
        }
        for &address in &addresses {
            offsets[address as usize / 2 % HALVES] = true;
        }
        Probes { addresses, offsets }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty()
    }

    /// Whether one may be where `address`, virtual or physical, leads.
    #[inline]
    pub fn may_be_at(&self, address: u64) -> bool {
        let half = address as usize / 2 % HALVES;
        self.offsets.get(half).is_some_and(|&is_some| is_some)
    }

    /// Whether one is at the physical address `pa`.
    pub fn has(&self, pa: u64) -> bool {
        self.may_be_at(pa) && self.addresses.binary_search(&pa).is_ok()
    }

    /// Those that only one of the two has.
    pub fn difference(&self, other: &Probes) -> Vec<u64> {
        let only = |a: &Probes, b: &Probes| -> Vec<u64> {
            let addresses = a.addresses.iter().copied();
            addresses.filter(|&address| !b.has(address)).collect()
        };
        [only(self, other), only(other, self)].concat()
    }
}
