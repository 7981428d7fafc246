//! The differential tester: small programs that run on our machine and on QEMU, and must
//! leave the same registers, CSRs, memory and traps.
//!
//! A [`Case`] is a program and the state it begins in. [`generate`] makes them, at random
//! or all of a kind; [`on_both`] runs thousands of them in one start of each machine: the
//! same image, in which a harness takes one after another. [`judge()`] compares, knowing in
//! what QEMU deviates from the manual; [`shrink`] makes a small case of one that differs.
//!
//! Leans on the machine's own encoder for the harness, and on nothing else to assemble.

pub(crate) mod asm;
mod campaign;
mod case;
mod deviations;
pub mod generate;
pub(crate) mod harness;
pub(crate) mod image;
mod judge;
pub(crate) mod layout;
mod mending;
mod outcome;
pub(crate) mod run;
mod shrink;
mod stored;

pub use campaign::{Campaign, Found};
pub use case::{Case, Slot, parse};
pub use deviations::{DEVIATIONS, Deviation};
pub use judge::{Pair, Runner, Verdict, judge};
pub use outcome::{Difference, Ending, Outcome, Taken, Where, differences};
pub use run::{on_both, on_both_with};
pub use shrink::shrink;
pub use stored::{folder, keep, load};
