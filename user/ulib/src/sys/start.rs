//! The way from `exec` into `main`, and the arguments it gets.

use super::exit;
use core::ffi::{CStr, c_char};

/// The arguments of the program, its own name left out.
#[derive(Clone, Debug)]
pub struct Args {
    /// How many are left; `next` points to as many strings, which live as long as
    /// the program.
    left: usize,
    next: *const *const c_char,
}

impl Iterator for Args {
    type Item = &'static CStr;

    fn next(&mut self) -> Option<&'static CStr> {
        self.left = self.left.checked_sub(1)?;
        // SAFETY: by the invariant of `left`.
        unsafe {
            let arg = CStr::from_ptr(*self.next);
            self.next = self.next.add(1);
            Some(arg)
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Args {}

/// Runs `main` on what exec handed over, then exits. Called by [`entry!`](crate::entry).
///
/// # Safety
/// `argv` points to `argc` strings that nobody changes or frees.
pub unsafe fn run(argc: usize, argv: *const *const c_char, main: fn(Args) -> i32) -> ! {
    let args = Args {
        left: argc.saturating_sub(1),
        next: argv.wrapping_add(1),
    };
    exit(main(args))
}

/// Makes the given `fn(Args) -> i32` the program: exec jumps to `start`, which calls
/// it and exits with what it returns.
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        // In a scope of its own: the program may have a `start` too.
        const _: () = {
            #[unsafe(no_mangle)]
            #[unsafe(link_section = ".text.start")]
            extern "C" fn start(argc: usize, argv: *const *const core::ffi::c_char) -> ! {
                // SAFETY: exec puts the strings on the new stack and points here to them.
                unsafe { $crate::sys::run(argc, argv, $main) }
            }
        };
    };
}
