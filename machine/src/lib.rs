//! The RV64 machine of Orrery: harts, MMU, bus, devices, clock, snapshots, input log.
//!
//! [`Machine`] is QEMU's `virt` board, deterministic: its state is a function of the
//! kernel, the disk, the [`Config`] and the input log. It reads no clock and keeps no
//! secret; the host decides when it runs and how long it may idle.
//!
//! ```
//! use machine::{Config, Machine};
//!
//! let failed = Machine::new(&Config::default(), b"no kernel", Vec::new());
//! assert_eq!(failed.expect_err("refused").to_string(), "the kernel is not an ELF file");
//! ```
//!
//! What an instruction means stands in [`isa`], a register in `hart/csr_rows.rs`, a device
//! in `devices/`, the memory map in `board.rs`.
#![forbid(unsafe_code)]

// First: later modules use its macros.
#[macro_use]
pub mod isa;
#[macro_use]
mod form;

mod board;
mod code;
mod config;
mod devices;
mod disk;
mod elf;
mod event;
mod execute;
mod fast;
mod fault;
mod float;
mod hart;
mod history;
mod input;
mod load;
mod machine;
mod memory;
mod peek;
mod probes;
mod ram;
mod random;
mod reservation;
mod rom;
mod run;
mod saved;
mod slow;
mod snapshot;
mod tree;
mod turn;
mod watchpoints;

pub use config::{Config, ImageError, LARGEST_DISK, MOST_DEVICES, Part, SetupError, VirtioDevice};
pub use event::{Event, Happening, Watch};
pub use fault::{Fault, POWER_CUT};
pub use hart::Mode;
pub use hart::csr::{name as csr_name, number as csr_number};
pub use history::{History, InThePast};
pub use input::{Input, Register, Stamped};
pub use machine::{HartView, Machine};
pub use run::Stop;
pub use saved::{BadFile, FileInfo};
pub use snapshot::{Snapshot, StateHash};
pub use watchpoints::{Accesses, Watchpoint};
