//! `clear`: an empty screen, also after a program that left it in disorder.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, STDOUT};
use user::usage;

ulib::entry!(main);

fn main(args: Args) -> i32 {
    if args.len() > 0 {
        return usage!();
    }
    // Back from the other screen; the cursor shown, no colours; to the corner, all erased, and
    // what has been scrolled away too.
    let sequences = b"\x1b[?1049l\x1b[?25h\x1b[m\x1b[H\x1b[2J\x1b[3J";
    i32::from(STDOUT.write_all(sequences).is_err())
}
