//! The fast way: the host's own floats, where they give the same bits and the same flags.
//!
//! The host (x86-64, AArch64, WebAssembly) computes `+ - × ÷ √` and its conversions as
//! IEEE 754 says, rounding to nearest even, in both formats. What it does not tell is the
//! flags, and its NaNs are its own. So the fast way is taken only
//!
//! - when rounding to nearest even, or the result is exact by its kind; to integers the host
//!   rounds towards zero, as compilers ask it to;
//! - when the result is *ordinary*: finite, and larger than the smallest normal number.
//!   Then no operand was a NaN, nothing overflowed, and (rounding never passes a number of
//!   the format) the exact result is not below the normal numbers: no flag but NX is due;
//! - when NX is up already, as it is soon in nearly every computation, or the result is
//!   seen to be exact. If it cannot be seen, the slow way settles it.
//!
//! What is seen:
//!
//! - A sum `s` of `a` and `b` is exact if `s - a` gives `b` and `s - b` gives `a`: the error
//!   of a sum is `(a - (s - (s - a))) + (b - (s - a))` exactly (Knuth's 2Sum; Knuth, *The
//!   Art of Computer Programming*, volume 2, section 4.2.2, theorem B), and both terms are
//!   then zero. Sums too small to be normal are always exact, so zero and those pass too.
//! - A product is exact if the significands end in as many zeros, together, as the format
//!   has places: what is left of it has no more places than that. So is zero, of a zero.
//! - A quotient or a root is exact if multiplying back is, and gives the operand.
//! - A conversion is exact if converting back gives the operand, be it subnormal or infinite.
//!
//! `a × b + c` in binary32 is computed in binary64, where the product is exact and the sum is
//! rounded to odd, which makes rounding once more to binary32 harmless (Boldo and Melquiond,
//! *Emulation of FMA and Correctly Rounded Sums: Proved Algorithms Using Rounding to Odd*).

use super::convert::Integer;
use super::layout::{Double, Layout, Single};
use super::{Fpu, Round, flag};

/// A format the host computes in.
pub(crate) trait Host: Layout {
    type Number: Number;

    /// The number of these bits.
    fn number(bits: u64) -> Self::Number;
    /// The bits of a number.
    fn bits(number: Self::Number) -> u64;
    /// `a × b + c`, and whether that is known to be exact, if it can be had fast.
    fn fused(a: u64, b: u64, c: u64) -> Option<(u64, bool)>;
}

/// What the host does with numbers of a format.
pub(crate) trait Number:
    Copy
    + PartialOrd
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::Div<Output = Self>
{
    fn square_root(self) -> Self;
    fn of_integer(integer: i64) -> Self;
    /// The integer, rounded towards zero; only of numbers that are in range.
    fn truncated(self) -> i64;
}

macro_rules! hosts {
    ($($layout:ident $number:ident $bits:ident $fused:ident)*) => { $(
        impl Host for $layout {
            type Number = $number;
            #[inline(always)]
            fn number(bits: u64) -> $number {
                $number::from_bits(bits as $bits)
            }
            #[inline(always)]
            fn bits(number: $number) -> u64 {
                u64::from(number.to_bits())
            }
            #[inline(always)]
            fn fused(a: u64, b: u64, c: u64) -> Option<(u64, bool)> {
                $fused(a, b, c)
            }
        }
        impl Number for $number {
            #[inline(always)]
            fn square_root(self) -> $number {
                self.sqrt()
            }
            #[inline(always)]
            fn of_integer(integer: i64) -> $number {
                integer as $number
            }
            #[inline(always)]
            fn truncated(self) -> i64 {
                self as i64
            }
        }
    )* };
}
hosts! {
    Single f32 u32 fused_single
    Double f64 u64 fused_double
}

impl Fpu {
    #[inline(always)]
    fn rounds_as_host(&self) -> bool {
        self.round == Round::NearestEven
    }

    #[inline(always)]
    fn is_inexact_already(&self) -> bool {
        self.flags & flag::INEXACT != 0
    }

    #[inline(always)]
    pub(super) fn try_sum<L: Host>(&self, a: u64, b: u64) -> Option<u64> {
        let (x, y) = (L::number(a), L::number(b));
        let sum = x + y;
        let bits = L::bits(sum);
        let is_fine = bits & L::MAGNITUDE < L::INFINITY
            && self.rounds_as_host()
            && (self.is_inexact_already() || (sum - x == y && sum - y == x));
        is_fine.then_some(bits)
    }

    #[inline(always)]
    pub(super) fn try_product<L: Host>(&self, a: u64, b: u64) -> Option<u64> {
        let product = L::bits(L::number(a) * L::number(b));
        if product & L::MAGNITUDE == 0 {
            let has_zero = a & L::MAGNITUDE == 0 || b & L::MAGNITUDE == 0;
            return has_zero.then_some(product);
        }
        let is_fine = is_ordinary::<L>(product)
            && self.rounds_as_host()
            && (self.is_inexact_already() || has_exact_product::<L>(a, b));
        is_fine.then_some(product)
    }

    #[inline(always)]
    pub(super) fn try_quotient<L: Host>(&self, a: u64, b: u64) -> Option<u64> {
        let (x, y) = (L::number(a), L::number(b));
        let quotient = x / y;
        let bits = L::bits(quotient);
        let is_fine = is_ordinary::<L>(bits)
            && self.rounds_as_host()
            && (self.is_inexact_already()
                || (is_ordinary::<L>(a) && quotient * y == x && has_exact_product::<L>(bits, b)));
        is_fine.then_some(bits)
    }

    #[inline(always)]
    pub(super) fn try_root<L: Host>(&self, a: u64) -> Option<u64> {
        let x = L::number(a);
        let root = x.square_root();
        let bits = L::bits(root);
        let is_fine = is_ordinary::<L>(a)
            && a & L::SIGN == 0
            && self.rounds_as_host()
            && (self.is_inexact_already()
                || (root * root == x && has_exact_product::<L>(bits, bits)));
        is_fine.then_some(bits)
    }

    #[inline(always)]
    pub(super) fn try_fused<L: Host>(&self, a: u64, b: u64, c: u64) -> Option<u64> {
        if !self.rounds_as_host() {
            return None;
        }
        let (result, is_exact) = L::fused(a, b, c)?;
        (is_exact || self.is_inexact_already()).then_some(result)
    }

    #[inline(always)]
    pub(super) fn try_narrow(&self, a: u64) -> Option<u64> {
        let wide = f64::from_bits(a);
        let narrow = wide as f32;
        let bits = Single::bits(narrow);
        let is_exact = f64::from(narrow) == wide;
        let is_fine = is_exact
            || (is_ordinary::<Single>(bits) && self.rounds_as_host() && self.is_inexact_already());
        is_fine.then_some(bits)
    }

    /// Every binary32 is a binary64: only NaNs need thought.
    #[inline(always)]
    pub(super) fn try_widen(&self, a: u64) -> Option<u64> {
        let is_number = a & Single::MAGNITUDE <= Single::INFINITY;
        is_number.then(|| f64::from(Single::number(a)).to_bits())
    }

    #[inline(always)]
    pub(super) fn try_integer<L: Host, I: Integer>(&self, a: u64) -> Option<u64> {
        if a & L::MAGNITUDE >= power_of_two::<L>(62) {
            return None;
        }
        let number = L::number(a);
        let integer = number.truncated();
        let is_exact = L::Number::of_integer(integer) == number;
        let is_fine = is_exact || (self.round == Round::TowardsZero && self.is_inexact_already());
        I::register_of(integer).filter(|_| is_fine)
    }

    #[inline(always)]
    pub(super) fn try_float<I: Integer, L: Host>(&self, x: u64) -> Option<u64> {
        let integer = I::small(x)?;
        let is_exact = integer.unsigned_abs() <= 1 << L::PRECISION;
        let is_fine = is_exact || (self.rounds_as_host() && self.is_inexact_already());
        is_fine.then(|| L::bits(L::Number::of_integer(integer)))
    }
}

/// The bits of 2^`exponent`.
#[inline(always)]
fn power_of_two<L: Layout>(exponent: i32) -> u64 {
    ((exponent - L::LEAST_EXPONENT + 1) as u64) << L::FRACTION
}

/// Whether these bits are finite and larger than the smallest normal number.
#[inline(always)]
fn is_ordinary<L: Layout>(bits: u64) -> bool {
    let least = power_of_two::<L>(L::LEAST_EXPONENT) + 1;
    (bits & L::MAGNITUDE).wrapping_sub(least) < L::INFINITY - least
}

/// Whether two numbers, if their product is ordinary, surely have an exact one.
#[inline(always)]
fn has_exact_product<L: Layout>(a: u64, b: u64) -> bool {
    // The leading one of normal numbers; subnormal ones have another one below it.
    let leading = 1 << L::FRACTION;
    (a | leading).trailing_zeros() + (b | leading).trailing_zeros() >= L::PRECISION
}

/// The sum of two numbers, and what is missing to the exact one: Knuth's 2Sum.
#[inline(always)]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    let a_part = sum - b_part;
    (sum, (a - a_part) + (b - b_part))
}

/// The product of two numbers, and what is missing to the exact one: Dekker's product, with
/// Veltkamp's halves of 26 bits.
#[inline(always)]
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let halves = |number: f64| {
        let shifted = number * 134_217_729.0; // 2^27 + 1
        let high = shifted - (shifted - number);
        (high, number - high)
    };
    let product = a * b;
    let (a_high, a_low) = halves(a);
    let (b_high, b_low) = halves(b);
    let error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    (product, error)
}

/// The sum of two numbers rounded to odd: if it is not exact, of the two numbers around it
/// the one whose last bit is set.
#[inline(always)]
fn sum_to_odd(a: f64, b: f64) -> f64 {
    let (sum, error) = two_sum(a, b);
    let bits = sum.to_bits();
    if error == 0.0 || bits & 1 != 0 {
        return sum;
    }
    f64::from_bits(if (error > 0.0) == (sum > 0.0) {
        bits + 1
    } else {
        bits - 1
    })
}

/// The exponents of binary32 are so few that nothing overflows or underflows on the way.
#[inline(always)]
fn fused_single(a: u64, b: u64, c: u64) -> Option<(u64, bool)> {
    let [a, b, c] = [a, b, c].map(|bits| f64::from(Single::number(bits)));
    let odd = sum_to_odd(a * b, c);
    let result = odd as f32;
    let bits = Single::bits(result);
    is_ordinary::<Single>(bits).then_some((bits, f64::from(result) == odd))
}

/// Boldo and Melquiond's algorithm for a fused multiply-add without one.
///
/// With factors between 2^-400 and 2^401 and an addend that is zero or between 2^-900 and
/// 2^901, all terms are multiples of 2^-952 and below 2^902, so none of them is lost.
#[inline(always)]
fn fused_double(a: u64, b: u64, c: u64) -> Option<(u64, bool)> {
    let is_within = |bits: u64, exponent: i32| {
        let (least, most) = (
            power_of_two::<Double>(-exponent),
            power_of_two::<Double>(exponent + 1),
        );
        (bits & Double::MAGNITUDE).wrapping_sub(least) < most - least
    };
    let is_zero = c & Double::MAGNITUDE == 0;
    if !(is_within(a, 400) && is_within(b, 400) && (is_zero || is_within(c, 900))) {
        return None;
    }
    let [a, b, c] = [a, b, c].map(f64::from_bits);
    let (product, product_error) = two_product(a, b);
    let (low, low_error) = two_sum(c, product_error);
    let (high, high_error) = two_sum(product, low);
    let rest = sum_to_odd(low_error, high_error);
    Some(((high + rest).to_bits(), rest == 0.0))
}
