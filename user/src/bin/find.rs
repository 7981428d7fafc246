//! `find DIR [NAME]`: the paths of all that is in a directory, in those in it, and so on; with NAME
//! only those that end with it.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

extern crate alloc;

use abi::file::T_DIR;
use alloc::ffi::CString;
use alloc::vec::Vec;
use ulib::{Args, File, complain, say};
use user::path::{join, last_name};
use user::usage;

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let Some(top) = args.next() else {
        return usage!();
    };
    let wanted = args.next().map(|name| name.to_bytes());
    // What is still to be looked at; a stack of its own, for the program's is one page.
    let mut paths: Vec<CString> = Vec::from([top.into()]);
    let mut status = 0;
    while let Some(path) = paths.pop() {
        let bytes = path.to_bytes();
        if wanted.is_none_or(|wanted| wanted == last_name(bytes)) {
            say(&[bytes]);
        }
        let Ok(file) = File::open(&path) else {
            complain(&[b"find: cannot open ", bytes]);
            status = 1;
            continue;
        };
        if !file.stat().is_ok_and(|stat| stat.kind == T_DIR) {
            continue;
        }
        let first = paths.len();
        for entry in ulib::entries(&file).filter(|entry| !matches!(entry.name(), b"." | b"..")) {
            paths.push(join(&path, entry.name()));
        }
        // The last is looked at next: in the order of the directory.
        paths[first..].reverse();
    }
    status
}
