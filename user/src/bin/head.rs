//! `head [-N] [FILE]`: the first N lines, 10 unless told, of a file or of what it is given.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Fd, File, Out, STDIN, STDOUT, complain};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    let mut n_lines = 10;
    let mut status = 0;
    let mut any = false;
    for arg in args {
        let bytes = arg.to_bytes();
        if let Some(number) = bytes.strip_prefix(b"-").and_then(ulib::number) {
            n_lines = number;
            continue;
        }
        any = true;
        match File::open(arg) {
            Ok(file) => head(*file, n_lines),
            Err(_) => {
                complain(&[b"head: cannot open ", bytes]);
                status = 1;
            }
        }
    }
    if !any {
        head(STDIN, n_lines);
    }
    status
}

fn head(from: Fd, mut n_lines: u32) {
    let mut out = Out::new(STDOUT);
    let mut buffer = [0; 512];
    while n_lines > 0 {
        let Ok(len @ 1..) = from.read(&mut buffer) else {
            return;
        };
        for &byte in &buffer[..len] {
            if n_lines == 0 {
                return;
            }
            out.put(&[byte]);
            n_lines -= u32::from(byte == b'\n');
        }
    }
}
