//! Paths.

use abi::Error;

use crate::{FileSystem, Host, InodeRef, Kind, Op};

impl<H: Host> FileSystem<H> {
    /// The inode of `/`.
    ///
    /// # Errors
    /// [`Error::TableFull`] if no slot of the inode table is free.
    pub fn root(&self) -> Result<InodeRef<'_, H>, Error> {
        Err(Error::Io)
    }

    /// The inode `path` leads to, from `/` or else from `cwd`. The empty path is `cwd`.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotADirectory`], [`Error::TableFull`],
    /// [`Error::Corrupt`], [`Error::Io`].
    pub fn resolve(&self, _cwd: &InodeRef<'_, H>, _path: &[u8]) -> Result<InodeRef<'_, H>, Error> {
        Err(Error::Io)
    }

    /// The directory that holds, or would hold, the last name of `path`, and that name
    /// (cut to `DIRSIZ` bytes).
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve); [`Error::InvalidArgument`] if `path` has no name in it.
    pub fn resolve_parent<'p>(
        &self,
        _cwd: &InodeRef<'_, H>,
        _path: &'p [u8],
    ) -> Result<(InodeRef<'_, H>, &'p [u8]), Error> {
        Err(Error::Io)
    }

    /// Makes a new inode of `kind` at `path`; a directory comes with `.` and `..`.
    /// For `Kind::File`, a file or device that is there already is returned as it is.
    ///
    /// # Errors
    /// [`Error::Exists`]; [`Error::NoSpace`]; [`Error::NotFound`] also if the directory has
    /// itself been unlinked; else as [`resolve_parent`](Self::resolve_parent).
    pub fn create(
        &self,
        _op: &Op<'_, H>,
        _cwd: &InodeRef<'_, H>,
        _path: &[u8],
        _kind: Kind,
    ) -> Result<InodeRef<'_, H>, Error> {
        Err(Error::Io)
    }

    /// Gives the file at `old` the further name `new`.
    ///
    /// # Errors
    /// [`Error::IsADirectory`] if `old` is one; [`Error::Exists`]; [`Error::NoSpace`], also
    /// when the file has 32767 names; else as [`resolve_parent`](Self::resolve_parent).
    pub fn link(
        &self,
        _op: &Op<'_, H>,
        _cwd: &InodeRef<'_, H>,
        _old: &[u8],
        _new: &[u8],
    ) -> Result<(), Error> {
        Err(Error::Io)
    }

    /// Takes the name `path` away; the inode goes with its last name and reference.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for `.` and `..`; [`Error::NotEmpty`]; else as
    /// [`resolve_parent`](Self::resolve_parent).
    pub fn unlink(
        &self,
        _op: &Op<'_, H>,
        _cwd: &InodeRef<'_, H>,
        _path: &[u8],
    ) -> Result<(), Error> {
        Err(Error::Io)
    }
}
