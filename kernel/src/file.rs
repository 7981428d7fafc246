//! Open files: what a descriptor leads to.

use crate::console::{self, Wanted};
use crate::fs::{FS, KeptInode};
use crate::hal::trap::Access;
use crate::mem::UserMemory;
use crate::mem::layout::VirtAddr;
use crate::pipe::{PipeEnd, piperead, pipewrite};
use crate::statistics;
use crate::sync::{Counted, Rank, Table};
use abi::Error;
use abi::file::{CONSOLE, KEYS, STATISTICS, Stat};
use abi::limits::NFILE;
use core::sync::atomic::{AtomicU32, Ordering};

/// An open file, shared by all descriptors that were made from the same `open` or `pipe`.
pub struct File {
    /// May be read.
    pub readable: bool,
    /// May be written.
    pub writable: bool,
    /// What it is.
    pub kind: FileKind,
}

/// What an open file is.
pub enum FileKind {
    /// An end of a pipe.
    Pipe(PipeEnd),
    /// A file or directory on the disk.
    Inode {
        /// Which.
        inode: KeptInode,
        /// Where the next read or write starts. Changed under the inode's lock.
        offset: AtomicU32,
    },
    /// A device.
    Device {
        /// Its inode.
        inode: KeptInode,
        /// Which driver.
        major: i16,
        /// Where the next read starts, for a driver that has a beginning and an end.
        offset: AtomicU32,
    },
}

/// A counted reference to an open file: a clone is `filedup`, a drop is `fileclose`.
pub type FileRef = Counted<File, NFILE>;

static FTABLE: Table<File, NFILE> = Table::new("ftable", Rank::Ftable);

/// Makes an open file.
///
/// # Errors
/// [`Error::TableFull`].
pub fn filealloc(file: File) -> Result<FileRef, Error> {
    FTABLE.insert(file)
}

/// What `fstat` tells.
///
/// # Errors
/// [`Error::InvalidArgument`] for a pipe; [`Error::Corrupt`], [`Error::Io`].
pub fn filestat(file: &File) -> Result<Stat, Error> {
    match &file.kind {
        FileKind::Inode { inode, .. } | FileKind::Device { inode, .. } => {
            Ok(inode.inode().lock()?.stat())
        }
        FileKind::Pipe(_) => Err(Error::InvalidArgument),
    }
}

/// Reads up to `n` bytes to the program's `dst`. Returns how many.
///
/// # Errors
/// [`Error::BadDescriptor`] if it may not be read or has no driver; [`Error::BadAddress`];
/// [`Error::Killed`]; [`Error::Corrupt`], [`Error::Io`].
#[inline(never)]
pub fn fileread(
    file: &File,
    memory: &mut UserMemory,
    dst: VirtAddr,
    n: usize,
) -> Result<usize, Error> {
    if !file.readable {
        return Err(Error::BadDescriptor);
    }
    match &file.kind {
        FileKind::Pipe(end) => piperead(end, memory, dst, n),
        FileKind::Device { major: CONSOLE, .. } => {
            console::consoleread(memory, dst, n, Wanted::Line)
        }
        FileKind::Device {
            major: STATISTICS,
            offset,
            ..
        } => {
            let start = offset.load(Ordering::Relaxed);
            let n_read = statistics::read(memory, dst, n, start as usize)?;
            offset.store(start + n_read as u32, Ordering::Relaxed);
            Ok(n_read)
        }
        FileKind::Device { .. } => Err(Error::BadDescriptor),
        FileKind::Inode { inode, offset } => {
            // No more than there is: pages would come that nobody needs.
            let size = inode.inode().lock()?.size();
            let left = size.saturating_sub(offset.load(Ordering::Relaxed));
            let n = n.min(left as usize);
            memory.prefault(dst, n, Access::Write)?;
            let guard = inode.inode().lock()?;
            let start = offset.load(Ordering::Relaxed);
            let mut at = dst.0;
            let n_read = guard.read(start, n, |bytes| {
                memory.copyout(VirtAddr(at), bytes)?;
                at = at.wrapping_add(bytes.len());
                Ok(())
            })?;
            offset.store(start + n_read as u32, Ordering::Relaxed);
            Ok(n_read)
        }
    }
}

/// Reads keys as they come, at most [`KEYS`], to the program's `dst`; none if none comes for so
/// many ticks, 0 for no limit. Returns how many.
///
/// # Errors
/// [`Error::BadDescriptor`] if it is not the console; [`Error::BadAddress`]; [`Error::Killed`].
pub fn filekeys(
    file: &File,
    memory: &mut UserMemory,
    dst: VirtAddr,
    ticks: u32,
) -> Result<usize, Error> {
    match file.kind {
        FileKind::Device { major: CONSOLE, .. } if file.readable => {
            console::consoleread(memory, dst, KEYS, Wanted::Keys { ticks })
        }
        _ => Err(Error::BadDescriptor),
    }
}

/// Writes `n` bytes from the program's `src`. Returns `n`; for pipes and devices maybe less.
///
/// # Errors
/// [`Error::BadDescriptor`] if it may not be written or has no driver; [`Error::BadAddress`];
/// [`Error::BrokenPipe`], [`Error::Killed`]; [`Error::FileTooLarge`], [`Error::NoSpace`];
/// [`Error::Corrupt`], [`Error::Io`].
#[inline(never)]
pub fn filewrite(
    file: &File,
    memory: &mut UserMemory,
    src: VirtAddr,
    n: usize,
) -> Result<usize, Error> {
    if !file.writable {
        return Err(Error::BadDescriptor);
    }
    match &file.kind {
        FileKind::Pipe(end) => pipewrite(end, memory, src, n),
        FileKind::Device { major: CONSOLE, .. } => console::consolewrite(memory, src, n),
        FileKind::Device { .. } => Err(Error::BadDescriptor),
        FileKind::Inode { inode, offset } => write_inode(inode, offset, memory, src, n),
    }
}

/// Writes to a file on the disk, in pieces that each fit a transaction.
fn write_inode(
    inode: &KeptInode,
    offset: &AtomicU32,
    memory: &mut UserMemory,
    src: VirtAddr,
    n: usize,
) -> Result<usize, Error> {
    let mut done = 0;
    while done < n {
        let len = fs::MAX_WRITE.min(n - done);
        let mut copied = 0;
        memory.prefault(VirtAddr(src.0.wrapping_add(done)), len, Access::Read)?;
        let op = FS.begin();
        let mut guard = inode.inode().lock()?;
        let start = offset.load(Ordering::Relaxed);
        let result = guard.write(&op, start, len, |bytes| {
            let at = src.0.wrapping_add(done + copied);
            memory.copyin(bytes, VirtAddr(at))?;
            copied += bytes.len();
            Ok(())
        });
        // Also after an error: what was copied is in the file.
        offset.store(start + copied as u32, Ordering::Relaxed);
        done += result?;
    }
    Ok(n)
}
