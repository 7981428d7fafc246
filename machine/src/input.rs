//! What enters the machine from outside, and when.

use serde::{Deserialize, Serialize};

use crate::Fault;

/// Something that happens to the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    /// Bytes typed at the console.
    Console(Vec<u8>),
    /// Bytes typed at the virtio console; without one they wait for ever.
    Terminal(Vec<u8>),
    /// Bytes that a debugger puts into RAM. What is not in RAM stays as it is.
    Memory {
        /// The physical address of the first.
        pa: u64,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// A value that a debugger puts into a register. One that is not there stays as it is.
    Register {
        /// Whose.
        hart: usize,
        /// Which.
        register: Register,
        /// What it holds from then on.
        value: u64,
    },
    /// Something goes wrong with the hardware.
    Fault(Fault),
}

/// A register that a debugger may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Register {
    /// One of `x1` to `x31`.
    X(u8),
    /// One of `f0` to `f31`.
    F(u8),
    /// The address of the next instruction; its lowest bit is cleared.
    Pc,
}

/// An input and the time it entered at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamped {
    /// The machine's time; see [`crate::Machine::t`].
    pub t: u64,
    /// What entered.
    pub input: Input,
}
