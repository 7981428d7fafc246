//! The buffer cache: blocks of the disk in memory, one copy of each, shared.
//!
//! A buffer is two things under two locks. A `Slot`, in a bucket (short lock), says which block
//! a buffer stands for and how many use it; `Buf` (long lock) is the bytes. A slot with users
//! never changes its block. For a new block the least recently used slot without users is taken.
//!
//! There is one bucket (`bcache=global`), or several, among which blocks are spread by their
//! number (`bcache=hashed`): then who looks for different blocks seldom meets. A bucket
//! that has no slot without users takes one from another bucket. That happens under the lock of
//! evictions, and of the buckets' locks one is held at a time: nobody waits in a circle.
//!
//! **A thread holds at most one [`Buffer`] at a time**, so whoever waits for a buffer
//! waits for somebody who waits for none. The log's pins are the exception, and they
//! last until a commit: when only pins are left, asking is an error and not a wait.

use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use abi::Error;
use abi::disk::{BSIZE, Block};
use abi::limits::NBUF;

use crate::FileSystem;
use crate::host::{Guarded, Host, Lock, Long, Monitor};

/// Buckets, where there are several: a prime, so that blocks that are used together are spread.
const NBUCKET: usize = 13;

/// Which block each buffer stands for, and who uses it.
pub(crate) struct Bcache<H: Host> {
    buckets: [H::Lock<Bucket>; NBUCKET],
    /// How many of them there are; 0 before `fill`.
    n_buckets: AtomicUsize,
    /// Held while a slot goes from one bucket to another.
    eviction: H::Lock<Eviction>,
    /// Somebody waits, or is about to, at `eviction`, for a slot without users.
    is_awaited: AtomicBool,
    /// Counts releases; the slots' `released` are its readings.
    clock: AtomicU64,
    /// Slots that the log keeps.
    n_pinned: AtomicUsize,
}

/// Some of the slots: those of the blocks that belong to this bucket, and some free ones.
pub(crate) struct Bucket {
    n: usize,
    slots: [Slot; NBUF],
}

#[derive(Clone, Copy)]
struct Slot {
    /// Its block; 0, the boot block, which no one reads through here, means none.
    block: u32,
    /// Which buffer it is about.
    buf: u32,
    /// Holders, and one for the log's pin.
    refcnt: u32,
    /// The log keeps it until it is installed.
    pinned: bool,
    /// When it was last let go.
    released: u64,
}

impl Guarded for Bucket {
    const NAME: &'static str = "bcache";
    const INIT: Self = Bucket {
        n: 0,
        slots: [Slot {
            block: 0,
            buf: 0,
            refcnt: 0,
            pinned: false,
            released: 0,
        }; NBUF],
    };
}

/// What who takes a slot from another bucket holds meanwhile.
pub(crate) struct Eviction;

impl Guarded for Eviction {
    const NAME: &'static str = "bcache.evict";
    const INIT: Self = Eviction;
}

/// A block's bytes. They are aligned, and so can be copied by words.
#[repr(C, align(8))]
pub(crate) struct Buf {
    data: Block,
    /// The block the bytes belong to, 0 for none. Differs from the slot's until the
    /// block has been read.
    block: u32,
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
        self.hold.fs.bcache.pin(self.hold.block);
    }
}

/// One count of a slot's `refcnt`.
struct Hold<'fs, H: Host> {
    fs: &'fs FileSystem<H>,
    block: u32,
}

impl<H: Host> Drop for Hold<'_, H> {
    fn drop(&mut self) {
        self.fs.brelse(self.block);
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

    /// The buffer of `block`, locked, whatever it holds.
    #[inline(never)]
    fn bget(&self, block: u32) -> Result<Buffer<'_, H>, Error> {
        if !self.geometry.load().is_home(block) {
            return Err(Error::Corrupt { block });
        }
        let buf = match self.bcache.hold(block) {
            Some(buf) => buf,
            None => self.bcache.evict_and_hold(block)?,
        };
        let hold = Hold { fs: self, block };
        Ok(Buffer {
            buf: self.bufs[buf].lock(),
            hold,
        })
    }

    /// Gives one count of `block`'s slot back.
    #[inline(never)]
    fn brelse(&self, block: u32) {
        self.bcache.release(block);
    }

    /// Lets `block`'s buffer go that [`Buffer::bpin`] kept.
    pub(crate) fn bunpin(&self, block: u32) {
        self.bcache.unpin(block);
    }
}

impl<H: Host> Bcache<H> {
    pub(crate) const fn new() -> Self {
        Bcache {
            buckets: [const { <H::Lock<Bucket> as Lock<Bucket>>::NEW }; NBUCKET],
            n_buckets: AtomicUsize::new(0),
            eviction: <H::Lock<Eviction> as Lock<Eviction>>::NEW,
            is_awaited: AtomicBool::new(false),
            clock: AtomicU64::new(0),
            n_pinned: AtomicUsize::new(0),
        }
    }

    /// Deals the slots out to several buckets, or to one. Does nothing the second time.
    pub(crate) fn fill(&self, is_hashed: bool) {
        let n_buckets = if is_hashed { NBUCKET } else { 1 };
        if self.n_buckets.load(Ordering::Relaxed) != 0 {
            return;
        }
        // Whoever uses the file system learns of its mount through some lock.
        self.n_buckets.store(n_buckets, Ordering::Relaxed);
        for buf in 0..NBUF {
            let slot = Slot {
                buf: buf as u32,
                ..Bucket::INIT.slots[0]
            };
            self.buckets[buf % n_buckets].lock().push(slot);
        }
    }

    /// The buckets there are; at least one.
    fn buckets(&self) -> &[H::Lock<Bucket>] {
        &self.buckets[..self.n_buckets.load(Ordering::Relaxed).max(1)]
    }

    /// The bucket that `block` belongs to.
    fn bucket_of(&self, block: u32) -> &H::Lock<Bucket> {
        let buckets = self.buckets();
        &buckets[block as usize % buckets.len()]
    }

    /// Counts a user of `block`'s slot: its own if it has one, else one of its bucket that has
    /// no users. Returns which buffer that is about; nothing if there is no such slot.
    #[inline(never)]
    fn hold(&self, block: u32) -> Option<usize> {
        let mut bucket = self.bucket_of(block).lock();
        let n = match bucket.find(block) {
            Some(n) => n,
            None => bucket.least_recently_used()?,
        };
        let slot = &mut bucket.slots[n];
        slot.block = block;
        slot.refcnt += 1;
        Some(slot.buf as usize)
    }

    /// As `hold`, but takes the slot from another bucket, or waits until there is one.
    ///
    /// # Errors
    /// [`Error::TableFull`] if the log has pinned every buffer.
    #[inline(never)]
    fn evict_and_hold(&self, block: u32) -> Result<usize, Error> {
        let mut eviction = self.eviction.lock();
        loop {
            // Somebody may have brought it in, or let a slot go.
            if let Some(buf) = self.hold(block) {
                return Ok(buf);
            }
            let mut others = self.buckets().iter();
            if let Some(slot) = others.find_map(|bucket| bucket.lock().take()) {
                self.bucket_of(block).lock().push(slot);
            } else if self.n_pinned.load(Ordering::Relaxed) == NBUF {
                return Err(Error::TableFull);
            } else if self.is_awaited.swap(true, Ordering::Relaxed) {
                // It was set already when the buckets were searched: who has let go of a slot
                // since then wants `eviction`, to notify.
                eviction = self.eviction.wait(eviction);
            }
        }
    }

    /// Counts a user of `block`'s slot less.
    fn release(&self, block: u32) {
        let mut bucket = self.bucket_of(block).lock();
        if let Some(slot) = bucket.of(block) {
            slot.refcnt -= 1;
            slot.released = self.clock.fetch_add(1, Ordering::Relaxed) + 1;
            let is_let_go = slot.refcnt == u32::from(slot.pinned);
            drop(bucket);
            if is_let_go {
                self.notify();
            }
        }
    }

    fn pin(&self, block: u32) {
        let mut bucket = self.bucket_of(block).lock();
        if let Some(slot) = bucket.of(block)
            && !slot.pinned
        {
            slot.pinned = true;
            slot.refcnt += 1;
            self.n_pinned.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn unpin(&self, block: u32) {
        let mut bucket = self.bucket_of(block).lock();
        if let Some(slot) = bucket.of(block)
            && slot.pinned
        {
            slot.pinned = false;
            slot.refcnt -= 1;
            self.n_pinned.fetch_sub(1, Ordering::Relaxed);
            drop(bucket);
            self.notify();
        }
    }

    /// Has those look again who wait for a slot. Call with no lock held, after a change under a
    /// bucket's lock: who waits has set `is_awaited` before taking that lock, or sees the change.
    fn notify(&self) {
        if self.is_awaited.load(Ordering::Relaxed) && self.is_awaited.swap(false, Ordering::Relaxed)
        {
            // Now they wait, and are not only about to.
            drop(self.eviction.lock());
            self.eviction.notify_all();
        }
    }
}

impl Bucket {
    fn slots(&self) -> &[Slot] {
        &self.slots[..self.n]
    }

    fn find(&self, block: u32) -> Option<usize> {
        self.slots().iter().position(|slot| slot.block == block)
    }

    fn of(&mut self, block: u32) -> Option<&mut Slot> {
        self.find(block).map(|n| &mut self.slots[n])
    }

    fn least_recently_used(&self) -> Option<usize> {
        let slots = self.slots().iter().enumerate();
        let free = slots.filter(|(_, slot)| slot.refcnt == 0);
        let least = free.min_by_key(|(_, slot)| slot.released);
        least.map(|(n, _)| n)
    }

    /// Takes the least recently used slot out; it stands for no block any more.
    fn take(&mut self) -> Option<Slot> {
        let n = self.least_recently_used()?;
        let slot = self.slots[n];
        self.n -= 1;
        self.slots[n] = self.slots[self.n];
        Some(Slot { block: 0, ..slot })
    }

    /// Adds a slot that is in no bucket; there are no more than fit.
    fn push(&mut self, slot: Slot) {
        self.slots[self.n] = slot;
        self.n += 1;
    }
}
