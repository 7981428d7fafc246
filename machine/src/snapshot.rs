//! Snapshots, which share the pages that did not change, and the hash of the state.

use std::fmt;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::board::BoardState;
use crate::disk::DiskImage;
use crate::hart::HartState;
use crate::input::Stamped;
use crate::memory::Image;
use crate::turn::Turn;

/// The machine's state at a moment, and the input up to it; cheap to keep many of.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(crate) state: State,
    pub(crate) input_log: Vec<Stamped>,
}

/// The machine's state at a moment.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub small: SmallState,
    pub ram: Image,
    pub disk: DiskImage,
}

impl State {
    /// The bytes that it shares with no other state, roughly.
    pub fn own_bytes(&self) -> u64 {
        let small = size_of::<State>() + self.small.harts.len() * size_of::<HartState>();
        small as u64 + self.ram.own_bytes() + self.disk.own_bytes()
    }
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
