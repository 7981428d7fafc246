//! `longwrite`: one write of a gigabyte to the console, to be killed while it is under way.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::limits::PGSIZE;
use ulib::{Args, Region, STDOUT};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    // Each page comes when the kernel reads it.
    let Ok(bytes) = Region::lazy((1 << 30) / PGSIZE) else {
        return 1;
    };
    i32::from(STDOUT.write_all(&bytes).is_err())
}
