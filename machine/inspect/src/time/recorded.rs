//! What was recorded: events with and without their words, when harts were in programs, and
//! what was printed.

use super::event::{Event, Kind};
use super::index::NO_HART;
use super::modes::ModeChange;
use super::observatory::Observatory;

/// An event without its words: what a timeline draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub t: u64,
    /// What sort of thing.
    pub kind: Kind,
    /// On which hart.
    pub hart: Option<u32>,
    /// By which process.
    pub pid: Option<i32>,
}

impl Observatory {
    /// The events of numbers `from` to `to` (excluded), as far as there are any.
    pub fn events(&self, from: u64, to: u64) -> Vec<Event> {
        let index = &self.recorder.index;
        let from = place(from).max(index.first());
        let to = place(to).min(index.len());
        (from..to).filter_map(|n| index.event(n)).collect()
    }

    /// The same without their words, quickly; and the number of the first of them.
    pub fn marks(&self, from: u64, to: u64) -> (u64, impl Iterator<Item = Mark>) {
        let index = &self.recorder.index;
        let first = place(from).clamp(index.first(), index.len());
        let n = place(to).clamp(first, index.len()) - first;
        let entries = index.entries().iter().skip(first - index.first()).take(n);
        let marks = entries.map(|entry| Mark {
            t: entry.t,
            kind: entry.kind,
            hart: (entry.hart != NO_HART).then_some(entry.hart.into()),
            pid: (entry.pid != 0).then_some(entry.pid),
        });
        (first as u64, marks)
    }

    /// When harts turned from programs to the kernel and so on: changes of numbers `from` to `to` (excluded), as
    /// far as they are kept; and the number of the first of them.
    pub fn mode_changes(&self, from: u64, to: u64) -> (u64, &[ModeChange]) {
        let (first, changes) = self.recorder.modes.range(place(from), place(to));
        (first as u64, changes)
    }

    /// How many bytes were printed by now.
    pub fn printed(&self) -> u64 {
        self.recorder.index.printed_by(self.history.t()) as u64
    }

    /// All that was printed by `t`.
    pub fn output_until(&self, t: u64) -> Vec<u8> {
        let index = &self.recorder.index;
        index.printed(0, index.printed_by(t)).to_vec()
    }
}

/// `number` as a place in a list: one that no list has, where it is too large for this host.
fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
