//! `seccomp PROGRAM [ARG…]`: runs a program that may look at files that are open, and change
//! nothing; open, kill, link, unlink, mkdir and mknod fail.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::Syscall;
use ulib::{Args, Failed, complain};
use user::usage;

ulib::entry!(main);

const DENIED: [Syscall; 6] = [
    Syscall::Open,
    Syscall::Kill,
    Syscall::Link,
    Syscall::Unlink,
    Syscall::Mkdir,
    Syscall::Mknod,
];

fn main(mut args: Args) -> i32 {
    let all = args.clone();
    let Some(program) = args.next() else {
        return usage!();
    };
    let denied = DENIED.iter().fold(0, |mask, &call| mask | 1 << call as u64);
    if ulib::seccomp(!denied) == Err(Failed) {
        complain(&[b"seccomp: not permitted"]);
        return 1;
    }
    ulib::exec(program, all);
    complain(&[b"exec ", program.to_bytes(), b" failed"]);
    1
}
