//! What the checker can find: one line each, with the inode and the block it concerns.

use std::fmt;

use abi::disk::Dirent;

use crate::ImageError;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What is worth knowing and not wrong.
    pub notes: Vec<Note>,
    /// Inodes in use.
    pub inodes: u32,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Worth knowing, not wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The log holds a transaction that mounting will finish.
    Recovered {
        /// Its blocks.
        n: u32,
    },
    /// An inode without names, which mounting will free.
    Orphan {
        /// Its number.
        inum: u32,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Recovered { n } => {
                write!(
                    f,
                    "the log holds a committed transaction of {n} blocks; checked as if installed"
                )
            }
            Note::Orphan { inum } => {
                write!(f, "inode {inum}: no names, to be freed at the next mount")
            }
        }
    }
}

/// Something wrong. Fields called `block` are where the fault lies.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "a field is what the line printed from it says")]
pub enum Finding {
    /// No image, or a piece of one.
    Image(ImageError),
    /// The log claims more blocks than it has.
    LogLength { block: u32, n: u32 },
    /// The log holds a block that no transaction changes.
    LogHome { block: u32, home: u32 },
    /// Neither free nor a directory, file or device.
    Kind { inum: u32, block: u32, kind: i16 },
    /// Longer than a file can be.
    Size { inum: u32, block: u32, size: u32 },
    /// No block where the file has bytes, and for how many more.
    Hole {
        inum: u32,
        n: usize,
        more: usize,
        block: u32,
    },
    /// A block number outside the data blocks.
    NotData {
        inum: u32,
        block: u32,
        found_in: u32,
    },
    /// A block of two inodes, or twice of one.
    ClaimedTwice { inum: u32, block: u32, other: u32 },
    /// Marked in use, belongs to none.
    Lost { block: u32, bitmap: u32 },
    /// A block that is no data block, marked free.
    MetadataFree { block: u32, bitmap: u32 },
    /// Marked free, belongs to an inode.
    UsedButFree { inum: u32, block: u32, bitmap: u32 },
    /// The root is no directory.
    NoRoot { block: u32 },
    /// A directory that is no whole number of entries long.
    DirSize { inum: u32, block: u32, size: u32 },
    /// `.` or `..` lacks, or leads elsewhere; 0 if it lacks.
    Dots {
        inum: u32,
        name: &'static str,
        leads_to: u32,
        should: u32,
    },
    /// An entry to an inode that there is not, or that is free.
    Dangling {
        inum: u32,
        block: u32,
        entry: Dirent,
    },
    /// No name, or one with a slash, or with bytes after its end.
    Name {
        inum: u32,
        block: u32,
        entry: Dirent,
    },
    /// A name twice in a directory.
    SameName {
        inum: u32,
        block: u32,
        entry: Dirent,
    },
    /// A directory with a second name.
    SecondName {
        inum: u32,
        block: u32,
        entry: Dirent,
    },
    /// Another link count than there are names.
    Links {
        inum: u32,
        block: u32,
        nlink: i16,
        names: usize,
    },
    /// In use, with a link count, and no path from the root leads there.
    Unreachable { inum: u32, block: u32 },
}

impl fmt::Display for Finding {
    // Long, for it is a table: a row for each finding.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Image(error) => write!(f, "{error}"),
            Finding::LogLength { block, n } => {
                write!(
                    f,
                    "block {block}: the log's header claims {n} blocks, more than the log has"
                )
            }
            Finding::LogHome { block, home } => {
                write!(
                    f,
                    "block {block}: the log's header names block {home}, which no transaction changes"
                )
            }
            Finding::Kind { inum, block, kind } => {
                write!(f, "inode {inum} (block {block}): type {kind} is none")
            }
            Finding::Size { inum, block, size } => {
                write!(
                    f,
                    "inode {inum} (block {block}): size {size} is more than a file can have"
                )
            }
            Finding::Hole {
                inum,
                n,
                more: 0,
                block,
            } => {
                write!(
                    f,
                    "inode {inum} (block {block}): lacks its block {n}, which is below its size"
                )
            }
            Finding::Hole {
                inum,
                n,
                more,
                block,
            } => {
                write!(
                    f,
                    "inode {inum} (block {block}): lacks its block {n}, which is below its size, and {more} more"
                )
            }
            Finding::NotData {
                inum,
                block,
                found_in,
            } => {
                write!(
                    f,
                    "inode {inum} (block {found_in}): names block {block}, which is no data block"
                )
            }
            Finding::ClaimedTwice { inum, block, other } => {
                write!(
                    f,
                    "inode {inum}: block {block} belongs to inode {other} already"
                )
            }
            Finding::Lost { block, bitmap } => {
                write!(
                    f,
                    "block {block}: marked in use (bitmap block {bitmap}), belongs to no inode"
                )
            }
            Finding::MetadataFree { block, bitmap } => {
                write!(
                    f,
                    "block {block}: no data block, yet marked free (bitmap block {bitmap})"
                )
            }
            Finding::UsedButFree {
                inum,
                block,
                bitmap,
            } => {
                write!(
                    f,
                    "inode {inum}: block {block} is marked free (bitmap block {bitmap})"
                )
            }
            Finding::NoRoot { block } => {
                write!(f, "inode 1 (block {block}): the root, yet no directory")
            }
            Finding::DirSize { inum, block, size } => {
                write!(
                    f,
                    "inode {inum} (block {block}): a directory of size {size}, no multiple of 16"
                )
            }
            Finding::Dots {
                inum,
                name,
                leads_to: 0,
                should,
            } => {
                write!(
                    f,
                    "inode {inum}: a directory without `{name}`, which should lead to inode {should}"
                )
            }
            Finding::Dots {
                inum,
                name,
                leads_to,
                should,
            } => {
                write!(
                    f,
                    "inode {inum}: `{name}` leads to inode {leads_to} instead of {should}"
                )
            }
            Finding::Dangling { inum, block, entry } => {
                write!(
                    f,
                    "inode {inum} (block {block}): entry {} leads to inode {}, which is not in use",
                    Quoted(entry),
                    entry.inum
                )
            }
            Finding::Name { inum, block, entry } => {
                write!(
                    f,
                    "inode {inum} (block {block}): entry for inode {} has the impossible name {}",
                    entry.inum,
                    Quoted(entry)
                )
            }
            Finding::SameName { inum, block, entry } => {
                write!(
                    f,
                    "inode {inum} (block {block}): the name {} is there twice",
                    Quoted(entry)
                )
            }
            Finding::SecondName { inum, block, entry } => {
                write!(
                    f,
                    "inode {inum} (block {block}): entry {} is a second name of directory inode {}",
                    Quoted(entry),
                    entry.inum
                )
            }
            Finding::Links {
                inum,
                block,
                nlink,
                names,
            } => {
                write!(
                    f,
                    "inode {inum} (block {block}): link count {nlink}, yet {names} names lead to it"
                )
            }
            Finding::Unreachable { inum, block } => {
                write!(
                    f,
                    "inode {inum} (block {block}): in use, yet no path leads to it"
                )
            }
        }
    }
}

/// An entry's name in quotes, unprintable bytes escaped.
struct Quoted<'a>(&'a Dirent);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.name().escape_ascii())
    }
}
