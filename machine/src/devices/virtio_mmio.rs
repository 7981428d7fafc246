//! virtio over memory-mapped registers, in the legacy and the modern layout.
//!
//! [`VirtioMmio`] is the transport: registers, negotiation, queues, interrupts. What the
//! device does with a request is its [`Function`]. A slot without one reads as device 0.
//! Source: Virtual I/O Device (VIRTIO), "Virtio Over MMIO" and its "Legacy interface".

use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use super::virtqueue::{Chain, MOST, Malformed, Virtqueue};
use super::{Description, Device, Wiring, from_record, record};

const MAGIC: u32 = u32::from_le_bytes(*b"virt");
const VENDOR: u32 = u32::from_le_bytes(*b"QEMU");
const ANY_LAYOUT: u64 = 1 << 27;
const INDIRECT_DESC: u64 = 1 << 28;
pub(super) const VERSION_1: u64 = 1 << 32;
const CONFIG: u64 = 0x100;
const END: u64 = 0x200;

mod status {
    pub const DRIVER_OK: u32 = 4;
    pub const FEATURES_OK: u32 = 8;
    pub const NEEDS_RESET: u32 = 64;
}
/// Interrupt status: a buffer was used.
const USED_BUFFER: u32 = 1;
/// Interrupt status: the configuration, here the status, changed.
const CONFIG_CHANGED: u32 = 2;

/// What a virtio device does, whatever it is attached by.
pub(crate) trait Function: Debug {
    /// The device's kind, as the specification numbers them.
    fn id(&self) -> u32;
    /// The features of its own that it offers.
    fn features(&self) -> u64;
    /// How many queues it has.
    fn n_queues(&self) -> usize;
    /// Its configuration space.
    fn config(&self) -> Vec<u8>;
    /// The time it takes over a request.
    fn latency(&self) -> u64;
    /// Whether it could serve a request of queue `queue` now: one that receives waits until
    /// there is something.
    fn is_ready(&self, _queue: usize, _wiring: &Wiring) -> bool {
        true
    }
    /// Serves a request of queue `queue`; how many bytes it wrote to it.
    ///
    /// # Errors
    /// [`Malformed`] if the request cannot even be answered.
    fn serve(&mut self, request: &Request, wiring: &mut Wiring) -> Result<u32, Malformed>;
    /// Forgets what it was doing.
    fn reset(&mut self) {}
    /// Its state as bytes.
    fn save(&self) -> Vec<u8> {
        Vec::new()
    }
    /// Takes on what [`Function::save`] gave; `None` if the record is no such thing.
    fn load(&mut self, record: &[u8]) -> Option<()> {
        record.is_empty().then_some(())
    }
}

/// A request to a device.
#[derive(Debug)]
pub(crate) struct Request {
    /// The queue it came by.
    pub queue: usize,
    pub chain: Chain,
    /// The features that were agreed on.
    pub features: u64,
}

/// A slot: the transport's registers and what is plugged in.
#[derive(Debug)]
pub(crate) struct VirtioMmio {
    function: Option<Box<dyn Function>>,
    is_legacy: bool,
    state: State,
}

/// The registers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct State {
    device_features_sel: u32,
    driver_features_sel: u32,
    driver_features: u64,
    status: u32,
    interrupt: u32,
    queue_sel: u32,
    queues: Vec<Virtqueue>,
    /// Legacy: bytes of the guest's page, by which it names a queue's address.
    page_size: u32,
    /// Legacy: what the used ring's address is a multiple of; 0 for the usual.
    align: u32,
    /// When the request being served will be done.
    due: Option<u64>,
    /// A request made no sense: nothing is served until a reset.
    is_broken: bool,
    /// Counts changes of the configuration.
    generation: u32,
}

impl VirtioMmio {
    /// A slot with `function` in it, or an empty one.
    pub fn new(function: Option<Box<dyn Function>>, is_legacy: bool) -> VirtioMmio {
        let mut slot = VirtioMmio {
            function,
            is_legacy,
            state: State::default(),
        };
        slot.reset();
        slot
    }

    fn reset(&mut self) {
        let n_queues = self
            .function
            .as_ref()
            .map_or(0, |function| function.n_queues());
        if let Some(function) = &mut self.function {
            function.reset();
        }
        self.state = State {
            queues: vec![Virtqueue::default(); n_queues],
            ..State::default()
        };
    }

    fn features(&self) -> u64 {
        let own = self
            .function
            .as_ref()
            .map_or(0, |function| function.features());
        let layout = if self.is_legacy {
            ANY_LAYOUT
        } else {
            VERSION_1
        };
        own | layout | INDIRECT_DESC
    }

    fn queue(&self) -> Option<&Virtqueue> {
        self.state.queues.get(self.state.queue_sel as usize)
    }

    fn read_register(&self, offset: u64) -> u32 {
        let queue = self.queue();
        match offset {
            0x00 => MAGIC,
            0x04 if self.is_legacy => 1,
            0x04 => 2,
            0x08 => self.function.as_ref().map_or(0, |function| function.id()),
            0x0c => VENDOR,
            0x10 => half_of(self.features(), self.state.device_features_sel),
            0x34 if queue.is_some() => MOST,
            0x40 if self.is_legacy => queue.map_or(0, |queue| {
                let page = u64::from(self.state.page_size.max(1));
                (queue.descriptors / page) as u32
            }),
            0x44 if !self.is_legacy => queue.map_or(0, |queue| queue.is_ready.into()),
            0x60 => self.state.interrupt,
            0x70 => self.state.status,
            // There is no shared memory: its length and place read as ones.
            0xb0..0xc0 if !self.is_legacy => u32::MAX,
            0xfc if !self.is_legacy => self.state.generation,
            _ => 0,
        }
    }

    /// What `size` bytes at `offset` hold; a doubleword is two words.
    fn value(&self, offset: u64, size: usize) -> u64 {
        if size == 8 {
            let low = self.value(offset, 4);
            return low | self.value(offset + 4, 4) << 32;
        }
        match (&self.function, offset) {
            (Some(function), CONFIG..) => {
                let config = function.config();
                let bytes = config.iter().skip((offset - CONFIG) as usize).take(size);
                bytes
                    .rev()
                    .fold(0, |value, &byte| value << 8 | u64::from(byte))
            }
            (None, 0x10..) => 0,
            (Some(_), _) if size != 4 => 0,
            _ => self.read_register(offset).into(),
        }
    }

    fn write_register(&mut self, offset: u64, value: u32, wiring: &mut Wiring) {
        match offset {
            0x14 => self.state.device_features_sel = value,
            0x20 if self.state.status & status::FEATURES_OK == 0 => {
                let features = &mut self.state.driver_features;
                set_half(features, self.state.driver_features_sel, value);
            }
            0x24 => self.state.driver_features_sel = value,
            0x28 if self.is_legacy => self.state.page_size = value,
            0x30 => self.state.queue_sel = value,
            0x50 => self.notice(wiring),
            0x64 => self.state.interrupt &= !value,
            0x70 => self.write_status(value),
            _ => self.write_queue_register(offset, value),
        }
    }

    fn write_queue_register(&mut self, offset: u64, value: u32) {
        if offset == 0x3c && self.is_legacy {
            self.state.align = value;
        }
        let (page, align) = (self.state.page_size, self.state.align);
        let Some(queue) = self.state.queues.get_mut(self.state.queue_sel as usize) else {
            return;
        };
        match (offset, self.is_legacy) {
            (0x38, _) if value.is_power_of_two() && value <= MOST => queue.len = value,
            (0x40, true) => queue.place_legacy(u64::from(value) * u64::from(page), align),
            (0x44, false) => queue.is_ready = value & 1 != 0,
            (0x80 | 0x84, false) => set_half(&mut queue.descriptors, upper(offset), value),
            (0x90 | 0x94, false) => set_half(&mut queue.available, upper(offset), value),
            (0xa0 | 0xa4, false) => set_half(&mut queue.used, upper(offset), value),
            _ => {}
        }
    }

    fn write_status(&mut self, value: u32) {
        if value == 0 {
            self.reset();
            return;
        }
        let accepted = self.state.driver_features;
        let is_modern_enough = self.is_legacy || accepted & VERSION_1 != 0;
        let is_offered = accepted & !self.features() == 0;
        let broken = self.state.status & status::NEEDS_RESET;
        self.state.status = value & 0xff | broken;
        if !(is_modern_enough && is_offered) {
            self.state.status &= !status::FEATURES_OK;
        }
    }

    /// Begins to serve the first request that can be, unless one is being served.
    fn notice(&mut self, wiring: &mut Wiring) {
        if self.state.due.is_none()
            && let Some((function, _)) = self.next(wiring)
        {
            self.state.due = Some(wiring.now + function.latency());
        }
    }

    /// The device and the first queue that has a request it could serve.
    fn next(&self, wiring: &Wiring) -> Option<(&dyn Function, usize)> {
        let function = self.function.as_deref().filter(|_| !self.state.is_broken)?;
        let mut queues = self.state.queues.iter().enumerate();
        let can_serve = |&(number, queue): &(usize, &Virtqueue)| {
            queue.has_request(wiring.ram) && function.is_ready(number, wiring)
        };
        queues.find(can_serve).map(|(number, _)| (function, number))
    }

    /// Finishes the first request that can be served.
    fn finish_one(&mut self, wiring: &mut Wiring) -> Result<(), Malformed> {
        let Some(number) = self.next(wiring).map(|(_, number)| number) else {
            return Ok(());
        };
        let features = self.state.driver_features & self.features();
        let queue = &mut self.state.queues[number];
        let (Some(function), Some(chain)) = (
            &mut self.function,
            queue.take(wiring.ram, features & INDIRECT_DESC != 0)?,
        ) else {
            return Ok(());
        };
        let request = Request {
            queue: number,
            chain,
            features,
        };
        let written = function.serve(&request, wiring)?;
        if queue.give_back(wiring.ram, &request.chain, written)? {
            self.state.interrupt |= USED_BUFFER;
        }
        Ok(())
    }

    /// Serves nothing more, and tells a modern driver so.
    /// Source: VIRTIO, "Device Status Field", DEVICE_NEEDS_RESET.
    fn break_down(&mut self) {
        let state = &mut self.state;
        state.is_broken = true;
        if !self.is_legacy {
            state.status |= status::NEEDS_RESET;
            state.generation = state.generation.wrapping_add(1);
            if state.status & status::DRIVER_OK != 0 {
                state.interrupt |= CONFIG_CHANGED;
            }
        }
    }

    fn set_line(&self, wiring: &mut Wiring) {
        *wiring.irq = self.state.interrupt != 0;
    }
}

impl Device for VirtioMmio {
    fn accepts(&self, offset: u64, _size: usize) -> bool {
        offset < END
    }

    fn read(&mut self, offset: u64, size: usize, _wiring: &mut Wiring) -> u64 {
        self.value(offset, size)
    }

    fn write(&mut self, offset: u64, size: usize, value: u64, wiring: &mut Wiring) {
        if size == 8 {
            self.write(offset, 4, value & 0xffff_ffff, wiring);
            return self.write(offset + 4, 4, value >> 32, wiring);
        }
        if self.function.is_some() && size == 4 {
            self.write_register(offset, value as u32, wiring);
            self.set_line(wiring);
        }
    }

    fn due(&self) -> Option<u64> {
        self.state.due
    }

    fn advance(&mut self, wiring: &mut Wiring) {
        if self.state.due.is_some_and(|due| due <= wiring.now) {
            self.state.due = None;
            if self.finish_one(wiring).is_err() {
                self.break_down();
            }
        }
        self.notice(wiring);
        self.set_line(wiring);
    }

    fn save(&self) -> Vec<u8> {
        let function = self.function.as_ref().map(|function| function.save());
        record(&(&self.state, function))
    }

    fn load(&mut self, record: &[u8]) -> Option<()> {
        let (state, function): (State, Option<Vec<u8>>) = from_record(record)?;
        let is_shaped = state.queues.len() == self.state.queues.len()
            && state.queues.iter().all(Virtqueue::is_possible);
        self.state = Some(state).filter(|_| is_shaped)?;
        match (&mut self.function, function) {
            (Some(function), Some(record)) => function.load(&record),
            (None, None) => Some(()),
            _ => None,
        }
    }

    fn describe(&self) -> Description {
        Description {
            node: "virtio_mmio",
            compatible: &["virtio,mmio"],
            numbers: &[],
        }
    }
}

/// 1 for the register of a pair that holds the upper half.
fn upper(offset: u64) -> u32 {
    (offset >> 2 & 1) as u32
}

fn half_of(value: u64, which: u32) -> u32 {
    match which {
        0 => value as u32,
        1 => (value >> 32) as u32,
        _ => 0,
    }
}

fn set_half(value: &mut u64, which: u32, half: u32) {
    match which {
        0 => *value = *value & !0xffff_ffff | u64::from(half),
        1 => *value = *value & 0xffff_ffff | u64::from(half) << 32,
        _ => {}
    }
}
