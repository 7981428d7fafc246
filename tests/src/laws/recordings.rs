//! Workloads as recordings, for builds of the machine that run elsewhere: what they come to when
//! they play one again must be what was seen here.

use super::Workload;
use super::play::{Act, Seen};
use machine::{History, StateHash, Stop};

/// The history of `workload`, at its end.
pub(super) fn recorded(workload: &Workload) -> History {
    let mut history = History::new(workload.machine());
    for (t, act) in workload.acts() {
        while history.t() < t {
            match history.run(t) {
                Stop::Idle { .. } => history.skip(t),
                Stop::Reached | Stop::Event => {}
                Stop::PowerOff { .. } | Stop::Reset => return history,
            }
        }
        if let Act::Enter(input) = act {
            history.input(input.clone()).expect("this is the present");
        }
    }
    history
}

/// The recording of `workload` as [`History::to_bytes`] writes it, and states in it, by time;
/// none at its very end, which the file holds and nobody has to come to.
pub fn recording(workload: &Workload) -> (Vec<u8>, Vec<(u64, StateHash)>) {
    let mut history = recorded(workload);
    let last = history.end().saturating_sub(1);
    let mut seen = Seen::new();
    for t in &workload.looks {
        history.seek(last.min(*t));
        seen.push((history.t(), history.machine().state_hash()));
    }
    (history.to_bytes(), seen)
}

/// The recordings of `workloads` one after another, each as: its length (8 bytes), itself, the
/// number of states (8), and for each its time (8) and hash (16); all little-endian.
pub fn recordings<'a>(workloads: impl IntoIterator<Item = &'a Workload>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for workload in workloads {
        let (file, seen) = recording(workload);
        bytes.extend((file.len() as u64).to_le_bytes());
        bytes.extend(file);
        bytes.extend((seen.len() as u64).to_le_bytes());
        for (t, hash) in seen {
            bytes.extend(t.to_le_bytes());
            bytes.extend(hash.0.to_le_bytes());
        }
    }
    bytes
}
