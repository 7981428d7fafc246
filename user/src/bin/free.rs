//! `free`: how much memory nobody has.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Failed, complain, println};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    match ulib::sysinfo() {
        Ok(info) => {
            println!("{} KiB free, {} processes", info.freemem / 1024, info.nproc);
            0
        }
        Err(Failed) => {
            complain(&[b"free: the kernel does not tell"]);
            1
        }
    }
}
