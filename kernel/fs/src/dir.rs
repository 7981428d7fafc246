//! Directories: files whose contents are entries, each a name and the inode it leads to.
//!
//! An entry for inode 0 is free. `.` and `..` are entries like any other; the first does
//! not count as a link. A directory never shrinks.

use abi::Error;
use abi::disk::{BSIZE, DIRENT_SIZE, DIRSIZ, Dirent};

use crate::host::Host;
use crate::{InodeGuard, Kind, Op};

/// A name as a directory keeps it: cut to `DIRSIZ` bytes.
pub(crate) fn cut(name: &[u8]) -> &[u8] {
    &name[..name.len().min(DIRSIZ)]
}

impl<H: Host> InodeGuard<'_, H> {
    /// Hands every entry in use of a directory to `visit`, in order.
    ///
    /// # Errors
    /// [`Error::NotADirectory`]; what `visit` returned; [`Error::Corrupt`], [`Error::Io`].
    pub fn entries(&self, mut visit: impl FnMut(Dirent) -> Result<(), Error>) -> Result<(), Error> {
        self.need_dir()?;
        for offset in (0..self.size()).step_by(DIRENT_SIZE) {
            let mut bytes = [0; DIRENT_SIZE];
            self.readi(offset, DIRENT_SIZE, |from| {
                bytes.copy_from_slice(from);
                Ok(())
            })?;
            let entry = Dirent::from_bytes(&bytes);
            if entry.inum != 0 {
                visit(entry)?;
            }
        }
        Ok(())
    }

    /// The number of the inode that `name` leads to, and where the entry lies.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotADirectory`]; [`Error::Corrupt`] if there is no such
    /// inode; [`Error::Io`].
    #[inline(never)]
    pub(crate) fn dirlookup(&self, name: &[u8]) -> Result<(u32, u32), Error> {
        let name = cut(name);
        let found = self.find_entry(|bytes| Dirent::is_named(bytes, name))?;
        let (offset, entry, block) = found.ok_or(Error::NotFound)?;
        let inum = u32::from(entry.inum);
        if self.geometry().is_inode(inum) {
            Ok((inum, offset))
        } else {
            Err(Error::Corrupt { block })
        }
    }

    /// Adds the entry `name`, which the caller has seen not to be there.
    ///
    /// # Errors
    /// [`Error::NoSpace`]; [`Error::FileTooLarge`] if the directory is full; [`Error::Corrupt`],
    /// [`Error::Io`].
    #[inline(never)]
    pub(crate) fn dirlink(&mut self, op: &Op<'_, H>, name: &[u8], inum: u32) -> Result<(), Error> {
        let free = self.find_entry(|bytes| Dirent::from_bytes(bytes).inum == 0)?;
        let offset = free.map_or(self.size(), |(offset, ..)| offset);
        let inum = u16::try_from(inum).map_err(|_| Error::InvalidArgument)?;
        self.write_entry(op, offset, &Dirent::new(inum, name))
    }

    /// Frees the entry that `dirlookup` found at `offset`.
    pub(crate) fn dirunlink(&mut self, op: &Op<'_, H>, offset: u32) -> Result<(), Error> {
        self.write_entry(op, offset, &Dirent::default())
    }

    /// Whether the directory holds no names but `.` and `..`.
    pub(crate) fn isdirempty(&self) -> Result<bool, Error> {
        let own = |name: &[u8]| name == b"." || name == b"..";
        let is_other = |entry: Dirent| entry.inum != 0 && !own(entry.name());
        let other = self.find_entry(|bytes| is_other(Dirent::from_bytes(bytes)))?;
        Ok(other.is_none())
    }

    /// # Errors
    /// [`Error::NotADirectory`] if it is none; [`Error::NotFound`] if it has been unlinked. Then
    /// no name leads out of it any more, not even `.` and `..` (its parent may be gone too),
    /// and none may be added, for nobody could take it away again.
    pub(crate) fn need_linked_dir(&self) -> Result<(), Error> {
        self.need_dir()?;
        if self.nlink() == 0 {
            Err(Error::NotFound)
        } else {
            Ok(())
        }
    }

    pub(crate) fn need_dir(&self) -> Result<(), Error> {
        if self.kind() == Kind::Dir {
            Ok(())
        } else {
            Err(Error::NotADirectory)
        }
    }

    /// The first entry whose bytes `wanted` accepts: its offset, itself, and the block it is in.
    fn find_entry(
        &self,
        wanted: impl Fn(&[u8; DIRENT_SIZE]) -> bool,
    ) -> Result<Option<(u32, Dirent, u32)>, Error> {
        self.need_dir()?;
        let size = self.size() as usize;
        for start in (0..size).step_by(BSIZE) {
            let block = self.bmap(start / BSIZE)?.ok_or(self.damaged())?;
            let buffer = self.of.fs.bread(block)?;
            let bytes = &buffer.data()[..BSIZE.min(size - start)];
            let (entries, _) = bytes.as_chunks::<DIRENT_SIZE>();
            for (n, bytes) in entries.iter().enumerate() {
                if wanted(bytes) {
                    let entry = Dirent::from_bytes(bytes);
                    return Ok(Some(((start + n * DIRENT_SIZE) as u32, entry, block)));
                }
            }
        }
        Ok(None)
    }

    fn write_entry(&mut self, op: &Op<'_, H>, offset: u32, entry: &Dirent) -> Result<(), Error> {
        let bytes = entry.to_bytes();
        // 16 divides the block size, so an entry is always one piece.
        self.writei(op, offset, DIRENT_SIZE, |into| {
            into.copy_from_slice(&bytes);
            Ok(())
        })?;
        Ok(())
    }
}
