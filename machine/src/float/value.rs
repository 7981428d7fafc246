//! Numbers taken apart, and the exact arithmetic on them.

use super::layout::{Layout, is_nan, is_negative};

/// What bits stand for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    Nan,
    /// With its sign.
    Infinity(bool),
    /// With its sign.
    Zero(bool),
    Finite(Exact),
}

/// A number that is neither zero nor infinite: significand × 2^exponent, and its sign.
///
/// Where bits were lost, the lowest bit of the significand is set: it stands for whatever
/// there was below. That is enough to round rightly as long as it lies below the places
/// that rounding looks at, and every function here keeps it there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exact {
    pub is_negative: bool,
    pub exponent: i32,
    pub significand: u128,
}

/// The highest bit of a normalised significand: two more are left for carries.
pub(super) const TOP: u32 = 125;

impl Value {
    pub fn of<L: Layout>(bits: u64) -> Value {
        let is_negative = is_negative::<L>(bits);
        let magnitude = bits & L::MAGNITUDE;
        if is_nan::<L>(bits) {
            return Value::Nan;
        }
        if magnitude == L::INFINITY {
            return Value::Infinity(is_negative);
        }
        if magnitude == 0 {
            return Value::Zero(is_negative);
        }
        let fraction = magnitude & L::FRACTION_MASK;
        let field = (magnitude >> L::FRACTION) as i32;
        // Subnormal numbers have the exponent of field 1, and no leading one.
        let leading = if field == 0 { 0 } else { 1 << L::FRACTION };
        Value::Finite(Exact {
            is_negative,
            exponent: field.max(1) - 1 + L::LEAST_EXPONENT - L::FRACTION as i32,
            significand: u128::from(fraction | leading),
        })
    }
}

/// `bits` shifted right by `places`; what falls off is kept in the lowest bit.
pub(super) fn shift_right_sticky(bits: u128, places: u32) -> u128 {
    let kept = bits.checked_shr(places).unwrap_or(0);
    let is_lost = kept.checked_shl(places).unwrap_or(0) != bits;
    kept | u128::from(is_lost)
}

impl Exact {
    /// The same number, the highest one of its significand at [`TOP`].
    pub fn normalised(self) -> Exact {
        let zeros = self.significand.leading_zeros() as i32;
        let shift = zeros - (127 - TOP as i32);
        Exact {
            exponent: self.exponent - shift,
            significand: if shift >= 0 {
                self.significand << shift
            } else {
                shift_right_sticky(self.significand, shift.unsigned_abs())
            },
            ..self
        }
    }

    /// The product of two numbers taken from registers: at most 106 bits, all there.
    pub fn product(self, by: Exact) -> Exact {
        Exact {
            is_negative: self.is_negative != by.is_negative,
            exponent: self.exponent + by.exponent,
            significand: self.significand * by.significand,
        }
    }

    /// The sum of two numbers of at most 106 bits; `None` if it is zero.
    ///
    /// Normalised, each ends in at least 20 zeros. So when the smaller, shifted to the
    /// larger one's exponent, loses bits, the two lie more than 20 places apart: then the
    /// difference has at least 124 bits, and the sticky bit stays far below the precision.
    pub fn sum(self, with: Exact) -> Option<Exact> {
        let (a, b) = (self.normalised(), with.normalised());
        let (large, small) = if a.exponent >= b.exponent {
            (a, b)
        } else {
            (b, a)
        };
        let apart = (large.exponent - small.exponent) as u32;
        let addend = shift_right_sticky(small.significand, apart);
        if large.is_negative == small.is_negative {
            let significand = large.significand + addend;
            return Some(Exact {
                significand,
                ..large
            });
        }
        // With equal exponents the smaller one is not known yet.
        let significand = large.significand.abs_diff(addend);
        let is_negative = large.is_negative != (addend > large.significand);
        (significand != 0).then_some(Exact {
            is_negative,
            significand,
            ..large
        })
    }

    /// The quotient of two numbers of at most 53 bits: 73 bits or more of it, and whether
    /// something remains.
    pub fn quotient(self, by: Exact) -> Exact {
        let (dividend, divisor) = (self.normalised(), by.significand);
        let whole = dividend.significand / divisor;
        let remains = !dividend.significand.is_multiple_of(divisor);
        Exact {
            is_negative: self.is_negative != by.is_negative,
            exponent: dividend.exponent - by.exponent,
            significand: whole | u128::from(remains),
        }
    }

    /// The square root of a positive number of at most 53 bits: 63 bits or more of it, and
    /// whether something remains.
    pub fn square_root(self) -> Exact {
        let mut square = self.normalised();
        if square.exponent % 2 != 0 {
            square.exponent -= 1;
            square.significand <<= 1;
        }
        let root = square.significand.isqrt();
        let remains = root * root != square.significand;
        Exact {
            is_negative: false,
            exponent: square.exponent / 2,
            significand: root | u128::from(remains),
        }
    }
}
