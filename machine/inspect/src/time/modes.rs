//! When each hart was in a program, when in the kernel, and when it had nothing to do: what
//! the timeline shades.

/// So many changes are kept: 16 MiB.
const MOST_CHANGES: usize = 1 << 20;

/// What a hart does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Doing {
    /// It is in the kernel: for a process, or before there are any.
    #[default]
    Kernel,
    /// It is in a program.
    Program,
    /// It is in the scheduler, which looks for a process or waits.
    Nothing,
}

/// A hart does something else from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModeChange {
    /// When.
    pub t: u64,
    /// Which hart.
    pub hart: u8,
    /// What it did before.
    pub before: Doing,
    /// What it does.
    pub now: Doing,
}

/// All changes, in order. When there are too many, the oldest quarter goes.
#[derive(Debug, Default)]
pub(super) struct Modes {
    changes: Vec<ModeChange>,
    dropped: usize,
    /// What each hart does.
    now: [Doing; 8],
}

impl Modes {
    /// Notes what `hart` does from `t` on.
    pub fn note(&mut self, t: u64, hart: usize, now: Doing) {
        let Some(doing) = self.now.get_mut(hart).filter(|doing| **doing != now) else {
            return;
        };
        let before = std::mem::replace(doing, now);
        if self.changes.len() == MOST_CHANGES {
            self.changes.drain(..MOST_CHANGES / 4);
            self.dropped += MOST_CHANGES / 4;
        }
        self.changes.push(ModeChange {
            t,
            hart: hart as u8,
            before,
            now,
        });
    }

    /// Forgets what happened after `t`.
    pub fn truncate(&mut self, t: u64) {
        let kept = self.changes.partition_point(|change| change.t <= t);
        for undone in self.changes.drain(kept..).rev() {
            self.now[usize::from(undone.hart)] = undone.before;
        }
    }

    /// The changes of numbers `from` to `to` (excluded), as far as they are kept; and the
    /// number of the first of them.
    pub fn range(&self, from: usize, to: usize) -> (usize, &[ModeChange]) {
        let place = |n: usize| n.saturating_sub(self.dropped).min(self.changes.len());
        let (from, to) = (place(from), place(to));
        (self.dropped + from, &self.changes[from..to.max(from)])
    }

    /// Bytes it takes.
    pub fn bytes(&self) -> u64 {
        (self.changes.capacity() * size_of::<ModeChange>()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_are_kept_and_can_be_undone() {
        use Doing::{Kernel, Nothing, Program};
        let mut modes = Modes::default();
        for (t, hart, now) in [
            (1, 0, Kernel),
            (5, 0, Program),
            (6, 0, Program),
            (7, 1, Nothing),
        ] {
            modes.note(t, hart, now);
        }
        modes.note(9, 0, Kernel);
        let times = |modes: &Modes| -> Vec<u64> {
            let (_, changes) = modes.range(0, usize::MAX);
            changes.iter().map(|change| change.t).collect()
        };
        assert_eq!(times(&modes), [5, 7, 9]);
        modes.truncate(7);
        assert_eq!(times(&modes), [5, 7]);
        modes.note(8, 0, Program);
        assert_eq!(times(&modes), [5, 7], "hart 0 was in a program again");
    }
}
