//! A virtio device's registers: finding a block device and shaking hands with it, in
//! the legacy and in the modern way.
//!
//! Source: virtio, "Virtio Over MMIO" (with "Legacy interface") and "Device Initialization".

use super::virtqueue::{Addresses, QUEUE_SIZE};
use super::{Reg, board};

const MAGIC: u32 = 0x7472_6976;
const VERSION_LEGACY: u32 = 1;
const DEVICE_BLOCK: u32 = 2;

const STATUS_ACKNOWLEDGE: u32 = 1;
const STATUS_DRIVER: u32 = 2;
const STATUS_DRIVER_OK: u32 = 4;
const STATUS_FEATURES_OK: u32 = 8;

/// `VIRTIO_BLK_F_FLUSH`, in the first word of features.
const FEATURE_FLUSH: u32 = 1 << 9;
/// `VIRTIO_F_VERSION_1`, in the second word of features.
const FEATURE_VERSION_1: u32 = 1 << 0;
const PAGE: u32 = 4096;

/// A block device's registers.
pub struct Transport {
    base: usize,
    is_legacy: bool,
    /// Whether what is written stays in a cache until a flush.
    pub has_cache: bool,
    /// Its interrupt.
    pub irq: u32,
}

impl Transport {
    /// The first block device in any slot.
    pub fn find_block_device() -> Option<Transport> {
        (0..board::N_VIRTIO).find_map(|slot| {
            let base = board::VIRTIO0 + slot * PAGE as usize;
            let mut transport = Transport {
                base,
                is_legacy: false,
                has_cache: false,
                irq: board::VIRTIO0_IRQ + slot as u32,
            };
            let is_block =
                transport.reg(0x000).read() == MAGIC && transport.reg(0x008).read() == DEVICE_BLOCK;
            transport.is_legacy = transport.reg(0x004).read() == VERSION_LEGACY;
            is_block.then_some(transport)
        })
    }

    fn reg(&self, offset: usize) -> Reg<u32> {
        // SAFETY: a register of the slot: every offset used in this file lies in it.
        // The device touches memory only as its queue says, which is `virtqueue`'s.
        unsafe { Reg::at(self.base + offset) }
    }

    /// Starts the device with the queue at `queue`. Says what is wrong if that fails.
    pub fn start(&mut self, queue: &Addresses) -> Result<(), &'static str> {
        let status = self.reg(0x070);
        status.write(0);
        status.write(STATUS_ACKNOWLEDGE);
        status.write(STATUS_ACKNOWLEDGE | STATUS_DRIVER);
        let mut good = STATUS_ACKNOWLEDGE | STATUS_DRIVER;
        // With flushes the device may keep what is written in a cache; without, writes are
        // on the disk when it says done.
        let flush = self.offered_features(0) & FEATURE_FLUSH;
        self.has_cache = flush != 0;
        self.accept_features(0, flush);
        if !self.is_legacy {
            self.accept_features(1, FEATURE_VERSION_1);
            good |= STATUS_FEATURES_OK;
            status.write(good);
            if status.read() & STATUS_FEATURES_OK == 0 {
                return Err("virtio disk FEATURES_OK unset");
            }
        }
        self.reg(0x030).write(0);
        match self.reg(0x034).read() {
            0 => return Err("virtio disk has no queue 0"),
            max if (max as usize) < QUEUE_SIZE => return Err("virtio disk max queue too short"),
            _ => self.reg(0x038).write(QUEUE_SIZE as u32),
        }
        if self.is_legacy {
            self.reg(0x028).write(PAGE);
            self.reg(0x03c).write(PAGE);
            self.reg(0x040)
                .write((queue.descriptors / u64::from(PAGE)) as u32);
        } else {
            self.write_address(0x080, queue.descriptors);
            self.write_address(0x090, queue.available);
            self.write_address(0x0a0, queue.used);
            self.reg(0x044).write(1);
        }
        status.write(good | STATUS_DRIVER_OK);
        Ok(())
    }

    fn offered_features(&self, word: u32) -> u32 {
        self.reg(0x014).write(word);
        self.reg(0x010).read()
    }

    fn accept_features(&self, word: u32, features: u32) {
        self.reg(0x024).write(word);
        self.reg(0x020).write(features);
    }

    fn write_address(&self, offset: usize, address: u64) {
        self.reg(offset).write(address as u32);
        self.reg(offset + 4).write((address >> 32) as u32);
    }

    /// Tells the device that there is something new in the queue.
    pub fn notify(&self) {
        self.reg(0x050).write(0);
    }

    /// Answers the device's interrupt, so that it can send the next.
    pub fn acknowledge(&self) {
        let interrupts = self.reg(0x060).read();
        self.reg(0x064).write(interrupts & 3);
    }
}
