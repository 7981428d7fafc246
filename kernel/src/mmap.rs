//! Mapped files: stretches of a program's addresses whose pages hold a file's bytes. A page is
//! read when it is first touched; what was written to a shared one goes back to the file when
//! it is unmapped. `mem` has the pages; this is what is behind them.

use crate::file::{FileKind, FileRef};
use crate::fs::{FS, KeptInode};
use abi::Error;
use abi::file::{MAP_PRIVATE, MAP_SHARED, PROT_EXEC, PROT_READ, PROT_WRITE};
use abi::limits::{NVMA, PGSIZE};
use core::ops::Range;

/// A file, or a part of it, among a program's addresses.
#[derive(Clone)]
pub struct Mapping {
    /// Where: whole pages.
    pub range: Range<usize>,
    /// Which byte of the file is at the start.
    offset: usize,
    file: FileRef,
    /// `PROT_*`, added up.
    prot: i32,
    /// Written to the file, and the same pages in a child.
    pub is_shared: bool,
}

impl Mapping {
    /// A mapping of `file` from byte `offset` on, yet without addresses.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for flags that are none, an offset that starts no page or
    /// what is no file; [`Error::BadDescriptor`] if the file may not be read, or may not be
    /// written and the mapping would.
    pub fn new(file: FileRef, offset: usize, prot: i32, flags: i32) -> Result<Mapping, Error> {
        let is_file = matches!(file.kind, FileKind::Inode { .. });
        let has_sense = matches!(flags, MAP_SHARED | MAP_PRIVATE)
            && prot & !(PROT_READ | PROT_WRITE | PROT_EXEC) == 0;
        if !is_file || !has_sense || !offset.is_multiple_of(PGSIZE) {
            return Err(Error::InvalidArgument);
        }
        let is_shared = flags == MAP_SHARED;
        let writes_back = is_shared && prot & PROT_WRITE != 0;
        if !file.readable || writes_back && !file.writable {
            return Err(Error::BadDescriptor);
        }
        Ok(Mapping {
            range: 0..0,
            offset,
            file,
            prot,
            is_shared,
        })
    }

    /// Whether its pages may be used so: `PROT_*`.
    pub fn allows(&self, prot: i32) -> bool {
        self.prot & prot != 0 || prot == PROT_READ && self.prot & PROT_WRITE != 0
    }

    fn inode(&self) -> Result<&KeptInode, Error> {
        match &self.file.kind {
            FileKind::Inode { inode, .. } => Ok(inode),
            FileKind::Pipe(_) | FileKind::Device { .. } => Err(Error::InvalidArgument),
        }
    }

    /// Which byte of the file belongs at `va`.
    fn offset_of(&self, va: usize) -> usize {
        self.offset.saturating_add(va - self.range.start)
    }

    /// Reads the page that belongs at `va` into `page`, which is all zeroes; behind the
    /// file's end it stays so.
    ///
    /// # Errors
    /// [`Error::Corrupt`], [`Error::Io`].
    pub fn load(&self, va: usize, page: &mut [u8; PGSIZE]) -> Result<(), Error> {
        let Ok(offset) = u32::try_from(self.offset_of(va)) else {
            return Ok(());
        };
        let guard = self.inode()?.inode().lock()?;
        let mut at = 0;
        guard.read(offset, PGSIZE, |bytes| {
            page[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len();
            Ok(())
        })?;
        Ok(())
    }

    /// Writes the page at `va` to the file, as far as that reaches; `copy` fills in the bytes
    /// from one of the page's on.
    ///
    /// # Errors
    /// [`Error::NoSpace`], [`Error::Corrupt`], [`Error::Io`].
    pub fn write_back(&self, va: usize, copy: impl Fn(usize, &mut [u8])) -> Result<(), Error> {
        let offset = self.offset_of(va);
        let mut done = 0;
        while done < PGSIZE {
            let op = FS.begin();
            let mut guard = self.inode()?.inode().lock()?;
            let left = (guard.size() as usize).saturating_sub(offset + done);
            let len = left.min(PGSIZE - done).min(fs::MAX_WRITE);
            if len == 0 {
                break;
            }
            guard.write(&op, (offset + done) as u32, len, |into| {
                copy(done, into);
                done += into.len();
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Cuts `range` off, which is its start, its end or all of it. Returns whether anything
    /// is left.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if that would leave a hole.
    pub fn cut(&mut self, range: &Range<usize>) -> Result<bool, Error> {
        if range.start == self.range.start {
            self.offset = self.offset.saturating_add(range.len());
            self.range.start = range.end;
        } else if range.end == self.range.end {
            self.range.end = range.start;
        } else {
            return Err(Error::InvalidArgument);
        }
        Ok(!self.range.is_empty())
    }
}

/// The mapped files of a program.
#[derive(Clone)]
pub struct Mappings([Option<Mapping>; NVMA]);

impl Mappings {
    /// None.
    pub const NONE: Mappings = Mappings([const { None }; NVMA]);

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Mapping> {
        self.0.iter().flatten()
    }

    /// Where the lowest starts, or `end` if there is none.
    pub fn start(&self, end: usize) -> usize {
        let starts = self.iter().map(|mapping| mapping.range.start);
        starts.min().unwrap_or(end)
    }

    /// The one at `va`.
    pub fn at(&self, va: usize) -> Option<&Mapping> {
        self.iter().find(|mapping| mapping.range.contains(&va))
    }

    /// Adds one.
    ///
    /// # Errors
    /// [`Error::TableFull`].
    pub fn add(&mut self, mapping: Mapping) -> Result<(), Error> {
        let place = self.0.iter_mut().find(|place| place.is_none());
        *place.ok_or(Error::TableFull)? = Some(mapping);
        Ok(())
    }

    /// Cuts `range` off the mapping that it is in.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if there is none, or it would have a hole.
    pub fn cut(&mut self, range: &Range<usize>) -> Result<(), Error> {
        let is_in = |place: &&mut Option<Mapping>| {
            let mapping = place.as_ref().map(|mapping| &mapping.range);
            mapping.is_some_and(|it| it.contains(&range.start) && range.end <= it.end)
        };
        let place = self.0.iter_mut().find(is_in);
        let place = place.ok_or(Error::InvalidArgument)?;
        if let Some(mapping) = place
            && !mapping.cut(range)?
        {
            *place = None;
        }
        Ok(())
    }
}
