//! `xargs PROGRAM [ARG…]`: for each line it is given, runs a program with its words added.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::ffi::CString;
use alloc::vec::Vec;
use core::ffi::CStr;
use ulib::{Args, Failed, Fork, complain};
use user::usage;

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let first = args.clone();
    let Some(program) = args.next() else {
        return usage!();
    };
    let mut status = 0;
    for line in ulib::lines(None).unwrap_or_default() {
        let words = line
            .split(|byte| byte.is_ascii_whitespace())
            .filter(|word| !word.is_empty());
        let words: Vec<CString> = words.filter_map(|word| CString::new(word).ok()).collect();
        match ulib::fork() {
            Ok(Fork::Child) => {
                let mut all: Vec<&CStr> = Vec::new();
                first.clone().for_each(|arg| all.push(arg));
                all.extend(words.iter().map(|word| word.as_c_str()));
                ulib::exec(program, all);
                complain(&[b"exec ", program.to_bytes(), b" failed"]);
                ulib::exit(1);
            }
            Ok(Fork::Parent(_)) => status |= ulib::wait().map_or(1, |child| child.status),
            Err(Failed) => {
                complain(&[b"xargs: no process left"]);
                return 1;
            }
        }
    }
    status
}
