//! `flood [LINES]`: prints lines of 64 bytes as fast as they go, each in a write of its own
//! as `println!` does it; how long it takes says how fast the console is.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Failed, STDOUT, eprintln};

ulib::entry!(main);

/// A kilobyte is 16 of them.
const LINE: &[u8; 64] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.\n";

fn main(mut args: Args) -> i32 {
    let lines = match args.next() {
        None => Some(16 << 10),
        Some(text) => ulib::number(text.to_bytes()),
    };
    let (Some(lines), None) = (lines, args.next()) else {
        eprintln!("usage: flood [lines]");
        return 1;
    };
    match (0..lines).try_for_each(|_| STDOUT.write_all(LINE)) {
        Ok(()) => 0,
        Err(Failed) => {
            eprintln!("flood: write error");
            1
        }
    }
}
