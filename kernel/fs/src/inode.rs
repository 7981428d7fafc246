//! Inodes.

use abi::Error;
use abi::disk::Dirent;
use abi::file::{Stat, T_DEVICE, T_DIR, T_FILE};

use crate::{FileSystem, Host, Op};

/// What an inode is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Dir,
    /// A file.
    File,
    /// A device, by its numbers.
    Device {
        /// Which driver.
        major: i16,
        /// Which of the driver's.
        minor: i16,
    },
}

impl Kind {
    /// `T_DIR`, `T_FILE` or `T_DEVICE`.
    pub const fn number(self) -> i16 {
        match self {
            Kind::Dir => T_DIR,
            Kind::File => T_FILE,
            Kind::Device { .. } => T_DEVICE,
        }
    }
}

/// A counted reference to an inode: a clone counts one more, a drop one less.
///
/// When the last one of an inode without names goes, the inode is freed by the
/// operation that ends next; so let go inside an [`Op`] when it may be the last.
pub struct InodeRef<'fs, H: Host> {
    fs: &'fs FileSystem<H>,
}

impl<'fs, H: Host> InodeRef<'fs, H> {
    /// Locks the inode, reading it from the disk if need be.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if it is free or cannot be; [`Error::Io`].
    pub fn lock(&self) -> Result<InodeGuard<'_, H>, Error> {
        let _ = self.fs;
        Err(Error::Io)
    }

    /// Its number on the disk.
    pub fn inum(&self) -> u32 {
        0
    }
}

impl<H: Host> Clone for InodeRef<'_, H> {
    fn clone(&self) -> Self {
        InodeRef { fs: self.fs }
    }
}

impl<H: Host> Drop for InodeRef<'_, H> {
    fn drop(&mut self) {}
}

/// A locked inode.
pub struct InodeGuard<'a, H: Host> {
    of: &'a InodeRef<'a, H>,
}

impl<H: Host> InodeGuard<'_, H> {
    /// What it is.
    pub fn kind(&self) -> Kind {
        Kind::File
    }

    /// Length in bytes.
    pub fn size(&self) -> u32 {
        0
    }

    /// What `fstat` tells.
    pub fn stat(&self) -> Stat {
        let _ = self.of;
        Stat::default()
    }

    /// Hands the bytes from `offset` on, at most `len` of them and none past the end,
    /// to `sink` in pieces. Returns how many.
    ///
    /// # Errors
    /// What `sink` returned; [`Error::Corrupt`], [`Error::Io`].
    pub fn read(
        &self,
        _offset: u32,
        _len: usize,
        _sink: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        Err(Error::Io)
    }

    /// Writes `len` bytes (at most [`MAX_WRITE`](crate::MAX_WRITE)) at `offset`, which
    /// `source` fills in piece by piece, growing the file if need be. Returns `len`.
    ///
    /// # Errors
    /// [`Error::FileTooLarge`] if `offset` lies beyond the end or the file would pass
    /// `MAXFILE` blocks; [`Error::InvalidArgument`] if `len` is too long or this is a device;
    /// [`Error::IsADirectory`]; [`Error::NoSpace`]; what `source` returned;
    /// [`Error::Corrupt`], [`Error::Io`]. What was written before the error stays written.
    pub fn write(
        &mut self,
        _op: &Op<'_, H>,
        _offset: u32,
        _len: usize,
        _source: impl FnMut(&mut [u8]) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        Err(Error::Io)
    }

    /// Cuts the file to nothing.
    ///
    /// # Errors
    /// [`Error::IsADirectory`], or [`Error::InvalidArgument`] for a device; [`Error::Io`].
    pub fn truncate(&mut self, _op: &Op<'_, H>) -> Result<(), Error> {
        Err(Error::Io)
    }

    /// Hands every entry in use of a directory to `visit`, in order.
    ///
    /// # Errors
    /// [`Error::NotADirectory`]; what `visit` returned; [`Error::Corrupt`], [`Error::Io`].
    pub fn entries(&self, _visit: impl FnMut(Dirent) -> Result<(), Error>) -> Result<(), Error> {
        Err(Error::Io)
    }
}
