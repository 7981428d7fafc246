//! What goes wrong with the hardware when the host says so. A fault is input: it is stamped, kept
//! and replayed as what is typed is, and what is left of it is part of the state.

use serde::{Deserialize, Serialize};

/// The code of [`crate::Stop::PowerOff`] when the power failed; guests give 16 bits at most.
pub const POWER_CUT: u32 = u32::MAX;

/// Something that goes wrong. Sectors have 512 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// The power fails: the machine stops for good, and its disk holds what was written.
    PowerCut {
        /// How many writes the disk serves before; 0: it fails at once.
        writes: u64,
    },
    /// Of the next write only a part gets to the disk, which says that all did.
    TornWrite {
        /// How many sectors, from the first.
        sectors: u32,
    },
    /// The next request about this sector fails: it moves nothing, and the disk says so.
    FailedSector {
        /// The sector.
        sector: u64,
    },
    /// The next interrupt of a device goes lost: its line is not seen until it was down again.
    LostInterrupt {
        /// The device's source at the PLIC.
        source: u32,
    },
}

/// The faults that are still to come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Faults {
    /// Writes until the power fails.
    writes_left: Option<u64>,
    /// Sectors of the next write that get to the disk.
    torn_to: Option<u32>,
    failing: Vec<u64>,
    /// A bit for each source whose next interrupt goes lost.
    to_lose: u128,
    /// A bit for each source whose line is up, and not seen.
    lost: u128,
}

impl Faults {
    /// Has `fault` happen; says whether the power fails now.
    pub fn add(&mut self, fault: Fault) -> bool {
        match fault {
            Fault::PowerCut { writes } => self.writes_left = Some(writes),
            Fault::TornWrite { sectors } => self.torn_to = Some(sectors),
            Fault::FailedSector { sector } => self.failing.push(sector),
            Fault::LostInterrupt { source } => self.to_lose |= bit(source),
        }
        self.writes_left == Some(0)
    }

    /// Whether a request about `n_sectors` from `first` on is one that fails.
    pub fn fails(&mut self, first: u64, n_sectors: u32) -> bool {
        let is_hit = |sector: &u64| (first..first + u64::from(n_sectors)).contains(sector);
        let hit = self.failing.iter().position(is_hit);
        hit.map(|n| self.failing.remove(n)).is_some()
    }

    /// How many of a write's sectors get to the disk.
    pub fn tear(&mut self, n_sectors: u32) -> u32 {
        self.torn_to.take().unwrap_or(n_sectors).min(n_sectors)
    }

    /// After a write; says whether the power fails now.
    pub fn note_write(&mut self) -> bool {
        let left = self.writes_left.as_mut();
        left.is_some_and(|left| {
            *left = left.saturating_sub(1);
            *left == 0
        })
    }

    /// What the PLIC sees of a line that was at one level and now is at another.
    pub fn pass(&mut self, source: u32, was_up: bool, is_up: bool) -> bool {
        let line = bit(source);
        if is_up && !was_up {
            self.lost |= self.to_lose & line;
            self.to_lose &= !line;
        } else if !is_up {
            self.lost &= !line;
        }
        is_up && self.lost & line == 0
    }
}

/// The bit that stands for a source; none for one that no PLIC has.
fn bit(source: u32) -> u128 {
    1_u128.checked_shl(source).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_interrupt_goes_lost_and_no_other() {
        let mut faults = Faults::default();
        faults.add(Fault::LostInterrupt { source: 1 });
        faults.add(Fault::LostInterrupt { source: 900 });
        assert!(faults.pass(10, false, true), "another's");
        assert!(!faults.pass(1, false, true));
        assert!(!faults.pass(1, true, true), "as long as it is up");
        assert!(!faults.pass(1, true, false));
        assert!(faults.pass(1, false, true), "the next one is seen");
    }

    #[test]
    fn a_sector_fails_once() {
        let mut faults = Faults::default();
        faults.add(Fault::FailedSector { sector: 7 });
        assert!(!faults.fails(8, 2) && !faults.fails(5, 2));
        assert!(faults.fails(6, 2) && !faults.fails(6, 2));
    }
}
