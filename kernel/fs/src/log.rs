//! The log: of an operation's writes all reach the disk, or none, whenever the power fails.
//!
//! Changed blocks stay in the cache, pinned, until no operation is under way. Then a
//! commit (1) copies them to the log's blocks, (2) writes the log's header, which names
//! them: from here on the transaction has happened; (3) writes them home; (4) writes an
//! empty header. `mount` does (3) and (4) again if it finds a header with names.
//!
//! The disk may put off what it is given, and lose any part of it when the power fails, up to
//! a flush: so there is one before each header and one after it. A header torn in two halves
//! does no harm: all that counts of it is in the first.
//!
//! Operations share a transaction: a block changed by several is logged once. Each
//! reserves `MAXOPBLOCKS` when it begins, so that the log never overflows half-way.
//!
//! Invariants: nobody changes a block while `committing`; a block in `lh` is pinned.

use core::cell::Cell;
use core::sync::atomic::Ordering;

use abi::Error;
use abi::disk::{BSIZE, Block};
use abi::limits::{LOGBLOCKS, MAXOPBLOCKS};

use crate::bcache::Buffer;
use crate::host::{Guarded, Host, Lock, Message, Monitor};
use crate::{FileSystem, Geometry};

/// Words of a header block after the count: as many blocks can be named.
const HEADER_WORDS: usize = BSIZE / 4 - 1;

/// The state of the log.
pub(crate) struct Log {
    /// Data blocks the log on this disk has, at most [`LOGBLOCKS`]; 0 before `mount`.
    size: usize,
    /// Operations under way.
    outstanding: usize,
    /// The last one out is writing; nobody may begin.
    committing: bool,
    /// A commit has failed: nothing is written any more, so that what is on the disk stays whole.
    broken: bool,
    /// Commits since `mount`.
    ncommit: u64,
    /// The transaction being gathered.
    lh: LogHeader,
}

struct LogHeader {
    n: usize,
    block: [u32; LOGBLOCKS],
}

impl LogHeader {
    fn blocks(&self) -> &[u32] {
        &self.block[..self.n]
    }
}

impl Guarded for Log {
    const NAME: &'static str = "log";
    const INIT: Self = Log {
        size: 0,
        outstanding: 0,
        committing: false,
        broken: false,
        ncommit: 0,
        lh: LogHeader {
            n: 0,
            block: [0; LOGBLOCKS],
        },
    };
}

/// Blocks that pass by the cache: the log's own.
pub(crate) struct Scratch {
    header: Block,
    data: Block,
}

impl Guarded for Scratch {
    const NAME: &'static str = "log scratch";
    const INIT: Self = Scratch {
        header: [0; BSIZE],
        data: [0; BSIZE],
    };
}

impl Scratch {
    /// Reads any block, for who cannot go through the cache yet.
    pub(crate) fn read<H: Host>(&mut self, host: &H, block: u32) -> Result<&Block, Error> {
        host.read(block, &mut self.data)?;
        Ok(&self.data)
    }

    fn word(&self, n: usize) -> u32 {
        let bytes = &self.header[n * 4..n * 4 + 4];
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }

    fn set_word(&mut self, n: usize, word: u32) {
        self.header[n * 4..n * 4 + 4].copy_from_slice(&word.to_le_bytes());
    }
}

/// A transaction under way: proof, for all that writes, that there is one.
///
/// Dropping it frees the inodes that lost their last name and reference, then ends it;
/// the last one out commits. Hold no inode lock then.
pub struct Op<'fs, H: Host> {
    pub(crate) fs: &'fs FileSystem<H>,
    /// Blocks this operation was the first to log.
    logged: Cell<usize>,
}

impl<H: Host> FileSystem<H> {
    /// Starts an operation that writes; waits while the log is full or being committed.
    /// An operation logs at most `MAXOPBLOCKS` blocks. Hold no inode lock, and no other
    /// `Op`, when calling.
    pub fn begin(&self) -> Op<'_, H> {
        self.begin_op();
        Op {
            fs: self,
            logged: Cell::new(0),
        }
    }

    /// Waits until everything that ended before the call is on the disk.
    ///
    /// # Errors
    /// [`Error::Io`] if a commit has failed.
    pub fn sync(&self) -> Result<(), Error> {
        let mut log = self.log.lock();
        let until = log.ncommit + 1;
        while (log.committing || log.outstanding > 0) && log.ncommit < until {
            log = self.log.wait(log);
        }
        if log.broken { Err(Error::Io) } else { Ok(()) }
    }

    #[inline(never)]
    fn begin_op(&self) {
        let mut log = self.log.lock();
        while !log.has_room() {
            log = self.log.wait(log);
        }
        log.outstanding += 1;
    }

    #[inline(never)]
    fn end_op(&self) {
        let mut log = self.log.lock();
        log.outstanding -= 1;
        if log.outstanding == 0 {
            log.committing = true;
            drop(log);
            self.commit();
            log = self.log.lock();
            log.committing = false;
            log.ncommit += 1;
        }
        drop(log);
        // Who waits in begin_op may find room: a commit empties the log, and even without
        // one there is a reservation less.
        self.log.notify_all();
    }

    /// Writes the gathered transaction. On failure the log is broken from then on, and the
    /// disk holds all of the transaction or nothing of it.
    #[inline(never)]
    fn commit(&self) {
        let (n, broken) = {
            let log = self.log.lock();
            (log.lh.n, log.broken)
        };
        if n == 0 || broken {
            return;
        }
        let is_logged = !self.is_unlogged.load(Ordering::Relaxed);
        let result = if is_logged {
            self.write_log(n).and_then(|()| self.write_head(n))
        } else {
            Ok(())
        };
        let result = result.and_then(|()| self.install_trans(n));
        for i in 0..n {
            self.bunpin(self.logged_block(i));
        }
        self.log.lock().lh.n = 0;
        let result = match result {
            Ok(()) if is_logged => self.write_head(0),
            result => result,
        };
        if let Err(error) = result {
            self.log.lock().broken = true;
            self.host.report(Message::CommitFailed { error });
        }
    }

    /// Copies the transaction's `n` blocks from the cache to the log.
    #[inline(never)]
    fn write_log(&self, n: usize) -> Result<(), Error> {
        let logstart = self.geometry.load().superblock().logstart;
        for i in 0..n {
            let from = self.bread(self.logged_block(i))?;
            self.bwrite(logstart + 1 + i as u32, from.data())?;
        }
        Ok(())
    }

    /// Writes the log's header with the first `n` of `lh`'s blocks, after all that was written
    /// before and before all that comes after. With `n` above 0 this is the moment of commit.
    #[inline(never)]
    fn write_head(&self, n: usize) -> Result<(), Error> {
        let logstart = self.geometry.load().superblock().logstart;
        let mut scratch = self.scratch.lock();
        scratch.header.fill(0);
        scratch.set_word(0, n as u32);
        for i in 0..n {
            scratch.set_word(1 + i, self.logged_block(i));
        }
        self.host.flush()?;
        self.bwrite(logstart, &scratch.header)?;
        self.host.flush()
    }

    /// Writes the transaction's `n` blocks home.
    #[inline(never)]
    fn install_trans(&self, n: usize) -> Result<(), Error> {
        for i in 0..n {
            let from = self.bread(self.logged_block(i))?;
            self.bwrite(from.block(), from.data())?;
        }
        Ok(())
    }

    /// The transaction's `i`th block. `lh` stands still while committing.
    fn logged_block(&self, i: usize) -> u32 {
        self.log.lock().lh.block[i]
    }

    /// Makes the log ready; first finishes the transaction a power cut left in it.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if the header names what no transaction can; nothing is written then.
    #[inline(never)]
    pub(crate) fn recover_from_log(&self, geometry: &Geometry) -> Result<(), Error> {
        let (logstart, nlog) = (
            geometry.superblock().logstart,
            geometry.superblock().nlog as usize,
        );
        let scratch = &mut *self.scratch.lock();
        self.host.read(logstart, &mut scratch.header)?;
        let n = scratch.word(0) as usize;
        let fits = n < nlog && n <= HEADER_WORDS;
        if !fits || !(0..n).all(|i| geometry.is_home(scratch.word(1 + i))) {
            return Err(Error::Corrupt { block: logstart });
        }
        for i in 0..n {
            let (tail, dst) = (i as u32, scratch.word(1 + i));
            self.host.report(Message::Recovering { tail, dst });
            self.host.read(logstart + 1 + tail, &mut scratch.data)?;
            self.bwrite(dst, &scratch.data)?;
        }
        if n > 0 {
            scratch.header.fill(0);
            self.host.flush()?;
            self.bwrite(logstart, &scratch.header)?;
            self.host.flush()?;
        }
        self.log.lock().size = LOGBLOCKS.min(nlog - 1);
        Ok(())
    }
}

impl Log {
    /// Whether one more operation may begin. An empty log takes one in any case: so even
    /// before `mount`, where writing fails, nobody waits for ever.
    fn has_room(&self) -> bool {
        let reserved = self.lh.n + (self.outstanding + 1) * MAXOPBLOCKS;
        !self.committing && (reserved <= self.size || self.outstanding == 0)
    }
}

impl<H: Host> Op<'_, H> {
    /// Ends the operation as dropping it does, and says whether the disk still takes
    /// commits.
    ///
    /// # Errors
    /// [`Error::Io`] if a commit has failed.
    pub fn end(self) -> Result<(), Error> {
        let fs = self.fs;
        drop(self);
        if fs.log.lock().broken {
            Err(Error::Io)
        } else {
            Ok(())
        }
    }

    /// Notes that `buffer` is about to change and gives access to its bytes: there is
    /// no other way to change a buffer, so none changes past the log.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if the operation has logged `MAXOPBLOCKS` blocks already (xv6: "too
    /// big a transaction"); [`Error::Io`] if a commit has failed.
    #[inline(never)]
    pub(crate) fn log_write<'b>(
        &self,
        buffer: &'b mut Buffer<'_, H>,
    ) -> Result<&'b mut Block, Error> {
        let block = buffer.block();
        let mut log = self.fs.log.lock();
        if log.broken {
            return Err(Error::Io);
        }
        if !log.lh.blocks().contains(&block) {
            let n = log.lh.n;
            if n >= log.size || self.room() == 0 {
                return Err(Error::NoSpace);
            }
            log.lh.block[n] = block;
            log.lh.n = n + 1;
            self.logged.set(self.logged.get() + 1);
            drop(log);
            // No commit comes between: this operation is under way.
            buffer.bpin();
        }
        Ok(buffer.data_mut())
    }

    /// Whether `block` is changed by the transaction already, which logs it once.
    pub(crate) fn has_logged(&self, block: u32) -> bool {
        self.fs.log.lock().lh.blocks().contains(&block)
    }

    /// How many further blocks this operation may log.
    pub(crate) fn room(&self) -> usize {
        MAXOPBLOCKS - self.logged.get()
    }

    /// Ends the operation and begins another one.
    pub(crate) fn renew(&mut self) {
        self.fs.end_op();
        self.fs.begin_op();
        self.logged.set(0);
    }
}

impl<H: Host> Drop for Op<'_, H> {
    fn drop(&mut self) {
        self.fs.free_orphans(self);
        self.fs.end_op();
    }
}
