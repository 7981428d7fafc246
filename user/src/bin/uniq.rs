//! `uniq [-c] [FILE]`: leaves out lines that are the same as the one before; `-c` counts them.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::fmt::Write;
use ulib::{Args, Out, STDOUT, eprintln, show};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    let (mut is_counting, mut path) = (false, None);
    for arg in args {
        match arg.to_bytes() {
            b"-c" => is_counting = true,
            _ => path = Some(arg),
        }
    }
    let Ok(lines) = ulib::lines(path) else {
        eprintln!(
            "uniq: cannot read {}",
            show(path.map_or(b"", |path| path.to_bytes()))
        );
        return 1;
    };
    let mut out = Out::new(STDOUT);
    for same in lines.chunk_by(|one, other| one == other) {
        if is_counting {
            // `Out` takes everything.
            let _ = write!(out, "{:4} ", same.len());
        }
        out.put(&same[0]);
        out.put(b"\n");
    }
    0
}
