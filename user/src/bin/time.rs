//! `time PROGRAM [ARG…]`: runs a program, and says how many ticks (tenths of a second) it took.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Failed, Fork, complain, eprintln};
use user::usage;

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let all = args.clone();
    let Some(program) = args.next() else {
        return usage!();
    };
    let start = ulib::uptime();
    let ended = match ulib::fork() {
        Ok(Fork::Child) => {
            ulib::exec(program, all);
            complain(&[b"exec ", program.to_bytes(), b" failed"]);
            ulib::exit(1)
        }
        Ok(Fork::Parent(_)) => ulib::wait(),
        Err(Failed) => Err(Failed),
    };
    match ended {
        Ok(child) => {
            eprintln!("{} ticks", ulib::uptime() - start);
            child.status
        }
        Err(Failed) => {
            complain(&[b"time: no process left"]);
            1
        }
    }
}
