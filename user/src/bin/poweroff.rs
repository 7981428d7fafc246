//! `poweroff [STATUS]`: switches the machine off. QEMU and `orrery` exit with STATUS.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, complain};
use user::usage;

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let status = match args.next() {
        None => Some(0),
        // The machine's exit register has 16 bits for it.
        Some(text) => ulib::number(text.to_bytes()).filter(|&status| status <= 0xffff),
    };
    let (Some(status), None) = (status, args.next()) else {
        return usage!();
    };
    let _ = ulib::poweroff(status as i32);
    complain(&[b"poweroff: the machine cannot"]);
    1
}
