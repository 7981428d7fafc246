//! Whose turn it is: harts run one at a time, each for a quantum drawn from the seed.

use serde::{Deserialize, Serialize};

use crate::random::SplitMix;

/// A turn's length in steps is drawn from here, each as likely. Short enough that harts
/// meet in the middle of things; long enough that changing over costs little.
const QUANTUM: std::ops::RangeInclusive<u64> = 200..=1000;

/// The present turn, and the generator of those to come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Turn {
    /// Whose it is.
    pub hart: usize,
    /// Steps left of it.
    pub left: u64,
    random: SplitMix,
}

impl Turn {
    /// Before the first turn, which falls to hart 0.
    pub fn new(seed: u64, harts: usize) -> Turn {
        Turn {
            hart: harts - 1,
            left: 0,
            random: SplitMix::new(seed),
        }
    }

    /// Gives the turn to `hart`.
    pub fn pass_to(&mut self, hart: usize) {
        self.hart = hart;
        let choices = QUANTUM.end() - QUANTUM.start() + 1;
        self.left = QUANTUM.start() + self.random.draw() % choices;
    }
}
