//! Devices that a workload has set up: the words that hart 0 writes to their registers, and
//! rings full of requests, so that all a driver has left to do is to count up an index.

use super::place::{Hart, RING_BYTES, RINGS};
use crate::isa::generate::Dice;
use machine::{Config, VirtioDevice};

pub(super) const UART: u64 = 0x1000_0000;
const PLIC: u64 = 0xc00_0000;
/// Descriptors of a queue.
const LEN: u64 = 8;
const NEXT: u64 = 1;
const WRITE: u64 = 2;
const BUFFERS: u64 = 0x2000;

/// The registers of virtio slot `n`.
pub(super) fn slot(n: usize) -> u64 {
    0x1000_1000 + 0x1000 * n as u64
}

/// A queue that is set up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Queue {
    /// The virtio slot of its device.
    pub slot: usize,
    /// Its number there.
    pub number: usize,
    /// Where its rings lie: descriptors, the available ring, the used ring at the next page, then
    /// buffers.
    pub ring: u64,
}

impl Queue {
    /// The available ring.
    pub fn available(self) -> u64 {
        self.ring + 16 * LEN
    }

    /// The register that tells the device of a request.
    pub fn notify(self) -> u64 {
        slot(self.slot) + 0x50
    }
}

/// What is set up.
#[derive(Debug, Default)]
pub(super) struct Devices {
    /// Registers and words.
    pub script: Vec<(u64, u64)>,
    /// Memory with its addresses.
    pub memory: Vec<(u64, Vec<u8>)>,
    /// The queues.
    pub queues: Vec<Queue>,
}

/// Sets up the devices of `config`, with a disk of `sectors`; some are left alone.
pub(super) fn set_up(config: &Config, sectors: usize, dice: &mut Dice) -> Devices {
    let mut devices = Devices::default();
    devices.script.extend([(UART + 2, 1), (UART + 1, 1)]);
    for source in 1..12 {
        let priority = 1 + dice.below(7) as u64;
        devices.script.push((PLIC + 4 * source, priority));
    }
    for hart in (0..config.harts).map(Hart) {
        let enabled = dice.bits() & 0xffe;
        devices.script.push((hart.enable(), enabled));
    }
    if sectors > 0 && !dice.once_in(8) {
        devices.plug(0, 1, config, |_, ring| disk(ring, sectors, dice));
    }
    for (nth, &device) in config.devices.iter().enumerate() {
        if dice.once_in(8) {
            continue;
        }
        let n_queues = match device {
            VirtioDevice::Rng => 1,
            VirtioDevice::Console | VirtioDevice::Net => 2,
        };
        let is_legacy = config.virtio_legacy;
        devices.plug(nth + 1, n_queues, config, |number, ring| {
            single(device, number, ring, is_legacy, dice)
        });
    }
    devices
}

/// Descriptors (address, length, flags and next), heads of chains, and what else lies at the queue.
type Filled = (Vec<(u64, u64)>, Vec<u16>, Vec<(u64, Vec<u8>)>);

impl Devices {
    /// Sets up the device in `slot`, its queues as `fill` has them.
    fn plug(
        &mut self,
        slot_number: usize,
        n_queues: usize,
        config: &Config,
        mut fill: impl FnMut(usize, u64) -> Filled,
    ) {
        let registers = slot(slot_number);
        let mut put = |offset: u64, word: u64| self.script.push((registers + offset, word));
        put(0x70, 3);
        if config.virtio_legacy {
            put(0x28, 4096);
        } else {
            put(0x24, 1);
            put(0x20, 1);
            put(0x70, 11);
        }
        for number in 0..n_queues {
            let ring = RINGS + RING_BYTES * self.queues.len() as u64;
            put(0x30, number as u64);
            put(0x38, LEN);
            if config.virtio_legacy {
                put(0x40, ring >> 12);
            } else {
                let used = ring + 0x1000;
                put(0x80, ring);
                put(0x90, ring + 16 * LEN);
                put(0xa0, used);
                put(0x44, 1);
            }
            let (descriptors, heads, memory) = fill(number, ring);
            let words = descriptors.iter().flat_map(|&(at, rest)| [at, rest]);
            let mut bytes: Vec<u8> = words.flat_map(u64::to_le_bytes).collect();
            bytes.resize(16 * LEN as usize + 4, 0);
            bytes.extend(
                heads
                    .iter()
                    .cycle()
                    .take(LEN as usize)
                    .flat_map(|head| head.to_le_bytes()),
            );
            self.memory.push((ring, bytes));
            self.memory.extend(memory);
            self.queues.push(Queue {
                slot: slot_number,
                number,
                ring,
            });
        }
        put(0x70, if config.virtio_legacy { 7 } else { 15 });
    }
}

fn descriptor(at: u64, len: u64, flags: u64, next: u64) -> (u64, u64) {
    (at, len | flags << 32 | next << 48)
}

/// Requests of a disk: a read, a write and a flush, in some order.
fn disk(ring: u64, sectors: usize, dice: &mut Dice) -> Filled {
    let buffers = ring + BUFFERS;
    let header = |kind: u32, sector: u64| {
        let mut bytes = u64::from(kind).to_le_bytes().to_vec();
        bytes.extend(sector.to_le_bytes());
        bytes
    };
    let mut sector = || dice.below(sectors) as u64;
    let memory = vec![
        (buffers, header(0, sector())),
        (buffers + 16, header(1, sector())),
        (buffers + 32, header(4, 0)),
        (buffers + 0x800, (0..=255).cycle().take(512).collect()),
    ];
    let status = buffers + 0x100;
    let descriptors = vec![
        descriptor(buffers, 16, NEXT, 1),
        descriptor(buffers + 0x400, 512, NEXT | WRITE, 2),
        descriptor(status, 1, WRITE, 0),
        descriptor(buffers + 16, 16, NEXT, 4),
        descriptor(buffers + 0x800, 512, NEXT, 5),
        descriptor(status + 1, 1, WRITE, 0),
        descriptor(buffers + 32, 16, NEXT, 7),
        descriptor(status + 2, 1, WRITE, 0),
    ];
    let heads = (0..LEN).map(|_| dice.of(&[0, 3, 6])).collect();
    (descriptors, heads, memory)
}

/// Requests of one buffer each: to be filled, or with something to send.
fn single(
    device: VirtioDevice,
    number: usize,
    ring: u64,
    is_legacy: bool,
    dice: &mut Dice,
) -> Filled {
    let buffer = ring + BUFFERS;
    let is_sent = number == 1;
    let content = match device {
        VirtioDevice::Net => {
            let mut packet = vec![0; if is_legacy { 10 } else { 12 }];
            packet.extend(who_has());
            packet
        }
        VirtioDevice::Console | VirtioDevice::Rng => b"said at the terminal".to_vec(),
    };
    let descriptors = (0..LEN).map(|nth| {
        let (len, flags) = if is_sent {
            (content.len() as u64, 0)
        } else {
            (dice.of(&[1, 16, 256, 1600]), WRITE)
        };
        descriptor(
            buffer + if is_sent { 0 } else { 0x100 * nth },
            len,
            flags,
            0,
        )
    });
    let descriptors = descriptors.collect();
    (
        descriptors,
        (0..LEN as u16).collect(),
        vec![(buffer, content)],
    )
}

/// An ARP request for the address of the machine's own host.
fn who_has() -> Vec<u8> {
    let (nobody, guest) = ([0xff; 6], [0x52, 0x54, 0, 0x12, 0x34, 0x56]);
    let mut frame = [nobody, guest].concat();
    frame.extend([8, 6, 0, 1, 8, 0, 6, 4, 0, 1]);
    frame.extend(guest);
    frame.extend([10, 0, 2, 15, 0, 0, 0, 0, 0, 0, 10, 0, 2, 2]);
    frame
}
