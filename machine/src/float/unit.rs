//! The operations that round, as instructions see them: on whole registers, the fast way
//! where it is open, else the slow way.

use super::Fpu;
use super::convert::Integer;
use super::fast::Host;
use super::layout::{Double, Layout, Single};

impl Fpu {
    /// `a + b`.
    #[inline(always)]
    pub fn add<L: Host>(&mut self, a: u64, b: u64) -> u64 {
        let (a, b) = (L::unbox(a), L::unbox(b));
        let fast = self.try_sum::<L>(a, b);
        L::enclose(fast.unwrap_or_else(|| self.slowly(|fpu| fpu.sum_slow::<L>(a, b))))
    }

    /// `a - b`: of a NaN it does not matter that its sign turns.
    #[inline(always)]
    pub fn subtract<L: Host>(&mut self, a: u64, b: u64) -> u64 {
        let (a, b) = (L::unbox(a), L::unbox(b) ^ L::SIGN);
        let fast = self.try_sum::<L>(a, b);
        L::enclose(fast.unwrap_or_else(|| self.slowly(|fpu| fpu.sum_slow::<L>(a, b))))
    }

    /// `a × b`.
    #[inline(always)]
    pub fn multiply<L: Host>(&mut self, a: u64, b: u64) -> u64 {
        let (a, b) = (L::unbox(a), L::unbox(b));
        let fast = self.try_product::<L>(a, b);
        L::enclose(fast.unwrap_or_else(|| self.slowly(|fpu| fpu.product_slow::<L>(a, b))))
    }

    /// `a ÷ b`.
    #[inline(always)]
    pub fn divide<L: Host>(&mut self, a: u64, b: u64) -> u64 {
        let (a, b) = (L::unbox(a), L::unbox(b));
        let fast = self.try_quotient::<L>(a, b);
        L::enclose(fast.unwrap_or_else(|| self.slowly(|fpu| fpu.quotient_slow::<L>(a, b))))
    }

    /// The square root of `a`.
    #[inline(always)]
    pub fn square_root<L: Host>(&mut self, a: u64) -> u64 {
        let a = L::unbox(a);
        let fast = self.try_root::<L>(a);
        L::enclose(fast.unwrap_or_else(|| self.slowly(|fpu| fpu.root_slow::<L>(a))))
    }

    /// `a × b + c`, rounded once.
    #[inline(always)]
    pub fn fused<L: Host>(&mut self, a: u64, b: u64, c: u64) -> u64 {
        self.fused_unboxed::<L>(L::unbox(a), L::unbox(b), L::unbox(c))
    }

    /// `a × b - c`, rounded once.
    #[inline(always)]
    pub fn fused_subtract<L: Host>(&mut self, a: u64, b: u64, c: u64) -> u64 {
        self.fused_unboxed::<L>(L::unbox(a), L::unbox(b), L::unbox(c) ^ L::SIGN)
    }

    /// `-(a × b) + c`, rounded once.
    #[inline(always)]
    pub fn fused_negate_subtract<L: Host>(&mut self, a: u64, b: u64, c: u64) -> u64 {
        self.fused_unboxed::<L>(L::unbox(a) ^ L::SIGN, L::unbox(b), L::unbox(c))
    }

    /// `-(a × b) - c`, rounded once.
    #[inline(always)]
    pub fn fused_negate_add<L: Host>(&mut self, a: u64, b: u64, c: u64) -> u64 {
        self.fused_unboxed::<L>(L::unbox(a) ^ L::SIGN, L::unbox(b), L::unbox(c) ^ L::SIGN)
    }

    /// Goes the slow way with a copy, so that the unit itself can stay in the host's registers.
    #[inline(always)]
    fn slowly(&mut self, way: impl FnOnce(&mut Fpu) -> u64) -> u64 {
        let mut copy = *self;
        let result = way(&mut copy);
        *self = copy;
        result
    }

    /// `a × b + c`, of numbers.
    #[inline(always)]
    fn fused_unboxed<L: Host>(&mut self, a: u64, b: u64, c: u64) -> u64 {
        let fast = self.try_fused::<L>(a, b, c);
        L::enclose(fast.unwrap_or_else(|| self.slowly(|fpu| fpu.fused_slow::<L>(a, b, c))))
    }

    /// The binary64 `a` as a binary32.
    #[inline(always)]
    pub fn narrow(&mut self, a: u64) -> u64 {
        let fast = self.try_narrow(a);
        Single::enclose(
            fast.unwrap_or_else(|| self.slowly(|fpu| fpu.convert_slow::<Double, Single>(a))),
        )
    }

    /// The binary32 `a` as a binary64.
    #[inline(always)]
    pub fn widen(&mut self, a: u64) -> u64 {
        let a = Single::unbox(a);
        let fast = self.try_widen(a);
        fast.unwrap_or_else(|| self.slowly(|fpu| fpu.convert_slow::<Single, Double>(a)))
    }

    /// `a` as an integer. What is out of range is invalid and gives the nearest end of the
    /// range; so is a NaN, and gives the upper one.
    #[inline(always)]
    pub fn integer_from<L: Host, I: Integer>(&mut self, a: u64) -> u64 {
        let a = L::unbox(a);
        let fast = self.try_integer::<L, I>(a);
        fast.unwrap_or_else(|| self.slowly(|fpu| fpu.integer_slow::<L, I>(a)))
    }

    /// The integer in the register `x` as a number.
    #[inline(always)]
    pub fn float_from<I: Integer, L: Host>(&mut self, x: u64) -> u64 {
        let fast = self.try_float::<I, L>(x);
        L::enclose(fast.unwrap_or_else(|| self.slowly(|fpu| fpu.float_slow::<I, L>(x))))
    }
}
