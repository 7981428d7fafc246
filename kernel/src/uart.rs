//! The serial port: bytes out for processes (by interrupt) and for the kernel (at once),
//! bytes in for the console.

use crate::hal::uart as port;
use crate::printk;
use crate::proc::{self, Chan};
use crate::sync::{Rank, SpinLock};
use abi::Error;
use core::hint::spin_loop;

/// When the port is to interrupt.
struct Interrupts {
    /// While there is something to receive.
    on_receive: bool,
    /// When the transmitter is empty: somebody waits for that.
    on_empty: bool,
}

static UART: SpinLock<Interrupts> = SpinLock::new(
    "uart",
    Rank::Uart,
    Interrupts {
        on_receive: true,
        on_empty: false,
    },
);

impl Interrupts {
    fn apply(&self) {
        port::set_interrupts(self.on_receive, self.on_empty);
    }
}

/// Sets the port up.
pub fn uartinit() {
    port::reset();
    UART.acquire().apply();
}

/// Sends `bytes`, sleeping while the transmitter is busy.
///
/// # Errors
/// [`Error::Killed`]: some of them were not sent.
#[inline(never)]
pub fn uartwrite(bytes: &[u8]) -> Result<(), Error> {
    let mut interrupts = UART.acquire();
    for piece in bytes.chunks(port::TX_FIFO) {
        while !port::is_empty() {
            interrupts.on_empty = true;
            interrupts.apply();
            interrupts = interrupts.sleep_unless_killed(Chan::of(&UART))?;
        }
        piece.iter().copied().for_each(port::transmit);
    }
    Ok(())
}

/// Sends a byte without sleeping: for the kernel's own words and for echo.
pub fn uartputc_sync(byte: u8) {
    while !port::is_empty() {
        spin_loop();
    }
    port::transmit(byte);
}

/// Receives a byte, if there is one.
pub fn uartgetc() -> Option<u8> {
    port::receive()
}

/// Leaves bytes in the port, or lets it interrupt for them again.
pub fn set_receiving(on_receive: bool) {
    let mut interrupts = UART.acquire();
    interrupts.on_receive = on_receive;
    interrupts.apply();
}

/// Answers the port's interrupt: lets those go on that wait for the transmitter.
#[inline(never)]
pub fn uartintr() {
    printk::freeze_if_panicked();
    port::acknowledge();
    let mut interrupts = UART.acquire();
    if interrupts.on_empty && port::is_empty() {
        interrupts.on_empty = false;
        interrupts.apply();
        drop(interrupts);
        proc::wakeup(Chan::of(&UART));
    }
}
