//! What the kernel has to say, straight to the serial port, and the last of it kept for `dmesg`;
//! and its last words.

use crate::backtrace::Return;
use crate::hal::frames::return_addresses;
use crate::hal::{clint, csr};
use crate::sync::{Rank, SpinLock};
use crate::uart;
use abi::limits::NCPU;
use core::fmt::{self, Write};
use core::ops::Range;
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

/// Bytes that are kept.
const KEPT: usize = 4096;

/// Keeps what harts say at the same time apart.
static PRINTK: SpinLock<Printed> = SpinLock::new(
    "pr",
    Rank::Printk,
    Printed {
        bytes: [0; KEPT],
        end: 0,
    },
);

/// What was printed: a ring.
struct Printed {
    bytes: [u8; KEPT],
    /// How many bytes there were in all.
    end: usize,
}

impl Write for Printed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.bytes[self.end % KEPT] = byte;
            self.end += 1;
        }
        Port.write_str(text)
    }
}

/// Which bytes of all that was printed are kept.
pub fn printed() -> Range<usize> {
    let end = PRINTK.acquire().end;
    end.saturating_sub(KEPT)..end
}

/// Copies the bytes from the `start`th on, all of which were kept just now.
pub fn read(start: usize, into: &mut [u8]) {
    let printed = PRINTK.acquire();
    for (n, byte) in into.iter_mut().enumerate() {
        *byte = printed.bytes[(start + n) % KEPT];
    }
}

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
    // The port never fails.
    let _ = PRINTK.acquire().write_fmt(words);
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
            let _ = writeln!(Port, "{}", Return(address));
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
