//! `uname`: what runs here.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, say};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    say(&[b"Orrery xv6 riscv64"]);
    0
}
