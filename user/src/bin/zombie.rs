//! `zombie`: leaves a dead child unburied for a moment (Ctrl-P shows it), then exits and leaves
//! it to init.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Fork};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    if let Ok(Fork::Parent(_)) = ulib::fork() {
        let _ = ulib::pause(5);
    }
    0
}
