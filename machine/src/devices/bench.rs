//! A device on a bench, for its tests: wired to a board of its own.

use super::{Device, Wiring};
use crate::board::{Console, Halt};
use crate::disk::Disk;
use crate::event::Watcher;
use crate::fault::Faults;
use crate::ram::Ram;

/// A device and what it is wired to.
pub(crate) struct Bench<D> {
    pub device: D,
    pub now: u64,
    pub irq: bool,
    pub ram: Ram,
    pub disk: Disk,
    pub console: Console,
    pub terminal: Console,
    pub halt: Option<Halt>,
    pub faults: Faults,
    pub watcher: Watcher,
}

impl<D: Device> Bench<D> {
    pub fn new(device: D) -> Bench<D> {
        Bench {
            device,
            now: 0,
            irq: false,
            ram: Ram::new(16 * 4096),
            disk: Disk::from(Vec::new()),
            console: Console::default(),
            terminal: Console::default(),
            halt: None,
            faults: Faults::default(),
            watcher: Watcher::default(),
        }
    }

    fn act<T>(&mut self, act: impl FnOnce(&mut D, &mut Wiring) -> T) -> T {
        let mut wiring = Wiring {
            now: self.now,
            irq: &mut self.irq,
            ram: &mut self.ram,
            disk: &mut self.disk,
            console: &mut self.console,
            terminal: &mut self.terminal,
            halt: &mut self.halt,
            faults: &mut self.faults,
            watcher: &mut self.watcher,
        };
        act(&mut self.device, &mut wiring)
    }

    pub fn read(&mut self, offset: u64, size: usize) -> u64 {
        self.act(|device, wiring| device.read(offset, size, wiring))
    }

    pub fn write(&mut self, offset: u64, size: usize, value: u64) {
        self.act(|device, wiring| device.write(offset, size, value, wiring));
    }

    pub fn advance(&mut self) {
        self.act(|device, wiring| device.advance(wiring));
    }
}
