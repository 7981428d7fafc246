//! The RV64 machine of Orrery: harts, MMU, bus, devices, clock, snapshots, input log.
//!
//! [`Machine`] is QEMU's `virt` board, deterministic: its state is a function of the
//! kernel, the disk, the [`Config`] and the input log. It reads no clock and keeps no
//! secret; the host decides when it runs and how long it may idle.
//!
//! ```
//! use machine::{Config, Machine, SetupError};
//!
//! let failed = Machine::new(&Config::default(), b"no kernel", Vec::new());
//! assert_eq!(failed.err(), Some(SetupError::NotElf));
//! ```
//!
//! What an instruction means stands in [`isa`], a register in `hart/csr_rows.rs`, a device
//! in `devices/`, the memory map in `board.rs`.
#![forbid(unsafe_code)]

// First: later modules use its macros.
#[macro_use]
pub mod isa;

mod board;
mod code;
mod config;
mod devices;
mod elf;
mod execute;
mod hart;
mod input;
mod machine;
mod memory;
mod ram;
mod rom;
mod snapshot;
mod tree;
mod turn;

pub use config::{Config, LARGEST_DISK, SetupError};
pub use hart::Mode;
pub use input::{Input, Stamped};
pub use machine::{HartView, Machine, Stop};
pub use snapshot::{Snapshot, StateHash};
