//! Both ways of every operation against an arithmetic by others, `rustc_apfloat`, on hard
//! operands, in all rounding modes, with NX down and up before.

mod judge;
mod operands;

use proptest::prelude::*;
use rustc_apfloat::ieee;
use rustc_apfloat::{Float, FloatConvert, StatusAnd};

use super::convert::Integer;
use super::fast::Host;
use super::layout::{Double, Layout, Single, is_nan, is_signaling};
use super::{Fpu, HostFpu, Round, flag};
use judge::{Judged, Operation, Product, Quotient, Sum, flags_of, judged, narrowed, root_of};
use operands::{hard, near};

const ROUNDS: [(Round, rustc_apfloat::Round); 5] = [
    (Round::NearestEven, rustc_apfloat::Round::NearestTiesToEven),
    (Round::TowardsZero, rustc_apfloat::Round::TowardZero),
    (Round::Down, rustc_apfloat::Round::TowardNegative),
    (Round::Up, rustc_apfloat::Round::TowardPositive),
    (
        Round::NearestMaxMagnitude,
        rustc_apfloat::Round::NearestTiesToAway,
    ),
];

/// Checks an operation on whole registers: what the slow way gives, and that the host's gives
/// the same or nothing.
fn check<L: Layout>(
    round: Round,
    (bits, flags): (u64, u8),
    slow: impl Fn(&mut Fpu) -> u64,
    fast: impl Fn(HostFpu) -> Option<u64>,
) {
    let register = L::enclose(bits);
    for before in [0, flag::INEXACT, 0x1f & !flag::INEXACT] {
        let mut fpu = Fpu {
            round,
            flags: before,
        };
        if let Some(found) = fast(HostFpu(fpu)) {
            assert_eq!(
                (found, before),
                (register, before | flags),
                "fast: {found:#x} instead of {register:#x}, {round:?} after {before}"
            );
        }
        let found = slow(&mut fpu);
        assert_eq!(
            (found, fpu.flags),
            (register, before | flags),
            "slow: {found:#x} instead of {register:#x}, {round:?} after {before}"
        );
    }
}

fn check_arithmetic<L: Judged>(a: u64, b: u64, how: u8)
where
    L::Float: FloatConvert<ieee::Quad>,
{
    let b = near::<L>(how, b, L::number(a)) & (L::SIGN | L::MAGNITUDE);
    let (boxed_a, boxed_b) = (L::enclose(a), L::enclose(b));
    for (ours, theirs) in ROUNDS {
        check::<L>(
            ours,
            judged::<L>(Sum, [a, b, 0], theirs),
            |fpu| fpu.add::<L>(boxed_a, boxed_b),
            |fpu| fpu.add::<L>(boxed_a, boxed_b),
        );
        check::<L>(
            ours,
            judged::<L>(Sum, [a, b ^ L::SIGN, 0], theirs),
            |fpu| fpu.subtract::<L>(boxed_a, boxed_b),
            |fpu| fpu.subtract::<L>(boxed_a, boxed_b),
        );
        check::<L>(
            ours,
            judged::<L>(Product, [a, b, 0], theirs),
            |fpu| fpu.multiply::<L>(boxed_a, boxed_b),
            |fpu| fpu.multiply::<L>(boxed_a, boxed_b),
        );
        check::<L>(
            ours,
            judged::<L>(Quotient, [a, b, 0], theirs),
            |fpu| fpu.divide::<L>(boxed_a, boxed_b),
            |fpu| fpu.divide::<L>(boxed_a, boxed_b),
        );
    }
}

fn check_fused<L: Judged>(a: u64, b: u64, c: u64, how: u8)
where
    L::Float: FloatConvert<ieee::Quad>,
{
    let c = near::<L>(how, c, L::number(a) * L::number(b)) & (L::SIGN | L::MAGNITUDE);
    let boxed = [a, b, c].map(L::enclose);
    type Slow = fn(&mut Fpu, u64, u64, u64) -> u64;
    type Fast = fn(HostFpu, u64, u64, u64) -> Option<u64>;
    let four: [(Slow, Fast, u64, u64); 4] = [
        (Fpu::fused::<L>, HostFpu::fused::<L>, 0, 0),
        (
            Fpu::fused_subtract::<L>,
            HostFpu::fused_subtract::<L>,
            0,
            L::SIGN,
        ),
        (
            Fpu::fused_negate_subtract::<L>,
            HostFpu::fused_negate_subtract::<L>,
            L::SIGN,
            0,
        ),
        (
            Fpu::fused_negate_add::<L>,
            HostFpu::fused_negate_add::<L>,
            L::SIGN,
            L::SIGN,
        ),
    ];
    for (ours, theirs) in ROUNDS {
        for (slow, fast, turn_a, turn_c) in four {
            let (a, c) = (a ^ turn_a, c ^ turn_c);
            check::<L>(
                ours,
                judged::<L>(Operation::Fused, [a, b, c], theirs),
                |fpu| slow(fpu, boxed[0], boxed[1], boxed[2]),
                |fpu| fast(fpu, boxed[0], boxed[1], boxed[2]),
            );
        }
    }
}

fn check_root<L: Judged>(a: u64)
where
    L::Float: FloatConvert<ieee::Quad>,
{
    for (round, _) in ROUNDS {
        check::<L>(
            round,
            root_of::<L>(a, round),
            |fpu| fpu.square_root::<L>(L::enclose(a)),
            |fpu| fpu.square_root::<L>(L::enclose(a)),
        );
    }
}

/// `bits` wide, signed or not: the integer of `a` as a sign-extended register.
fn check_integer<L: Judged, I: Integer>(a: u64, bits: u32, is_signed: bool) {
    for (ours, theirs) in ROUNDS {
        let value = L::float(a);
        let width = bits as usize;
        let (integer, status) = if is_signed {
            let StatusAnd { status, value } = value.to_i128_r(width, theirs, &mut false);
            (value as u64, status)
        } else {
            let StatusAnd { status, value } = value.to_u128_r(width, theirs, &mut false);
            (value as u64, status)
        };
        let unused = 64 - bits;
        let largest = u64::MAX >> (64 - bits + u32::from(is_signed));
        let integer = if is_nan::<L>(a) { largest } else { integer };
        let register = ((integer << unused) as i64 >> unused) as u64;
        let expected = (register, flags_of(status));
        check::<Double>(
            ours,
            expected,
            |fpu| fpu.integer_from::<L, I>(L::enclose(a)),
            |fpu| fpu.integer_from::<L, I>(L::enclose(a)),
        );
    }
}

fn check_float<L: Judged, I: Integer>(x: u64, integer: i128) {
    for (ours, theirs) in ROUNDS {
        let StatusAnd { status, value } = L::Float::from_i128_r(integer, theirs);
        let expected = (value.to_bits() as u64, flags_of(status));
        check::<L>(
            ours,
            expected,
            |fpu| fpu.float_from::<I, L>(x),
            |fpu| fpu.float_from::<I, L>(x),
        );
    }
}

fn check_integers<L: Judged>(a: u64, x: u64) {
    check_integer::<L, i32>(a, 32, true);
    check_integer::<L, u32>(a, 32, false);
    check_integer::<L, i64>(a, 64, true);
    check_integer::<L, u64>(a, 64, false);
    check_float::<L, i32>(x, (x as i32).into());
    check_float::<L, u32>(x, (x as u32).into());
    check_float::<L, i64>(x, (x as i64).into());
    check_float::<L, u64>(x, x.into());
}

fn check_formats(double: u64, single: u64) {
    for (ours, theirs) in ROUNDS {
        let narrow = narrowed(double, theirs);
        check::<Single>(
            ours,
            narrow,
            |fpu| fpu.narrow(double),
            |fpu| fpu.narrow(double),
        );
        let wide = Single::float(single).convert(&mut false);
        let wide: StatusAnd<ieee::Double> = wide;
        let wide = match is_nan::<Single>(single) {
            true if is_signaling::<Single>(single) => (Double::NAN, flag::INVALID),
            true => (Double::NAN, 0),
            false => (wide.value.to_bits() as u64, 0),
        };
        check::<Double>(
            ours,
            wide,
            |fpu| fpu.widen(Single::enclose(single)),
            |fpu| fpu.widen(Single::enclose(single)),
        );
    }
}

/// Comparisons never round: the host's own are right but for flags and NaNs.
fn check_comparisons<L: Host>(a: u64, b: u64) {
    let (x, y) = (L::number(a), L::number(b));
    let has_nan = is_nan::<L>(a) || is_nan::<L>(b);
    let has_signaling = is_signaling::<L>(a) || is_signaling::<L>(b);
    let invalid_if = |is_invalid| if is_invalid { flag::INVALID } else { 0 };
    let is_below = x < y || (x == y && a & L::SIGN != 0);
    let (least, most) = match (is_nan::<L>(a), is_nan::<L>(b)) {
        (true, true) => (L::NAN, L::NAN),
        (true, false) => (b, b),
        (false, true) => (a, a),
        (false, false) if is_below => (a, b),
        (false, false) => (b, a),
    };
    let (quiet, always) = (invalid_if(has_signaling), invalid_if(has_nan));
    let expected = [
        (u64::from(x == y), quiet),
        (u64::from(x < y), always),
        (u64::from(x <= y), always),
        (L::enclose(least), quiet),
        (L::enclose(most), quiet),
    ];
    type Slow = fn(&mut Fpu, u64, u64) -> u64;
    type Fast = fn(HostFpu, u64, u64) -> Option<u64>;
    let operations: [(Slow, Fast); 5] = [
        (Fpu::equal::<L>, HostFpu::equal::<L>),
        (Fpu::less::<L>, HostFpu::less::<L>),
        (Fpu::less_or_equal::<L>, HostFpu::less_or_equal::<L>),
        (Fpu::minimum::<L>, HostFpu::minimum::<L>),
        (Fpu::maximum::<L>, HostFpu::maximum::<L>),
    ];
    for (n, (slow, fast)) in operations.into_iter().enumerate() {
        let mut fpu = Fpu {
            round: Round::NearestEven,
            flags: 0,
        };
        let (a, b) = (L::enclose(a), L::enclose(b));
        let is_quiet = expected[n].1 == 0;
        let found = is_quiet.then_some(expected[n].0);
        assert_eq!(fast(HostFpu(fpu), a, b), found, "operation {n}");
        let found = slow(&mut fpu, a, b);
        assert_eq!((found, fpu.flags), expected[n], "operation {n}");
    }
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn singles(a in hard::<Single>(), b in hard::<Single>(), c in hard::<Single>(), how in 0..9u8) {
        check_arithmetic::<Single>(a, b, how);
        check_fused::<Single>(a, b, c, how);
        check_root::<Single>(a);
        check_comparisons::<Single>(a, b);
    }

    #[test]
    fn doubles(a in hard::<Double>(), b in hard::<Double>(), c in hard::<Double>(), how in 0..9u8) {
        check_arithmetic::<Double>(a, b, how);
        check_fused::<Double>(a, b, c, how);
        check_root::<Double>(a);
        check_comparisons::<Double>(a, b);
    }

    #[test]
    fn conversions(
        double in hard::<Double>(), single in hard::<Single>(), x: u64, places in 0..64u32,
    ) {
        check_integers::<Single>(single, (x as i64 >> places) as u64);
        check_integers::<Double>(double, (x as i64 >> places) as u64);
        check_formats(double, single);
    }
}

#[test]
fn ordinary_numbers_go_the_fast_way() {
    let fpu = Fpu {
        round: Round::NearestEven,
        flags: flag::INEXACT,
    };
    let exact = Fpu { flags: 0, ..fpu };
    let [three, ten, half] = [3.0, 10.0, 0.5].map(f64::to_bits);
    for unit in [exact, fpu] {
        assert_eq!(unit.try_sum::<Double>(three, half), Some(3.5f64.to_bits()));
        assert_eq!(
            unit.try_product::<Double>(three, ten),
            Some(30f64.to_bits())
        );
        assert_eq!(
            unit.try_quotient::<Double>(three, half),
            Some(6f64.to_bits())
        );
        assert_eq!(
            unit.try_root::<Double>(4f64.to_bits()),
            Some(2f64.to_bits())
        );
        assert_eq!(unit.try_narrow(three), Some(3f32.to_bits().into()));
        assert_eq!(unit.try_integer::<Double, i32>(ten), Some(10));
        assert_eq!(unit.try_float::<i64, Double>(10), Some(ten));
    }
    let fused = fpu.try_fused::<Double>(0.1f64.to_bits(), ten, three);
    assert_eq!(fused, Some(4f64.to_bits()));
    assert_eq!(
        fpu.try_quotient::<Double>(ten, three),
        Some((10.0f64 / 3.0).to_bits())
    );
    assert_eq!(exact.try_quotient::<Double>(ten, three), None);
}

#[test]
fn tininess_is_detected_after_rounding() {
    let product = |a: f64, b: f64| {
        let mut fpu = Fpu {
            round: Round::NearestEven,
            flags: 0,
        };
        let product = fpu.multiply::<Double>(a.to_bits(), b.to_bits());
        (f64::from_bits(product), fpu.flags)
    };
    const LEAST: f64 = f64::MIN_POSITIVE;
    // Both exact products are below the least normal number, and round to it. The first does
    // with 53 places already: 1 - 2^-104 of it. The second is 1 - 2^-53 of it, and needs all
    // of those places.
    let largest_subnormal = LEAST - f64::from_bits(1);
    let first = product(1.0 + f64::EPSILON, largest_subnormal);
    assert_eq!(first, (LEAST, flag::INEXACT));
    let second = product(0.5, LEAST * (2.0 - f64::EPSILON));
    assert_eq!(second, (LEAST, flag::INEXACT | flag::UNDERFLOW));
}

#[test]
fn a_single_that_is_not_boxed_is_a_nan() {
    let mut fpu = Fpu {
        round: Round::NearestEven,
        flags: 0,
    };
    let one = u64::from(1f32.to_bits());
    let (boxed, nan) = (Single::enclose(one), Single::enclose(Single::NAN));
    for loose in [one, 1 << 32 | one, boxed ^ 1 << 63, 1f64.to_bits()] {
        assert_eq!(fpu.add::<Single>(loose, boxed), nan);
        assert_eq!(fpu.copy_sign::<Single>(loose, boxed), nan);
        assert_eq!(fpu.minimum::<Single>(loose, boxed), boxed);
        assert_eq!(fpu.classify::<Single>(loose), 1 << 9);
        assert_eq!(fpu.flags, 0, "it does not signal");
    }
    assert_eq!(fpu.integer_from::<Single, i32>(one), i32::MAX as u64);
    assert_eq!(fpu.flags, flag::INVALID);
}

#[test]
fn classes_are_ten() {
    let fpu = Fpu {
        round: Round::NearestEven,
        flags: 0,
    };
    let negative = [f64::NEG_INFINITY, -1.0, -f64::MIN_POSITIVE / 2.0, -0.0];
    let positive = [0.0, f64::MIN_POSITIVE / 2.0, 1.0, f64::INFINITY];
    let numbers = negative.into_iter().chain(positive).map(f64::to_bits);
    let all = numbers.chain([Double::INFINITY + 1, Double::NAN]);
    for (n, bits) in all.enumerate() {
        assert_eq!(fpu.classify::<Double>(bits), 1 << n, "{bits:#x}");
    }
}
