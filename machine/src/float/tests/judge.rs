//! What others say: results and flags by `rustc_apfloat`, mended where it is not IEEE 754 as
//! RISC-V wants it.

use rustc_apfloat::ieee;
use rustc_apfloat::{Float, FloatConvert, Status, StatusAnd};

use super::super::fast::{Host, Number};
use super::super::layout::{Double, Layout, Single, is_nan, is_signaling};
use super::super::{Round, flag};

/// A format with its arithmetic by others.
pub trait Judged: Host + 'static {
    type Float: Float;

    fn float(bits: u64) -> Self::Float {
        Self::Float::from_bits(bits.into())
    }
}
impl Judged for Single {
    type Float = ieee::Single;
}
impl Judged for Double {
    type Float = ieee::Double;
}

/// The operations that round, for any arithmetic by others.
#[derive(Clone, Copy, Debug)]
pub enum Operation {
    Sum,
    Product,
    Quotient,
    Fused,
}
pub use Operation::*;

impl Operation {
    fn apply<F: Float>(self, [x, y, z]: [F; 3], round: rustc_apfloat::Round) -> StatusAnd<F> {
        match self {
            Sum => x.add_r(y, round),
            Product => x.mul_r(y, round),
            Quotient => x.div_r(y, round),
            Fused => x.mul_add_r(y, z, round),
        }
    }
}

/// The result and flags of `operation`, as RISC-V wants them.
pub fn judged<L: Judged>(
    operation: Operation,
    operands: [u64; 3],
    round: rustc_apfloat::Round,
) -> (u64, u8)
where
    L::Float: FloatConvert<ieee::Quad>,
{
    let floats = operands.map(L::float);
    let StatusAnd { status, value } = operation.apply(floats, round);
    if value.is_nan() {
        let [a, b, _] = operands;
        let is_invalid = operands.iter().any(|&bits| is_signaling::<L>(bits))
            || (status.contains(Status::INVALID_OP) && !is_nan::<L>(a) && !is_nan::<L>(b));
        return (L::NAN, if is_invalid { flag::INVALID } else { 0 });
    }
    let bits = value.to_bits() as u64;
    let mut flags = flags_of(status);
    // Two flags are not as IEEE 754 has them after rounding; both are seen where exponents
    // reach further.
    let least_normal = 1 << L::FRACTION;
    if bits & L::MAGNITUDE == least_normal && flags & flag::INEXACT != 0 {
        let [x, y, z] = floats;
        const SCALE: i32 = 64;
        let scaled = operation.apply([x.scalbn(SCALE), y, z.scalbn(SCALE)], round);
        let is_tiny = scaled.value.abs().to_bits() < (SCALE as u128 + 1) << L::FRACTION;
        flags |= if is_tiny { flag::UNDERFLOW } else { 0 };
    }
    if bits & L::MAGNITUDE == L::LARGEST && flags & flag::INEXACT != 0 {
        let quads = floats.map(|float| float.convert(&mut false).value);
        let exact: ieee::Quad = operation
            .apply(quads, rustc_apfloat::Round::TowardZero)
            .value;
        let largest: ieee::Quad = L::float(L::LARGEST).convert(&mut false).value;
        let one: ieee::Quad = "1".parse().expect("a number");
        let beyond = one.scalbn(largest.ilogb() + 1);
        flags |= if exact.abs() >= beyond {
            flag::OVERFLOW
        } else {
            0
        };
    }
    (bits, flags)
}

pub fn flags_of(status: Status) -> u8 {
    let pairs = [
        (Status::INVALID_OP, flag::INVALID),
        (Status::DIV_BY_ZERO, flag::DIVIDE_BY_ZERO),
        (Status::OVERFLOW, flag::OVERFLOW | flag::INEXACT),
        (Status::UNDERFLOW, flag::UNDERFLOW),
        (Status::INEXACT, flag::INEXACT),
    ];
    let raised = pairs.iter().filter(|(bit, _)| status.contains(*bit));
    raised.fold(0, |flags, (_, flag)| flags | flag)
}

/// The root by its definition. In 113 places the squares of a root and of what lies half way
/// to the next one are exact.
pub fn root_of<L: Judged>(a: u64, round: Round) -> (u64, u8)
where
    L::Float: FloatConvert<ieee::Quad>,
{
    if is_nan::<L>(a) {
        let is_invalid = is_signaling::<L>(a);
        return (L::NAN, if is_invalid { flag::INVALID } else { 0 });
    }
    if a & L::MAGNITUDE == 0 || a == L::INFINITY {
        return (a, 0);
    }
    if a & L::SIGN != 0 {
        return (L::NAN, flag::INVALID);
    }
    let quad = |bits: u64| -> ieee::Quad { L::float(bits).convert(&mut false).value };
    let is_at_most = |root: ieee::Quad| (root * root).value <= quad(a);
    let guess = L::bits(fast_root::<L>(a));
    let floor = if is_at_most(quad(guess)) {
        guess
    } else {
        guess - 1
    };
    assert!(is_at_most(quad(floor)) && !is_at_most(quad(floor + 1)));
    if (quad(floor) * quad(floor)).value == quad(a) {
        return (floor, 0);
    }
    let half_way = (quad(floor) + quad(floor + 1)).value.scalbn(-1);
    let is_up = match round {
        Round::NearestEven | Round::NearestMaxMagnitude => is_at_most(half_way),
        Round::TowardsZero | Round::Down => false,
        Round::Up => true,
    };
    (floor + u64::from(is_up), flag::INEXACT)
}

fn fast_root<L: Host>(a: u64) -> L::Number {
    L::number(a).square_root()
}

/// The binary32 of a binary64, and its flags.
pub fn narrowed(double: u64, round: rustc_apfloat::Round) -> (u64, u8) {
    let convert =
        |double: ieee::Double| -> StatusAnd<ieee::Single> { double.convert_r(round, &mut false) };
    if is_nan::<Double>(double) {
        let is_invalid = is_signaling::<Double>(double);
        return (Single::NAN, if is_invalid { flag::INVALID } else { 0 });
    }
    let StatusAnd { status, value } = convert(Double::float(double));
    let mut flags = flags_of(status);
    let magnitude = value.abs().to_bits() as u64;
    // As in `judged`.
    if magnitude == 1 << Single::FRACTION && flags & flag::INEXACT != 0 {
        let scaled = convert(Double::float(double).scalbn(64))
            .value
            .abs()
            .to_bits();
        flags |= if scaled < 65 << Single::FRACTION {
            flag::UNDERFLOW
        } else {
            0
        };
    }
    let is_beyond = f64::from_bits(double).abs() >= 2f64.powi(128);
    if is_beyond && flags & flag::INEXACT != 0 {
        flags |= flag::OVERFLOW;
    }
    (value.to_bits() as u64, flags)
}
