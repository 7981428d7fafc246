//! The parts of the programs that only compute, kept apart so that they can be tested
//! on the host: the shell's grammar and the line that is typed to it, grep's patterns, the text
//! on the screen of `edit`.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod calendar;
pub mod pattern;
pub mod shell;
pub mod terminal;
pub mod word;
