//! `dmesg`: the last of what the kernel has printed.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

extern crate alloc;

use ulib::{Args, Failed, STDOUT, complain, sys};
use user::usage;

ulib::entry!(main);

/// At least what the kernel keeps.
const MOST: usize = 8192;

fn main(args: Args) -> i32 {
    if args.len() > 0 {
        return usage!();
    }
    let mut text = alloc::vec![0; MOST];
    let told = sys::dmesg(&mut text).and_then(|len| STDOUT.write_all(&text[..len]));
    match told {
        Ok(()) => 0,
        Err(Failed) => {
            complain(&[b"dmesg: the kernel does not tell"]);
            1
        }
    }
}
