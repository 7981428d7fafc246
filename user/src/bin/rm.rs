//! `rm FILE…`: removes names of files, and empty directories.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, eprintln, show};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    if args.len() == 0 {
        eprintln!("Usage: rm files...");
        return 1;
    }
    for name in args {
        if ulib::unlink(name).is_err() {
            eprintln!("rm: {} failed to delete", show(name.to_bytes()));
            return 1;
        }
    }
    0
}
