//! `grep PATTERN [FILE…]`: prints the lines that match; see `user::pattern` for what a
//! pattern can say.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::vec::Vec;
use ulib::{Args, Fd, File, STDIN, STDOUT, complain, say};
use user::pattern::Pattern;
use user::usage;

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let Some(pattern) = args.next() else {
        return usage!();
    };
    let pattern = Pattern::new(pattern.to_bytes());
    if args.len() == 0 {
        return print_matches(&pattern, STDIN);
    }
    for name in args {
        let Ok(file) = File::open(name) else {
            say(&[b"grep: cannot open ", name.to_bytes()]);
            return 1;
        };
        if print_matches(&pattern, *file) != 0 {
            return 1;
        }
    }
    0
}

/// Prints the lines of `from` that match, however long they are; gives the exit status.
/// A last line without an end is given one.
fn print_matches(pattern: &Pattern, from: Fd) -> i32 {
    let mut line = Vec::new();
    let mut buffer = [0; 512];
    loop {
        let len = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(len) => len,
            Err(_) => {
                complain(&[b"grep: read error"]);
                return 1;
            }
        };
        for piece in buffer[..len].split_inclusive(|&byte| byte == b'\n') {
            line.extend_from_slice(piece);
            if line.ends_with(b"\n") {
                print_if_match(pattern, &mut line);
            }
        }
    }
    if !line.is_empty() {
        line.push(b'\n');
        print_if_match(pattern, &mut line);
    }
    0
}

/// Prints `line`, its end included, if it matches, and empties it.
fn print_if_match(pattern: &Pattern, line: &mut Vec<u8>) {
    if pattern.is_match(&line[..line.len() - 1]) {
        let _ = STDOUT.write_all(line);
    }
    line.clear();
}
