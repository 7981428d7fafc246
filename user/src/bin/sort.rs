//! `sort [-r] [FILE]`: the lines of a file, or of what it is given, in the order of their bytes;
//! `-r` the other way round.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Out, STDOUT, eprintln, show};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    let (mut is_reverse, mut path) = (false, None);
    for arg in args {
        match arg.to_bytes() {
            b"-r" => is_reverse = true,
            _ => path = Some(arg),
        }
    }
    let Ok(mut lines) = ulib::lines(path) else {
        eprintln!(
            "sort: cannot read {}",
            show(path.map_or(b"", |path| path.to_bytes()))
        );
        return 1;
    };
    lines.sort_unstable();
    if is_reverse {
        lines.reverse();
    }
    let mut out = Out::new(STDOUT);
    for line in &lines {
        out.put(line);
        out.put(b"\n");
    }
    0
}
