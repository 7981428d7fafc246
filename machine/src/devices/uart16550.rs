//! The 16550 UART: the console. Sending takes no time; receiving is paced. What the data
//! sheet leaves open, and when the sender's interrupt comes, is as on QEMU.
//! Source: PC16550D data sheet, National Semiconductor, "Registers".

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Description, Device, Wiring, from_record, record};

/// The least time between two received bytes: about 500 kbaud. A guest that drops what it
/// has no room for gets a chance to make room; one that leaves bytes in the FIFO loses none.
const BYTE_TIME: u64 = 2_000;
const FIFO: usize = 16;

/// With the FIFO on, bytes that lie below its trigger level for so long are reported too:
/// four characters.
const TIMEOUT: u64 = 4 * BYTE_TIME;

mod ier {
    pub const RECEIVED: u8 = 1;
    pub const SENT: u8 = 2;
    pub const LINE: u8 = 4;
}
mod iir {
    pub const NONE: u8 = 0x01;
    pub const SENT: u8 = 0x02;
    pub const RECEIVED: u8 = 0x04;
    pub const LINE: u8 = 0x06;
    pub const TIMEOUT: u8 = 0x0c;
    pub const FIFO_ON: u8 = 0xc0;
}
mod fcr {
    pub const ENABLE: u8 = 0x01;
    pub const CLEAR_RECEIVED: u8 = 0x02;
    pub const CLEAR_SENT: u8 = 0x04;
    pub const TRIGGER_SHIFT: u32 = 6;
    /// What the register keeps.
    pub const KEPT: u8 = 0xc9;
}
mod lsr {
    pub const READY: u8 = 0x01;
    pub const OVERRUN: u8 = 0x02;
    pub const BREAK: u8 = 0x10;
    pub const SENDER_EMPTY: u8 = 0x60;
}
const LCR_DIVISOR: u8 = 0x80;
mod mcr {
    pub const ALL: u8 = 0x1f;
    pub const OUT2: u8 = 0x08;
    pub const LOOP: u8 = 0x10;
}
/// Carrier, data set ready, clear to send.
const MSR_CONNECTED: u8 = 0xb0;
/// What QEMU's divisor is at reset.
const DIVISOR: [u8; 2] = [12, 0];

/// The registers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Uart16550 {
    received: VecDeque<u8>,
    /// What the receiver buffer shows again, without a FIFO, when it is empty.
    last_received: u8,
    ier: u8,
    fcr: u8,
    lcr: u8,
    mcr: u8,
    scr: u8,
    divisor: [u8; 2],
    /// Bits of LSR that stay until it is read: overrun and break.
    errors: u8,
    /// The sender became empty and nobody was told yet.
    sent: bool,
    /// When the line can bring the next byte.
    line_free_at: u64,
    /// Whether the line has a byte to bring that the FIFO has room for.
    is_expecting: bool,
    /// When the FIFO has been left alone for too long.
    timeout_at: Option<u64>,
    is_timed_out: bool,
}

impl Default for Uart16550 {
    fn default() -> Uart16550 {
        Uart16550 {
            received: VecDeque::new(),
            last_received: 0,
            ier: 0,
            fcr: 0,
            lcr: 0,
            mcr: mcr::OUT2,
            scr: 0,
            divisor: DIVISOR,
            errors: 0,
            sent: false,
            line_free_at: 0,
            is_expecting: false,
            timeout_at: None,
            is_timed_out: false,
        }
    }
}

impl Uart16550 {
    /// Moves typed bytes into the FIFO as far as room and time allow, and sets the line.
    fn settle(&mut self, wiring: &mut Wiring) {
        let input = &mut wiring.console.input;
        let is_connected = self.mcr & mcr::LOOP == 0;
        if is_connected
            && self.has_room()
            && wiring.now >= self.line_free_at
            && let Some(byte) = input.pop_front()
        {
            self.receive(byte, wiring.now);
            self.line_free_at = wiring.now + BYTE_TIME;
        }
        self.is_expecting = is_connected && self.has_room() && !input.is_empty();
        if self.timeout_at.is_some_and(|at| wiring.now >= at) {
            self.timeout_at = None;
            self.is_timed_out = true;
        }
        *wiring.irq = self.cause() != iir::NONE;
    }

    /// Takes `byte` from the line: a full FIFO drops it, a full buffer is overwritten.
    fn receive(&mut self, byte: u8, now: u64) {
        if !self.has_room() {
            self.errors |= lsr::OVERRUN;
            if self.has_fifo() {
                return;
            }
            self.received.clear();
        }
        self.received.push_back(byte);
        self.last_received = byte;
        self.restart_timeout(now);
    }

    fn restart_timeout(&mut self, now: u64) {
        let is_running = self.has_fifo() && !self.received.is_empty();
        self.timeout_at = is_running.then_some(now + TIMEOUT);
    }

    fn has_room(&self) -> bool {
        let room = if self.has_fifo() { FIFO } else { 1 };
        self.received.len() < room
    }

    fn has_fifo(&self) -> bool {
        self.fcr & fcr::ENABLE != 0
    }

    fn trigger(&self) -> usize {
        match self.fcr >> fcr::TRIGGER_SHIFT {
            _ if !self.has_fifo() => 1,
            0 => 1,
            1 => 4,
            2 => 8,
            _ => 14,
        }
    }

    /// The interrupt to report: the first of those enabled, in their order of priority. The
    /// modem's lines never change, so there is none of theirs.
    fn cause(&self) -> u8 {
        let rows = [
            (ier::LINE, self.errors != 0, iir::LINE),
            (ier::RECEIVED, self.is_timed_out, iir::TIMEOUT),
            (
                ier::RECEIVED,
                self.received.len() >= self.trigger(),
                iir::RECEIVED,
            ),
            (ier::SENT, self.sent, iir::SENT),
        ];
        let mut raised = rows
            .iter()
            .filter(|(enable, is_set, _)| self.ier & enable != 0 && *is_set);
        raised.next().map_or(iir::NONE, |&(_, _, cause)| cause)
    }

    fn read_received(&mut self, now: u64) -> u8 {
        let byte = self.received.pop_front();
        self.errors &= !lsr::BREAK;
        self.is_timed_out = false;
        self.restart_timeout(now);
        byte.unwrap_or(if self.has_fifo() {
            0
        } else {
            self.last_received
        })
    }

    fn read_iir(&mut self) -> u8 {
        let cause = self.cause();
        if cause == iir::SENT {
            self.sent = false;
        }
        cause | if self.has_fifo() { iir::FIFO_ON } else { 0 }
    }

    fn read_lsr(&mut self) -> u8 {
        let ready = if self.received.is_empty() {
            0
        } else {
            lsr::READY
        };
        lsr::SENDER_EMPTY | ready | std::mem::take(&mut self.errors)
    }

    /// In the loop, outputs come back: DTR as DSR, RTS as CTS, OUT1 as RI, OUT2 as DCD.
    fn read_msr(&self) -> u8 {
        if self.mcr & mcr::LOOP == 0 {
            MSR_CONNECTED
        } else {
            (self.mcr & 0x0c) << 4 | (self.mcr & 0x02) << 3 | (self.mcr & 0x01) << 5
        }
    }

    fn send(&mut self, byte: u8, wiring: &mut Wiring) {
        if self.mcr & mcr::LOOP == 0 {
            wiring.console.output.push(byte);
            wiring.watcher.note_console(wiring.now + 1, byte);
        } else {
            self.receive(byte, wiring.now);
        }
        self.sent = true;
    }

    /// Turning the sender's interrupt on reports that it is empty, once more; turning it off
    /// forgets that.
    fn write_ier(&mut self, value: u8) {
        if (value ^ self.ier) & ier::SENT != 0 {
            self.sent = value & ier::SENT != 0;
        }
        self.ier = value & 0x0f;
    }

    /// Turning the FIFOs on or off empties them.
    fn write_fcr(&mut self, value: u8) {
        let is_switched = (value ^ self.fcr) & fcr::ENABLE != 0;
        if is_switched || value & fcr::CLEAR_RECEIVED != 0 {
            self.received.clear();
            self.errors &= !lsr::BREAK;
            self.timeout_at = None;
            self.is_timed_out = false;
        }
        if is_switched || value & fcr::CLEAR_SENT != 0 {
            self.sent = true;
        }
        self.fcr = value & fcr::KEPT;
    }
}

impl Device for Uart16550 {
    fn accepts(&self, offset: u64, _size: usize) -> bool {
        offset < 8
    }

    /// One register, however wide the access.
    fn read(&mut self, offset: u64, _size: usize, wiring: &mut Wiring) -> u64 {
        let has_divisor = self.lcr & LCR_DIVISOR != 0;
        let value = match offset {
            0 | 1 if has_divisor => self.divisor[offset as usize],
            0 => self.read_received(wiring.now),
            1 => self.ier,
            2 => self.read_iir(),
            3 => self.lcr,
            4 => self.mcr,
            5 => self.read_lsr(),
            6 => self.read_msr(),
            7 => self.scr,
            _ => 0,
        };
        self.settle(wiring);
        value.into()
    }

    fn write(&mut self, offset: u64, _size: usize, value: u64, wiring: &mut Wiring) {
        let value = value as u8;
        let has_divisor = self.lcr & LCR_DIVISOR != 0;
        match offset {
            0 | 1 if has_divisor => self.divisor[offset as usize] = value,
            0 => self.send(value, wiring),
            1 => self.write_ier(value),
            2 => self.write_fcr(value),
            3 => self.lcr = value,
            4 => self.mcr = value & mcr::ALL,
            7 => self.scr = value,
            _ => {}
        }
        self.settle(wiring);
    }

    fn due(&self) -> Option<u64> {
        let next = self.is_expecting.then_some(self.line_free_at);
        next.into_iter().chain(self.timeout_at).min()
    }

    fn advance(&mut self, wiring: &mut Wiring) {
        self.settle(wiring);
    }

    fn save(&self) -> Vec<u8> {
        record(self)
    }

    fn load(&mut self, record: &[u8]) -> Option<()> {
        *self = from_record(record)?;
        Some(())
    }

    fn describe(&self) -> Description {
        Description {
            node: "serial",
            compatible: &["ns16550a"],
            numbers: &[("clock-frequency", 3_686_400)],
        }
    }
}

#[cfg(test)]
mod tests;
