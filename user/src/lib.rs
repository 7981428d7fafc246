//! The parts of the programs that only compute, kept apart so that they can be tested
//! on the host: the shell's grammar and grep's patterns.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod pattern;
pub mod shell;
pub mod word;
