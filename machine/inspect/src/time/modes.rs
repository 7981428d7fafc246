//! When each hart was in a program and when in the kernel: what the timeline shades.

/// So many changes are kept: 64 MiB.
const MOST_CHANGES: usize = 4 << 20;

/// A hart left a program, or entered one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModeChange {
    /// When.
    pub t: u64,
    /// Which hart.
    pub hart: u8,
    /// Whether it is in a program from then on.
    pub is_user: bool,
}

/// All changes, in order. When there are too many, the oldest quarter goes.
#[derive(Debug, Default)]
pub(super) struct Modes {
    changes: Vec<ModeChange>,
    dropped: usize,
    /// Bit `n` is set while hart `n` is in a program.
    in_user: u64,
}

impl Modes {
    /// Notes that `hart` is in a program from `t` on, or in the kernel.
    pub fn note(&mut self, t: u64, hart: usize, is_user: bool) {
        let bit = 1 << hart;
        if (self.in_user & bit != 0) == is_user {
            return;
        }
        self.in_user ^= bit;
        if self.changes.len() == MOST_CHANGES {
            self.changes.drain(..MOST_CHANGES / 4);
            self.dropped += MOST_CHANGES / 4;
        }
        let hart = hart as u8;
        self.changes.push(ModeChange { t, hart, is_user });
    }

    /// Forgets what happened after `t`.
    pub fn truncate(&mut self, t: u64) {
        let kept = self.changes.partition_point(|change| change.t <= t);
        for undone in self.changes.drain(kept..) {
            self.in_user ^= 1 << undone.hart;
        }
    }

    /// How many changes there were.
    pub fn len(&self) -> usize {
        self.dropped + self.changes.len()
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
        let mut modes = Modes::default();
        for (t, hart, is_user) in [(1, 0, false), (5, 0, true), (6, 0, true), (7, 1, true)] {
            modes.note(t, hart, is_user);
        }
        modes.note(9, 0, false);
        let times = |modes: &Modes| -> Vec<u64> {
            modes.range(0, modes.len()).1.iter().map(|c| c.t).collect()
        };
        assert_eq!(times(&modes), [5, 7, 9]);
        modes.truncate(7);
        assert_eq!(times(&modes), [5, 7]);
        modes.note(8, 0, true);
        assert_eq!(times(&modes), [5, 7], "hart 0 was in a program again");
    }
}
