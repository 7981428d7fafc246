//! The 16550 UART: the console. Sending takes no time; receiving is paced.
//! Source: PC16550D data sheet, National Semiconductor, "Registers".

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Description, Device, Wiring, from_record, record};
use crate::event::Happening;

/// The least time between two received bytes: about 500 kbaud. A guest that drops what it
/// has no room for gets a chance to make room; one that leaves bytes in the FIFO loses none.
const BYTE_TIME: u64 = 2_000;
const FIFO: usize = 16;

mod ier {
    pub const RECEIVED: u8 = 1;
    pub const SENT: u8 = 2;
}
mod iir {
    pub const NONE: u8 = 0x01;
    pub const SENT: u8 = 0x02;
    pub const RECEIVED: u8 = 0x04;
    pub const TIMEOUT: u8 = 0x0c;
    pub const FIFO_ON: u8 = 0xc0;
}
mod fcr {
    pub const ENABLE: u8 = 0x01;
    pub const CLEAR_RECEIVED: u8 = 0x02;
    pub const TRIGGER_SHIFT: u32 = 6;
}
mod lsr {
    pub const READY: u8 = 0x01;
    pub const SENDER_EMPTY: u8 = 0x60;
}
const LCR_DIVISOR: u8 = 0x80;
const MCR_LOOP: u8 = 0x10;
/// Carrier, data set ready, clear to send.
const MSR_CONNECTED: u64 = 0xb0;

/// The registers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Uart16550 {
    received: VecDeque<u8>,
    ier: u8,
    fcr: u8,
    lcr: u8,
    mcr: u8,
    scr: u8,
    divisor: [u8; 2],
    /// The sender became empty and nobody was told yet.
    sent: bool,
    /// When the line can bring the next byte.
    line_free_at: u64,
    /// Whether the line has a byte to bring that the FIFO has room for.
    is_expecting: bool,
}

impl Uart16550 {
    /// Moves typed bytes into the FIFO as far as room and time allow, and sets the line.
    fn settle(&mut self, wiring: &mut Wiring) {
        let input = &mut wiring.console.input;
        if self.has_room()
            && wiring.now >= self.line_free_at
            && let Some(byte) = input.pop_front()
        {
            self.received.push_back(byte);
            self.line_free_at = wiring.now + BYTE_TIME;
        }
        self.is_expecting = self.has_room() && !input.is_empty();
        *wiring.irq = self.cause() != iir::NONE;
    }

    fn has_room(&self) -> bool {
        let room = if self.has_fifo() { FIFO } else { 1 };
        self.received.len() < room
    }

    fn has_fifo(&self) -> bool {
        self.fcr & fcr::ENABLE != 0
    }

    /// The interrupt to report. The character time-out is immediate.
    fn cause(&self) -> u8 {
        let trigger = match self.fcr >> fcr::TRIGGER_SHIFT {
            0 => 1,
            1 => 4,
            2 => 8,
            _ => 14,
        };
        if self.ier & ier::RECEIVED != 0 && !self.received.is_empty() {
            if self.has_fifo() && self.received.len() < trigger {
                iir::TIMEOUT
            } else {
                iir::RECEIVED
            }
        } else if self.ier & ier::SENT != 0 && self.sent {
            iir::SENT
        } else {
            iir::NONE
        }
    }

    fn read_iir(&mut self) -> u8 {
        let cause = self.cause();
        if cause == iir::SENT {
            self.sent = false;
        }
        cause | if self.has_fifo() { iir::FIFO_ON } else { 0 }
    }

    fn read_lsr(&self) -> u8 {
        let ready = if self.received.is_empty() {
            0
        } else {
            lsr::READY
        };
        lsr::SENDER_EMPTY | ready
    }

    fn send(&mut self, byte: u8, wiring: &mut Wiring) {
        if self.mcr & MCR_LOOP == 0 {
            wiring.console.output.push(byte);
            wiring.watcher.note(Happening::Console { byte });
        } else if self.has_room() {
            self.received.push_back(byte);
        }
        self.sent = true;
    }

    fn write_ier(&mut self, value: u8) {
        if value & !self.ier & ier::SENT != 0 {
            self.sent = true;
        }
        self.ier = value & 0x0f;
    }

    fn write_fcr(&mut self, value: u8) {
        if value & fcr::CLEAR_RECEIVED != 0 || (value ^ self.fcr) & fcr::ENABLE != 0 {
            self.received.clear();
        }
        self.fcr = value & 0xc9;
    }
}

impl Device for Uart16550 {
    fn read(&mut self, offset: u64, _size: usize, wiring: &mut Wiring) -> u64 {
        let has_divisor = self.lcr & LCR_DIVISOR != 0;
        let value = match offset {
            0 | 1 if has_divisor => self.divisor[offset as usize].into(),
            0 => self.received.pop_front().unwrap_or(0).into(),
            1 => self.ier.into(),
            2 => self.read_iir().into(),
            3 => self.lcr.into(),
            4 => self.mcr.into(),
            5 => self.read_lsr().into(),
            6 => MSR_CONNECTED,
            7 => self.scr.into(),
            _ => 0,
        };
        self.settle(wiring);
        value
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
            4 => self.mcr = value & 0x1f,
            7 => self.scr = value,
            _ => {}
        }
        self.settle(wiring);
    }

    fn due(&self) -> Option<u64> {
        self.is_expecting.then_some(self.line_free_at)
    }

    fn advance(&mut self, wiring: &mut Wiring) {
        self.settle(wiring);
    }

    fn save(&self) -> Vec<u8> {
        record(self)
    }

    fn load(&mut self, record: &[u8]) {
        *self = from_record(record);
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
mod tests {
    use super::*;
    use crate::board::{Console, Halt};
    use crate::disk::Disk;
    use crate::event::Watcher;
    use crate::ram::Ram;

    /// A UART with what it is wired to.
    struct Bench {
        uart: Uart16550,
        irq: bool,
        ram: Ram,
        disk: Disk,
        console: Console,
        halt: Option<Halt>,
        watcher: Watcher,
    }

    impl Bench {
        fn new() -> Bench {
            Bench {
                uart: Uart16550::default(),
                irq: false,
                ram: Ram::new(4096),
                disk: Disk::from(Vec::new()),
                console: Console::default(),
                halt: None,
                watcher: Watcher::default(),
            }
        }

        fn at<T>(&mut self, now: u64, act: impl FnOnce(&mut Uart16550, &mut Wiring) -> T) -> T {
            let mut wiring = Wiring {
                now,
                irq: &mut self.irq,
                ram: &mut self.ram,
                disk: &mut self.disk,
                console: &mut self.console,
                halt: &mut self.halt,
                watcher: &mut self.watcher,
            };
            act(&mut self.uart, &mut wiring)
        }

        fn read(&mut self, offset: u64) -> u64 {
            self.at(0, |uart, wiring| uart.read(offset, 1, wiring))
        }

        fn write(&mut self, offset: u64, value: u64) {
            self.at(0, |uart, wiring| uart.write(offset, 1, value, wiring));
        }
    }

    #[test]
    fn bytes_arrive_one_at_a_time_until_the_fifo_is_full() {
        let mut bench = Bench::new();
        bench.write(2, 1);
        bench.console.input.extend([b'x'; 20]);
        for n in 0..30 {
            bench.at(n * BYTE_TIME, |uart, wiring| uart.advance(wiring));
            assert_eq!(bench.uart.received.len(), FIFO.min(n as usize + 1));
        }
        assert_eq!(bench.uart.due(), None, "it waits for the guest");
        assert_eq!(bench.console.input.len(), 4);
    }

    #[test]
    fn a_sent_byte_interrupts_once() {
        let mut bench = Bench::new();
        bench.write(1, 2);
        assert!(bench.irq, "the sender is empty");
        assert_eq!(bench.read(2), u64::from(iir::SENT));
        assert!(!bench.irq);
        bench.write(0, b'a'.into());
        assert!(bench.irq);
        assert_eq!(bench.console.output, b"a");
    }

    #[test]
    fn the_divisor_hides_the_data() {
        let mut bench = Bench::new();
        bench.write(3, 0x80);
        bench.write(0, 3);
        assert_eq!(bench.read(0), 3);
        bench.write(3, 3);
        assert_eq!(bench.read(0), 0);
        assert!(bench.console.output.is_empty());
    }
}
