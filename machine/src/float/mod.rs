//! Floating-point arithmetic: IEEE 754 as RISC-V wants it, exact to the bit and the flag.
//!
//! [`Fpu`] does every operation of F and D, written once for both formats ([`Single`] and
//! [`Double`]). The slow way, which decides, is the definition of IEEE 754 made code:
//!
//! 1. [`value`] takes a number apart: NaN, infinity, zero, or sign × significand × 2^exponent;
//! 2. [`arithmetic`] computes the *exact* result as such a number. 128 bits hold every sum
//!    and product, or enough of them with one bit that says something was lost;
//! 3. [`round`] rounds that once, into the format asked for, and raises the flags.
//!
//! [`fast`] says where the host's floats give the same; [`host`] has the operations as far as
//! they do, and [`unit`] all of them.
//!
//! Operands and results are whole registers: a `Single` is NaN-boxed, and one that is not
//! properly boxed reads as the canonical NaN. NaN results are always canonical.
//!
//! Source: IEEE 754-2019; Unprivileged ISA, "\"F\" Extension for Single-Precision
//! Floating-Point" and "\"D\" Extension for Double-Precision Floating-Point".

mod arithmetic;
mod compare;
mod convert;
mod fast;
mod host;
mod layout;
mod round;
mod unit;
mod value;

pub(crate) use host::HostFpu;
pub(crate) use layout::{Double, Single};

/// The accrued exceptions, as bits of `fflags`.
pub(crate) mod flag {
    /// The result was rounded.
    pub const INEXACT: u8 = 1 << 0;
    /// It was rounded, and is smaller than every normal number even after that.
    pub const UNDERFLOW: u8 = 1 << 1;
    /// It is larger than every finite number.
    pub const OVERFLOW: u8 = 1 << 2;
    /// An infinity out of finite operands.
    pub const DIVIDE_BY_ZERO: u8 = 1 << 3;
    /// No result can be given.
    pub const INVALID: u8 = 1 << 4;
}

/// The rounding modes, by their numbers in `frm` and in instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Round {
    /// To nearest, ties to even (RNE).
    NearestEven = 0,
    /// Towards zero (RTZ).
    TowardsZero = 1,
    /// Down (RDN).
    Down = 2,
    /// Up (RUP).
    Up = 3,
    /// To nearest, ties to the larger magnitude (RMM).
    NearestMaxMagnitude = 4,
}

impl Round {
    /// The mode of this number; `None` if it is reserved.
    #[inline(always)]
    pub fn from_number(number: u8) -> Option<Round> {
        Some(match number {
            0 => Round::NearestEven,
            1 => Round::TowardsZero,
            2 => Round::Down,
            3 => Round::Up,
            4 => Round::NearestMaxMagnitude,
            _ => return None,
        })
    }
}

/// The floating-point unit during one instruction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fpu {
    /// How this instruction rounds.
    pub round: Round,
    /// The exceptions accrued so far, this instruction's included.
    pub flags: u8,
}

impl Fpu {
    fn raise(&mut self, flags: u8) {
        self.flags |= flags;
    }
}

#[cfg(test)]
mod tests;
