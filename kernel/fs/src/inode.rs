//! Inodes: a numbered file, what it is and what it holds.

use abi::Error;
use abi::disk::{BSIZE, DIRENT_SIZE, Dinode, Indirection, NADDRS};
use abi::file::{Stat, T_DEVICE, T_DIR, T_FILE, T_SYMLINK};
use abi::limits::ROOTDEV;

use crate::host::{Guarded, Host, Lock, Long};
use crate::{Geometry, InodeRef, MAX_WRITE, Op};

/// An inode in memory, behind its slot's long lock.
pub(crate) struct Inode {
    /// The slot's generation this was read for; 0 for none.
    generation: u64,
    /// The same as on the disk, or ahead of it until `iupdate`.
    pub(crate) dinode: Dinode,
}

impl Guarded for Inode {
    const NAME: &'static str = "inode";
    const INIT: Self = Inode {
        generation: 0,
        dinode: Dinode {
            kind: 0,
            major: 0,
            minor: 0,
            nlink: 0,
            size: 0,
            addrs: [0; NADDRS],
        },
    };
}

/// What an inode is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Dir,
    /// A file.
    File,
    /// A symbolic link: what it holds is the path it leads to.
    Symlink,
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
            Kind::Symlink => T_SYMLINK,
            Kind::Device { .. } => T_DEVICE,
        }
    }

    /// What `dinode` is, if it is anything: not free, and not damaged.
    pub const fn of(dinode: &Dinode) -> Option<Kind> {
        match dinode.kind {
            T_DIR => Some(Kind::Dir),
            T_FILE => Some(Kind::File),
            T_SYMLINK => Some(Kind::Symlink),
            T_DEVICE => Some(Kind::Device {
                major: dinode.major,
                minor: dinode.minor,
            }),
            _ => None,
        }
    }

    pub(crate) const fn device_numbers(self) -> (i16, i16) {
        match self {
            Kind::Dir | Kind::File | Kind::Symlink => (0, 0),
            Kind::Device { major, minor } => (major, minor),
        }
    }
}

/// Whether `dinode` can be: its kind, link count and size. Says nothing of its blocks.
fn is_sound(dinode: &Dinode, indirection: Indirection) -> bool {
    let whole_entries = dinode.kind != T_DIR || (dinode.size as usize).is_multiple_of(DIRENT_SIZE);
    Kind::of(dinode).is_some()
        && dinode.nlink >= 0
        && dinode.size as usize <= max_size(indirection)
        && whole_entries
}

/// Bytes of the largest file.
fn max_size(indirection: Indirection) -> usize {
    indirection.max_blocks() * BSIZE
}

/// A locked inode.
pub struct InodeGuard<'a, H: Host> {
    pub(crate) of: &'a InodeRef<'a, H>,
    pub(crate) inode: Long<'a, H, Inode>,
    kind: Kind,
}

impl<H: Host> InodeRef<'_, H> {
    #[inline(never)]
    pub(crate) fn ilock(&self) -> Result<InodeGuard<'_, H>, Error> {
        let mut inode = self.fs.inodes[self.slot].lock();
        let geometry = self.fs.geometry.load();
        let (block, slot) = geometry.inode_place(self.inum);
        if inode.generation != self.generation {
            inode.generation = 0;
            inode.dinode = Dinode::from_block(self.fs.bread(block)?.data(), slot);
            if !is_sound(&inode.dinode, geometry.indirection()) {
                return Err(Error::Corrupt { block });
            }
            inode.generation = self.generation;
            self.fs.set_unlinked(self.slot, inode.dinode.nlink == 0);
        }
        let kind = Kind::of(&inode.dinode).ok_or(Error::Corrupt { block })?;
        Ok(InodeGuard {
            of: self,
            inode,
            kind,
        })
    }
}

impl<H: Host> InodeGuard<'_, H> {
    /// What it is. Stays the same as long as there are references.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Length in bytes.
    pub fn size(&self) -> u32 {
        self.inode.dinode.size
    }

    /// Names that lead to it; for a directory, `.` does not count.
    pub fn nlink(&self) -> i16 {
        self.inode.dinode.nlink
    }

    /// What `fstat` tells.
    pub fn stat(&self) -> Stat {
        Stat {
            dev: ROOTDEV as i32,
            ino: self.of.inum,
            kind: self.kind.number(),
            nlink: self.nlink(),
            size: u64::from(self.size()),
        }
    }

    /// Hands the bytes from `offset` on, at most `len` of them and none past the end,
    /// to `sink` in pieces. Returns how many. A directory reads as its entries.
    ///
    /// # Errors
    /// What `sink` returned; [`Error::Corrupt`], [`Error::Io`].
    pub fn read(
        &self,
        offset: u32,
        len: usize,
        sink: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        self.readi(offset, len, sink)
    }

    /// Writes `len` bytes (at most [`MAX_WRITE`]) at `offset`, which `source` fills in
    /// piece by piece, growing the file if need be. Returns how many: all, unless their blocks
    /// lie so far apart that `op` has no room for the last of them.
    ///
    /// # Errors
    /// [`Error::FileTooLarge`] if `offset` lies beyond the end or the file would get larger than
    /// the disk's format lets it; [`Error::InvalidArgument`] if `len` is too long or this is no file;
    /// [`Error::IsADirectory`]; [`Error::NoSpace`]; what `source` returned;
    /// [`Error::Corrupt`], [`Error::Io`]. What was written before the error stays written.
    pub fn write(
        &mut self,
        op: &Op<'_, H>,
        offset: u32,
        len: usize,
        source: impl FnMut(&mut [u8]) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        match self.kind {
            Kind::File if len <= MAX_WRITE => self.writei(op, offset, len, source),
            Kind::File | Kind::Symlink | Kind::Device { .. } => Err(Error::InvalidArgument),
            Kind::Dir => Err(Error::IsADirectory),
        }
    }

    /// Cuts the file to nothing. Returns whether all its blocks are free: if they are not, `op`
    /// had no room for more, and the call is to be made again in another one.
    ///
    /// # Errors
    /// [`Error::IsADirectory`], or [`Error::InvalidArgument`] for what is no file; [`Error::Corrupt`] if
    /// some of its blocks could not be found (the file is empty all the same); [`Error::Io`].
    pub fn truncate(&mut self, op: &Op<'_, H>) -> Result<bool, Error> {
        match self.kind {
            Kind::File => {}
            Kind::Symlink | Kind::Device { .. } => return Err(Error::InvalidArgument),
            Kind::Dir => return Err(Error::IsADirectory),
        }
        let mut damage = Ok(());
        let is_done = self.itrunc(op, &mut damage)?;
        damage.and(Ok(is_done))
    }

    #[inline(never)]
    pub(crate) fn readi(
        &self,
        offset: u32,
        len: usize,
        mut sink: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        let offset = offset as usize;
        let end = offset.saturating_add(len).min(self.size() as usize);
        let mut at = offset;
        while at < end {
            let block = self.bmap(at / BSIZE)?.ok_or(self.damaged())?;
            let start = at % BSIZE;
            let n = (BSIZE - start).min(end - at);
            sink(&self.of.fs.bread(block)?.data()[start..start + n])?;
            at += n;
        }
        Ok(at - offset)
    }

    #[inline(never)]
    pub(crate) fn writei(
        &mut self,
        op: &Op<'_, H>,
        offset: u32,
        len: usize,
        mut source: impl FnMut(&mut [u8]) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        let start = offset as usize;
        let end = start.saturating_add(len);
        if start > self.size() as usize || end > max_size(self.geometry().indirection()) {
            return Err(Error::FileTooLarge);
        }
        let mut at = start;
        let mut result = Ok(());
        while at < end && result.is_ok() {
            let n = (BSIZE - at % BSIZE).min(end - at);
            result = match self.room_to_write(op, at / BSIZE) {
                // What is left goes into another transaction.
                Ok(room) if at > start && room > op.room() => break,
                Ok(_) => self.write_piece(op, at, n, &mut source),
                Err(error) => Err(error),
            };
            if result.is_ok() {
                at += n;
            }
        }
        let grown = self.size().max(at as u32);
        self.inode.dinode.size = grown;
        // Also after an error: blocks may have been added.
        self.iupdate(op).and(result).and(Ok(at - start))
    }

    /// Writes `n` bytes at `at`, within one block.
    fn write_piece(
        &mut self,
        op: &Op<'_, H>,
        at: usize,
        n: usize,
        source: &mut impl FnMut(&mut [u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let block = self.bmap_or_balloc(op, at / BSIZE)?;
        let mut buffer = self.of.fs.bread(block)?;
        // Logged first: if the source fails half-way, the half that changed is logged too.
        source(&mut op.log_write(&mut buffer)?[at % BSIZE..at % BSIZE + n])
    }

    /// Copies the inode to its place on the disk. Call after every change of it.
    #[inline(never)]
    pub(crate) fn iupdate(&mut self, op: &Op<'_, H>) -> Result<(), Error> {
        let (block, slot) = self.place();
        let mut buffer = self.of.fs.bread(block)?;
        self.inode.dinode.write_to(op.log_write(&mut buffer)?, slot);
        drop(buffer);
        self.of.fs.set_unlinked(self.of.slot, self.nlink() == 0);
        Ok(())
    }

    /// Sets the number of names and writes it to the disk.
    pub(crate) fn set_nlink(&mut self, op: &Op<'_, H>, nlink: i16) -> Result<(), Error> {
        self.inode.dinode.nlink = nlink;
        self.iupdate(op)
    }

    /// Makes the inode free if it has no names: with its blocks, as far as `op` has room
    /// for. Returns whether it is done.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if some of its blocks could not be found; it is free all the same.
    pub(crate) fn ifree(mut self, op: &Op<'_, H>) -> Result<bool, Error> {
        if self.nlink() != 0 {
            return Ok(true);
        }
        let mut damage = Ok(());
        if !self.itrunc(op, &mut damage)? {
            return Ok(false);
        }
        self.inode.dinode = Dinode::default();
        self.iupdate(op)?;
        self.inode.generation = 0;
        damage.and(Ok(true))
    }

    /// Where the inode lies: block and slot.
    pub(crate) fn place(&self) -> (u32, usize) {
        self.geometry().inode_place(self.of.inum)
    }

    pub(crate) fn geometry(&self) -> Geometry {
        self.of.fs.geometry.load()
    }

    /// The inode cannot be.
    pub(crate) fn damaged(&self) -> Error {
        Error::Corrupt {
            block: self.place().0,
        }
    }
}
