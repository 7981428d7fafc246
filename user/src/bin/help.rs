//! `help [PROGRAM…]`: what there is; of a program, how it is called.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::vec::Vec;
use ulib::{Args, STDOUT, complain};

ulib::entry!(main);

/// What the first lines of the programs' sources say: `build.rs` has gathered them. A line a
/// program: how it is called, a tab, what it does.
const PROGRAMS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/programs.txt"));

const SHELL: &[u8] = b"
help PROGRAM tells how one is called. The shell
itself does cd, exit, history and wait. Tab
completes a name; the arrows and Ctrl-A E U K W
edit the line or bring earlier ones back; Ctrl-L
clears the screen. Ctrl-C stops a program, Ctrl-D
ends what it reads, Ctrl-P lists the processes.
";

/// As wide as a terminal surely is, beside two panels on a page.
const WIDTH: usize = 50;
/// Where what a program does begins: behind the longest name.
const INDENT: usize = 10;

fn main(args: Args) -> i32 {
    let mut text = Vec::new();
    let mut status = 0;
    if args.len() == 0 {
        for (usage, purpose) in programs() {
            let name = name(usage);
            text.extend_from_slice(name);
            put_words(&mut text, purpose, name.len(), INDENT);
        }
        text.extend_from_slice(SHELL);
    }
    for wanted in args {
        let found = programs().find(|&(usage, _)| name(usage) == wanted.to_bytes());
        let Some((usage, purpose)) = found else {
            complain(&[b"help: no program ", wanted.to_bytes()]);
            status = 1;
            continue;
        };
        text.extend_from_slice(b"usage: ");
        text.extend_from_slice(usage);
        text.push(b'\n');
        put_words(&mut text, purpose, 0, 2);
    }
    status | i32::from(STDOUT.write_all(&text).is_err())
}

/// How each program is called, and what it does.
fn programs() -> impl Iterator<Item = (&'static [u8], &'static [u8])> {
    let lines = PROGRAMS.split(|&byte| byte == b'\n');
    lines.filter_map(|line| {
        let tab = line.iter().position(|&byte| byte == b'\t')?;
        Some((&line[..tab], &line[tab + 1..]))
    })
}

/// The name of what is called so.
fn name(usage: &[u8]) -> &[u8] {
    usage.split(|&byte| byte == b' ').next().unwrap_or(usage)
}

/// Puts the words of `purpose` into rows that begin at column `indent`, the first behind what
/// stands up to `column` already, and ends the last.
fn put_words(text: &mut Vec<u8>, purpose: &[u8], mut column: usize, indent: usize) {
    for word in purpose.split(|&byte| byte == b' ') {
        if column > indent && column + 1 + word.len() > WIDTH {
            text.push(b'\n');
            column = 0;
        }
        let n_blanks = indent.saturating_sub(column).max(1);
        text.extend(core::iter::repeat_n(b' ', n_blanks));
        text.extend_from_slice(word);
        column += n_blanks + word.len();
    }
    text.push(b'\n');
}
