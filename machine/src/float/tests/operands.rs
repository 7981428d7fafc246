//! Operands where arithmetic is hard.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::fast::Host;
use super::super::layout::Layout;

/// Bits where arithmetic is hard: around the borders of the format and of binades, with
/// fractions that are short, long, or all ones.
pub fn hard<L: Layout>() -> impl Strategy<Value = u64> {
    let fields = (L::INFINITY >> L::FRACTION) as i64;
    let bias = fields / 2;
    let places = i64::from(L::FRACTION);
    let field = prop_oneof![
        select(vec![0, 0, 1, 2, fields - 2, fields - 1, fields]),
        -places - 3..=places + 3,
        0..=fields,
    ];
    let field = field.prop_map(move |at| {
        if at <= places + 3 && at < 0 {
            bias + at
        } else {
            at
        }
    });
    let near = (bias - places - 3..=bias + places + 3).boxed();
    let field = prop_oneof![3 => field.boxed(), 2 => near, 2 => (bias - 3..=bias + 3).boxed()];
    let fraction =
        (any::<u64>(), 0..=L::FRACTION, 0..8u8).prop_map(|(random, places, shape)| match shape {
            0 => 0,
            1 => 1 << places,
            2 => (1 << places) - 1,
            3 => !0 << places,
            4 => random << places,
            5 => (1 << places) + 1,
            _ => random,
        });
    (any::<bool>(), field, fraction).prop_map(|(is_negative, field, fraction)| {
        let sign = if is_negative { L::SIGN } else { 0 };
        sign | (field as u64) << L::FRACTION | fraction & L::FRACTION_MASK
    })
}

/// `bits`, or a number next to the one that the host computes: where terms cancel.
pub fn near<L: Host>(how: u8, bits: u64, other: L::Number) -> u64 {
    let other = L::bits(other) ^ L::SIGN;
    match how {
        0 => other,
        1 => other.wrapping_add(1),
        2 => other.wrapping_sub(1),
        _ => bits,
    }
}
