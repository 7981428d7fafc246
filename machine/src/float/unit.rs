//! The operations that round, as instructions see them: on whole registers, the slow way.

use super::Fpu;
use super::convert::Integer;
use super::layout::{Double, Layout, Single};

/// Operations of one format, by the way on bits.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident $slow:ident ($($operand:ident $(^ $sign:ident)?),*);)*) => { $(
        $(#[$doc])*
        pub fn $name<L: Layout>(&mut self, $($operand: u64),*) -> u64 {
            L::enclose(self.$slow::<L>($(L::unbox($operand) $(^ L::$sign)?),*))
        }
    )* };
}

impl Fpu {
    operations! {
        /// `a + b`.
        add sum_slow(a, b);
        /// `a - b`: of a NaN it does not matter that its sign turns.
        subtract sum_slow(a, b ^ SIGN);
        /// `a × b`.
        multiply product_slow(a, b);
        /// `a ÷ b`.
        divide quotient_slow(a, b);
        /// The square root of `a`.
        square_root root_slow(a);
        /// `a × b + c`, rounded once.
        fused fused_slow(a, b, c);
        /// `a × b - c`, rounded once.
        fused_subtract fused_slow(a, b, c ^ SIGN);
        /// `-(a × b) + c`, rounded once.
        fused_negate_subtract fused_slow(a ^ SIGN, b, c);
        /// `-(a × b) - c`, rounded once.
        fused_negate_add fused_slow(a ^ SIGN, b, c ^ SIGN);
    }

    /// The binary64 `a` as a binary32.
    pub fn narrow(&mut self, a: u64) -> u64 {
        Single::enclose(self.convert_slow::<Double, Single>(a))
    }

    /// The binary32 `a` as a binary64.
    pub fn widen(&mut self, a: u64) -> u64 {
        self.convert_slow::<Single, Double>(Single::unbox(a))
    }

    /// `a` as an integer. What is out of range is invalid and gives the nearest end of the
    /// range; so is a NaN, and gives the upper one.
    pub fn integer_from<L: Layout, I: Integer>(&mut self, a: u64) -> u64 {
        self.integer_slow::<L, I>(L::unbox(a))
    }

    /// The integer in the register `x` as a number.
    pub fn float_from<I: Integer, L: Layout>(&mut self, x: u64) -> u64 {
        L::enclose(self.float_slow::<I, L>(x))
    }
}
