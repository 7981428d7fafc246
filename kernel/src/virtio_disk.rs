//! The disk: blocks in and out through a virtio device, several at a time.

use crate::hal::virtio_mmio::Transport;
use crate::hal::virtqueue::{Direction, N_SLOTS, Slot, Virtqueue};
use crate::proc::{self, Chan};
use crate::sync::{Once, Rank, SpinLock};
use abi::Error;
use abi::disk::Block;

/// Where a request stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Free,
    /// The device has it.
    Pending,
    /// The device is done with it; who made it has not looked yet.
    Done,
}

struct Disk {
    device: Option<(Transport, Virtqueue)>,
    requests: [Progress; N_SLOTS],
}

static DISK: SpinLock<Disk> = SpinLock::new(
    "virtio_disk",
    Rank::Disk,
    Disk {
        device: None,
        requests: [Progress::Free; N_SLOTS],
    },
);

/// The disk's interrupt.
static IRQ: Once<u32> = Once::new();

/// Finds the disk and starts it. Returns its interrupt.
///
/// # Panics
/// If there is none that works.
pub fn virtio_disk_init() -> u32 {
    let mut transport = Transport::find_block_device().expect("could not find virtio disk");
    let queue = Virtqueue::take();
    if let Err(why) = transport.start(&queue.addresses()) {
        panic!("{why}");
    }
    let irq = transport.irq;
    IRQ.set(irq);
    DISK.acquire().device = Some((transport, queue));
    irq
}

/// The disk's interrupt.
pub fn irq() -> Option<u32> {
    IRQ.get().copied()
}

/// Reads block `block`, sleeping until it is there.
///
/// # Errors
/// [`Error::Io`] if the device says so.
pub fn read(block: u32, into: &mut Block) -> Result<(), Error> {
    virtio_disk_rw(block, Direction::Read, Some(into))
}

/// Writes block `block`, sleeping until the device has it.
///
/// # Errors
/// [`Error::Io`] if the device says so.
pub fn write(block: u32, from: &Block) -> Result<(), Error> {
    virtio_disk_rw(block, Direction::Write(from), None)
}

/// Sleeps until all that was written before is on the disk for good. There is nothing to do
/// for a device that has no cache: what it says is written is on the disk.
///
/// # Errors
/// [`Error::Io`] if the device says so.
pub fn flush() -> Result<(), Error> {
    let has_cache = |(transport, _): &(Transport, _)| transport.has_cache;
    if DISK.acquire().device.as_ref().is_some_and(has_cache) {
        virtio_disk_rw(0, Direction::Flush, None)
    } else {
        Ok(())
    }
}

#[inline(never)]
fn virtio_disk_rw(block: u32, direction: Direction, into: Option<&mut Block>) -> Result<(), Error> {
    let mut disk = DISK.acquire();
    let slot = loop {
        let is_free = |slot: &Slot| disk.requests[slot.idx()] == Progress::Free;
        match Slot::all().find(is_free) {
            Some(slot) => break slot,
            None => disk = disk.sleep(Chan::of(&DISK)),
        }
    };
    disk.requests[slot.idx()] = Progress::Pending;
    let (transport, queue) = disk.device.as_mut().ok_or(Error::Io)?;
    queue.submit(slot, block, direction);
    transport.notify();
    while disk.requests[slot.idx()] != Progress::Done {
        let chan = Chan::of(&disk.requests[slot.idx()]);
        disk = disk.sleep(chan);
    }
    let (_, queue) = disk.device.as_mut().ok_or(Error::Io)?;
    let result = queue.finish(slot, into);
    disk.requests[slot.idx()] = Progress::Free;
    drop(disk);
    proc::wakeup(Chan::of(&DISK));
    result
}

/// Answers the device's interrupt: lets those go on whose requests are done.
#[inline(never)]
pub fn virtio_disk_intr() {
    let mut disk = DISK.acquire();
    let Some((transport, _)) = &disk.device else {
        return;
    };
    // First, so that a request done after the look below interrupts again.
    transport.acknowledge();
    while let Some(slot) = disk.next_done() {
        disk.requests[slot.idx()] = Progress::Done;
        proc::wakeup(Chan::of(&disk.requests[slot.idx()]));
    }
}

impl Disk {
    fn next_done(&mut self) -> Option<Slot> {
        self.device.as_mut()?.1.next_done()
    }
}
