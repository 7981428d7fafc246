//! `help [PROGRAM…]`: what each program does, in a line.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, STDOUT, complain};

ulib::entry!(main);

/// What the first lines of the programs' sources say: `build.rs` has gathered them.
const PROGRAMS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/programs.txt"));

const SHELL: &[u8] = b"
The shell does cd, exit, history and wait itself. Tab completes a name; the arrows
and Ctrl-A E U K W edit the line or bring earlier ones back; Ctrl-L clears the screen.
Ctrl-C stops a program, Ctrl-D ends what it reads, Ctrl-P lists the processes.
";

fn main(args: Args) -> i32 {
    if args.len() == 0 {
        let told = STDOUT
            .write_all(PROGRAMS)
            .and_then(|()| STDOUT.write_all(SHELL));
        return i32::from(told.is_err());
    }
    args.map(|name| tell(name.to_bytes())).max().unwrap_or(0)
}

/// Tells of one program; gives the exit status.
fn tell(name: &[u8]) -> i32 {
    let mut lines = PROGRAMS.split_inclusive(|&byte| byte == b'\n');
    let is_its = |line: &&[u8]| line.split(|&byte| byte == b' ').next() == Some(name);
    match lines.find(is_its) {
        Some(line) => i32::from(STDOUT.write_all(line).is_err()),
        None => {
            complain(&[b"help: no program ", name]);
            1
        }
    }
}
