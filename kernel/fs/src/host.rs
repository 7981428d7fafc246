//! What the file system needs of whoever carries it: a disk, two kinds of lock, and
//! somewhere to say what happened. The kernel gives spin locks, sleep locks and the
//! virtio disk; the tools give mutexes and a vector of bytes.

use core::fmt;
use core::ops::DerefMut;

use abi::Error;
use abi::disk::Block;

/// Whoever carries a file system. One value of it lives in every [`FileSystem`].
///
/// [`FileSystem`]: crate::FileSystem
pub trait Host: Sized + Send + Sync + 'static {
    /// A short lock, never held across a disk wait, that one can wait under
    /// (kernel: a spin lock with sleep and wakeup on its address).
    type Lock<T: Guarded>: Monitor<T>;
    /// A long lock, held across disk waits (kernel: a sleep lock).
    type SleepLock<T: Guarded>: Lock<T>;

    /// Reads block number `block`, waiting for the device.
    ///
    /// # Errors
    /// [`Error::Io`] if the device cannot; what `into` then holds is of no account.
    fn read(&self, block: u32, into: &mut Block) -> Result<(), Error>;

    /// Writes block number `block` and returns when the device has it. Until the next
    /// [`flush`](Host::flush), a power cut may lose it, or either half of it, while a later
    /// write stays.
    ///
    /// # Errors
    /// [`Error::Io`] if the device cannot.
    fn write(&self, block: u32, from: &Block) -> Result<(), Error>;

    /// Returns when all that was written before is on the disk for good. The log's safety
    /// rests on that.
    ///
    /// # Errors
    /// [`Error::Io`] if the device cannot.
    fn flush(&self) -> Result<(), Error>;

    /// Tells people what happened. Called with no short lock held.
    fn report(&self, message: Message);
}

/// Data behind a lock: it says what the lock is called and how the data starts.
pub trait Guarded: Send + 'static {
    /// The lock's name, as xv6 calls it.
    const NAME: &'static str;
    /// What the data starts as. All zero bytes, so that it costs the kernel no image.
    const INIT: Self;
}

/// A lock around a `T`.
pub trait Lock<T: Guarded>: Send + Sync + 'static {
    /// The lock, open, around [`Guarded::INIT`].
    const NEW: Self;
    /// Proof that the lock is held; dropping it opens the lock.
    type Guard<'a>: DerefMut<Target = T>
    where
        Self: 'a;

    /// Waits until the lock is free, and takes it. Not re-entrant.
    fn lock(&self) -> Self::Guard<'_>;
}

/// A lock with a place to wait for a change of what it guards.
pub trait Monitor<T: Guarded>: Lock<T> {
    /// Opens the lock, waits for a [`notify_all`](Monitor::notify_all) that comes after,
    /// takes the lock again. May also return without one: callers loop.
    fn wait<'a>(&'a self, guard: Self::Guard<'a>) -> Self::Guard<'a>;

    /// Lets all that wait go on. Called with or without the lock held.
    fn notify_all(&self);
}

/// The guard of a long lock of host `H` around a `T`.
pub(crate) type Long<'a, H, T> = <<H as Host>::SleepLock<T> as Lock<T>>::Guard<'a>;

/// What the file system has to say. `Display` gives xv6's words, without a newline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// A block of a committed transaction was found in the log and written home.
    Recovering {
        /// Its place in the log, from 0.
        tail: u32,
        /// The block it belongs to.
        dst: u32,
    },
    /// An inode in use that no name leads to was found at mount; it is freed.
    Orphaned {
        /// Its number.
        inum: u32,
    },
    /// No data block is free.
    OutOfBlocks,
    /// No inode is free.
    NoInodes,
    /// An inode without names could be freed only in part: its blocks named by what
    /// is damaged stay taken.
    NotFreed {
        /// Its number.
        inum: u32,
        /// Why.
        error: Error,
    },
    /// A commit failed. Nothing is written to this disk any more.
    CommitFailed {
        /// Why.
        error: Error,
    },
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Message::Recovering { tail, dst } => write!(f, "recovering tail {tail} dst {dst}"),
            Message::Orphaned { inum } => write!(f, "ireclaim: orphaned inode {inum}"),
            Message::OutOfBlocks => f.write_str("balloc: out of blocks"),
            Message::NoInodes => f.write_str("ialloc: no inodes"),
            Message::NotFreed { inum, error } => write!(f, "iput: inode {inum}: {error}"),
            Message::CommitFailed { error } => write!(f, "commit: {error}"),
        }
    }
}
