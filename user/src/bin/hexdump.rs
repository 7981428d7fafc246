//! `hexdump [FILE]`: the bytes of a file, or of what it is given; 16 a line, in hexadecimal digits
//! and as text.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::fmt::Write;
use ulib::{Args, File, Out, STDIN, STDOUT, complain};

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let file = match args.next() {
        None => None,
        Some(name) => match File::open(name) {
            Ok(file) => Some(file),
            Err(_) => {
                complain(&[b"hexdump: cannot open ", name.to_bytes()]);
                return 1;
            }
        },
    };
    let from = file.as_deref().copied().unwrap_or(STDIN);
    let mut out = Out::new(STDOUT);
    let (mut at, mut line) = (0, [0; 16]);
    while let Ok(len @ 1..) = from.read_full(&mut line) {
        // `Out` takes everything.
        let _ = write!(out, "{at:08x} ");
        for n in 0..line.len() {
            let _ = match line[..len].get(n) {
                Some(byte) => write!(out, " {byte:02x}"),
                None => write!(out, "   "),
            };
        }
        out.put(b"  ");
        for &byte in &line[..len] {
            out.put(&[if matches!(byte, b' '..=b'~') {
                byte
            } else {
                b'.'
            }]);
        }
        out.put(b"\n");
        at += len;
    }
    0
}
