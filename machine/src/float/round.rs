//! Rounding: the one place where exact numbers become numbers of a format.
//! Source: IEEE 754-2019, "Rounding-direction attributes", "Overflow", "Underflow".

use super::layout::{Layout, signed};
use super::value::{Exact, TOP, shift_right_sticky};
use super::{Fpu, Round, flag};

impl Round {
    /// `significand` without its last `places` (at most 127), rounded; and whether any of
    /// them was not zero.
    pub(super) fn cut(self, is_negative: bool, significand: u128, places: u32) -> (u128, bool) {
        if places == 0 {
            return (significand, false);
        }
        let kept = significand >> places;
        let lost = significand & ((1 << places) - 1);
        let half = 1 << (places - 1);
        let is_up = match self {
            Round::NearestEven => lost > half || (lost == half && kept & 1 != 0),
            Round::TowardsZero => false,
            Round::Down => is_negative && lost != 0,
            Round::Up => !is_negative && lost != 0,
            Round::NearestMaxMagnitude => lost >= half,
        };
        (kept + u128::from(is_up), lost != 0)
    }

    /// The magnitude of a result too large for the format.
    fn overflowed<L: Layout>(self, is_negative: bool) -> u64 {
        let to_infinity = match self {
            Round::NearestEven | Round::NearestMaxMagnitude => true,
            Round::TowardsZero => false,
            Round::Down => is_negative,
            Round::Up => !is_negative,
        };
        if to_infinity { L::INFINITY } else { L::LARGEST }
    }
}

impl Fpu {
    /// The number of format `L` for `exact`; raises what that raises.
    pub(super) fn rounded<L: Layout>(&mut self, exact: Exact) -> u64 {
        let Exact {
            is_negative,
            exponent,
            significand,
        } = exact.normalised();
        // The number is at least 2^scale, and less than twice that.
        let scale = exponent + TOP as i32;
        // A subnormal number has fewer places: so many that even the largest is below half
        // of the last place, when none is left.
        let missing = (L::LEAST_EXPONENT - scale).clamp(0, L::PRECISION as i32 + 1) as u32;
        let spare = TOP + 1 - L::PRECISION;
        let (kept, is_inexact) = self.round.cut(is_negative, significand, spare + missing);

        // The leading one of `kept` counts as one more in the exponent's field, and so does
        // what rounding carries over: from subnormal to normal, from binade to binade.
        let field = (scale.max(L::LEAST_EXPONENT) - L::LEAST_EXPONENT) as u64;
        let magnitude = (field << L::FRACTION) + kept as u64;
        if magnitude >= L::INFINITY {
            self.raise(flag::OVERFLOW | flag::INEXACT);
            return signed::<L>(is_negative, self.round.overflowed::<L>(is_negative));
        }
        if is_inexact {
            self.raise(flag::INEXACT);
            if missing > 0 && self.is_tiny::<L>(is_negative, significand, missing) {
                self.raise(flag::UNDERFLOW);
            }
        }
        signed::<L>(is_negative, magnitude)
    }

    /// Whether a number below the normal ones stays there when it is rounded to full
    /// precision, as if exponents had no end: RISC-V detects tininess after rounding.
    fn is_tiny<L: Layout>(&self, is_negative: bool, significand: u128, missing: u32) -> bool {
        let spare = TOP + 1 - L::PRECISION;
        let (kept, _) = self.round.cut(is_negative, significand, spare);
        missing > 1 || kept >> L::PRECISION == 0
    }

    /// The magnitude of `exact` as a whole number, and whether it was rounded; numbers of
    /// 2^127 and more come out as that.
    pub(super) fn whole(&self, exact: Exact) -> (u128, bool) {
        let Exact {
            is_negative,
            exponent,
            significand,
        } = exact;
        if exponent >= 0 {
            let fits = (exponent as u32) < significand.leading_zeros();
            return (
                if fits {
                    significand << exponent
                } else {
                    1 << 127
                },
                false,
            );
        }
        // Beyond that only the sticky bit is left, far below one half.
        let beyond = exponent.unsigned_abs().saturating_sub(64);
        let near = shift_right_sticky(significand, beyond);
        let places = exponent.unsigned_abs() - beyond;
        self.round.cut(is_negative, near, places)
    }
}
