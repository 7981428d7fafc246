//! The parts of the programs that only compute, kept apart so that they can be tested
//! on the host: the shell's grammar and the line that is typed to it, grep's patterns, the text
//! on the screen of `edit`.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

/// Says on descriptor 2 how the program is called, in the words that its source begins with; gives
/// the exit status.
#[macro_export]
macro_rules! usage {
    () => {{
        const USAGE: &[u8] = include_bytes!(concat!(
            env!("OUT_DIR"),
            "/",
            env!("CARGO_BIN_NAME"),
            ".usage"
        ));
        ulib::complain(&[b"usage: ", USAGE]);
        1
    }};
}

pub mod calendar;
pub mod option;
pub mod path;
pub mod pattern;
pub mod shell;
pub mod terminal;
pub mod word;
