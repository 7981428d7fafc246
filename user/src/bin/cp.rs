//! `cp FROM TO`: copies a file; into TO, if that is a directory.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::file::{O_CREATE, O_TRUNC, O_WRONLY, T_DIR};
use core::ffi::CStr;
use ulib::{Args, Failed, File, eprintln, show};
use user::{path, usage};

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let (Some(from), Some(to), None) = (args.next(), args.next(), args.next()) else {
        return usage!();
    };
    match copy(from, to) {
        Ok(()) => 0,
        Err(Failed) => {
            eprintln!(
                "cp: cannot copy {} to {}",
                show(from.to_bytes()),
                show(to.to_bytes())
            );
            1
        }
    }
}

fn copy(from: &CStr, to: &CStr) -> Result<(), Failed> {
    let source = File::open(from)?;
    let here = source.stat()?;
    let target = match ulib::stat(to) {
        Ok(there) if there.kind == T_DIR => path::join(to, path::last_name(from.to_bytes())),
        Ok(_) | Err(Failed) => to.into(),
    };
    // Onto itself it would be empty before it is read.
    let is_same = ulib::stat(&target).is_ok_and(|there| there.ino == here.ino);
    if here.kind == T_DIR || is_same {
        return Err(Failed);
    }
    let target = File::open_with(&target, O_WRONLY | O_CREATE | O_TRUNC)?;
    let mut buffer = [0; 512];
    loop {
        match source.read(&mut buffer)? {
            0 => return Ok(()),
            len => target.write_all(&buffer[..len])?,
        }
    }
}
