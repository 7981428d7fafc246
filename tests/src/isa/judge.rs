//! Says whether the two machines agree on a case.

use std::io;

use super::case::Case;
use super::deviations::DEVIATIONS;
use super::outcome::{Difference, Ending, differences};

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
