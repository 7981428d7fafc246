//! `tail [-N] [FILE]`: the last N lines, 10 unless told, of a file or of what it is given.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Out, STDOUT, eprintln, show};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    let (mut n_lines, mut path) = (10, None);
    for arg in args {
        match arg.to_bytes().strip_prefix(b"-").and_then(ulib::number) {
            Some(number) => n_lines = number as usize,
            None => path = Some(arg),
        }
    }
    let Ok(lines) = ulib::lines(path) else {
        eprintln!(
            "tail: cannot read {}",
            show(path.map_or(b"", |path| path.to_bytes()))
        );
        return 1;
    };
    let mut out = Out::new(STDOUT);
    for line in &lines[lines.len().saturating_sub(n_lines)..] {
        out.put(line);
        out.put(b"\n");
    }
    0
}
