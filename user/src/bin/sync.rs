//! `sync`: waits until everything written so far is on the disk.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, complain};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    if ulib::sync().is_err() {
        complain(&[b"sync: the disk takes no more"]);
        return 1;
    }
    0
}
