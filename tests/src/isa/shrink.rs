//! Makes a small case of one on which the machines differ.

use std::io;
use std::mem::discriminant;
use std::time::{Duration, Instant};

use super::case::{Case, Slot};
use super::judge::{Runner, Verdict, judge};
use super::outcome::{Difference, Where};

/// Makes a case a little simpler, or leaves it as it is.
type Change = Box<dyn Fn(&mut Case)>;

/// The smallest case found that still shows the first of `found` in some form, and what it
/// shows.
///
/// # Errors
/// The cases cannot be run.
pub fn shrink(
    case: &Case,
    found: &[Difference],
    run: &Runner,
) -> io::Result<(Case, Vec<Difference>)> {
    const PATIENCE: Duration = Duration::from_secs(15);
    let mut smallest = (case.clone(), found.to_vec());
    if found.iter().any(|difference| difference.at == Where::End) {
        // Waiting for each to hang takes too long.
        return Ok(smallest);
    }
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        let with = |changes: &[Change]| {
            let mut simpler = smallest.0.clone();
            changes.iter().for_each(|change| change(&mut simpler));
            simpler
        };
        let mut changes = changes(&smallest.0);
        changes.retain(|change| with(std::slice::from_ref(change)) != smallest.0);
        let alone: Vec<Case> = changes.chunks(1).map(with).collect();
        let shown = still_shown(&alone, &smallest.1, run)?;
        let mut which = shown.iter();
        changes.retain(|_| which.next().is_some_and(Option::is_some));
        // As many of those that do no harm alone as do none together.
        let lens = std::iter::successors(Some(changes.len()), |len| Some(len * 3 / 4));
        let lens = lens.take_while(|&len| len > 0);
        let together: Vec<Case> = lens.map(|len| with(&changes[..len])).collect();
        let shown = still_shown(&together, &smallest.1, run)?;
        let best = together.into_iter().zip(shown);
        match best
            .into_iter()
            .find_map(|(case, shown)| Some((case, shown?)))
        {
            Some(best) => smallest = best,
            None => break,
        }
    }
    Ok(smallest)
}

/// For each case, what differs, if it first differs in the same kind of place as `before`.
fn still_shown(
    cases: &[Case],
    before: &[Difference],
    run: &Runner,
) -> io::Result<Vec<Option<Vec<Difference>>>> {
    let pairs = run(cases)?;
    let shown = cases.iter().zip(&pairs).map(|(case, pair)| {
        let Verdict::Differs(now) = judge(case, pair) else {
            return None;
        };
        is_alike(&now, before).then_some(now)
    });
    Ok(shown.collect())
}

/// Whether two cases differ first in the same kind of place.
fn is_alike(a: &[Difference], b: &[Difference]) -> bool {
    let kind = |all: &[Difference]| all.first().map(|first| discriminant(&first.at));
    kind(a) == kind(b)
}

/// What may make `case` simpler, the boldest first; of a list the last first, so that those
/// before it keep their places.
fn changes(case: &Case) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    let mut add = |change: Change| all.push(change);
    let n_slots = case.slots.len();
    for len in [n_slots.div_ceil(2), 8, 4, 2, 1] {
        for from in (0..n_slots).step_by(len.max(1)).rev() {
            add(Box::new(move |case| {
                let n_slots = case.slots.len();
                drop(case.slots.drain(from.min(n_slots)..n_slots.min(from + len)));
            }));
        }
    }
    add(Box::new(|case| case.x = [0; 32]));
    add(Box::new(|case| case.f = None));
    add(Box::new(|case| case.fences = false));
    add(Box::new(|case| case.mstatus = 0));
    for nth in (0..case.memory.len()).rev() {
        add(Box::new(move |case| {
            if nth < case.memory.len() {
                case.memory.remove(nth);
            }
        }));
    }
    for nth in (0..case.csrs.len()).rev() {
        add(Box::new(move |case| {
            if nth < case.csrs.len() {
                case.csrs.remove(nth);
            }
        }));
    }
    for nth in 0..32 {
        add(Box::new(move |case| case.x[nth] = 0));
        add(Box::new(move |case| {
            if let Some((f, _)) = &mut case.f {
                f[nth] = 0;
            }
        }));
    }
    for bit in 0..64 {
        add(Box::new(move |case| case.mstatus &= !(1 << bit)));
    }
    for (nth, slot) in case.slots.iter().enumerate().rev() {
        for at in (0..slot.0.len()).rev() {
            add(Box::new(move |case| _ = remove(case, nth, at)));
        }
        for at in 0..slot.0.len() {
            add(Box::new(move |case| quiet(case, nth, at)));
        }
    }
    add(Box::new(|case| case.mode = machine::Mode::Machine));
    add(Box::new(|case| {
        case.most_traps = 1.max(case.most_traps / 2)
    }));
    add(Box::new(|case| {
        case.most_traps = 1.max(case.most_traps - 1)
    }));
    all
}

fn remove(case: &mut Case, slot: usize, at: usize) -> Option<u32> {
    let Slot(words) = case.slots.get_mut(slot)?;
    (at < words.len()).then(|| words.remove(at))
}

/// Makes an instruction one that does nothing.
fn quiet(case: &mut Case, slot: usize, at: usize) {
    let slot = case.slots.get_mut(slot);
    if let Some(word) = slot.and_then(|Slot(words)| words.get_mut(at)) {
        *word = if *word & 3 == 3 { 0x13 } else { 1 };
    }
}
