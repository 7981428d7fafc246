//! A workload, all its cuts, and what came of it.

use std::fmt;

use super::cut::Cut;
use super::judge::{Bounds, Judge};
use super::oracle::Courses;
use super::random::Dice;
use super::recording::Recording;
use super::workload::Workload;
use crate::guest::{Artefacts, Trouble};

/// How much is tried.
#[derive(Clone, Copy, Debug)]
pub struct Thoroughness {
    /// Scrambled disks by chance at each write, besides those that are always tried.
    pub n_random: usize,
    /// The kernel boots from one cut in so many.
    pub boot_one_in: usize,
}

impl Thoroughness {
    /// What continuous integration has time for.
    pub const QUICK: Thoroughness = Thoroughness {
        n_random: 1,
        boot_one_in: 16,
    };
    /// Every cut in order boots.
    pub const FULL: Thoroughness = Thoroughness {
        n_random: 4,
        boot_one_in: 1,
    };
}

/// How many disks were judged, and what was wrong with some.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Cuts of the power with every write whole and in order.
    pub n_in_order: usize,
    /// With unflushed writes reordered, lost and torn.
    pub n_scrambled: usize,
    /// Cuts from which the kernel itself booted.
    pub n_booted: usize,
    /// Cuts while it recovered from one of those.
    pub n_in_recovery: usize,
    /// Disks with something wrong.
    pub n_damaged: usize,
    /// What was wrong, of the first few.
    pub damages: Vec<String>,
}

impl Verdict {
    /// Complaints that are kept.
    const MOST_KEPT: usize = 5;

    fn complain(&mut self, words: String) {
        self.n_damaged += 1;
        if self.damages.len() < Verdict::MOST_KEPT {
            self.damages.push(words);
        }
    }

    /// Disks judged.
    pub fn n_disks(&self) -> usize {
        self.n_in_order + self.n_scrambled + self.n_booted + self.n_in_recovery
    }

    /// Adds what came of another workload.
    pub fn add(&mut self, other: Verdict) {
        self.n_in_order += other.n_in_order;
        self.n_scrambled += other.n_scrambled;
        self.n_booted += other.n_booted;
        self.n_in_recovery += other.n_in_recovery;
        let n_untold = other.n_damaged - other.damages.len();
        other
            .damages
            .into_iter()
            .for_each(|words| self.complain(words));
        self.n_damaged += n_untold;
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cuts in order, {} scrambled, {} booted from, {} in their recovery: {} damaged",
            self.n_in_order, self.n_scrambled, self.n_booted, self.n_in_recovery, self.n_damaged
        )?;
        self.damages
            .iter()
            .try_for_each(|words| write!(f, "\n{words}"))
    }
}

/// A recorded workload, to be cut.
pub struct Campaign<'a> {
    guest: &'a Artefacts,
    workload: &'a Workload,
    recording: Recording,
    judge: Judge,
    dice: Dice,
    verdict: Verdict,
}

impl<'a> Campaign<'a> {
    /// Sectors that a disk which is never flushed holds back.
    const CACHE: usize = 64;

    /// `recording` of `workload`.
    pub fn new(guest: &'a Artefacts, workload: &'a Workload, recording: Recording) -> Self {
        let courses = Courses::of(workload, &recording.image);
        Campaign {
            guest,
            workload,
            judge: Judge::new(courses, recording.ends.clone()),
            dice: Dice::new(recording.deeds.len() as u64),
            recording,
            verdict: Verdict::default(),
        }
    }

    /// Cuts the power at every write, in order and scrambled, and boots from some.
    ///
    /// # Errors
    /// The guest does not boot.
    pub fn run(mut self, thoroughness: Thoroughness) -> Result<Verdict, Trouble> {
        self.cut_in_order(thoroughness.boot_one_in)?;
        Ok(self.cut_scrambled(thoroughness.n_random))
    }

    /// Cuts the power at every write, in order; boots from one cut in `boot_one_in`.
    ///
    /// # Errors
    /// The guest does not boot.
    pub fn cut_in_order(&mut self, boot_one_in: usize) -> Result<(), Trouble> {
        let mut earlier = self.judge.bounds(0);
        let cuts: Vec<Cut> = self.recording.cuts_in_order().collect();
        for (n, cut) in cuts.into_iter().enumerate() {
            self.verdict.n_in_order += 1;
            // What was once recovered stays: the states follow each other.
            let bounds = self.judge.bounds(cut.n_deeds).not_before(&earlier);
            let image = cut.image.clone();
            match self.judge.examine(image, &bounds) {
                Ok((found, recovered)) => {
                    earlier = found;
                    if (n + 3).is_multiple_of(boot_one_in) {
                        self.boot(n, cut, &bounds, &recovered)?;
                    }
                }
                Err(words) => self.complain(&format!("cut {n}"), &words),
            }
        }
        Ok(())
    }

    /// Cuts the power at every flush and write, unflushed writes scrambled.
    pub fn cut_scrambled(mut self, n_random: usize) -> Verdict {
        let (recording, judge) = (&self.recording, &self.judge);
        let (mut n_cuts, mut complaints) = (0, Vec::new());
        recording.cuts_scrambled(n_random, Self::CACHE, &mut self.dice, |cut| {
            n_cuts += 1;
            let bounds = judge.bounds(cut.n_deeds);
            if let Err(words) = judge.examine(cut.image, &bounds) {
                complaints.push((format!("scrambled after deed {}", cut.n_deeds), words));
            }
        });
        self.verdict.n_scrambled += n_cuts;
        complaints
            .iter()
            .for_each(|(at, words)| self.complain(at, words));
        self.verdict
    }

    /// Has the kernel boot from `cut`: its recovery must do as the file system's did here. Then
    /// cuts the power at each write of that.
    fn boot(&mut self, n: usize, cut: Cut, bounds: &Bounds, here: &[u8]) -> Result<(), Trouble> {
        let (recovery, there) = Recording::of_boot(self.guest, self.workload, cut.image)?;
        self.verdict.n_booted += 1;
        // Where `init` had not made the console's file yet, it does so after the recovery.
        let bounds = if cut.n_deeds < self.recording.ends[0] {
            self.judge.bounds(0)
        } else {
            if here != there {
                self.complain(
                    &format!("boot from cut {n}"),
                    "the kernel recovered otherwise",
                );
            }
            bounds.clone()
        };
        for (nth, again) in recovery.cuts_in_order().enumerate() {
            self.verdict.n_in_recovery += 1;
            if let Err(words) = self.judge.examine(again.image, &bounds) {
                self.complain(&format!("cut {nth} in the recovery from cut {n}"), &words);
            }
        }
        Ok(())
    }

    fn complain(&mut self, at: &str, words: &str) {
        let name = &self.workload.name;
        self.verdict.complain(format!("{name}, {at}: {words}"));
    }
}
