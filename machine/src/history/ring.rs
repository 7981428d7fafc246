//! Which snapshots are kept.
//!
//! Recording takes one every [`SPACING`] steps, so that going back a little replays
//! little. When they take too much memory, those go whose absence costs least: where
//! the gap they leave is small, and rather long ago than lately. While the machine goes to
//! some time, snapshots near that time are kept aside, ever denser towards it, for whoever
//! looks around there.

use super::State;
use crate::Machine;

/// Steps between snapshots as they are taken: about 20 ms to replay in a browser.
const SPACING: u64 = 4_000_000;
/// Steps for each page that changed meanwhile, if that is more: a snapshot costs a few of
/// them.
const SPACING_A_PAGE: u64 = 512;
/// Of those recorded, the last so many go last of all: the first step back is quick.
const MOST_RECENT: usize = 8;
/// A gap may be as much larger as its age's root is than this age's root, in steps.
const LATELY: u64 = 256_000_000;
/// Most snapshots near the time last gone to.
const MOST_NEAR: usize = 24;
/// How far before it the last of them is, as `t`; each other is [`NEAR_FACTOR`] times as far.
const NEAREST: u64 = 16_384;
const NEAR_FACTOR: u64 = 4;

/// A snapshot and when it was taken.
#[derive(Debug)]
pub(super) struct Kept {
    /// The machine's time.
    pub t: u64,
    /// How much of that was idle time.
    pub skipped: u64,
    /// How much of the input log had entered.
    pub entered: usize,
    pub state: State,
}

impl Kept {
    /// The steps made by then: what replaying costs.
    fn work(&self) -> u64 {
        self.t - self.skipped
    }
}

/// The snapshots.
#[derive(Debug)]
pub(super) struct Ring {
    /// By time; the first is the beginning.
    recorded: Vec<Kept>,
    /// Around the time last gone to, by time.
    near: Vec<Kept>,
    /// The present, while the machine is in the past.
    present: Option<Kept>,
    budget: u64,
}

impl Ring {
    /// None yet, and at most about `budget` bytes.
    pub fn new(budget: u64) -> Ring {
        Ring {
            recorded: Vec::new(),
            near: Vec::new(),
            present: None,
            budget,
        }
    }

    pub fn len(&self) -> usize {
        self.all().count()
    }

    pub fn bytes(&self, machine: &Machine) -> u64 {
        let own: u64 = self.all().map(|kept| kept.state.own_bytes()).sum();
        own + machine.state_bytes()
    }

    pub fn set_budget(&mut self, bytes: u64) {
        self.budget = bytes;
    }

    fn all(&self) -> impl Iterator<Item = &Kept> {
        self.recorded.iter().chain(&self.near).chain(&self.present)
    }

    /// Steps until the next snapshot is to be recorded, `work` steps having been made and
    /// `n_changed` pages changed since the last. More once more pages have changed.
    pub fn work_left(&self, work: u64, n_changed: usize) -> u64 {
        let last = self.recorded.last().map_or(0, Kept::work);
        let spacing = SPACING.max(SPACING_A_PAGE * n_changed as u64);
        spacing.saturating_sub(work - last)
    }

    /// Adds the snapshot of a new present.
    pub fn record(&mut self, kept: Kept) {
        self.recorded.push(kept);
    }

    /// Forgets all snapshots.
    pub fn forget_all(&mut self) {
        self.recorded.clear();
        self.near.clear();
        self.present = None;
    }

    /// Holds the present for as long as the machine is in the past.
    pub fn keep_present(&mut self, kept: Kept) {
        self.present = Some(kept);
    }

    pub fn forget_present(&mut self) {
        self.present = None;
    }

    /// The last snapshot that is not after `t`.
    pub fn before(&self, t: u64) -> Option<&Kept> {
        let earlier = self.all().filter(|kept| kept.t <= t);
        earlier.max_by_key(|kept| kept.t)
    }

    /// Forgets all snapshots after `t`.
    pub fn forget_after(&mut self, t: u64) {
        self.recorded.retain(|kept| kept.t <= t);
        self.near.retain(|kept| kept.t <= t);
        self.present = None;
    }

    /// Where to take snapshots on the way from `from` to `t`, in order.
    pub fn stops_before(&self, from: u64, t: u64) -> Vec<u64> {
        let mut stops = Vec::new();
        let mut distance = NEAREST;
        while distance < t.saturating_sub(from) {
            stops.push(t - distance);
            distance = distance.saturating_mul(NEAR_FACTOR);
        }
        stops.reverse();
        stops
    }

    /// Adds a snapshot near the time that the machine goes to.
    pub fn keep_near(&mut self, kept: Kept) {
        let at = self.near.partition_point(|other| other.t < kept.t);
        if self.near.get(at).is_none_or(|other| other.t != kept.t) {
            self.near.insert(at, kept);
        }
    }

    /// Drops snapshots until the rest fits the budget.
    pub fn keep_within(&mut self, machine: &Machine) {
        while self.near.len() > MOST_NEAR {
            self.forget_farthest(machine.t());
        }
        while self.bytes(machine) > self.budget {
            if let Some(at) = self.least_missed(MOST_RECENT) {
                self.recorded.remove(at);
            } else if !self.forget_farthest(machine.t()) {
                // The guest writes more than anybody can keep.
                let Some(at) = self.least_missed(1) else {
                    break;
                };
                self.recorded.remove(at);
            }
        }
    }

    /// Drops that of the snapshots near some time which is farthest from `t`; false if there is
    /// none.
    fn forget_farthest(&mut self, t: u64) -> bool {
        // It is at one of the ends.
        let far = |kept: Option<&Kept>| kept.map_or(0, |kept| t.abs_diff(kept.t));
        if far(self.near.first()) < far(self.near.last()) {
            return self.near.pop().is_some();
        }
        let is_some = !self.near.is_empty();
        self.near.drain(..usize::from(is_some));
        is_some
    }

    /// The recorded snapshot whose absence costs least; never the first nor one of the last
    /// `n_spared`.
    fn least_missed(&self, n_spared: usize) -> Option<usize> {
        let end = self.recorded.last()?.work();
        let cost = |at: usize| {
            let gap = self.recorded[at + 1].work() - self.recorded[at - 1].work();
            let age = end - self.recorded[at].work();
            // The gap's square by its age.
            u128::from(gap) * u128::from(gap) * (1 << 20) / u128::from(age + LATELY)
        };
        (1..self.recorded.len().saturating_sub(n_spared)).min_by_key(|&at| cost(at))
    }
}
