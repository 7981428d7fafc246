//! What enters the machine from outside, and when.

use serde::{Deserialize, Serialize};

/// Something that happens to the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    /// Bytes typed at the console.
    Console(Vec<u8>),
    /// Bytes typed at the virtio console; without one they wait for ever.
    Terminal(Vec<u8>),
}

/// An input and the time it entered at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamped {
    /// The machine's time; see [`crate::Machine::t`].
    pub t: u64,
    /// What entered.
    pub input: Input,
}
