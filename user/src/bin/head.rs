//! `head [-N] [FILE]`: the first N lines, 10 unless told, of a file or of what it is given.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Fd, File, Out, STDIN, STDOUT, complain};
use user::option;

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let mut n_lines = 10;
    let mut status = 0;
    let mut any = false;
    while let Some(arg) = args.next() {
        if let Some(number) = option::n_lines(arg, &mut args) {
            n_lines = number;
            continue;
        }
        any = true;
        match File::open(arg) {
            Ok(file) => head(*file, n_lines),
            Err(_) => {
                complain(&[b"head: cannot open ", arg.to_bytes()]);
                status = 1;
            }
        }
    }
    if !any {
        head(STDIN, n_lines);
    }
    status
}

fn head(from: Fd, mut n_lines: usize) {
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
            n_lines -= usize::from(byte == b'\n');
        }
    }
}
