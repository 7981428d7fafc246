//! `fullhouse`: takes every place in the table of processes, kills the shell, and goes home a
//! second later: until then `init` can hardly have another shell.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Fork, Pid};

ulib::entry!(main);

/// `init`'s first child.
const SHELL: Pid = Pid(2);
/// Processes that take what becomes free.
const N_GREEDY: usize = 3;
/// When it is over, in ticks.
const TICKS: usize = 10;

fn main(_args: Args) -> i32 {
    let end = ulib::uptime() + TICKS;
    for _ in 0..N_GREEDY {
        if ulib::fork() == Ok(Fork::Child) {
            while ulib::uptime() < end {
                take_place(end);
            }
            return wait_for_all();
        }
    }
    while take_place(end) {}
    if ulib::kill(SHELL).is_err() {
        return 1;
    }
    wait_for_all()
}

/// Has a child that does nothing until tick `end`. Whether there was a place for it.
fn take_place(end: usize) -> bool {
    match ulib::fork() {
        Ok(Fork::Child) => {
            let _ = ulib::pause(end.saturating_sub(ulib::uptime()) as i32);
            ulib::exit(0)
        }
        taken => taken.is_ok(),
    }
}

fn wait_for_all() -> i32 {
    while ulib::wait().is_ok() {}
    0
}
