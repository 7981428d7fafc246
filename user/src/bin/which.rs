//! `which PROGRAM…`: where the shell finds programs.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::ffi::CString;
use ulib::{Args, complain, say};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    let mut status = 0;
    for name in args {
        let paths = [&b""[..], b"/bin/", b"/"].map(|folder| [folder, name.to_bytes()].concat());
        let found = paths.into_iter().find(|path| {
            let path = CString::new(path.as_slice());
            path.is_ok_and(|path| ulib::stat(&path).is_ok())
        });
        match found {
            Some(path) => say(&[&path]),
            None => {
                complain(&[b"which: no ", name.to_bytes()]);
                status = 1;
            }
        }
    }
    status
}
