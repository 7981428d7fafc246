//! Registers of the 16550 serial port.
//!
//! Source: 16550, "Registers".

use super::{Reg, board};

/// Bytes to hand to the transmitter once it says that it is empty: half of what it takes.
/// The other places are for what each hart may send at the same time by
/// `uartputc_sync`, which takes no lock.
pub const TX_FIFO: usize = 8;

const IER_RX: u8 = 1 << 0;
const IER_TX: u8 = 1 << 1;
const FCR_ENABLE_AND_CLEAR: u8 = 0b111;
const LCR_EIGHT_BITS: u8 = 0b11;
const LCR_DIVISOR: u8 = 1 << 7;
const LSR_RX_READY: u8 = 1 << 0;
const LSR_TX_EMPTY: u8 = 1 << 5;

fn reg(offset: usize) -> Reg<u8> {
    // SAFETY: one of the port's eight registers: every offset used below is below 8.
    unsafe { Reg::at(board::UART0 + offset) }
}

/// 38400 baud, eight bits, FIFOs on and empty, interrupts off.
pub fn reset() {
    set_interrupts(false, false);
    reg(3).write(LCR_DIVISOR);
    reg(0).write(3);
    reg(1).write(0);
    reg(3).write(LCR_EIGHT_BITS);
    reg(2).write(FCR_ENABLE_AND_CLEAR);
}

/// Chooses when the port interrupts: while bytes wait to be read, and once the
/// transmitter is empty.
pub fn set_interrupts(on_receive: bool, on_empty: bool) {
    let receive = if on_receive { IER_RX } else { 0 };
    let empty = if on_empty { IER_TX } else { 0 };
    reg(1).write(receive | empty);
}

/// Reads why the port interrupts, which takes the "transmitter empty" one back.
pub fn acknowledge() {
    reg(2).read();
}

/// The next byte that came in.
pub fn receive() -> Option<u8> {
    let is_ready = reg(5).read() & LSR_RX_READY != 0;
    is_ready.then(|| reg(0).read())
}

/// The transmitter takes [`TX_FIFO`] more bytes.
pub fn is_empty() -> bool {
    reg(5).read() & LSR_TX_EMPTY != 0
}

/// Hands a byte to the transmitter. It is lost if there is no room.
pub fn transmit(byte: u8) {
    reg(0).write(byte);
}
