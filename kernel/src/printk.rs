//! What the kernel has to say, straight to the serial port; and its last words.

use crate::hal::frames::return_addresses;
use crate::hal::{clint, csr};
use crate::sync::{Rank, SpinLock};
use crate::uart;
use abi::limits::NCPU;
use core::fmt::{self, Write};
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

/// Keeps what harts say at the same time apart.
static PRINTK: SpinLock<()> = SpinLock::new("pr", Rank::Printk, ());

/// Some hart has panicked: what is in memory is not to be trusted.
static PANICKED: AtomicBool = AtomicBool::new(false);

struct Port;

impl Write for Port {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.bytes().for_each(uart::uartputc_sync);
        Ok(())
    }
}

/// Prints at once, waiting for the port byte by byte. See [`printk!`].
#[inline(never)]
pub fn print(words: fmt::Arguments) {
    let _guard = PRINTK.acquire();
    // The port never fails.
    let _ = Port.write_fmt(words);
}

/// Prints, as `print!` does on a host.
macro_rules! printk {
    ($($words:tt)*) => {
        $crate::printk::print(format_args!($($words)*))
    };
}
pub(crate) use printk;

/// Says `panic: ` and why, and stops this hart, and the others: they look
/// ([`freeze_if_panicked`]) when they are interrupted, and while they wait for a lock.
#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    csr::intr_off();
    // Only the first panic counts, and its hart may hold the lock.
    if !PANICKED.swap(true, Ordering::Relaxed) {
        let _ = writeln!(Port, "panic: {}", info.message());
        if let Some(place) = info.location() {
            let _ = writeln!(Port, "  at {place}");
        }
        for address in return_addresses() {
            let _ = writeln!(Port, "{address:#018x}");
        }
        (0..NCPU).for_each(clint::interrupt);
    }
    csr::freeze()
}

/// Stops this hart if another has panicked.
pub fn freeze_if_panicked() {
    if PANICKED.load(Ordering::Relaxed) {
        csr::freeze();
    }
}
