//! How the kernel came to where it is: the addresses its functions return to. Who has its
//! debug information turns them into lines (`addr2line -e kernel.debug`).

use crate::hal::frames::return_addresses;
use crate::printk::printk;

/// Prints them, the innermost first.
#[inline(never)]
pub fn print() {
    printk!("backtrace:\n");
    for address in return_addresses() {
        printk!("{address:#018x}\n");
    }
}
