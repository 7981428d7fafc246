//! `wc [FILE…]`: counts lines, words and bytes of files, or of descriptor 0.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, Fd, File, STDIN, complain, println, show};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    if args.len() == 0 {
        return count(STDIN, b"");
    }
    for name in args {
        let Ok(file) = File::open(name) else {
            complain(&[b"wc: cannot open ", name.to_bytes()]);
            return 1;
        };
        if count(*file, name.to_bytes()) != 0 {
            return 1;
        }
    }
    0
}

/// Counts what `from` still has and prints the line; gives the exit status.
fn count(from: Fd, name: &[u8]) -> i32 {
    let (mut lines, mut words, mut bytes) = (0_u64, 0_u64, 0_u64);
    let mut in_word = false;
    let mut buffer = [0; 512];
    loop {
        let len = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(len) => len,
            Err(_) => {
                complain(&[b"wc: read error"]);
                return 1;
            }
        };
        bytes += len as u64;
        for &byte in &buffer[..len] {
            lines += u64::from(byte == b'\n');
            let is_space = matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b);
            words += u64::from(!is_space && !in_word);
            in_word = !is_space;
        }
    }
    println!("{lines} {words} {bytes} {}", show(name));
    0
}
