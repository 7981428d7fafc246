//! `forktest`: forks until the kernel refuses, then checks that as many children exit. It must take
//! little memory, so that the table of processes fills up before memory does: no
//! formatting, no heap.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Fork, STDOUT};

ulib::entry!(main);

/// More than any table of processes holds.
const MANY: usize = 1000;

fn main(_args: Args) -> i32 {
    say(b"fork test\n");
    match fork_until_refused() {
        Ok(()) => {
            say(b"fork test OK\n");
            0
        }
        Err(complaint) => {
            say(complaint);
            1
        }
    }
}

fn say(line: &[u8]) {
    let _ = STDOUT.write_all(line);
}

fn fork_until_refused() -> Result<(), &'static [u8]> {
    let mut n_children = 0;
    while n_children < MANY {
        match ulib::fork() {
            Ok(Fork::Child) => ulib::exit(0),
            Ok(Fork::Parent(_)) => n_children += 1,
            Err(_) => break,
        }
    }
    if n_children == MANY {
        return Err(b"fork claimed to work 1000 times!\n");
    }
    for _ in 0..n_children {
        ulib::wait().map_err(|_| b"wait stopped early\n".as_slice())?;
    }
    match ulib::wait() {
        Ok(_) => Err(b"wait got too many\n"),
        Err(_) => Ok(()),
    }
}
