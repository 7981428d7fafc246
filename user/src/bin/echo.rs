//! `echo WORD…`: prints its arguments, a space between them, and ends the line.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Out, STDOUT};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    let mut out = Out::new(STDOUT);
    for (n, word) in args.enumerate() {
        if n > 0 {
            out.put(b" ");
        }
        out.put(word.to_bytes());
    }
    out.put(b"\n");
    0
}
