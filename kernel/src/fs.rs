//! The file system's carrier: gives the crate `fs` the disk, the kernel's locks, and words.

use crate::printk::printk;
use crate::proc::{self, Chan};
use crate::sync::{Rank, SleepGuard, SleepLock, SpinGuard, SpinLock};
use crate::virtio_disk;
use abi::Error;
use abi::disk::Block;
use fs::{FileSystem, Guarded, Host, InodeRef, Lock, Message, Monitor};

/// The virtio disk, as the carrier of a file system.
pub struct Disk;

/// The root file system.
pub static FS: FileSystem<Disk> = FileSystem::new(Disk);

/// A counted reference to one of its inodes.
pub type Inode = InodeRef<'static, Disk>;

/// Where a process's paths start.
pub type Base<'a> = fs::Base<'a, 'static, Disk>;

impl Host for Disk {
    type Lock<T: Guarded> = SpinLock<T>;
    type SleepLock<T: Guarded> = SleepLock<T>;

    fn read(&self, block: u32, into: &mut Block) -> Result<(), Error> {
        virtio_disk::read(block, into)
    }

    fn write(&self, block: u32, from: &Block) -> Result<(), Error> {
        virtio_disk::write(block, from)
    }

    fn flush(&self) -> Result<(), Error> {
        virtio_disk::flush()
    }

    fn report(&self, message: Message) {
        printk!("{message}\n");
    }
}

impl<T: Guarded> Lock<T> for SpinLock<T> {
    const NEW: Self = SpinLock::new(T::NAME, Rank::of_fs_lock(T::NAME), T::INIT);
    type Guard<'a> = SpinGuard<'a, T>;

    fn lock(&self) -> SpinGuard<'_, T> {
        self.acquire()
    }
}

impl<T: Guarded> Monitor<T> for SpinLock<T> {
    fn wait<'a>(&'a self, guard: SpinGuard<'a, T>) -> SpinGuard<'a, T> {
        guard.sleep(Chan::of(self))
    }

    fn notify_all(&self) {
        proc::wakeup(Chan::of(self));
    }
}

impl<T: Guarded> Lock<T> for SleepLock<T> {
    const NEW: Self = SleepLock::new(T::NAME, T::INIT);
    type Guard<'a> = SleepGuard<'a, T>;

    fn lock(&self) -> SleepGuard<'_, T> {
        self.acquire()
    }
}

/// An inode that is kept across operations, by an open file or as a working directory:
/// when it is let go, that is an operation of its own, in case it is the last reference
/// to a file without names.
pub struct KeptInode(Option<Inode>);

impl KeptInode {
    /// Keeps `inode`. Not to be dropped inside an operation.
    pub fn new(inode: Inode) -> KeptInode {
        KeptInode(Some(inode))
    }

    /// The inode.
    pub fn inode(&self) -> &Inode {
        self.0.as_ref().expect("taken only by drop")
    }
}

impl Clone for KeptInode {
    fn clone(&self) -> Self {
        KeptInode(self.0.clone())
    }
}

impl Drop for KeptInode {
    fn drop(&mut self) {
        let _op = FS.begin();
        self.0 = None;
    }
}
