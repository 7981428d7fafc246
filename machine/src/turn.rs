//! Whose turn it is: harts run one at a time, each for a quantum drawn from the seed.

use serde::{Deserialize, Serialize};

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
    random: u64,
}

impl Turn {
    /// Before the first turn, which falls to hart 0.
    pub fn new(seed: u64, harts: usize) -> Turn {
        Turn {
            hart: harts - 1,
            left: 0,
            random: seed,
        }
    }

    /// Gives the turn to `hart`.
    pub fn pass_to(&mut self, hart: usize) {
        self.hart = hart;
        let choices = QUANTUM.end() - QUANTUM.start() + 1;
        self.left = QUANTUM.start() + self.draw() % choices;
    }

    /// SplitMix64. Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
    /// Generators", 2014.
    fn draw(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.random ^ self.random >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}
