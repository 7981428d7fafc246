//! System calls about files, directories and pipes.

use crate::file::{File, FileKind, FileRef, filealloc, filekeys, fileread, filestat, filewrite};
use crate::fs::{FS, KeptInode};
use crate::pipe::pipealloc;
use crate::proc::{Current, file_at};
use abi::Error;
use abi::file::{O_CREATE, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY};
use abi::limits::{MAXPATH, NDEV};
use core::sync::atomic::AtomicU32;
use fs::Kind;

/// Makes the lowest free descriptor lead to `file`. Returns it.
///
/// # Errors
/// [`Error::TableFull`].
fn fdalloc(p: &mut Current, file: FileRef) -> Result<usize, Error> {
    let fd = p.ofile.iter().position(Option::is_none);
    let fd = fd.ok_or(Error::TableFull)?;
    p.ofile[fd] = Some(file);
    Ok(fd)
}

/// Argument `n` as a size in bytes: an `int` that is not negative.
fn arg_size(p: &mut Current, n: usize) -> Result<usize, Error> {
    usize::try_from(p.arg_int(n)).map_err(|_| Error::InvalidArgument)
}

/// `dup(fd)`: another descriptor for the same open file.
pub fn sys_dup(p: &mut Current) -> Result<usize, Error> {
    let fd = p.arg_int(0);
    let file = file_at(p, fd)?.clone();
    fdalloc(p, file)
}

/// `read(fd, buf, n)`: how many bytes; 0 at the end.
pub fn sys_read(p: &mut Current) -> Result<usize, Error> {
    let (fd, dst, n) = (p.arg_int(0), p.arg_addr(1), arg_size(p, 2)?);
    let file = file_at(p, fd)?.clone();
    fileread(&file, &mut p.memory, dst, n)
}

/// `readkeys(fd, keys, ticks)`: at most [`KEYS`](abi::file::KEYS) keys of the console as they come;
/// none if none comes for so many ticks, 0 for no limit. How many.
pub fn sys_readkeys(p: &mut Current) -> Result<usize, Error> {
    let (fd, dst, ticks) = (p.arg_int(0), p.arg_addr(1), p.arg_int(2).max(0) as u32);
    let file = file_at(p, fd)?.clone();
    filekeys(&file, &mut p.memory, dst, ticks)
}

/// `write(fd, buf, n)`: how many bytes.
pub fn sys_write(p: &mut Current) -> Result<usize, Error> {
    let (fd, src, n) = (p.arg_int(0), p.arg_addr(1), arg_size(p, 2)?);
    let file = file_at(p, fd)?.clone();
    filewrite(&file, &mut p.memory, src, n)
}

/// `close(fd)`.
pub fn sys_close(p: &mut Current) -> Result<usize, Error> {
    let fd = usize::try_from(p.arg_int(0)).map_err(|_| Error::BadDescriptor)?;
    let place = p.ofile.get_mut(fd).ok_or(Error::BadDescriptor)?;
    place.take().map(|_closed| 0).ok_or(Error::BadDescriptor)
}

/// `fstat(fd, &stat)`.
pub fn sys_fstat(p: &mut Current) -> Result<usize, Error> {
    let (fd, dst) = (p.arg_int(0), p.arg_addr(1));
    let stat = filestat(file_at(p, fd)?)?;
    p.memory.copyout(dst, &stat.to_bytes())?;
    Ok(0)
}

/// `link(old, new)`: another name for a file.
pub fn sys_link(p: &mut Current) -> Result<usize, Error> {
    let (mut old, mut new) = ([0; MAXPATH], [0; MAXPATH]);
    let (old, new) = (p.arg_str(0, &mut old)?, p.arg_str(1, &mut new)?);
    FS.link(&FS.begin(), p.base(), old, new)?;
    Ok(0)
}

/// `unlink(path)`: takes a name away.
pub fn sys_unlink(p: &mut Current) -> Result<usize, Error> {
    let mut path = [0; MAXPATH];
    let path = p.arg_str(0, &mut path)?;
    FS.unlink(&FS.begin(), p.base(), path)?;
    Ok(0)
}

/// `mkdir(path)`.
pub fn sys_mkdir(p: &mut Current) -> Result<usize, Error> {
    make(p, Kind::Dir)
}

/// `mknod(path, major, minor)`: a name for a device.
pub fn sys_mknod(p: &mut Current) -> Result<usize, Error> {
    let (major, minor) = (p.arg_int(1) as i16, p.arg_int(2) as i16);
    make(p, Kind::Device { major, minor })
}

/// Makes an inode of `kind` at the path in argument 0.
fn make(p: &mut Current, kind: Kind) -> Result<usize, Error> {
    let mut path = [0; MAXPATH];
    let path = p.arg_str(0, &mut path)?;
    let op = FS.begin();
    FS.create(&op, p.base(), path, kind)?;
    Ok(0)
}

/// `symlink(target, path)`: a name that leads to another, wherever that leads.
pub fn sys_symlink(p: &mut Current) -> Result<usize, Error> {
    let (mut target, mut path) = ([0; MAXPATH], [0; MAXPATH]);
    let (target, path) = (p.arg_str(0, &mut target)?, p.arg_str(1, &mut path)?);
    FS.symlink(&FS.begin(), p.base(), target, path)?;
    Ok(0)
}

/// `chdir(path)`.
pub fn sys_chdir(p: &mut Current) -> Result<usize, Error> {
    p.cwd = arg_dir(p)?;
    Ok(0)
}

/// The directory at the path in argument 0. No operation is under way any more: the one whose
/// place it takes is let go in an operation of its own.
pub(super) fn arg_dir(p: &mut Current) -> Result<KeptInode, Error> {
    let mut path = [0; MAXPATH];
    let path = p.arg_str(0, &mut path)?;
    let _op = FS.begin();
    let dir = FS.follow(p.base(), path)?;
    if dir.lock()?.kind() != Kind::Dir {
        return Err(Error::NotADirectory);
    }
    Ok(KeptInode::new(dir))
}

/// `open(path, mode)`: a descriptor.
pub fn sys_open(p: &mut Current) -> Result<usize, Error> {
    let mode = p.arg_int(1) as u32;
    let mut path = [0; MAXPATH];
    let path = p.arg_str(0, &mut path)?;
    // First, so that a call that fails for this has emptied no file.
    if p.ofile.iter().all(Option::is_some) {
        return Err(Error::TableFull);
    }
    let (inode, kind) = open_inode(p, path, mode)?;
    let kind = match kind {
        Kind::Device { major, .. } => FileKind::Device {
            inode,
            major,
            offset: AtomicU32::new(0),
        },
        Kind::File | Kind::Dir | Kind::Symlink => FileKind::Inode {
            inode,
            offset: AtomicU32::new(0),
        },
    };
    let file = filealloc(File {
        readable: mode & O_WRONLY == 0,
        writable: mode & (O_WRONLY | O_RDWR) != 0,
        kind,
    })?;
    fdalloc(p, file)
}

/// The inode at `path`, made or emptied as `mode` says.
fn open_inode(p: &Current, path: &[u8], mode: u32) -> Result<(KeptInode, Kind), Error> {
    let mut op = FS.begin();
    let inode = if mode & O_CREATE != 0 {
        FS.create(&op, p.base(), path, Kind::File)?
    } else {
        FS.resolve(p.base(), path)?
    };
    let is_link = inode.lock()?.kind() == Kind::Symlink;
    let inode = if is_link && mode & O_NOFOLLOW == 0 {
        FS.follow(p.base(), path)?
    } else {
        inode
    };
    let kind = inode.lock()?.kind();
    match kind {
        Kind::Dir if mode != O_RDONLY => return Err(Error::IsADirectory),
        Kind::Device { major, .. } if !(0..NDEV as i16).contains(&major) => {
            return Err(Error::InvalidArgument);
        }
        Kind::File if mode & O_TRUNC != 0 => {
            let mut is_done = inode.lock()?.truncate(&op)?;
            // It is empty now. The blocks of a large file go in further operations, unless
            // somebody writes to it in between.
            while !is_done {
                drop(op);
                op = FS.begin();
                let mut guard = inode.lock()?;
                is_done = guard.size() > 0 || guard.truncate(&op)?;
            }
        }
        Kind::File | Kind::Dir | Kind::Symlink | Kind::Device { .. } => {}
    }
    Ok((KeptInode::new(inode), kind))
}

/// `sync()`: returns when all that is over is on the disk.
pub fn sys_sync(_: &mut Current) -> Result<usize, Error> {
    FS.sync().map(|()| 0)
}

/// `pipe(fds)`: two descriptors, the second to write what the first reads.
pub fn sys_pipe(p: &mut Current) -> Result<usize, Error> {
    let fds = p.arg_addr(0);
    let (read_end, write_end) = pipealloc()?;
    let read_file = filealloc(File {
        readable: true,
        writable: false,
        kind: FileKind::Pipe(read_end),
    })?;
    let write_file = filealloc(File {
        readable: false,
        writable: true,
        kind: FileKind::Pipe(write_end),
    })?;
    let read_fd = fdalloc(p, read_file)?;
    let write_fd = fdalloc(p, write_file);
    let told = write_fd.and_then(|write_fd| {
        let numbers = [read_fd as u32, write_fd as u32].map(u32::to_le_bytes);
        let told = p.memory.copyout(fds, numbers.as_flattened());
        if told.is_err() {
            p.ofile[write_fd] = None;
        }
        told
    });
    if told.is_err() {
        p.ofile[read_fd] = None;
    }
    told.map(|()| 0)
}
