//! Conversions: between the formats, and from and to integers.
//! Source: Unprivileged ISA, "Single-Precision Floating-Point Conversion and Move
//! Instructions", table "Domains of float-to-integer conversions".

use super::layout::{Layout, is_negative};
use super::value::{Exact, Value};
use super::{Fpu, flag};

/// An integer as a register holds it: 32-bit ones are sign-extended, unsigned ones too.
pub(crate) trait Integer: Copy {
    /// The largest magnitude of a number of this sign.
    fn limit(is_negative: bool) -> u128;
    /// The register for a magnitude within the limit.
    fn register(is_negative: bool, magnitude: u128) -> u64;
    /// Sign and magnitude of what a register holds.
    fn of_register(register: u64) -> (bool, u64);
    /// What a register holds, if an `i64` can hold it.
    fn small(register: u64) -> Option<i64>;
    /// The register for an integer, if it is in range.
    fn register_of(integer: i64) -> Option<u64>;
}

macro_rules! integers {
    ($($ty:ident)*) => { $(
        impl Integer for $ty {
            fn limit(is_negative: bool) -> u128 {
                if is_negative {
                    u128::from($ty::MIN.abs_diff(0))
                } else {
                    $ty::MAX as u128
                }
            }
            fn register(is_negative: bool, magnitude: u128) -> u64 {
                // The bits of the magnitude's low half are right for every width.
                let bits = magnitude as u64;
                let bits = if is_negative { bits.wrapping_neg() } else { bits };
                match size_of::<$ty>() {
                    4 => bits as i32 as u64,
                    _ => bits,
                }
            }
            #[allow(unused_comparisons, reason = "of unsigned ones none is negative")]
            fn of_register(register: u64) -> (bool, u64) {
                let value = register as $ty;
                (value < 0, u64::from(value.abs_diff(0)))
            }
            #[inline(always)]
            fn small(register: u64) -> Option<i64> {
                i64::try_from(register as $ty).ok()
            }
            #[inline(always)]
            fn register_of(integer: i64) -> Option<u64> {
                let bits = $ty::try_from(integer).ok()? as u64;
                Some(match size_of::<$ty>() {
                    4 => bits as i32 as u64,
                    _ => bits,
                })
            }
        }
    )* };
}
integers! { i32 u32 i64 u64 }

impl Fpu {
    /// The number `a` of format `From` in the format `To`.
    #[inline(never)]
    pub(super) fn convert_slow<From: Layout, To: Layout>(&mut self, a: u64) -> u64 {
        let [a] = self.operands::<From, 1>([a]);
        self.fit::<To>(a)
    }

    /// `a` as an integer.
    #[inline(never)]
    pub(super) fn integer_slow<L: Layout, I: Integer>(&mut self, a: u64) -> u64 {
        let is_negative = is_negative::<L>(a);
        let (magnitude, is_inexact) = match Value::of::<L>(a) {
            Value::Nan => return self.out_of_range::<I>(false),
            Value::Infinity(_) => return self.out_of_range::<I>(is_negative),
            Value::Zero(_) => (0, false),
            Value::Finite(exact) => self.whole(exact),
        };
        if magnitude > I::limit(is_negative) {
            return self.out_of_range::<I>(is_negative);
        }
        if is_inexact {
            self.raise(flag::INEXACT);
        }
        I::register(is_negative, magnitude)
    }

    fn out_of_range<I: Integer>(&mut self, is_negative: bool) -> u64 {
        self.raise(flag::INVALID);
        I::register(is_negative, I::limit(is_negative))
    }

    /// The integer in the register `x` as a number.
    #[inline(never)]
    pub(super) fn float_slow<I: Integer, L: Layout>(&mut self, x: u64) -> u64 {
        let (is_negative, magnitude) = I::of_register(x);
        let value = match magnitude {
            0 => Value::Zero(false),
            _ => Value::Finite(Exact {
                is_negative,
                exponent: 0,
                significand: u128::from(magnitude),
            }),
        };
        self.fit::<L>(value)
    }
}
