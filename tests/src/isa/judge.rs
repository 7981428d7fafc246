//! Says whether the two machines agree on a case, and makes a small one of one they do not.

use std::io;
use std::mem::discriminant;
use std::time::{Duration, Instant};

use super::case::{Case, Slot};
use super::deviations::DEVIATIONS;
use super::outcome::{Difference, Ending, Where, differences};

/// What a comparison says.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Nothing differs.
    Same,
    /// Both machines never came to the end: the case is none.
    Hung,
    /// What differs is known and explained, by the deviations of these names.
    Deviates(Vec<&'static str>),
    /// One of the two is wrong.
    Differs(Vec<Difference>),
}

/// Compares the two endings of `case`.
pub fn judge(case: &Case, pair: &Pair) -> Verdict {
    let (Ending::Done(ours), Ending::Done(theirs)) = pair else {
        return match pair {
            (Ending::Hung, Ending::Hung) => Verdict::Hung,
            (ours, theirs) => Verdict::Differs(differences(ours, theirs)),
        };
    };
    if ours == theirs {
        return Verdict::Same;
    }
    let mut mended = theirs.clone();
    let mut names = Vec::new();
    // Twice: what one puts right, another may need to see where the two part.
    for deviation in DEVIATIONS.iter().chain(DEVIATIONS) {
        let before = mended.clone();
        (deviation.mend)(case, ours, &mut mended);
        if mended != before {
            names.push(deviation.name);
        }
    }
    let left = differences(&pair.0, &Ending::Done(mended));
    if left.is_empty() {
        Verdict::Deviates(names)
    } else {
        Verdict::Differs(left)
    }
}

/// How a case ended on our machine and on QEMU.
pub type Pair = (Ending, Ending);

/// Runs many cases, each giving what it came to on our machine and on QEMU.
pub type Runner<'a> = dyn Fn(&[Case]) -> io::Result<Vec<Pair>> + 'a;

/// The smallest case that still shows the first of `found` in some form, and what it shows.
///
/// # Errors
/// The cases cannot be run.
pub fn shrink(
    case: &Case,
    found: &[Difference],
    run: &Runner,
) -> io::Result<(Case, Vec<Difference>)> {
    const MOST_STEPS: usize = 100;
    const PATIENCE: Duration = Duration::from_secs(15);
    let mut smallest = (case.clone(), found.to_vec());
    if found.iter().any(|difference| difference.at == Where::End) {
        // Waiting for each to hang takes too long.
        return Ok(smallest);
    }
    let end = Instant::now() + PATIENCE;
    for _ in 0..MOST_STEPS {
        if Instant::now() > end {
            break;
        }
        let smaller = reductions(&smallest.0);
        let pairs = run(&smaller)?;
        let still = smaller.into_iter().zip(&pairs).find_map(|(case, pair)| {
            let Verdict::Differs(now) = judge(&case, pair) else {
                return None;
            };
            is_alike(&now, &smallest.1).then_some((case, now))
        });
        match still {
            Some(still) => smallest = still,
            None => break,
        }
    }
    Ok(smallest)
}

/// Whether two cases differ first in the same kind of place.
fn is_alike(a: &[Difference], b: &[Difference]) -> bool {
    let kind = |all: &[Difference]| all.first().map(|first| discriminant(&first.at));
    kind(a) == kind(b)
}

/// Cases a little simpler than `case`, the boldest first.
fn reductions(case: &Case) -> Vec<Case> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Case)| {
        let mut simpler = case.clone();
        change(&mut simpler);
        if simpler != *case {
            all.push(simpler);
        }
    };
    let n_slots = case.slots.len();
    with(&|case| case.slots.truncate(n_slots / 2));
    with(&|case| drop(case.slots.drain(..n_slots / 2)));
    with(&|case| case.slots.truncate(n_slots.saturating_sub(1)));
    for len in [8, 4, 2, 1] {
        for from in (0..n_slots).step_by(len) {
            let to = n_slots.min(from + len);
            with(&|case| drop(case.slots.drain(from..to)));
        }
    }
    with(&|case| case.x = [0; 32]);
    with(&|case| case.f = None);
    with(&|case| case.memory.clear());
    with(&|case| case.csrs.clear());
    for nth in 0..case.memory.len() {
        with(&|case| drop(case.memory.remove(nth)));
    }
    for nth in 0..case.csrs.len() {
        with(&|case| _ = case.csrs.remove(nth));
    }
    with(&|case| case.mstatus = 0);
    for bit in 0..64 {
        with(&|case| case.mstatus &= !(1 << bit));
    }
    for nth in 0..n_slots {
        for at in 0..case.slots[nth].0.len() {
            with(&|case| _ = case.slots[nth].0.remove(at));
            with(&|case| quiet(&mut case.slots[nth], at));
        }
    }
    for len in [16, 4, 1] {
        for from in (0..32).step_by(len) {
            with(&|case| case.x[from..from + len].fill(0));
            with(&|case| {
                if let Some((f, _)) = &mut case.f {
                    f[from..from + len].fill(0);
                }
            });
        }
    }
    with(&|case| case.mode = machine::Mode::Machine);
    with(&|case| case.most_traps = 1.max(case.most_traps / 2));
    with(&|case| case.most_traps = 1.max(case.most_traps - 1));
    all
}

/// Makes the instruction at `at` one that does nothing.
fn quiet(slot: &mut Slot, at: usize) {
    let word = &mut slot.0[at];
    *word = if *word & 3 == 3 { 0x13 } else { 1 };
}
