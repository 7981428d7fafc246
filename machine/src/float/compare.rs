//! Comparisons, minimum and maximum, signs, classes: operations that never round.
//! Source: Unprivileged ISA, "Single-Precision Floating-Point Compare Instructions",
//! "Single-Precision Floating-Point Classify Instruction".

use super::layout::{Layout, is_nan, is_negative, is_signaling};
use super::{Fpu, flag};

impl Fpu {
    /// Whether `a` equals `b`; only NaNs that signal are invalid.
    #[inline(always)]
    pub fn equal<L: Layout>(&mut self, a: u64, b: u64) -> u64 {
        let (a, b) = (L::unbox(a), L::unbox(b));
        if is_nan::<L>(a) || is_nan::<L>(b) {
            self.reject_signaling::<L>(a, b);
            return 0;
        }
        u64::from(rank::<L>(a) == rank::<L>(b))
    }

    /// Whether `a` is less than `b`; every NaN is invalid.
    #[inline(always)]
    pub fn less<L: Layout>(&mut self, a: u64, b: u64) -> u64 {
        self.compare::<L>(a, b, |a, b| a < b)
    }

    /// Whether `a` is at most `b`; every NaN is invalid.
    #[inline(always)]
    pub fn less_or_equal<L: Layout>(&mut self, a: u64, b: u64) -> u64 {
        self.compare::<L>(a, b, |a, b| a <= b)
    }

    #[inline(always)]
    fn compare<L: Layout>(&mut self, a: u64, b: u64, holds: fn(i64, i64) -> bool) -> u64 {
        let (a, b) = (L::unbox(a), L::unbox(b));
        if is_nan::<L>(a) || is_nan::<L>(b) {
            self.raise(flag::INVALID);
            return 0;
        }
        u64::from(holds(rank::<L>(a), rank::<L>(b)))
    }

    /// The lesser of the two; of a number and a NaN the number; -0 is less than +0.
    #[inline(always)]
    pub fn minimum<L: Layout>(&mut self, a: u64, b: u64) -> u64 {
        self.choose::<L>(a, b, |a, b| a < b)
    }

    /// The greater of the two; of a number and a NaN the number; -0 is less than +0.
    #[inline(always)]
    pub fn maximum<L: Layout>(&mut self, a: u64, b: u64) -> u64 {
        self.choose::<L>(a, b, |a, b| a > b)
    }

    #[inline(always)]
    fn choose<L: Layout>(&mut self, a: u64, b: u64, is_first: fn(i64, i64) -> bool) -> u64 {
        let (a, b) = (L::unbox(a), L::unbox(b));
        self.reject_signaling::<L>(a, b);
        L::enclose(match (is_nan::<L>(a), is_nan::<L>(b)) {
            (true, true) => L::NAN,
            (true, false) => b,
            (false, true) => a,
            (false, false) if is_first(order::<L>(a), order::<L>(b)) => a,
            (false, false) => b,
        })
    }

    #[inline(always)]
    fn reject_signaling<L: Layout>(&mut self, a: u64, b: u64) {
        if is_signaling::<L>(a) || is_signaling::<L>(b) {
            self.raise(flag::INVALID);
        }
    }

    /// `a` with the sign of `b`.
    #[inline(always)]
    pub fn copy_sign<L: Layout>(&self, a: u64, b: u64) -> u64 {
        let (a, b) = (L::unbox(a), L::unbox(b));
        L::enclose(a & L::MAGNITUDE | b & L::SIGN)
    }

    /// `a` with the sign that `b` does not have.
    #[inline(always)]
    pub fn copy_other_sign<L: Layout>(&self, a: u64, b: u64) -> u64 {
        let (a, b) = (L::unbox(a), L::unbox(b));
        L::enclose(a & L::MAGNITUDE | !b & L::SIGN)
    }

    /// `a`, its sign turned if that of `b` is negative.
    #[inline(always)]
    pub fn multiply_sign<L: Layout>(&self, a: u64, b: u64) -> u64 {
        let (a, b) = (L::unbox(a), L::unbox(b));
        L::enclose(a ^ b & L::SIGN)
    }

    /// The class of `a`, as one bit of ten.
    pub fn classify<L: Layout>(&self, a: u64) -> u64 {
        let a = L::unbox(a);
        let magnitude = a & L::MAGNITUDE;
        // From the infinities inwards; the positive ones mirror the negative ones.
        let inwards = match magnitude {
            _ if is_signaling::<L>(a) => return 1 << 8,
            _ if is_nan::<L>(a) => return 1 << 9,
            _ if magnitude == L::INFINITY => 0,
            _ if magnitude > L::FRACTION_MASK => 1,
            0 => 3,
            _ => 2,
        };
        1 << if is_negative::<L>(a) {
            inwards
        } else {
            7 - inwards
        }
    }
}

/// Orders numbers that are not NaN as they compare: both zeros are 0.
#[inline(always)]
fn rank<L: Layout>(bits: u64) -> i64 {
    let magnitude = (bits & L::MAGNITUDE) as i64;
    if is_negative::<L>(bits) {
        -magnitude
    } else {
        magnitude
    }
}

/// As [`rank`], but with -0 below +0.
#[inline(always)]
fn order<L: Layout>(bits: u64) -> i64 {
    let magnitude = (bits & L::MAGNITUDE) as i64;
    if is_negative::<L>(bits) {
        !magnitude
    } else {
        magnitude
    }
}
