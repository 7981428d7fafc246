//! `rm FILE…`: removes names of files, and empty directories.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, complain};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    if args.len() == 0 {
        complain(&[b"Usage: rm files..."]);
        return 1;
    }
    for name in args {
        if ulib::unlink(name).is_err() {
            complain(&[b"rm: ", name.to_bytes(), b" failed to delete"]);
            return 1;
        }
    }
    0
}
