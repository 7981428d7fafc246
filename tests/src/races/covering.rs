//! Choices that cover all pairs: of several factors, each with some values, a few rows in which
//! every value of each meets every value of every other.
//!
//! Most faults that depend on a combination depend on two of its parts. A row that brings as many
//! new pairs as it can is made greedily, one factor after the other.

use crate::crash::Dice;

/// A factor, and which of its values.
pub type Value = (usize, usize);

/// Rows that between them hold every pair, those that bring most first.
pub struct Covering<F> {
    /// How many values each factor has.
    sizes: Vec<usize>,
    /// Whether two values never go together.
    is_excluded: F,
    /// For each two values, the lower factor first, whether they have met.
    met: Vec<Vec<Vec<Vec<bool>>>>,
    dice: Dice,
}

impl<F: Fn(Value, Value) -> bool> Covering<F> {
    /// Of factors of `sizes` values; `seed` chooses between rows as good as each other.
    pub fn new(sizes: &[usize], seed: u64, is_excluded: F) -> Covering<F> {
        let met = sizes.iter().enumerate().map(|(one, &n)| {
            let others = sizes.iter().enumerate().map(|(other, &m)| {
                let pair = |a, b| is_excluded((one, a), (other, b));
                (0..n)
                    .map(|a| (0..m).map(|b| pair(a, b)).collect())
                    .collect()
            });
            others.collect()
        });
        // By the values of one factor, then by the other's: [one][other][value][value].
        Covering {
            sizes: sizes.to_vec(),
            met: met.collect(),
            is_excluded,
            dice: Dice::new(seed),
        }
    }

    /// Pairs that have not met yet.
    pub fn n_left(&self) -> usize {
        self.pairs()
            .filter(|&(one, other)| !self.have_met(one, other))
            .count()
    }

    /// The next row; none when all have met.
    pub fn next_row(&mut self) -> Option<Vec<usize>> {
        let n_left = self.n_left();
        if n_left == 0 {
            return None;
        }
        let nth = self.dice.below(n_left);
        let (one, other) = self
            .pairs()
            .filter(|&(one, other)| !self.have_met(one, other))
            .nth(nth)?;
        let mut row = vec![one, other];
        let mut rest: Vec<usize> = (0..self.sizes.len()).collect();
        rest.retain(|&factor| factor != one.0 && factor != other.0);
        while !rest.is_empty() {
            let factor = rest.swap_remove(self.dice.below(rest.len()));
            row.push((factor, self.best(factor, &row)?));
        }
        for (n, &one) in row.iter().enumerate() {
            row[..n].iter().for_each(|&other| self.meet(one, other));
        }
        row.sort_unstable();
        Some(row.into_iter().map(|(_, value)| value).collect())
    }

    /// The value of `factor` that meets most for the first time in `row`, of those that go with it.
    fn best(&mut self, factor: usize, row: &[Value]) -> Option<usize> {
        let start = self.dice.below(self.sizes[factor]);
        let values = (0..self.sizes[factor]).map(|n| (start + n) % self.sizes[factor]);
        let goes = |value: &usize| {
            row.iter()
                .all(|&other| !self.excludes((factor, *value), other))
        };
        values.filter(goes).max_by_key(|&value| {
            let is_new = |&&other: &&Value| !self.have_met((factor, value), other);
            row.iter().filter(is_new).count()
        })
    }

    fn excludes(&self, one: Value, other: Value) -> bool {
        (self.is_excluded)(one.min(other), one.max(other))
    }

    fn have_met(&self, one: Value, other: Value) -> bool {
        let (one, other) = (one.min(other), one.max(other));
        self.met[one.0][other.0][one.1][other.1]
    }

    fn meet(&mut self, one: Value, other: Value) {
        let (one, other) = (one.min(other), one.max(other));
        self.met[one.0][other.0][one.1][other.1] = true;
    }

    /// All pairs of values of different factors.
    fn pairs(&self) -> impl Iterator<Item = (Value, Value)> {
        let values = |factor| (0..self.sizes[factor]).map(move |value| (factor, value));
        let n = self.sizes.len();
        (0..n).flat_map(move |one| {
            (one + 1..n).flat_map(move |other| {
                values(one).flat_map(move |a| values(other).map(move |b| (a, b)))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Covering, Value};
    use std::collections::HashSet;

    /// Every pair that may be is in some row, none that may not, and there are few rows.
    #[test]
    fn every_pair_is_in_a_row() {
        const SIZES: [usize; 6] = [12, 7, 5, 2, 2, 2];
        let is_excluded = |one: Value, other: Value| one == (0, 3) && other == (4, 1);
        for seed in 0..5 {
            let mut covering = Covering::new(&SIZES, seed, is_excluded);
            let mut seen = HashSet::new();
            let mut n_rows = 0;
            while let Some(row) = covering.next_row() {
                n_rows += 1;
                assert!(
                    row.iter().zip(SIZES).all(|(&value, n)| value < n),
                    "{row:?}"
                );
                for (one, &a) in row.iter().enumerate() {
                    for (other, &b) in row.iter().enumerate().skip(one + 1) {
                        assert!(!is_excluded((one, a), (other, b)), "{row:?}");
                        seen.insert(((one, a), (other, b)));
                    }
                }
            }
            let n_pairs: usize = (0..SIZES.len())
                .map(|one| SIZES[one] * SIZES[one + 1..].iter().sum::<usize>())
                .sum();
            assert_eq!(seen.len(), n_pairs - 1);
            // The two largest factors alone need 84.
            assert!(n_rows < 110, "{n_rows}");
            assert_eq!(covering.n_left(), 0);
        }
    }
}
