//! Chance: the same numbers from the same seed, and workloads made of them.

use fs::Indirection;

use super::workload::{Step, Workload, Writer};

/// Pseudo-random numbers, by xorshift.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Those that belong to `seed`.
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() >> 16) as usize % end
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

/// A workload of chance: some lines, or several shells with some lines each.
pub fn random_workload(seed: u64) -> Workload {
    let mut dice = Dice::new(seed);
    let name = format!("random {seed}");
    let n_writers = dice.below(4);
    let n_steps = 6 + dice.below(12);
    if n_writers < 2 {
        let steps = (0..n_steps).map(|_| step("", &mut dice)).collect();
        let mut workload = Workload::alone(&name, steps);
        // Often little room, too; and as often as not the format of large files.
        workload.layout.blocks = [320, 320, 150][dice.below(3)];
        workload.layout.indirection = [Indirection::Single, Indirection::Double][dice.below(2)];
        return workload;
    }
    let directories = ["p0", "p1", "p2"];
    let writers = directories[..n_writers].iter().map(|&within| Writer {
        within: within.into(),
        steps: (0..n_steps / 2)
            .map(|_| step(&format!("{within}/"), &mut dice))
            .collect(),
    });
    let writers = writers.collect();
    Workload {
        harts: 1 + dice.below(4),
        seed: dice.roll(),
        before: vec![Step::mkdir(&directories[..n_writers])],
        writers,
        after: vec![Step::quiet("sync")],
        ..Workload::alone(&name, Vec::new())
    }
}

/// A step on one of a few names, so that they meet.
fn step(within: &str, dice: &mut Dice) -> Step {
    const NAMES: &[&str] = &["a", "b", "c", "d", "d/a", "d/b", "d/d"];
    let mut path = || format!("{within}{}", dice.of(NAMES));
    let (one, other) = (path(), path());
    let text = "x".repeat(1 + dice.below(40));
    match dice.below(8) {
        0 | 1 => Step::echo(&text, &one),
        2 => Step::append(&text, &one),
        3 => Step::link(&one, &other),
        4 | 5 => Step::remove(&[&one]),
        6 => Step::mkdir(&[&format!("{within}d")]),
        _ => Step::copy(1 + dice.below(2), &one),
    }
}
