//! Files that close themselves, and reading directories.

use crate::sys::{self, Failed, Fd};
use abi::disk::{DIRENT_SIZE, Dirent};
use abi::file::{O_CREATE, O_RDONLY, O_RDWR, Stat, T_FILE};
use core::ffi::CStr;
use core::ops::Deref;
use rust_alloc::vec::Vec;

/// An open file; dropping it closes it. What it can do is what its [`Fd`] can do.
#[derive(Debug)]
pub struct File(Fd);

impl File {
    /// Opens `path` for reading.
    ///
    /// # Errors
    /// No such file, or no descriptor left.
    pub fn open(path: &CStr) -> Result<File, Failed> {
        File::open_with(path, O_RDONLY)
    }

    /// Opens `path`; `mode` is made of `abi::file::O_*`.
    ///
    /// # Errors
    /// As [`sys::open`].
    pub fn open_with(path: &CStr, mode: u32) -> Result<File, Failed> {
        sys::open(path, mode).map(File)
    }

    /// Takes over a descriptor that is open and has no other owner.
    pub fn from_fd(fd: Fd) -> File {
        File(fd)
    }

    /// Gives the descriptor up, still open.
    pub fn into_fd(self) -> Fd {
        let fd = self.0;
        core::mem::forget(self);
        fd
    }
}

impl Deref for File {
    type Target = Fd;

    fn deref(&self) -> &Fd {
        &self.0
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = sys::close(self.0);
    }
}

impl Fd {
    /// Writes all of `bytes`.
    ///
    /// # Errors
    /// As [`Fd::write`], or the device takes no more.
    pub fn write_all(self, mut bytes: &[u8]) -> Result<(), Failed> {
        while !bytes.is_empty() {
            match self.write(bytes)? {
                0 => return Err(Failed),
                written => bytes = bytes.get(written..).ok_or(Failed)?,
            }
        }
        Ok(())
    }

    /// Reads until `buffer` is full or the file ends; gives how many bytes came.
    ///
    /// # Errors
    /// As [`Fd::read`].
    pub fn read_full(self, buffer: &mut [u8]) -> Result<usize, Failed> {
        let mut len = 0;
        while len < buffer.len() {
            match self.read(&mut buffer[len..])? {
                0 => break,
                more => len += more,
            }
        }
        Ok(len)
    }
}

/// Opens `path` for writing after what is in it, creating it if need be.
///
/// There is no call that moves the offset, so the file is read to its end; a device
/// has none, and is left alone.
///
/// # Errors
/// As [`sys::open`] and [`Fd::read`].
// Out of line, so that its buffer is off the one-page stack of whoever goes on.
#[inline(never)]
pub fn open_at_end(path: &CStr) -> Result<File, Failed> {
    let file = File::open_with(path, O_RDWR | O_CREATE)?;
    if file.stat()?.kind == T_FILE {
        let mut skipped = [0; 512];
        while file.read(&mut skipped)? > 0 {}
    }
    Ok(file)
}

/// All lines, without their ends, of the file at `path`; without one, of descriptor 0.
///
/// # Errors
/// As [`sys::open`] and [`Fd::read`].
pub fn lines(path: Option<&CStr>) -> Result<Vec<Vec<u8>>, Failed> {
    let file = path.map(File::open).transpose()?;
    let from = file.as_deref().copied().unwrap_or(sys::STDIN);
    let (mut text, mut buffer) = (Vec::new(), [0; 512]);
    loop {
        match from.read(&mut buffer)? {
            0 => break,
            len => text.extend_from_slice(&buffer[..len]),
        }
    }
    let whole = text.strip_suffix(b"\n").unwrap_or(&text);
    let is_none = text.is_empty();
    let lines = whole.split(|&byte| byte == b'\n').map(Vec::from);
    Ok(lines.filter(|_| !is_none).collect())
}

/// What `path` leads to.
///
/// # Errors
/// As [`sys::open`].
pub fn stat(path: &CStr) -> Result<Stat, Failed> {
    File::open(path)?.stat()
}

/// The names in an open directory, in the order they stand there.
pub fn entries(directory: &File) -> impl Iterator<Item = Dirent> {
    core::iter::from_fn(|| {
        let mut bytes = [0; DIRENT_SIZE];
        let len = directory.read_full(&mut bytes).ok()?;
        (len == DIRENT_SIZE).then(|| Dirent::from_bytes(&bytes))
    })
    .filter(|entry| entry.inum != 0)
}
