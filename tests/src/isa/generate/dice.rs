//! Random choices: reproducible from a seed, and fond of the values at which things change.

use fastrand::Rng;
use machine::Mode;

use crate::isa::layout::DATA;

/// A source of choices.
#[derive(Debug)]
pub struct Dice(Rng);

impl Dice {
    /// The choices that belong to `seed`.
    pub fn new(seed: u64) -> Dice {
        Dice(Rng::with_seed(seed))
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0.usize(..n)
    }

    /// Whether something happens that does so once in `n` times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of `choices`.
    pub fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0.u64(..)
    }

    /// Any 32 bits.
    pub fn word(&mut self) -> u32 {
        self.0.u32(..)
    }

    /// The number of a register.
    pub fn register(&mut self) -> u8 {
        self.0.u8(..32)
    }

    /// A mode.
    pub fn mode(&mut self) -> Mode {
        self.of(&[Mode::User, Mode::Supervisor, Mode::Machine])
    }

    /// A value for a register: small, near a power of two, a pattern, an address, or any.
    pub fn value(&mut self) -> u64 {
        match self.below(8) {
            0 => self.below(64) as u64,
            1 => (self.below(64) as u64).wrapping_neg(),
            2 => (1_u64 << self.below(64))
                .wrapping_add(self.below(3) as u64)
                .wrapping_sub(1),
            3 => self.of(&[
                0x8000_0000_0000_0000,
                0x7fff_ffff_ffff_ffff,
                0xffff_ffff_8000_0000,
                0x7fff_ffff,
                0x8000_0000,
                0xffff_ffff,
                0x0123_4567_89ab_cdef,
                0x00ff_00ff_00ff_00ff,
                0x5555_5555_5555_5555,
            ]),
            4 => DATA + self.below(0x4000) as u64,
            5 => u64::from(self.word()),
            6 => self.word() as i32 as u64,
            _ => self.bits() >> self.below(64),
        }
    }

    /// `n` values.
    pub fn values(&mut self, n: usize) -> Vec<u64> {
        (0..n).map(|_| self.value()).collect()
    }

    /// The bits of a floating-point number that arithmetic finds hard: of either precision,
    /// at the edges of exponent and significand, boxed or not.
    pub fn float(&mut self) -> u64 {
        let (exponent_bits, fraction_bits) = self.of(&[(11, 52), (8, 23)]);
        let sign = self.0.u64(..2) << (exponent_bits + fraction_bits);
        let most = (1_u64 << exponent_bits) - 1;
        let middle = most >> 1;
        let exponent = match self.below(8) {
            0 => 0,
            1 => most,
            2 => 1,
            3 => most - 1,
            4 => middle + self.below(4) as u64 - 2,
            5 => middle + self.below(2 * fraction_bits + 4) as u64 - fraction_bits as u64,
            6 => middle + self.of(&[31, 32, 63, 64, 30, 62]),
            _ => self.bits() & most,
        };
        let full = (1_u64 << fraction_bits) - 1;
        let fraction = match self.below(6) {
            0 => 0,
            1 => full,
            2 => 1 << self.below(fraction_bits),
            3 => full << self.below(fraction_bits) & full,
            4 => full >> self.below(fraction_bits),
            _ => self.bits() & full,
        };
        let number = sign | exponent << fraction_bits | fraction;
        let is_boxed = fraction_bits == 52 || !self.once_in(16);
        if fraction_bits == 23 && is_boxed {
            number | !0 << 32
        } else {
            number
        }
    }
}
