//! Which other processes' tables lead to a frame.

use super::paging;
use crate::guest::Memory;
use crate::view::ProcessRef;

/// Processes told apart at most: what xv6 has room for.
const MOST: usize = 64;

/// Who else leads to which frames.
#[derive(Debug, Default)]
pub(crate) struct Sharers {
    processes: Vec<ProcessRef>,
    /// A frame, and a bit for each process with it; by frame.
    frames: Vec<(u64, u64)>,
}

/// Some of the processes of a [`Sharers`]: a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Group(u64);

impl Group {
    /// Whether it is nobody.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl Sharers {
    /// Those among `processes`: who, the root of its table, and the end of its program's
    /// memory.
    pub fn among(
        memory: Memory,
        processes: impl IntoIterator<Item = (ProcessRef, u64, u64)>,
    ) -> Sharers {
        let mut sharers = Sharers::default();
        for (n, (process, root, end)) in processes.into_iter().take(MOST).enumerate() {
            sharers.processes.push(process);
            paging::leaves_below(memory, root, end, |leaf| {
                sharers.frames.push((leaf.pa, 1 << n));
            });
        }
        sharers.frames.sort_unstable();
        sharers.frames.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            kept.1 |= if is_same { next.1 } else { 0 };
            is_same
        });
        sharers
    }

    /// Who leads to the frame at `pa`.
    pub fn of(&self, pa: u64) -> Group {
        let found = self.frames.binary_search_by_key(&pa, |&(frame, _)| frame);
        Group(found.map_or(0, |n| self.frames[n].1))
    }

    /// The processes of `group`.
    pub fn processes(&self, group: Group) -> Vec<ProcessRef> {
        let processes = self.processes.iter().enumerate();
        let members = processes.filter(|&(n, _)| group.0 >> n & 1 != 0);
        members.map(|(_, process)| process.clone()).collect()
    }
}
