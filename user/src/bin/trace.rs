//! `trace MASK PROGRAM [ARG…]`: runs a program, and has the kernel print each of its system
//! calls whose bit in MASK is set (`trace 32` those that read).
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, eprintln, show, sys};

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let mask = args.next().and_then(|arg| ulib::number(arg.to_bytes()));
    let all = args.clone();
    let (Some(mask), Some(program)) = (mask, args.next()) else {
        eprintln!("usage: trace mask program [arg...]");
        return 1;
    };
    if sys::trace(mask.into()).is_err() {
        eprintln!("trace: not permitted");
        return 1;
    }
    ulib::exec(program, all);
    eprintln!("exec {} failed", show(program.to_bytes()));
    1
}
