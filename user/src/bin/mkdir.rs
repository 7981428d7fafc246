//! `mkdir DIR…`: makes directories.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, complain};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    if args.len() == 0 {
        complain(&[b"Usage: mkdir files..."]);
        return 1;
    }
    for name in args {
        if ulib::mkdir(name).is_err() {
            complain(&[b"mkdir: ", name.to_bytes(), b" failed to create"]);
            return 1;
        }
    }
    0
}
