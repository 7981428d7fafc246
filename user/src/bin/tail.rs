//! `tail [-N] [FILE]`: the last N lines, 10 unless told, of a file or of what it is given.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Out, STDOUT, eprintln, show};
use user::option;

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let (mut n_lines, mut path) = (10, None);
    while let Some(arg) = args.next() {
        match option::n_lines(arg, &mut args) {
            Some(number) => n_lines = number,
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
