//! The board: RAM, disk, devices, and the memory map that joins them.
//!
//! The map's rows are [`PLACES`]; the device tree is made from the same rows
//! ([`crate::tree`]). A device knows only offsets, and the interrupt line it is handed.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::devices::clint::Clint;
use crate::devices::goldfish_rtc::GoldfishRtc;
use crate::devices::plic::Plic;
use crate::devices::virtio_mmio::{Function, VirtioMmio};
use crate::devices::{Device, Wiring, block, console, net, rng, test_finisher, uart16550};
use crate::disk::Disk;
use crate::event::Watcher;
use crate::fault::{Faults, POWER_CUT};
use crate::ram::Ram;
use crate::reservation::OfHarts;
use crate::{Config, VirtioDevice};

/// A range of the memory map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub base: u64,
    pub len: u64,
    /// The PLIC source it raises; 0 for none.
    pub irq: u32,
}

const fn place(base: u64, len: u64, irq: u32) -> Place {
    Place { base, len, irq }
}

/// The boot ROM: reset vector.
pub(crate) const ROM: Place = place(0x1000, 0xf000, 0);
pub(crate) const CLINT: Place = place(0x0200_0000, 0x1_0000, 0);
pub(crate) const PLIC: Place = place(0x0c00_0000, 0x60_0000, 0);
const TEST: Place = place(0x10_0000, 0x1000, 0);
const RTC: Place = place(0x10_1000, 0x1000, 11);
const UART: Place = place(0x1000_0000, 0x100, 10);
const VIRTIO: Place = place(0x1000_1000, 0x1000, 1);
const VIRTIO_SLOTS: u64 = 8;

/// The devices that sit at these places: the rows of the memory map.
fn furnish(config: &Config, disk: &Disk) -> Vec<Slot> {
    let mut slots = vec![
        Slot::new(TEST, test_finisher::TestFinisher),
        Slot::new(RTC, GoldfishRtc::new(config.epoch)),
        Slot::new(UART, uart16550::Uart16550::default()),
    ];
    for n in 0..VIRTIO_SLOTS {
        let function = match n.checked_sub(1) {
            None if disk.bytes().is_empty() => None,
            None => Some(Box::new(block::Block::new(disk)) as Box<dyn Function>),
            Some(n) => config
                .devices
                .get(n as usize)
                .map(|kind| plug(*kind, config)),
        };
        let at = place(
            VIRTIO.base + n * VIRTIO.len,
            VIRTIO.len,
            VIRTIO.irq + n as u32,
        );
        let device = VirtioMmio::new(function, config.virtio_legacy);
        slots.push(Slot::new(at, device));
    }
    slots
}

fn plug(kind: VirtioDevice, config: &Config) -> Box<dyn Function> {
    match kind {
        VirtioDevice::Console => Box::new(console::Console),
        VirtioDevice::Rng => Box::new(rng::Rng::new(config.seed)),
        VirtioDevice::Net => Box::new(net::Net::default()),
    }
}

/// A device in its place.
#[derive(Debug)]
pub(crate) struct Slot {
    pub place: Place,
    pub device: Box<dyn Device>,
    /// The level of its interrupt line.
    irq: bool,
}

impl Slot {
    fn new(place: Place, device: impl Device + 'static) -> Slot {
        Slot {
            place,
            device: Box::new(device),
            irq: false,
        }
    }
}

/// A console's two ends: what is typed but not yet received, and what came out.
#[derive(Debug, Default)]
pub(crate) struct Console {
    /// Machine state.
    pub input: VecDeque<u8>,
    /// The host's; no part of the state.
    pub output: Vec<u8>,
}

/// Why the machine stopped for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Halt {
    PowerOff { code: u32 },
    Reset,
}

impl Halt {
    /// The power failed.
    pub const POWER_CUT: Halt = Halt::PowerOff { code: POWER_CUT };
}

/// No machine has run so long: a thousand years of its clock, and room for as much again.
const LATEST: u64 = 1 << 62;

/// Everything but the harts.
#[derive(Debug)]
pub(crate) struct Board {
    /// The machine's time.
    pub now: u64,
    pub ram: Ram,
    pub disk: Disk,
    pub clint: Clint,
    pub plic: Plic,
    /// The serial line.
    pub console: Console,
    /// The virtio console.
    pub terminal: Console,
    pub halt: Option<Halt>,
    /// What is to go wrong.
    pub faults: Faults,
    /// Something was accessed that changed interrupt lines or deadlines, or may have; the
    /// running hart must leave its block.
    pub touched: bool,
    /// The host's; no part of the state.
    pub watcher: Watcher,
    slots: Vec<Slot>,
    rom: Vec<u8>,
}

/// What of the board changes and is small, as saved and hashed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BoardState {
    now: u64,
    clint: Clint,
    plic: Plic,
    console_input: VecDeque<u8>,
    terminal_input: VecDeque<u8>,
    halt: Option<Halt>,
    faults: Faults,
    reservations: OfHarts,
    /// Each slot's interrupt line and its device's own record.
    slots: Vec<(bool, Vec<u8>)>,
}

impl Board {
    /// The board of `config`, with `disk` in slot 0 of virtio unless it is empty, and a
    /// boot ROM that holds `rom`.
    pub fn new(config: &Config, ram: Ram, disk: Disk, rom: Vec<u8>) -> Board {
        Board {
            now: 0,
            ram,
            clint: Clint::new(config.harts),
            plic: Plic::new(config.harts),
            console: Console::default(),
            terminal: Console::default(),
            halt: None,
            faults: Faults::default(),
            touched: true,
            watcher: Watcher::default(),
            slots: furnish(config, &disk),
            disk,
            rom,
        }
    }

    /// The devices of a board of `config`, for the device tree.
    pub fn slots_of(config: &Config) -> Vec<Slot> {
        furnish(config, &Disk::from(Vec::new()))
    }

    /// The 10 MHz clock that the guest reads.
    pub fn mtime(&self) -> u64 {
        self.clint.mtime(self.now)
    }

    /// Reads `size` bytes from the device or ROM at `pa`; `None` if nothing answers there. A
    /// misaligned load is put together from the two aligned ones that it lies in, as on QEMU.
    pub fn read(&mut self, pa: u64, size: usize) -> Option<u64> {
        if !size.is_power_of_two() {
            return (0..size).try_fold(0, |all, n| {
                let byte = self.read(pa.wrapping_add(n as u64), 1)?;
                Some(all | byte << (8 * n))
            });
        }
        let misaligned = pa % size as u64;
        let low = self.read_aligned(pa - misaligned, size)?;
        if misaligned == 0 {
            return Some(low);
        }
        let high = self.read_aligned((pa - misaligned).wrapping_add(size as u64), size)?;
        let shift = 8 * misaligned as usize;
        let mask = u64::MAX >> (64 - 8 * size);
        Some((low >> shift | high << (8 * size - shift)) & mask)
    }

    fn read_aligned(&mut self, pa: u64, size: usize) -> Option<u64> {
        if let Some(offset) = within(ROM, pa) {
            let bytes = self.rom.get(offset as usize..).unwrap_or_default();
            let mut value = [0; 8];
            for (to, from) in value[..size].iter_mut().zip(bytes) {
                *to = *from;
            }
            return Some(u64::from_le_bytes(value));
        }
        if let Some(offset) = within(CLINT, pa) {
            let is_register = Clint::accepts(offset, size);
            return is_register.then(|| self.clint.read(offset, size, self.now));
        }
        if let Some(offset) = within(PLIC, pa) {
            self.touched = true;
            return (size == 4).then(|| self.plic.read(offset).into());
        }
        let mask = u64::MAX >> (64 - 8 * size);
        self.at_slot(pa, size, |device, offset, wiring| {
            device.read(offset, size, wiring) & mask
        })
    }

    /// Writes the low `size` bytes of `value` to the device at `pa`; `None` if nothing answers
    /// there. The ROM does, and stays as it is. A misaligned store is made byte by byte.
    pub fn write(&mut self, pa: u64, size: usize, value: u64) -> Option<()> {
        if !size.is_power_of_two() || !pa.is_multiple_of(size as u64) {
            let mut bytes = value.to_le_bytes().into_iter().take(size).zip(0..);
            return bytes.try_for_each(|(byte, n)| self.write(pa.wrapping_add(n), 1, byte.into()));
        }
        if within(ROM, pa).is_some() {
            return Some(());
        }
        let value = value & u64::MAX >> (64 - 8 * size);
        if let Some(offset) = within(CLINT, pa) {
            self.touched = true;
            let is_register = Clint::accepts(offset, size);
            return is_register.then(|| self.clint.write(offset, size, value, self.now));
        }
        if let Some(offset) = within(PLIC, pa) {
            self.touched = true;
            return (size == 4).then(|| self.plic.write(offset, value as u32));
        }
        self.at_slot(pa, size, |device, offset, wiring| {
            device.write(offset, size, value, wiring);
        })
    }

    /// The halfword of code at `pa`, in RAM or ROM.
    pub fn fetch(&self, pa: u64) -> Option<u16> {
        let Some(offset) = within(ROM, pa) else {
            return self.ram.read(pa);
        };
        let byte = |at: u64| self.rom.get(at as usize).copied().unwrap_or(0);
        Some(u16::from_le_bytes([byte(offset), byte(offset + 1)]))
    }

    /// Whether RAM, ROM or a device is at `pa`.
    pub fn has(&self, pa: u64) -> bool {
        let fixed = [ROM, CLINT, PLIC];
        let places = self.slots.iter().map(|slot| slot.place).chain(fixed);
        self.ram.page_at(pa).is_some() || places.into_iter().any(|at| within(at, pa).is_some())
    }

    /// Lets every device do what is due by now.
    pub fn advance(&mut self) {
        for n in 0..self.slots.len() {
            self.at(n, |device, wiring| device.advance(wiring));
        }
        self.touched = true;
    }

    /// When the next device has something to do.
    pub fn due(&self) -> Option<u64> {
        self.slots.iter().filter_map(|slot| slot.device.due()).min()
    }

    fn at_slot<T>(
        &mut self,
        pa: u64,
        size: usize,
        access: impl FnOnce(&mut dyn Device, u64, &mut Wiring) -> T,
    ) -> Option<T> {
        let n = self
            .slots
            .iter()
            .position(|slot| within(slot.place, pa).is_some())?;
        let offset = pa - self.slots[n].place.base;
        if !self.slots[n].device.accepts(offset, size) {
            return None;
        }
        Some(self.at(n, |device, wiring| access(device, offset, wiring)))
    }

    /// Wires device `n` to the board for one action, then tells the PLIC its line. Most
    /// accesses, such as of a byte to the serial port, touch nothing that a hart has to look at.
    fn at<T>(&mut self, n: usize, act: impl FnOnce(&mut dyn Device, &mut Wiring) -> T) -> T {
        let before = self.outside(n);
        let slot = &mut self.slots[n];
        let was_up = slot.irq;
        let is_watched = self.watcher.points.has_physical();
        self.ram.record_writes(is_watched);
        let mut wiring = Wiring {
            now: self.now,
            irq: &mut slot.irq,
            ram: &mut self.ram,
            disk: &mut self.disk,
            console: &mut self.console,
            terminal: &mut self.terminal,
            halt: &mut self.halt,
            faults: &mut self.faults,
            watcher: &mut self.watcher,
        };
        let result = act(slot.device.as_mut(), &mut wiring);
        let line = self.faults.pass(slot.place.irq, was_up, slot.irq);
        self.plic.set_line(slot.place.irq, line);
        if is_watched {
            let stores = self.ram.take_writes();
            self.tell_dma(stores);
        }
        self.touched |= self.outside(n) != before;
        result
    }

    /// What a hart has to look at once device `n` changed it: the interrupt line, the deadline,
    /// the end, RAM that other ways than a hart's wrote to, and what somebody is to be told of
    /// at once.
    fn outside(&self, n: usize) -> impl PartialEq + use<> {
        let slot = &self.slots[n];
        let epochs = (self.ram.write_epoch(), self.ram.table_epoch());
        let ends = (self.halt.is_some(), self.watcher.n_urgent());
        (slot.irq, slot.device.due(), epochs, ends)
    }

    /// A copy of the small state.
    pub fn save(&self) -> BoardState {
        let slots = self.slots.iter();
        BoardState {
            now: self.now,
            clint: self.clint.clone(),
            plic: self.plic.clone(),
            console_input: self.console.input.clone(),
            terminal_input: self.terminal.input.clone(),
            halt: self.halt,
            faults: self.faults.clone(),
            reservations: self.ram.save_reservations(),
            slots: slots.map(|slot| (slot.irq, slot.device.save())).collect(),
        }
    }

    /// The boot ROM's bytes.
    pub fn rom(&self) -> &[u8] {
        &self.rom
    }

    /// Takes on `state`, which a board of the same configuration saved; `None`, and no matter
    /// what it is then, if none can have.
    pub fn load(&mut self, state: &BoardState) -> Option<()> {
        let is_shaped = state.clint.is_like(&self.clint)
            && state.plic.is_like(&self.plic)
            && state.slots.len() == self.slots.len()
            && state.now <= LATEST;
        if !is_shaped {
            return None;
        }
        self.now = state.now;
        self.clint = state.clint.clone();
        self.plic = state.plic.clone();
        self.console.input = state.console_input.clone();
        self.terminal.input = state.terminal_input.clone();
        self.halt = state.halt;
        self.faults = state.faults.clone();
        self.ram.reservations().load(&state.reservations);
        for (slot, (irq, record)) in self.slots.iter_mut().zip(&state.slots) {
            slot.irq = *irq;
            slot.device.load(record)?;
        }
        self.touched = true;
        Some(())
    }
}

/// The offset of `pa` in `place`, if it is there.
fn within(place: Place, pa: u64) -> Option<u64> {
    let offset = pa.checked_sub(place.base)?;
    (offset < place.len).then_some(offset)
}
