//! The devices, a file each.

#[cfg(test)]
pub(crate) mod bench;
pub(crate) mod block;
pub(crate) mod clint;
pub(crate) mod console;
pub(crate) mod goldfish_rtc;
pub(crate) mod net;
pub(crate) mod plic;
pub(crate) mod rng;
pub(crate) mod test_finisher;
pub(crate) mod uart16550;
mod user_network;
pub(crate) mod virtio_mmio;
pub(crate) mod virtqueue;

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::board::{Console, Halt};
use crate::disk::Disk;
use crate::event::Watcher;
use crate::fault::Faults;
use crate::ram::Ram;

/// What a device may touch while it is accessed.
pub(crate) struct Wiring<'a> {
    /// The machine's time.
    pub now: u64,
    /// Its interrupt line: a level.
    pub irq: &'a mut bool,
    /// What it reaches by direct memory access.
    pub ram: &'a mut Ram,
    pub disk: &'a mut Disk,
    /// The two ends of the serial line, and those of the virtio console.
    pub console: &'a mut Console,
    pub terminal: &'a mut Console,
    pub halt: &'a mut Option<Halt>,
    /// What is to go wrong.
    pub faults: &'a mut Faults,
    pub watcher: &'a mut Watcher,
}

/// A device on the bus. It knows offsets, not its address.
///
/// Guests may access any offset with any size (1, 2, 4 or 8), of which the offset is a
/// multiple; what is accepted but makes no sense reads as zero and writes nothing.
pub(crate) trait Device: Debug {
    /// Whether it answers to such an access at all; otherwise it is an access fault. Which
    /// do is as on QEMU.
    fn accepts(&self, offset: u64, size: usize) -> bool;
    /// Reads `size` bytes at `offset`.
    fn read(&mut self, offset: u64, size: usize, wiring: &mut Wiring) -> u64;
    /// Writes the low `size` bytes of `value` at `offset`.
    fn write(&mut self, offset: u64, size: usize, value: u64, wiring: &mut Wiring);
    /// When it next has something to do by itself.
    fn due(&self) -> Option<u64> {
        None
    }
    /// Does what is due, or what new input makes possible.
    fn advance(&mut self, _wiring: &mut Wiring) {}
    /// Its state as bytes.
    fn save(&self) -> Vec<u8>;
    /// Takes on what [`Device::save`] gave; `None`, and no matter what it is then, if the
    /// record is no such thing.
    fn load(&mut self, record: &[u8]) -> Option<()>;
    /// Its node in the device tree.
    fn describe(&self) -> Description;
}

/// What a device's node in the device tree says, beyond its address and interrupt.
#[derive(Clone, Debug, Default)]
pub(crate) struct Description {
    /// The node's name without its address.
    pub node: &'static str,
    pub compatible: &'static [&'static str],
    /// Properties of one number.
    pub numbers: &'static [(&'static str, u32)],
}

/// `state` as bytes.
pub(crate) fn record<T: Serialize>(state: &T) -> Vec<u8> {
    postcard::to_allocvec(state).expect("plain data always fits memory")
}

/// The state in `record`; `None` if it is of another type.
pub(crate) fn from_record<T: DeserializeOwned>(record: &[u8]) -> Option<T> {
    postcard::from_bytes(record).ok()
}
