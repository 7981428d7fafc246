//! `chroot DIR PROGRAM [ARG…]`: runs a program for which DIR is `/`. PROGRAM is looked up there.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, complain};
use user::usage;

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let (dir, all) = (args.next(), args.clone());
    let (Some(dir), Some(program)) = (dir, args.next()) else {
        return usage!();
    };
    if ulib::chroot(dir).is_err() {
        complain(&[b"chroot: cannot go to ", dir.to_bytes()]);
        return 1;
    }
    ulib::exec(program, all);
    complain(&[b"exec ", program.to_bytes(), b" failed"]);
    1
}
