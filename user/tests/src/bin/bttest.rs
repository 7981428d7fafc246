//! `bttest`: has the kernel print its call stack; a host with `kernel.debug` names the lines.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, sys};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    i32::from(sys::backtrace().is_err())
}
