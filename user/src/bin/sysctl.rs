//! `sysctl`: the policies that were chosen at boot, as `bootargs` has them.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Failed, complain, println, show, sys};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    let mut text = [0; 128];
    match sys::sysctl(&mut text) {
        Ok(len) => {
            println!("{}", show(&text[..len.min(text.len())]));
            0
        }
        Err(Failed) => {
            complain(&[b"sysctl: the kernel does not tell"]);
            1
        }
    }
}
