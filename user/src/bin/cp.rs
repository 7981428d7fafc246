//! `cp FROM TO`: copies a file; into TO, if that is a directory.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

extern crate alloc;

use abi::file::{O_CREATE, O_TRUNC, O_WRONLY, T_DIR};
use alloc::ffi::CString;
use core::ffi::CStr;
use ulib::{Args, Failed, File, eprintln, show};
use user::usage;

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
    if source.stat()?.kind == T_DIR {
        return Err(Failed);
    }
    let target = File::open_with(&place(from, to)?, O_WRONLY | O_CREATE | O_TRUNC)?;
    let mut buffer = [0; 512];
    loop {
        match source.read(&mut buffer)? {
            0 => return Ok(()),
            len => target.write_all(&buffer[..len])?,
        }
    }
}

/// `to`, or in it the last name of `from`.
fn place(from: &CStr, to: &CStr) -> Result<CString, Failed> {
    if !ulib::stat(to).is_ok_and(|stat| stat.kind == T_DIR) {
        return Ok(to.into());
    }
    let name = from
        .to_bytes()
        .rsplit(|&byte| byte == b'/')
        .next()
        .unwrap_or(&[]);
    CString::new([to.to_bytes(), b"/", name].concat()).map_err(|_| Failed)
}
