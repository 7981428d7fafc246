//! `mkdir DIR…`: makes directories.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, eprintln, show};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    if args.len() == 0 {
        eprintln!("Usage: mkdir files...");
        return 1;
    }
    for name in args {
        if ulib::mkdir(name).is_err() {
            eprintln!("mkdir: {} failed to create", show(name.to_bytes()));
            return 1;
        }
    }
    0
}
