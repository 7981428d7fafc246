//! Random numbers that are none: SplitMix64.
//! Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.

use serde::{Deserialize, Serialize};

/// A generator.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SplitMix(u64);

impl SplitMix {
    /// The generator that begins at `seed`.
    pub fn new(seed: u64) -> SplitMix {
        SplitMix(seed)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}
