//! The two formats: how sign, exponent and fraction lie in the bits, and how the bits lie
//! in a register.
//! Source: Unprivileged ISA, "NaN Boxing of Narrower Values".

/// binary32.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Single {}
/// binary64.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Double {}

/// A format. Its numbers are passed as bits, right-aligned in a `u64`.
pub(crate) trait Layout {
    /// Bits of the whole number.
    const BITS: u32;
    /// Bits of the fraction field.
    const FRACTION: u32;

    /// Bits of a significand: the fraction and the leading one.
    const PRECISION: u32 = Self::FRACTION + 1;
    /// The exponent of the smallest normal number, which is 2 to that power.
    const LEAST_EXPONENT: i32 = 2 - (1 << (Self::BITS - Self::FRACTION - 2));
    const SIGN: u64 = 1 << (Self::BITS - 1);
    const FRACTION_MASK: u64 = (1 << Self::FRACTION) - 1;
    /// Everything but the sign.
    const MAGNITUDE: u64 = Self::SIGN - 1;
    const INFINITY: u64 = Self::MAGNITUDE & !Self::FRACTION_MASK;
    const LARGEST: u64 = Self::INFINITY - 1;
    /// The bit of a NaN that makes it quiet.
    const QUIET: u64 = 1 << (Self::FRACTION - 1);
    /// The canonical NaN.
    const NAN: u64 = Self::INFINITY | Self::QUIET;

    /// The number in a register.
    fn unbox(register: u64) -> u64;
    /// A register with this number.
    fn enclose(bits: u64) -> u64;
}

impl Layout for Single {
    const BITS: u32 = 32;
    const FRACTION: u32 = 23;

    #[inline(always)]
    fn unbox(register: u64) -> u64 {
        if register >> 32 == 0xffff_ffff {
            register & 0xffff_ffff
        } else {
            Single::NAN
        }
    }

    #[inline(always)]
    fn enclose(bits: u64) -> u64 {
        bits | 0xffff_ffff << 32
    }
}

impl Layout for Double {
    const BITS: u32 = 64;
    const FRACTION: u32 = 52;

    #[inline(always)]
    fn unbox(register: u64) -> u64 {
        register
    }

    #[inline(always)]
    fn enclose(bits: u64) -> u64 {
        bits
    }
}

/// Whether `bits` are a NaN.
#[inline(always)]
pub(super) fn is_nan<L: Layout>(bits: u64) -> bool {
    bits & L::MAGNITUDE > L::INFINITY
}

/// Whether `bits` are a NaN that signals.
#[inline(always)]
pub(super) fn is_signaling<L: Layout>(bits: u64) -> bool {
    is_nan::<L>(bits) && bits & L::QUIET == 0
}

#[inline(always)]
pub(super) fn is_negative<L: Layout>(bits: u64) -> bool {
    bits & L::SIGN != 0
}

/// `bits` of a zero or an infinity, with a sign.
#[inline(always)]
pub(super) fn signed<L: Layout>(is_negative: bool, magnitude: u64) -> u64 {
    if is_negative {
        L::SIGN | magnitude
    } else {
        magnitude
    }
}
