//! `sleep TICKS`: does nothing for so many ticks, about a tenth of a second each.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::Args;
use user::usage;

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let ticks = args
        .next()
        .and_then(|text| ulib::number(text.to_bytes()))
        .and_then(|ticks| i32::try_from(ticks).ok());
    let (Some(ticks), None) = (ticks, args.next()) else {
        return usage!();
    };
    i32::from(ulib::pause(ticks).is_err())
}
