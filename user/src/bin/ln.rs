//! `ln OLD NEW`: gives a file a further name.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, complain, eprintln, show};

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let (Some(old), Some(new), None) = (args.next(), args.next(), args.next()) else {
        complain(&[b"Usage: ln old new"]);
        return 1;
    };
    if ulib::link(old, new).is_err() {
        eprintln!(
            "link {} {}: failed",
            show(old.to_bytes()),
            show(new.to_bytes())
        );
        return 1;
    }
    0
}
