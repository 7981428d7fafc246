//! xv6's file system as a library: buffer cache, redo log, inodes, directories, paths.
//!
//! ```text
//! path.rs      names to inodes: resolve, create, link, unlink
//! symlink.rs   symbolic links: made, and followed
//! dir.rs       directories: names in a file
//! inode.rs     files: numbered inodes, their contents
//! itable.rs    inodes in memory, counted references, who frees them
//! blocks.rs    which blocks a file's contents are in
//! alloc.rs     free blocks and free inodes
//! log.rs       transactions: all of an operation's writes or none, whenever the power fails
//! bcache.rs    blocks in memory, one copy each
//! geometry.rs  where everything lies on this disk
//! host.rs      what is asked of the carrier: disk, locks, words
//! ```
//!
//! Long locks are taken in this order: a directory, an inode named in it, one buffer. Under
//! them, briefly and never two at once, the short locks of inode table, log and cache.
//!
//! The kernel, the image builder and the checker use this same code. It allocates no
//! memory, and nothing on a disk can make it panic: what cannot be is
//! [`Error::Corrupt`] with the block it was found in.
//!
//! An operation that writes runs between [`FileSystem::begin`] and the drop of the
//! [`Op`] it returned. Take inode locks after `begin` and let go of them before the
//! `Op`, which is what declaration order does by itself:
//!
//! ```text
//! let op = fs.begin();
//! let file = fs.create(&op, &cwd, b"a/b", Kind::File)?;
//! file.lock()?.write(&op, 0, 5, |into| copy_from_user(into))?;
//! ```
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod alloc;
mod bcache;
mod blocks;
mod dir;
mod geometry;
mod host;
mod inode;
mod itable;
mod log;
mod path;
mod symlink;

pub use abi::Error;
pub use abi::disk::{Block, Indirection};
pub use geometry::{Flaw, Geometry};
pub use host::{Guarded, Host, Lock, Message, Monitor};
pub use inode::{InodeGuard, Kind};
pub use itable::InodeRef;
pub use log::Op;
pub use path::Base;

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use abi::disk::{BSIZE, SUPERBLOCK, Superblock};
use abi::limits::{MAXOPBLOCKS, NBUF, NINODE};

use bcache::{Bcache, Buf};
use geometry::Mounted;
use inode::Inode;
use itable::Itable;
use log::{Log, Scratch};
use path::Removal;

/// Bytes one [`InodeGuard::write`] may carry, so that it fits a transaction: the
/// inode, the indirect block, two blocks of slop for unaligned ends, and for each
/// block of data its bitmap block.
pub const MAX_WRITE: usize = ((MAXOPBLOCKS - 1 - 1 - 2) / 2) * BSIZE;

/// A file system on the disk of its host. Made for a `static`; see [`FileSystem::new`].
pub struct FileSystem<H: Host> {
    host: H,
    geometry: Mounted,
    /// Where to look for a free block first: as a rule there is none before.
    none_free_before: AtomicU32,
    bcache: Bcache<H>,
    /// The cache's books are kept in several buckets.
    is_hashed: AtomicBool,
    bufs: [H::SleepLock<Buf>; NBUF],
    log: H::Lock<Log>,
    /// Changed blocks are written home without a log: to show what one is for.
    is_unlogged: AtomicBool,
    scratch: H::SleepLock<Scratch>,
    itable: H::Lock<Itable>,
    inodes: [H::SleepLock<Inode>; NINODE],
    removal: H::SleepLock<Removal>,
}

impl<H: Host> FileSystem<H> {
    /// A file system on `host`'s disk, not mounted: everything but `mount` fails.
    pub const fn new(host: H) -> Self {
        FileSystem {
            host,
            geometry: Mounted::new(),
            none_free_before: AtomicU32::new(0),
            bcache: Bcache::new(),
            is_hashed: AtomicBool::new(false),
            bufs: [const { <H::SleepLock<Buf> as Lock<Buf>>::NEW }; NBUF],
            log: <H::Lock<Log> as Lock<Log>>::NEW,
            is_unlogged: AtomicBool::new(false),
            scratch: <H::SleepLock<Scratch> as Lock<Scratch>>::NEW,
            itable: <H::Lock<Itable> as Lock<Itable>>::NEW,
            inodes: [const { <H::SleepLock<Inode> as Lock<Inode>>::NEW }; NINODE],
            removal: <H::SleepLock<Removal> as Lock<Removal>>::NEW,
        }
    }

    /// Who carries it.
    pub fn host(&self) -> &H {
        &self.host
    }

    /// Has changed blocks written home straight away from now on. A power cut then leaves
    /// parts of operations behind: for showing what a log is for, and for testing the tests.
    pub fn forgo_log(&self) {
        self.is_unlogged.store(true, Ordering::Relaxed);
    }

    /// Has the books of the buffer cache kept in several buckets, each under a lock of its own.
    /// Call before `mount`.
    pub fn hash_buffers(&self) {
        self.is_hashed.store(true, Ordering::Relaxed);
    }

    /// Gives the host back.
    pub fn into_host(self) -> H {
        self.host
    }

    /// Reads the superblock, finishes what a power cut left in the log, frees inodes
    /// that no name leads to. Call once, before anything else.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if the superblock contradicts itself or the log's header is
    /// damaged (nothing is written then); [`Error::Io`].
    pub fn mount(&self) -> Result<(), Error> {
        let superblock = Superblock::from_block(self.scratch.lock().read(&self.host, SUPERBLOCK)?);
        let geometry =
            Geometry::check(&superblock).map_err(|_| Error::Corrupt { block: SUPERBLOCK })?;
        self.recover_from_log(&geometry)?;
        self.bcache.fill(self.is_hashed.load(Ordering::Relaxed));
        self.geometry.set(&geometry);
        self.ireclaim(&geometry)
    }
}
