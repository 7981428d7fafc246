//! `seq [FROM] TO`: the numbers from FROM, 1 unless told, to TO.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, println};
use user::usage;

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let mut number = || args.next().map(|arg| ulib::number(arg.to_bytes()));
    let (from, to) = match (number(), number()) {
        (Some(Some(to)), None) => (1, to),
        (Some(Some(from)), Some(Some(to))) => (from, to),
        _ => {
            return usage!();
        }
    };
    (from..=to).for_each(|n| println!("{n}"));
    0
}
