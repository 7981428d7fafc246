//! `chroot DIR PROGRAM [ARG…]`: runs a program for which DIR is `/`. PROGRAM is looked up there.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, eprintln, show};

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let (dir, all) = (args.next(), args.clone());
    let (Some(dir), Some(program)) = (dir, args.next()) else {
        eprintln!("usage: chroot dir program [arg...]");
        return 1;
    };
    if ulib::chroot(dir).and_then(|()| ulib::chdir(c"/")).is_err() {
        eprintln!("chroot: cannot go to {}", show(dir.to_bytes()));
        return 1;
    }
    ulib::exec(program, all);
    eprintln!("exec {} failed", show(program.to_bytes()));
    1
}
