//! What every user program leans on: where it starts, the system calls, files,
//! `print!`, and a heap.
//!
//! ```text
//! #![no_std]
//! #![no_main]
//! #![forbid(unsafe_code)]
//! ulib::entry!(main);
//!
//! fn main(args: ulib::Args) -> i32 {
//!     for name in args {
//!         ulib::println!("hello, {}", ulib::show(name.to_bytes()));
//!     }
//!     0
//! }
//! ```
//!
//! The crate also compiles for the host, where every system call fails, so that
//! pure parts can be tested there. `unsafe` stays in `sys` and `alloc`.
#![cfg_attr(not(test), no_std)]
#![deny(unsafe_code)]

extern crate alloc as rust_alloc;

#[cfg(any(test, target_os = "none"))]
#[allow(unsafe_code)]
mod alloc;
mod file;
mod print;
#[allow(unsafe_code)]
pub mod sys;

#[cfg(target_os = "none")]
pub use alloc::{Region, peek};
pub use file::{File, entries, lines, open_at_end, stat};
pub use print::{Out, complain, print_to, say, show};
pub use sys::{
    Args, Exited, Failed, Fd, Fork, Pid, STDERR, STDIN, STDOUT, chdir, chroot, exec, exit, fork,
    getpid, kill, kpgtbl, link, mkdir, mknod, pause, pipe, poweroff, procs, seccomp, sync, sysinfo,
    unlink, uptime, wait,
};

/// Reads a decimal number, digits only; `None` if `text` is anything else or does
/// not fit.
pub fn number(text: &[u8]) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u32, |sum, &byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

/// Says where something went wrong on descriptor 2 and ends the program with status 1.
///
/// Not why: what formats would be half of a small program, and in this form the compiler sees that
/// nobody wants it.
#[cfg(target_os = "none")]
#[panic_handler]
fn panicked(info: &core::panic::PanicInfo<'_>) -> ! {
    match info.location() {
        Some(place) => panicked_at(place.file(), place.line()),
        None => panicked_at("?", 0),
    }
}

#[cfg(target_os = "none")]
#[inline(never)]
fn panicked_at(file: &str, line: u32) -> ! {
    let mut out = Out::new(STDERR);
    out.put(b"panicked at ");
    out.put(file.as_bytes());
    out.put(b":");
    out.put_number(line as usize, 1, b' ');
    out.put(b"\n");
    drop(out);
    exit(1)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_digits_that_fit() {
        assert_eq!(number(b"0"), Some(0));
        assert_eq!(number(b"4294967295"), Some(u32::MAX));
        for not_a_number in ["", "-1", "12x", "4294967296"] {
            assert_eq!(number(not_a_number.as_bytes()), None, "{not_a_number:?}");
        }
    }
}
