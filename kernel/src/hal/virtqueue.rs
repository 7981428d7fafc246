//! The memory a virtio block device and its driver share: a queue of requests.
//!
//! The queue is made of slots with three descriptors each, for good: header, data (passed
//! over by a flush), status. Data is copied in and out, so that no memory of anybody else is
//! ever in the device's hands.
//!
//! Source: virtio, "Split Virtqueues" and "Block Device: Device Operation".

use abi::Error;
use abi::disk::{BSIZE, Block, SECTOR};
use core::cell::UnsafeCell;
use core::ptr::{self, addr_of, addr_of_mut};
use core::sync::atomic::{AtomicBool, Ordering, fence};

/// Descriptors of the queue: a power of two.
pub const QUEUE_SIZE: usize = 16;
/// Requests that can be under way.
pub const N_SLOTS: usize = QUEUE_SIZE / CHAIN;

const CHAIN: usize = 3;
const DESC_NEXT: u16 = 1;
const DESC_DEVICE_WRITES: u16 = 2;
const REQUEST_READ: u32 = 0;
const REQUEST_WRITE: u32 = 1;
const REQUEST_FLUSH: u32 = 4;
const STATUS_OK: u8 = 0;
const STATUS_PENDING: u8 = 0xff;

#[repr(C)]
struct Descriptor {
    address: u64,
    len: u32,
    flags: u16,
    next: u16,
}

#[repr(C)]
struct Available {
    flags: u16,
    idx: u16,
    ring: [u16; QUEUE_SIZE],
    used_event: u16,
}

#[repr(C, align(4096))]
struct Used {
    flags: u16,
    idx: u16,
    ring: [UsedElement; QUEUE_SIZE],
}

#[repr(C)]
#[derive(Clone, Copy)]
struct UsedElement {
    id: u32,
    len: u32,
}

/// A block request as the device reads it.
#[repr(C)]
struct Request {
    kind: u32,
    reserved: u32,
    sector: u64,
    data: Block,
    status: u8,
}

/// All that is shared. The legacy layout asks for the rings in this order, with `used`
/// on a page of its own.
#[repr(C, align(4096))]
struct Shared {
    descriptors: [Descriptor; QUEUE_SIZE],
    available: Available,
    used: Used,
    requests: [Request; N_SLOTS],
}

struct SharedCell(UnsafeCell<Shared>);

// SAFETY: reached through the one `Virtqueue` that `take` gives out, and by the device.
unsafe impl Sync for SharedCell {}

// SAFETY: all zero bytes are a value of each of these types.
static SHARED: SharedCell = SharedCell(UnsafeCell::new(unsafe { core::mem::zeroed() }));
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Where the device finds the parts of the queue.
pub struct Addresses {
    /// The descriptors; for the legacy interface everything else follows.
    pub descriptors: u64,
    /// What the driver offers.
    pub available: u64,
    /// What the device has done.
    pub used: u64,
}

/// Which request, from 0 to [`N_SLOTS`] - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(usize);

impl Slot {
    /// Every slot there is.
    pub fn all() -> impl Iterator<Item = Slot> {
        (0..N_SLOTS).map(Slot)
    }

    /// From 0 to [`N_SLOTS`] - 1.
    pub fn idx(self) -> usize {
        self.0
    }
}

/// What a request is to do.
pub enum Direction<'a> {
    /// Bring a block from the disk.
    Read,
    /// Put this on the disk.
    Write(&'a Block),
    /// Put all that was written on the disk for good.
    Flush,
}

/// The driver's end of the queue.
pub struct Virtqueue {
    /// How much of `used` has been looked at.
    used_idx: u16,
}

impl Virtqueue {
    /// The queue; there is one.
    ///
    /// # Panics
    /// When called again.
    pub fn take() -> Virtqueue {
        assert!(
            !TAKEN.swap(true, Ordering::Relaxed),
            "virtqueue taken twice"
        );
        Virtqueue { used_idx: 0 }
    }

    /// Where the parts are. The kernel's data is mapped at its physical address.
    pub fn addresses(&self) -> Addresses {
        let shared = SHARED.0.get();
        // SAFETY: addresses of fields of a static; nothing is read.
        unsafe {
            Addresses {
                descriptors: addr_of!((*shared).descriptors).addr() as u64,
                available: addr_of!((*shared).available).addr() as u64,
                used: addr_of!((*shared).used).addr() as u64,
            }
        }
    }

    /// Offers the device a request for block `block` in `slot`, which must be free.
    pub fn submit(&mut self, slot: Slot, block: u32, direction: Direction) {
        let shared = SHARED.0.get();
        let first = slot.0 * CHAIN;
        // The descriptor after the header's: data or, for a flush, the status.
        let (kind, data_flags, second) = match direction {
            Direction::Read => (REQUEST_READ, DESC_NEXT | DESC_DEVICE_WRITES, 1),
            Direction::Write(_) => (REQUEST_WRITE, DESC_NEXT, 1),
            Direction::Flush => (REQUEST_FLUSH, DESC_NEXT, 2),
        };
        // SAFETY: 1. `self` is the only driver. 2. The device reads and writes a slot's
        // request and descriptors only between its being offered and its being done, so
        // not now. 3. It reads `available.idx` at any time, so that is written last, whole.
        unsafe {
            let request = addr_of_mut!((*shared).requests[slot.0]);
            (*request).kind = kind;
            (*request).sector = u64::from(block) * (BSIZE / SECTOR) as u64;
            (*request).status = STATUS_PENDING;
            if let Direction::Write(from) = direction {
                ptr::copy_nonoverlapping(from, addr_of_mut!((*request).data), 1);
            }
            let parts = [
                (addr_of!((*request).kind).addr(), 16, DESC_NEXT),
                (addr_of!((*request).data).addr(), BSIZE, data_flags),
                (addr_of!((*request).status).addr(), 1, DESC_DEVICE_WRITES),
            ];
            for (n, (address, len, flags)) in parts.into_iter().enumerate() {
                (*shared).descriptors[first + n] = Descriptor {
                    address: address as u64,
                    len: len as u32,
                    flags,
                    next: (first + n + 1) as u16,
                };
            }
            (*shared).descriptors[first].next = (first + second) as u16;
            let idx = (*shared).available.idx;
            (*shared).available.ring[idx as usize % QUEUE_SIZE] = first as u16;
            fence(Ordering::SeqCst);
            addr_of_mut!((*shared).available.idx).write_volatile(idx.wrapping_add(1));
            fence(Ordering::SeqCst);
        }
    }

    /// The next request that the device is done with.
    pub fn next_done(&mut self) -> Option<Slot> {
        let shared = SHARED.0.get();
        fence(Ordering::SeqCst);
        // SAFETY: the device writes an element before it counts it in `idx`.
        let element = unsafe {
            let idx = addr_of!((*shared).used.idx).read_volatile();
            if idx == self.used_idx {
                return None;
            }
            fence(Ordering::SeqCst);
            addr_of!((*shared).used.ring[self.used_idx as usize % QUEUE_SIZE]).read_volatile()
        };
        self.used_idx = self.used_idx.wrapping_add(1);
        let slot = element.id as usize / CHAIN;
        (slot < N_SLOTS).then_some(Slot(slot))
    }

    /// Takes what a request that is done has brought; `into` for one that reads.
    ///
    /// # Errors
    /// [`Error::Io`] if the device said so.
    pub fn finish(&mut self, slot: Slot, into: Option<&mut Block>) -> Result<(), Error> {
        // SAFETY: the request is done, so the device has let go of it.
        unsafe {
            let request = addr_of!((*SHARED.0.get()).requests[slot.0]);
            if ptr::read_volatile(addr_of!((*request).status)) != STATUS_OK {
                return Err(Error::Io);
            }
            if let Some(into) = into {
                ptr::copy_nonoverlapping(addr_of!((*request).data), into, 1);
            }
        }
        Ok(())
    }
}
