//! Plays a workload: runs its machine, types, and looks.

use super::Workload;
use machine::{Input, Machine, StateHash, Stop};

/// What happens to a workload at a time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act<'a> {
    /// Something enters.
    Enter(&'a Input),
    /// The state is looked at.
    Look,
}

/// The states that were seen, each with its time.
pub(super) type Seen = Vec<(u64, StateHash)>;

impl Workload {
    /// What happens when, in order: at one time, all input before the look.
    pub(super) fn acts(&self) -> Vec<(u64, Act<'_>)> {
        let inputs = self.inputs.iter();
        let mut acts: Vec<_> = inputs.map(|(t, input)| (*t, Act::Enter(input))).collect();
        acts.extend(self.looks.iter().map(|&t| (t, Act::Look)));
        acts.sort_by_key(|&(t, act)| (t, matches!(act, Act::Look)));
        acts
    }
}

/// Does `acts` with `machine`, which `go` brings to each time. A machine that stops for good
/// before one is looked at there, and no more.
pub(super) fn play(
    machine: &mut Machine,
    acts: &[(u64, Act)],
    mut go: impl FnMut(&mut Machine, u64),
) -> Seen {
    let mut seen = Seen::new();
    for &(t, act) in acts {
        go(machine, t);
        let has_stopped = machine.t() < t;
        match act {
            Act::Enter(input) if !has_stopped => machine.input(input.clone()),
            _ => seen.push((machine.t(), machine.state_hash())),
        }
        if has_stopped {
            break;
        }
    }
    seen
}

/// Brings `machine` to `t`, idle time skipped at once.
pub(super) fn straight(machine: &mut Machine, t: u64) {
    while machine.t() < t {
        match machine.run(t) {
            Stop::Idle { .. } => machine.skip(t),
            Stop::Reached | Stop::Event => {}
            Stop::PowerOff { .. } | Stop::Reset => break,
        }
    }
}
