//! Why a system call failed. Programs see only -1, as in xv6; the kernel and the
//! tools keep the reason.

use core::fmt;

/// The reason a system call, or an operation of the file system, failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// An address or a string outside the process's memory.
    BadAddress,
    /// An argument that no object or range answers to.
    InvalidArgument,
    /// A descriptor that is not open, or not open for this.
    BadDescriptor,
    /// No such file, directory, process or child.
    NotFound,
    /// The name is taken already.
    Exists,
    /// A path component that is not a directory.
    NotADirectory,
    /// A directory where a file is wanted.
    IsADirectory,
    /// A directory that still holds names.
    NotEmpty,
    /// The file would pass its largest size, or an offset lies beyond its end.
    FileTooLarge,
    /// No free block, inode or link count is left on the disk.
    NoSpace,
    /// A fixed table of the kernel (processes, files, inodes, descriptors) is full.
    TableFull,
    /// No free page of memory is left.
    OutOfMemory,
    /// Not an executable this kernel can run.
    NotExecutable,
    /// Arguments of exec that do not fit their page.
    TooLong,
    /// Symbolic links that lead to each other, or too many.
    LinkLoop,
    /// A pipe whose other end is closed.
    BrokenPipe,
    /// The process was killed while it waited.
    Killed,
    /// The device reported an error.
    Io,
    /// The disk holds something that cannot be: the block it was found in.
    Corrupt {
        /// Block number on the disk.
        block: u32,
    },
    /// The process has given up the right to this.
    NotPermitted,
    /// No such system call.
    NoSuchCall,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Error::BadAddress => "bad address",
            Error::InvalidArgument => "invalid argument",
            Error::BadDescriptor => "bad file descriptor",
            Error::NotFound => "not found",
            Error::Exists => "already exists",
            Error::NotADirectory => "not a directory",
            Error::IsADirectory => "is a directory",
            Error::NotEmpty => "directory not empty",
            Error::FileTooLarge => "file too large",
            Error::NoSpace => "no space left on the disk",
            Error::TableFull => "table full",
            Error::OutOfMemory => "out of memory",
            Error::NotExecutable => "not an executable",
            Error::TooLong => "argument list too long",
            Error::LinkLoop => "too many symbolic links",
            Error::BrokenPipe => "broken pipe",
            Error::Killed => "killed",
            Error::Io => "device error",
            Error::Corrupt { block } => return write!(f, "corrupt file system at block {block}"),
            Error::NotPermitted => "not permitted",
            Error::NoSuchCall => "no such system call",
        };
        f.write_str(words)
    }
}

impl core::error::Error for Error {}
