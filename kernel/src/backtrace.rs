//! How the kernel came to where it is: the addresses its functions return to, and which functions
//! those are. Who has its debug information turns them into lines (`addr2line -e kernel.debug`).

use crate::hal::frames::return_addresses;
use crate::hal::names::function_at;
use crate::printk::printk;
use core::fmt;

/// Where a function returns to: `0x0000000080001234 kernel::proc::fork+0x56`.
pub struct Return(pub usize);

impl fmt::Display for Return {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self(address) = *self;
        write!(f, "{address:#018x}")?;
        // The call stands before: behind one that never returns another function may begin.
        match function_at(address.wrapping_sub(1)) {
            Some((name, at)) => write!(f, " {name}+{:#x}", at + 1),
            None => Ok(()),
        }
    }
}

/// Prints them, the innermost first.
#[inline(never)]
pub fn print() {
    printk!("backtrace:\n");
    for address in return_addresses() {
        printk!("{}\n", Return(address));
    }
}
