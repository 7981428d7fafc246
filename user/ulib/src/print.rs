//! `print!` and its family. What one call prints is gathered first and goes out in
//! one `write`, so lines of different processes do not mix letter by letter.

use crate::sys::{Fd, STDERR, STDOUT};
use core::fmt;

/// Bytes gathered before a write. The stack is one page: this stays small.
const GATHERED: usize = 256;

/// Gathers what is printed for one descriptor; writes when full and when dropped.
///
/// A failing write is not reported: there is nobody to report it to.
pub struct Out {
    fd: Fd,
    used: usize,
    buffer: [u8; GATHERED],
}

impl Out {
    /// Nothing gathered yet, for `fd`.
    pub const fn new(fd: Fd) -> Out {
        Out {
            fd,
            used: 0,
            buffer: [0; GATHERED],
        }
    }

    /// Adds bytes, which need not be text.
    pub fn put(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if self.used == GATHERED {
                self.flush();
            }
            // Never missing; but so there is nothing to panic about, and all that belongs to it.
            if let Some(place) = self.buffer.get_mut(self.used) {
                *place = byte;
                self.used += 1;
            }
        }
    }

    /// Adds a decimal number of at least so many characters, filled up with `fill` before it.
    pub fn put_number(&mut self, number: usize, n_characters: usize, fill: u8) {
        let rest = n_characters.saturating_sub(1);
        if number >= 10 {
            self.put_number(number / 10, rest, fill);
        } else {
            (0..rest).for_each(|_| self.put(&[fill]));
        }
        self.put(&[b'0' + (number % 10) as u8]);
    }

    /// Writes what is gathered.
    pub fn flush(&mut self) {
        let _ = self
            .fd
            .write_all(self.buffer.get(..self.used).unwrap_or(&[]));
        self.used = 0;
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        self.flush();
    }
}

impl fmt::Write for Out {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
        Ok(())
    }
}

/// Prints to `fd` what `format_args!` made, then `end`; the macros come here.
pub fn print_to(fd: Fd, args: fmt::Arguments<'_>, end: &str) {
    let mut out = Out::new(fd);
    // `Out` takes everything; an error could only be a Display's own.
    let _ = fmt::Write::write_fmt(&mut out, args);
    out.put(end.as_bytes());
}

/// A byte string for printing; bytes that are not UTF-8 show as U+FFFD.
pub fn show(bytes: &[u8]) -> impl fmt::Display {
    struct Shown<'a>(&'a [u8]);
    impl fmt::Display for Shown<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            for chunk in self.0.utf8_chunks() {
                f.write_str(chunk.valid())?;
                if !chunk.invalid().is_empty() {
                    f.write_str("\u{fffd}")?;
                }
            }
            Ok(())
        }
    }
    Shown(bytes)
}

/// Prints pieces of a line to descriptor 2, as they are. Formatting would make a small program
/// three times as large.
pub fn complain(pieces: &[&[u8]]) {
    put_line(STDERR, pieces);
}

/// As [`complain`], to descriptor 1.
pub fn say(pieces: &[&[u8]]) {
    put_line(STDOUT, pieces);
}

#[inline(never)]
fn put_line(fd: Fd, pieces: &[&[u8]]) {
    let mut out = Out::new(fd);
    pieces.iter().for_each(|piece| out.put(piece));
    out.put(b"\n");
}

/// Prints to descriptor 1.
#[macro_export]
macro_rules! print {
    ($($arg:tt)*) => { $crate::print_to($crate::STDOUT, format_args!($($arg)*), "") };
}

/// Prints a line to descriptor 1.
#[macro_export]
macro_rules! println {
    ($($arg:tt)*) => { $crate::print_to($crate::STDOUT, format_args!($($arg)*), "\n") };
}

/// Prints to descriptor 2.
#[macro_export]
macro_rules! eprint {
    ($($arg:tt)*) => { $crate::print_to($crate::STDERR, format_args!($($arg)*), "") };
}

/// Prints a line to descriptor 2.
#[macro_export]
macro_rules! eprintln {
    ($($arg:tt)*) => { $crate::print_to($crate::STDERR, format_args!($($arg)*), "\n") };
}
