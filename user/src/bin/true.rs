//! `true`: ends well.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::Args;

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    0
}
