//! Sums, products, quotients, roots, and products with a sum: the slow way, on bits.
//! Source: IEEE 754-2019, "Arithmetic operations".

use super::layout::{Layout, is_signaling, signed};
use super::value::{Exact, Value};
use super::{Fpu, Round, flag};

impl Fpu {
    /// `a + b`.
    #[inline(never)]
    pub(super) fn sum_slow<L: Layout>(&mut self, a: u64, b: u64) -> u64 {
        let [a, b] = self.operands::<L, 2>([a, b]);
        let sum = self.sum(a, b);
        self.fit::<L>(sum)
    }

    /// `a × b`.
    #[inline(never)]
    pub(super) fn product_slow<L: Layout>(&mut self, a: u64, b: u64) -> u64 {
        let [a, b] = self.operands::<L, 2>([a, b]);
        let product = self.product(a, b);
        self.fit::<L>(product)
    }

    /// `a ÷ b`.
    #[inline(never)]
    pub(super) fn quotient_slow<L: Layout>(&mut self, a: u64, b: u64) -> u64 {
        let [a, b] = self.operands::<L, 2>([a, b]);
        let quotient = self.quotient(a, b);
        self.fit::<L>(quotient)
    }

    /// The square root of `a`.
    #[inline(never)]
    pub(super) fn root_slow<L: Layout>(&mut self, a: u64) -> u64 {
        let [a] = self.operands::<L, 1>([a]);
        let root = match a {
            Value::Nan | Value::Zero(_) | Value::Infinity(false) => a,
            Value::Finite(exact) if !exact.is_negative => Value::Finite(exact.square_root()),
            Value::Finite(_) | Value::Infinity(true) => self.invalid(),
        };
        self.fit::<L>(root)
    }

    /// `a × b + c`, rounded once.
    #[inline(never)]
    pub(super) fn fused_slow<L: Layout>(&mut self, a: u64, b: u64, c: u64) -> u64 {
        let [a, b, c] = self.operands::<L, 3>([a, b, c]);
        let product = self.product(a, b);
        let sum = self.sum(product, c);
        self.fit::<L>(sum)
    }

    /// What the operands are; one that signals is invalid.
    pub(super) fn operands<L: Layout, const N: usize>(&mut self, operands: [u64; N]) -> [Value; N] {
        operands.map(|bits| {
            if is_signaling::<L>(bits) {
                self.raise(flag::INVALID);
            }
            Value::of::<L>(bits)
        })
    }

    /// The operation has no result.
    fn invalid(&mut self) -> Value {
        self.raise(flag::INVALID);
        Value::Nan
    }

    /// `value` in the format.
    pub(super) fn fit<L: Layout>(&mut self, value: Value) -> u64 {
        match value {
            Value::Nan => L::NAN,
            Value::Infinity(is_negative) => signed::<L>(is_negative, L::INFINITY),
            Value::Zero(is_negative) => signed::<L>(is_negative, 0),
            Value::Finite(exact) => self.rounded::<L>(exact),
        }
    }

    fn sum(&mut self, a: Value, b: Value) -> Value {
        // Zero as a sum of different signs is negative only when rounding down.
        let zero = Value::Zero(self.round == Round::Down);
        match (a, b) {
            (Value::Nan, _) | (_, Value::Nan) => Value::Nan,
            (Value::Infinity(a), Value::Infinity(b)) if a != b => self.invalid(),
            (Value::Infinity(_), _) => a,
            (_, Value::Infinity(_)) => b,
            (Value::Zero(a), Value::Zero(b)) if a != b => zero,
            (_, Value::Zero(_)) => a,
            (Value::Zero(_), _) => b,
            (Value::Finite(a), Value::Finite(b)) => a.sum(b).map_or(zero, Value::Finite),
        }
    }

    fn product(&mut self, a: Value, b: Value) -> Value {
        match (a, b) {
            // Infinity times zero is invalid even where a NaN is added to it.
            (Value::Infinity(_), Value::Zero(_)) | (Value::Zero(_), Value::Infinity(_)) => {
                self.invalid()
            }
            (Value::Finite(a), Value::Finite(b)) => Value::Finite(a.product(b)),
            _ => match (sign(a), sign(b)) {
                (Some(a_sign), Some(b_sign)) => {
                    let is_negative = a_sign != b_sign;
                    if matches!(a, Value::Infinity(_)) || matches!(b, Value::Infinity(_)) {
                        Value::Infinity(is_negative)
                    } else {
                        Value::Zero(is_negative)
                    }
                }
                _ => Value::Nan,
            },
        }
    }

    fn quotient(&mut self, a: Value, b: Value) -> Value {
        let (Some(a_sign), Some(b_sign)) = (sign(a), sign(b)) else {
            return Value::Nan;
        };
        let is_negative = a_sign != b_sign;
        match (a, b) {
            (Value::Infinity(_), Value::Infinity(_)) | (Value::Zero(_), Value::Zero(_)) => {
                self.invalid()
            }
            (Value::Finite(_), Value::Zero(_)) => {
                self.raise(flag::DIVIDE_BY_ZERO);
                Value::Infinity(is_negative)
            }
            (Value::Finite(a), Value::Finite(b)) => Value::Finite(a.quotient(b)),
            (Value::Infinity(_), _) => Value::Infinity(is_negative),
            _ => Value::Zero(is_negative),
        }
    }
}

/// The sign of anything but a NaN.
fn sign(value: Value) -> Option<bool> {
    match value {
        Value::Nan => None,
        Value::Infinity(is_negative) | Value::Zero(is_negative) => Some(is_negative),
        Value::Finite(Exact { is_negative, .. }) => Some(is_negative),
    }
}
