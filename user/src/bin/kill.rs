//! `kill PID…`: kills processes.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Pid, complain};
use user::usage;

ulib::entry!(main);

fn main(args: Args) -> i32 {
    if args.len() == 0 {
        return usage!();
    }
    let mut status = 0;
    for text in args {
        let pid = ulib::number(text.to_bytes()).and_then(|pid| i32::try_from(pid).ok());
        // Pid 0 is nobody's.
        let killed = pid
            .filter(|&pid| pid > 0)
            .is_some_and(|pid| ulib::kill(Pid(pid)).is_ok());
        if !killed {
            complain(&[b"kill: no process ", text.to_bytes()]);
            status = 1;
        }
    }
    status
}
