//! `ls [PATH…]`: one line per file; name, kind (1 directory, 2 file, 3 device), inode
//! number and length in bytes. A directory shows what is in it.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::disk::DIRSIZ;
use abi::file::{Stat, T_DIR};
use core::ffi::CStr;
use ulib::{Args, File, complain, println, show};
use user::path::{join, last_name};

ulib::entry!(main);

fn main(args: Args) -> i32 {
    if args.len() == 0 {
        return list(c".");
    }
    args.map(list).max().unwrap_or(0)
}

/// Prints the lines for `path`; gives the exit status.
fn list(path: &CStr) -> i32 {
    let Ok(file) = File::open(path) else {
        complain(&[b"ls: cannot open ", path.to_bytes()]);
        return 1;
    };
    let Ok(stat) = file.stat() else {
        complain(&[b"ls: cannot stat ", path.to_bytes()]);
        return 1;
    };
    if stat.kind != T_DIR {
        print_line(last_name(path.to_bytes()), &stat);
        return 0;
    }
    let mut status = 0;
    for entry in ulib::entries(&file) {
        let inside = join(path, entry.name());
        match ulib::stat(&inside) {
            Ok(stat) => print_line(entry.name(), &stat),
            Err(_) => {
                complain(&[b"ls: cannot stat ", inside.to_bytes()]);
                status = 1;
            }
        }
    }
    status
}

/// Prints one line, the name filled up to [`DIRSIZ`].
fn print_line(name: &[u8], stat: &Stat) {
    let padding = DIRSIZ.saturating_sub(name.len());
    println!(
        "{}{:padding$} {} {} {}",
        show(name),
        "",
        stat.kind,
        stat.ino,
        stat.size
    );
}
