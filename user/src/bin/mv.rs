//! `mv FROM TO`: gives a file another name; in TO, if that is a directory.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

extern crate alloc;

use abi::file::T_DIR;
use alloc::ffi::CString;
use core::ffi::CStr;
use ulib::{Args, Failed, eprintln, show};
use user::usage;

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
        Ok(stat) if stat.kind == T_DIR => {
            let name = from
                .to_bytes()
                .rsplit(|&byte| byte == b'/')
                .next()
                .unwrap_or(&[]);
            CString::new([to.to_bytes(), b"/", name].concat()).map_err(|_| Failed)?
        }
        Ok(there) => {
            let here = ulib::stat(from)?;
            if here.kind == T_DIR || here.ino == there.ino {
                return Err(Failed);
            }
            ulib::unlink(to)?;
            to.into()
        }
        Err(Failed) => to.into(),
    };
    ulib::link(from, &target)?;
    ulib::unlink(from)
}
