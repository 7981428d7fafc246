//! `mv FROM TO`: gives a file another name; in TO, if that is a directory.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::file::T_DIR;
use core::ffi::CStr;
use ulib::{Args, Failed, eprintln, show};
use user::{path, usage};

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let (Some(from), Some(to), None) = (args.next(), args.next(), args.next()) else {
        return usage!();
    };
    match rename(from, to) {
        Ok(()) => 0,
        Err(Failed) => {
            eprintln!(
                "mv: cannot move {} to {}",
                show(from.to_bytes()),
                show(to.to_bytes())
            );
            1
        }
    }
}

/// There is no call for it: a second name, then the first one goes. Directories cannot.
fn rename(from: &CStr, to: &CStr) -> Result<(), Failed> {
    let target = match ulib::stat(to) {
        Ok(there) if there.kind == T_DIR => path::join(to, path::last_name(from.to_bytes())),
        Ok(_) | Err(Failed) => to.into(),
    };
    if let Ok(there) = ulib::stat(&target) {
        let here = ulib::stat(from)?;
        if here.kind == T_DIR || there.kind == T_DIR || here.ino == there.ino {
            return Err(Failed);
        }
        ulib::unlink(&target)?;
    }
    ulib::link(from, &target)?;
    ulib::unlink(from)
}
