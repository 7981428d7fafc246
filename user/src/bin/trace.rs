//! `trace MASK PROGRAM [ARG…]`: runs a program, and has the kernel print its system calls; of
//! these, those whose bit in MASK is set (`trace 32` those that read).
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, complain, sys};
use user::usage;

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let mask = args.next().and_then(|arg| ulib::number(arg.to_bytes()));
    let all = args.clone();
    let (Some(mask), Some(program)) = (mask, args.next()) else {
        return usage!();
    };
    if sys::trace(mask.into()).is_err() {
        complain(&[b"trace: not permitted"]);
        return 1;
    }
    ulib::exec(program, all);
    complain(&[b"exec ", program.to_bytes(), b" failed"]);
    1
}
