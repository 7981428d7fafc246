//! Reading an image: what is in it, file by file. The bytes given are not changed; what
//! a power cut left in the log is finished in memory.

use std::collections::HashSet;

use abi::Error;
use abi::disk::{BSIZE, DIRSIZ, Dirent, SUPERBLOCK, Superblock};
use fs::{FileSystem, Flaw, Geometry, InodeRef, Kind};
use thiserror::Error;

use crate::MemDisk;

/// Why an image could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImageError {
    /// Not even a superblock.
    #[error("{len} bytes are too few for a file system, which has its superblock at byte {BSIZE}")]
    TooShort {
        /// Bytes there are.
        len: usize,
    },
    /// Not such a file system, or a damaged one.
    #[error("superblock (block {SUPERBLOCK}): {0}")]
    Superblock(Flaw),
    /// Cut off.
    #[error(
        "the image ends in block {blocks}, the superblock (block {SUPERBLOCK}) says {size} blocks"
    )]
    Truncated {
        /// Whole blocks there are.
        blocks: u32,
        /// Blocks there should be.
        size: u32,
    },
    /// The file system could not do it.
    #[error("{path}: {error}")]
    Path {
        /// Where in the image.
        path: String,
        /// What it said.
        error: Error,
    },
}

/// Checks that `bytes` are a whole image with a sound superblock.
///
/// # Errors
/// See [`ImageError`].
pub fn geometry(bytes: &[u8]) -> Result<Geometry, ImageError> {
    let (blocks, _) = bytes.as_chunks::<BSIZE>();
    let too_short = ImageError::TooShort { len: bytes.len() };
    let superblock = Superblock::from_block(blocks.get(SUPERBLOCK as usize).ok_or(too_short)?);
    let geometry = Geometry::check(&superblock).map_err(ImageError::Superblock)?;
    let size = superblock.size;
    match u32::try_from(blocks.len()) {
        Ok(blocks) if blocks < size => Err(ImageError::Truncated { blocks, size }),
        _ => Ok(geometry),
    }
}

/// An image, mounted.
pub struct Image {
    fs: Box<FileSystem<MemDisk>>,
}

/// A line of [`Image::list`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its path from the root, without a leading slash; not all are UTF-8.
    pub path: Vec<u8>,
    /// Inode number.
    pub inum: u32,
    /// What it is, and how long; or why that could not be found out.
    pub state: Result<(Kind, u32), Error>,
}

impl Image {
    /// Mounts a copy of an image.
    ///
    /// # Errors
    /// See [`ImageError`].
    pub fn open(bytes: Vec<u8>) -> Result<Image, ImageError> {
        geometry(&bytes)?;
        let fs = Box::new(FileSystem::new(MemDisk::new(bytes)));
        fs.mount().map_err(|error| ImageError::Path {
            path: "/".into(),
            error,
        })?;
        Ok(Image { fs })
    }

    /// What is at `path`, and below it if it is a directory: each directory's names in
    /// order, then its directories'. A damaged image may hold directories in a circle; each is
    /// entered once.
    ///
    /// # Errors
    /// [`ImageError::Path`] if `path` itself cannot be read; what is below and cannot be read
    /// says so in its own line.
    pub fn list(&self, path: &str) -> Result<Vec<Listed>, ImageError> {
        let failed = |error| ImageError::Path {
            path: path.into(),
            error,
        };
        let start = self.resolve(path).map_err(failed)?;
        let prefix = path.trim_matches('/').as_bytes().to_vec();
        let state = start.lock().map(|inode| (inode.kind(), inode.size()));
        if !matches!(state, Ok((Kind::Dir, _))) {
            let state = Ok(state.map_err(failed)?);
            return Ok(vec![Listed {
                path: prefix,
                inum: start.inum(),
                state,
            }]);
        }
        let mut lines = Vec::new();
        let mut entered = HashSet::from([start.inum()]);
        // Paths, not references: there may be more directories than slots in the inode table.
        let mut waiting = vec![Listed {
            path: prefix,
            inum: start.inum(),
            state,
        }];
        while let Some(directory) = waiting.pop() {
            let first = lines.len();
            if let Err(error) = self.list_one(&directory.path, &mut lines) {
                lines.push(Listed {
                    state: Err(error),
                    ..directory
                });
            }
            let is_new_dir = |line: &&Listed| {
                matches!(line.state, Ok((Kind::Dir, _))) && entered.insert(line.inum)
            };
            let below: Vec<Listed> = lines[first..].iter().filter(is_new_dir).cloned().collect();
            waiting.extend(below.into_iter().rev());
        }
        Ok(lines)
    }

    /// Adds a line for each entry of the directory at `path`, except `.` and `..`.
    fn list_one(&self, path: &[u8], lines: &mut Vec<Listed>) -> Result<(), Error> {
        let directory = self.fs.resolve(&self.fs.root()?, path)?;
        let mut entries = Vec::new();
        directory.lock()?.entries(|entry| {
            if !matches!(entry.name(), b"." | b"..") {
                entries.push(entry);
            }
            Ok(())
        })?;
        lines.extend(
            entries
                .iter()
                .map(|entry| self.line(path, &directory, entry)),
        );
        Ok(())
    }

    /// The contents of the file at `path`. A directory gives its entries, 16 bytes each.
    ///
    /// # Errors
    /// [`ImageError::Path`].
    pub fn read(&self, path: &str) -> Result<Vec<u8>, ImageError> {
        let contents = self.resolve(path).and_then(|inode| {
            let inode = inode.lock()?;
            let mut bytes = Vec::new();
            inode.read(0, inode.size() as usize, |piece| {
                bytes.extend_from_slice(piece);
                Ok(())
            })?;
            Ok(bytes)
        });
        contents.map_err(|error| ImageError::Path {
            path: path.into(),
            error,
        })
    }

    /// The image, mounted: with what the log held in its place, and without orphans.
    pub fn into_bytes(self) -> Vec<u8> {
        self.fs.into_host().into_bytes()
    }

    fn resolve(&self, path: &str) -> Result<InodeRef<'_, MemDisk>, Error> {
        self.fs.resolve(&self.fs.root()?, path.as_bytes())
    }

    fn line(&self, prefix: &[u8], directory: &InodeRef<'_, MemDisk>, entry: &Dirent) -> Listed {
        let mut path = Vec::with_capacity(prefix.len() + 1 + DIRSIZ);
        if !prefix.is_empty() {
            path.extend_from_slice(prefix);
            path.push(b'/');
        }
        path.extend_from_slice(entry.name());
        let inode = self.fs.resolve(directory, entry.name());
        let state = inode.and_then(|inode| inode.lock().map(|inode| (inode.kind(), inode.size())));
        Listed {
            path,
            inum: u32::from(entry.inum),
            state,
        }
    }
}
