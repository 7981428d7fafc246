//! The buffer cache: blocks of the disk in memory, one copy of each, shared.
//!
//! A buffer is two things under two locks. `Bcache` (short lock) says which block a slot
//! stands for and how many use it; `Buf` (long lock) is the bytes. A slot with users
//! never changes its block. The least recently used slot without users is taken for a
//! new block.
//!
//! **A thread holds at most one [`Buffer`] at a time**, so whoever waits for a buffer
//! waits for somebody who waits for none. The log's pins are the exception, and they
//! last until a commit: when only pins are left, asking is an error and not a wait.

use abi::Error;
use abi::disk::{BSIZE, Block};
use abi::limits::NBUF;

use crate::FileSystem;
use crate::host::{Guarded, Host, Lock, Long, Monitor};

/// Which block each slot stands for, and who uses it.
pub(crate) struct Bcache {
    slots: [Slot; NBUF],
    /// Counts releases; the slots' `released` are its readings.
    clock: u64,
}

#[derive(Clone, Copy)]
struct Slot {
    /// Its block; 0, the boot block, which no one reads through here, means none.
    block: u32,
    /// Holders, and one for the log's pin.
    refcnt: u32,
    /// The log keeps it until it is installed.
    pinned: bool,
    /// When it was last let go.
    released: u64,
}

impl Guarded for Bcache {
    const NAME: &'static str = "bcache";
    const INIT: Self = Bcache {
        slots: [Slot {
            block: 0,
            refcnt: 0,
            pinned: false,
            released: 0,
        }; NBUF],
        clock: 0,
    };
}

/// A block's bytes.
pub(crate) struct Buf {
    /// The block the bytes belong to, 0 for none. Differs from the slot's until the
    /// block has been read.
    block: u32,
    data: Block,
}

impl Guarded for Buf {
    const NAME: &'static str = "buffer";
    const INIT: Self = Buf {
        block: 0,
        data: [0; BSIZE],
    };
}

/// A locked buffer. To change it, ask [`Op::log_write`](crate::Op::log_write).
pub(crate) struct Buffer<'fs, H: Host> {
    // The lock opens before the hold ends: fields drop in this order.
    buf: Long<'fs, H, Buf>,
    hold: Hold<'fs, H>,
}

impl<H: Host> Buffer<'_, H> {
    /// Its block number.
    pub(crate) fn block(&self) -> u32 {
        self.hold.block
    }

    /// Its bytes.
    pub(crate) fn data(&self) -> &Block {
        &self.buf.data
    }

    /// Its bytes, to change. Only for the log, which has noted the change by then.
    pub(crate) fn data_mut(&mut self) -> &mut Block {
        &mut self.buf.data
    }

    /// Keeps the buffer in memory until [`FileSystem::bunpin`].
    pub(crate) fn bpin(&self) {
        let mut bcache = self.hold.fs.bcache.lock();
        let slot = &mut bcache.slots[self.hold.slot];
        if !slot.pinned {
            slot.pinned = true;
            slot.refcnt += 1;
        }
    }
}

/// One count of a slot's `refcnt`.
struct Hold<'fs, H: Host> {
    fs: &'fs FileSystem<H>,
    slot: usize,
    block: u32,
}

impl<H: Host> Drop for Hold<'_, H> {
    fn drop(&mut self) {
        self.fs.brelse(self.slot);
    }
}

impl<H: Host> FileSystem<H> {
    /// The buffer of `block`, locked, with what the block holds.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if the disk has no such block; [`Error::TableFull`] if the log
    /// has pinned every buffer; [`Error::Io`].
    #[inline(never)]
    pub(crate) fn bread(&self, block: u32) -> Result<Buffer<'_, H>, Error> {
        let mut buffer = self.bget(block)?;
        if buffer.buf.block != block {
            buffer.buf.block = 0;
            self.host.read(block, &mut buffer.buf.data)?;
            buffer.buf.block = block;
        }
        Ok(buffer)
    }

    /// The buffer of `block`, locked, for somebody who will overwrite all of it: filled
    /// with zeros instead of being read.
    ///
    /// # Errors
    /// As [`bread`](Self::bread), except `Io`.
    pub(crate) fn bzero(&self, block: u32) -> Result<Buffer<'_, H>, Error> {
        let mut buffer = self.bget(block)?;
        buffer.buf.data.fill(0);
        buffer.buf.block = block;
        Ok(buffer)
    }

    /// Puts `data` on the disk as `block`, past the cache: for the log, which alone writes.
    ///
    /// # Errors
    /// [`Error::Io`].
    #[inline(never)]
    pub(crate) fn bwrite(&self, block: u32, data: &Block) -> Result<(), Error> {
        self.host.write(block, data)
    }

    /// A slot for `block`: its own if it has one, else the least recently used.
    #[inline(never)]
    fn bget(&self, block: u32) -> Result<Buffer<'_, H>, Error> {
        if !self.geometry.load().is_home(block) {
            return Err(Error::Corrupt { block });
        }
        let mut bcache = self.bcache.lock();
        let slot = loop {
            if let Some(slot) = bcache.slots.iter().position(|slot| slot.block == block) {
                break slot;
            }
            if let Some(slot) = bcache.least_recently_used() {
                bcache.slots[slot].block = block;
                break slot;
            }
            if bcache.slots.iter().all(|slot| slot.pinned) {
                return Err(Error::TableFull);
            }
            bcache = self.bcache.wait(bcache);
        };
        bcache.slots[slot].refcnt += 1;
        drop(bcache);
        let hold = Hold {
            fs: self,
            slot,
            block,
        };
        Ok(Buffer {
            buf: self.bufs[slot].lock(),
            hold,
        })
    }

    /// Gives one count of a slot back.
    #[inline(never)]
    fn brelse(&self, slot: usize) {
        let mut bcache = self.bcache.lock();
        bcache.clock += 1;
        let clock = bcache.clock;
        let slot = &mut bcache.slots[slot];
        slot.refcnt -= 1;
        slot.released = clock;
        if slot.refcnt == 0 {
            drop(bcache);
            self.bcache.notify_all();
        }
    }

    /// Lets `block`'s buffer go that [`Buffer::bpin`] kept.
    pub(crate) fn bunpin(&self, block: u32) {
        let mut bcache = self.bcache.lock();
        let pinned = |slot: &&mut Slot| slot.block == block && slot.pinned;
        if let Some(slot) = bcache.slots.iter_mut().find(pinned) {
            slot.pinned = false;
            slot.refcnt -= 1;
        }
        drop(bcache);
        self.bcache.notify_all();
    }
}

impl Bcache {
    fn least_recently_used(&self) -> Option<usize> {
        let free = (0..NBUF).filter(|&slot| self.slots[slot].refcnt == 0);
        free.min_by_key(|&slot| self.slots[slot].released)
    }
}
