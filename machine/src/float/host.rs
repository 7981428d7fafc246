//! The operations where the host's floats do them, as instructions see them: on whole
//! registers. What gives nothing is left to [`Fpu`], which can do everything.

use super::Fpu;
use super::convert::Integer;
use super::fast::Host;
use super::layout::{Double, Layout, Single};

/// The unit as far as it needs nothing but the host's: an operation gives nothing where the
/// host might give another result, or where a flag is due that is not up yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostFpu(pub Fpu);

/// The operations that round, by the fast way of the same kind.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident $try:ident ($($operand:ident $(^ $sign:ident)?),*);)*) => { $(
        $(#[$doc])*
        #[inline(always)]
        pub fn $name<L: Host>(self, $($operand: u64),*) -> Option<u64> {
            let result = self.0.$try::<L>($(L::unbox($operand) $(^ L::$sign)?),*);
            result.map(L::enclose)
        }
    )* };
}

/// The operations that never round: where they raise no flag.
macro_rules! quiet_operations {
    ($($(#[$doc:meta])* $name:ident ($($operand:ident),*);)*) => { $(
        $(#[$doc])*
        #[inline(always)]
        pub fn $name<L: Layout>(self, $($operand: u64),*) -> Option<u64> {
            let fpu = &mut Fpu { flags: 0, ..self.0 };
            let result = Fpu::$name::<L>(fpu, $($operand),*);
            (fpu.flags == 0).then_some(result)
        }
    )* };
}

impl HostFpu {
    operations! {
        /// `a + b`.
        add try_sum(a, b);
        /// `a - b`: of a NaN it does not matter that its sign turns.
        subtract try_sum(a, b ^ SIGN);
        /// `a × b`.
        multiply try_product(a, b);
        /// `a ÷ b`.
        divide try_quotient(a, b);
        /// The square root of `a`.
        square_root try_root(a);
        /// `a × b + c`, rounded once.
        fused try_fused(a, b, c);
        /// `a × b - c`, rounded once.
        fused_subtract try_fused(a, b, c ^ SIGN);
        /// `-(a × b) + c`, rounded once.
        fused_negate_subtract try_fused(a ^ SIGN, b, c);
        /// `-(a × b) - c`, rounded once.
        fused_negate_add try_fused(a ^ SIGN, b, c ^ SIGN);
    }

    quiet_operations! {
        /// Whether `a` equals `b`.
        equal(a, b);
        /// Whether `a` is less than `b`.
        less(a, b);
        /// Whether `a` is at most `b`.
        less_or_equal(a, b);
        /// The lesser of the two.
        minimum(a, b);
        /// The greater of the two.
        maximum(a, b);
        /// `a` with the sign of `b`.
        copy_sign(a, b);
        /// `a` with the sign that `b` does not have.
        copy_other_sign(a, b);
        /// `a`, its sign turned if that of `b` is negative.
        multiply_sign(a, b);
        /// The class of `a`, as one bit of ten.
        classify(a);
    }

    /// The binary64 `a` as a binary32.
    #[inline(always)]
    pub fn narrow(self, a: u64) -> Option<u64> {
        self.0.try_narrow(a).map(Single::enclose)
    }

    /// The binary32 `a` as a binary64.
    #[inline(always)]
    pub fn widen(self, a: u64) -> Option<u64> {
        self.0.try_widen(Single::unbox(a)).map(Double::enclose)
    }

    /// `a` as an integer.
    #[inline(always)]
    pub fn integer_from<L: Host, I: Integer>(self, a: u64) -> Option<u64> {
        self.0.try_integer::<L, I>(L::unbox(a))
    }

    /// The integer in the register `x` as a number.
    #[inline(always)]
    pub fn float_from<I: Integer, L: Host>(self, x: u64) -> Option<u64> {
        self.0.try_float::<I, L>(x).map(L::enclose)
    }
}
