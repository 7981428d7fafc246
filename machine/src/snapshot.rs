//! Snapshots, which share the pages that did not change, and the hash of the state.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::board::BoardState;
use crate::hart::HartState;
use crate::input::Stamped;
use crate::memory::Page;
use crate::turn::Turn;

/// The machine's state at a moment; cheap to keep many of.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(crate) small: SmallState,
    pub(crate) ram: Vec<Arc<Page>>,
    pub(crate) disk: Vec<Arc<Page>>,
    pub(crate) input_log: Vec<Stamped>,
}

/// All state but RAM and the disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SmallState {
    pub harts: Vec<HartState>,
    pub board: BoardState,
    pub turn: Turn,
}

/// 128 bits that stand for everything the guest could ever notice: registers, devices,
/// RAM, disk, time, whose turn it is, and the input still to be received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StateHash(pub u128);

impl StateHash {
    pub(crate) fn of(small: &SmallState, ram: u128, disk: u128) -> StateHash {
        let mut bytes = crate::devices::record(small);
        bytes.extend(ram.to_le_bytes());
        bytes.extend(disk.to_le_bytes());
        StateHash(xxh3_128(&bytes))
    }
}

impl fmt::Display for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
