//! `date`: the time of day, in UTC.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Out, STDOUT, complain, sys};
use user::calendar::date;
use user::usage;

ulib::entry!(main);

fn main(args: Args) -> i32 {
    if args.len() > 0 {
        return usage!();
    }
    let Ok(now) = sys::time_of_day() else {
        complain(&[b"date: the kernel does not tell"]);
        return 1;
    };
    let (year, month, day) = date(now / 86400);
    let (hour, minute, second) = (now / 3600 % 24, now / 60 % 60, now % 60);
    let mut out = Out::new(STDOUT);
    out.put_number(year as usize, 4, b'0');
    let rest = [
        (b"-", month),
        (b"-", day),
        (b" ", hour),
        (b":", minute),
        (b":", second),
    ];
    for (before, number) in rest {
        out.put(before);
        out.put_number(number as usize, 2, b'0');
    }
    out.put(b" UTC\n");
    0
}
