//! `cat [FILE…]`: prints the files one after the other; without any, what it is given
//! on descriptor 0.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Fd, File, STDIN, STDOUT, complain};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    if args.len() == 0 {
        return copy(STDIN);
    }
    for name in args {
        let Ok(file) = File::open(name) else {
            complain(&[b"cat: cannot open ", name.to_bytes()]);
            return 1;
        };
        if copy(*file) != 0 {
            return 1;
        }
    }
    0
}

/// Copies what `from` still has to descriptor 1; gives the exit status.
fn copy(from: Fd) -> i32 {
    let mut buffer = [0; 512];
    loop {
        let len = match from.read(&mut buffer) {
            Ok(0) => return 0,
            Ok(len) => len,
            Err(_) => {
                complain(&[b"cat: read error"]);
                return 1;
            }
        };
        if STDOUT.write_all(&buffer[..len]).is_err() {
            complain(&[b"cat: write error"]);
            return 1;
        }
    }
}
