//! Where things lie in the memory of a workload; what is not said here lies as the differential
//! tester has it.

use crate::isa::layout::{ARENA, RAM, SAVE, WHOLE_ARENA};

/// Bytes of RAM.
pub(super) const RAM_BYTES: u64 = 16 << 20;
/// What hart 0 writes to the devices' registers first: addresses and words, 8 bytes each,
/// until an address is 0.
pub(super) const SCRIPT: u64 = RAM + 0x1_0000;
/// Rings and buffers of the devices that are set up, two pages and two of buffers for each queue.
pub(super) const RINGS: u64 = RAM + 0x2_0000;
/// Bytes for a queue.
pub(super) const RING_BYTES: u64 = 0x4000;
/// A page that all harts use.
pub(super) const SHARED: u64 = RAM + 0xe_0000;
/// The tasks of all harts, and what tells where each lies.
pub(super) const TASKS: u64 = RAM + 0x10_0000;
/// Arenas: one for each of eight harts, and one that all may use.
pub(super) const N_ARENAS: u64 = 9;

/// What belongs to a hart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hart(pub usize);

impl Hart {
    /// Bytes for what the monitor keeps of it.
    pub const SAVE_BYTES: u64 = 0x1000;

    /// What the monitor keeps of it; see [`kept`].
    pub fn save(self) -> u64 {
        SAVE + Hart::SAVE_BYTES * self.0 as u64
    }

    /// The arena of its tasks.
    pub fn arena(self) -> u64 {
        arena(self.0 as u64)
    }

    /// Its `mtimecmp`.
    pub fn timer(self) -> u64 {
        0x200_4000 + 8 * self.0 as u64
    }

    /// Its `msip`.
    pub fn software(self) -> u64 {
        0x200_0000 + 4 * self.0 as u64
    }

    /// The PLIC's claim register for its M-mode.
    pub fn claim(self) -> u64 {
        0xc20_0004 + 0x2000 * self.0 as u64
    }

    /// The PLIC's enable bits for its M-mode.
    pub fn enable(self) -> u64 {
        0xc00_2000 + 0x100 * self.0 as u64
    }
}

/// The arena of number `n`.
pub(super) fn arena(n: u64) -> u64 {
    ARENA + n * WHOLE_ARENA
}

/// Offsets in what the monitor keeps of a hart: register `xN` lies at `8 * N`, then these.
pub(super) mod kept {
    /// The record of the task that runs.
    pub const RECORD: u64 = 0x100;
    /// Its traps so far.
    pub const TRAPS: u64 = 0x108;
    /// Its interrupts so far.
    pub const TICKS: u64 = 0x110;
    /// Tasks that are done.
    pub const DONE: u64 = 0x118;
    /// The hart's random numbers.
    pub const RANDOM: u64 = 0x120;
    /// The addresses of its tasks' records.
    pub const TASKS: u64 = 0x128;
    /// How many those are.
    pub const N_TASKS: u64 = 0x130;
    /// The address of [`super::Hart::timer`].
    pub const TIMER: u64 = 0x138;
    /// The address of [`super::Hart::software`].
    pub const SOFTWARE: u64 = 0x140;
    /// The address of [`super::Hart::claim`].
    pub const CLAIM: u64 = 0x148;
    /// A digest of every trap.
    pub const DIGEST: u64 = 0x150;
}
