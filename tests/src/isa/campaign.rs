//! Runs batch after batch, counts what was tried, and keeps what differed.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::io;

use machine::isa::{Kind, decode};

use super::case::Case;
use super::generate::{Dice, GENERATORS, extension, facets};
use super::judge::{Pair, Verdict, judge};
use super::outcome::Difference;
use super::shrink::shrink;

/// A case on which the machines differ, made small.
#[derive(Clone, Debug)]
pub struct Found {
    /// The case.
    pub case: Case,
    /// In what they differ.
    pub differences: Vec<Difference>,
}

/// What was tried so far, and what came of it.
#[derive(Clone, Debug, Default)]
pub struct Campaign {
    /// Cases.
    pub n_cases: usize,
    /// Cases of each generator.
    pub by_generator: BTreeMap<String, usize>,
    /// For each extension, cases that have instructions of it, and those instructions.
    pub by_extension: BTreeMap<&'static str, (usize, usize)>,
    /// Cases that have to do with translation, protection or timers, by the extension.
    pub by_facet: BTreeMap<&'static str, usize>,
    /// How often each instruction of the table was tried.
    pub by_row: BTreeMap<&'static str, usize>,
    /// Cases that met a deviation, by its name.
    pub deviations: BTreeMap<&'static str, usize>,
    /// Cases that never ended, on either machine: they test nothing.
    pub n_hung: usize,
    /// The last of them.
    pub hung: Option<Case>,
    /// Cases on which the machines differ.
    pub n_differ: usize,
    /// The first of them of each batch, made small.
    pub found: Vec<Found>,
}

impl Campaign {
    /// `n` cases at random, of all generators.
    pub fn draw(dice: &mut Dice, n: usize) -> Vec<Case> {
        let tickets: Vec<_> = GENERATORS
            .iter()
            .flat_map(|generator| std::iter::repeat_n(generator, generator.share))
            .collect();
        (0..n).map(|_| (dice.of(&tickets).make)(dice)).collect()
    }

    /// Runs `cases` by `run` and notes what comes of them. Of those that differ, up to
    /// `most` are made small.
    ///
    /// # Errors
    /// They cannot be run.
    pub fn try_out(
        &mut self,
        cases: &[Case],
        most: usize,
        run: &dyn Fn(&[Case]) -> io::Result<Vec<Pair>>,
    ) -> io::Result<()> {
        let mut left = most;
        for (case, pair) in cases.iter().zip(run(cases)?) {
            self.count(case);
            match judge(case, &pair) {
                Verdict::Same => {}
                Verdict::Hung => {
                    self.n_hung += 1;
                    self.hung = Some(case.clone());
                }
                Verdict::Deviates(names) => {
                    for name in names {
                        *self.deviations.entry(name).or_default() += 1;
                    }
                }
                Verdict::Differs(found) => {
                    self.n_differ += 1;
                    if left > 0 {
                        left -= 1;
                        let (case, differences) = shrink(case, &found, run)?;
                        self.found.push(Found { case, differences });
                    }
                }
            }
        }
        Ok(())
    }

    fn count(&mut self, case: &Case) {
        self.n_cases += 1;
        *self.by_generator.entry(case.generator.clone()).or_default() += 1;
        for facet in facets(case) {
            *self.by_facet.entry(facet).or_default() += 1;
        }
        let mut of_case = BTreeMap::<_, usize>::new();
        for &word in case.slots.iter().flat_map(|slot| &slot.0) {
            let kind = decode(word).kind;
            *of_case.entry(extension(kind)).or_default() += 1;
            if let Some(row) = kind.row() {
                *self.by_row.entry(row.name).or_default() += 1;
            }
            if word & 3 != 3 && kind != Kind::illegal {
                *of_case.entry("C").or_default() += 1;
            }
        }
        for (name, n) in of_case {
            let counts = self.by_extension.entry(name).or_default();
            *counts = (counts.0 + 1, counts.1 + n);
        }
    }
}

/// A table of what was tried.
impl Display for Campaign {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (n, differ, hung) = (self.n_cases, self.n_differ, self.n_hung);
        writeln!(to, "{n} cases, {differ} differ, {hung} never ended")?;
        for (name, (cases, instructions)) in &self.by_extension {
            writeln!(
                to,
                "  {name:<12} {cases:>9} cases {instructions:>10} instructions"
            )?;
        }
        for (name, cases) in &self.by_facet {
            writeln!(to, "  {name:<12} {cases:>9} cases")?;
        }
        for (name, cases) in &self.by_generator {
            writeln!(to, "  made by {name:<20} {cases:>9}")?;
        }
        for (name, cases) in &self.deviations {
            writeln!(to, "  QEMU deviates: {name:<24} {cases:>6}")?;
        }
        Ok(())
    }
}

/// What was found, for whoever has to mend it.
impl Display for Found {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}", self.case)?;
        for difference in &self.differences {
            writeln!(to, "# {difference}")?;
        }
        Ok(())
    }
}
