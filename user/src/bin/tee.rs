//! `tee FILE…`: passes on what it is given, and writes it to the files too.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

extern crate alloc;

use abi::file::{O_CREATE, O_TRUNC, O_WRONLY};
use alloc::vec::Vec;
use ulib::{Args, File, STDIN, STDOUT, complain};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    let mut status = 0;
    let mut files = Vec::new();
    for name in args {
        match File::open_with(name, O_WRONLY | O_CREATE | O_TRUNC) {
            Ok(file) => files.push(file),
            Err(_) => {
                complain(&[b"tee: cannot open ", name.to_bytes()]);
                status = 1;
            }
        }
    }
    let mut buffer = [0; 512];
    while let Ok(len @ 1..) = STDIN.read(&mut buffer) {
        let bytes = &buffer[..len];
        let is_well = STDOUT.write_all(bytes).is_ok();
        if !(is_well & files.iter().all(|file| file.write_all(bytes).is_ok())) {
            status = 1;
        }
    }
    status
}
