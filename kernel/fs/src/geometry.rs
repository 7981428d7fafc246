//! Where everything lies on this disk, once the superblock has been found not to
//! contradict itself. Every block and inode number read from the disk is held against it.

use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering};

use abi::disk::{BPB, IPB, Indirection, MAGIC, SUPERBLOCK, Superblock};
use abi::limits::MAXOPBLOCKS;

/// A superblock that has been checked: boot block, superblock, log, inodes, bitmap and
/// data follow each other without overlap and end with the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry(Superblock);

impl Geometry {
    /// Checks `superblock` against itself.
    ///
    /// # Errors
    /// The first [`Flaw`] found.
    pub fn check(superblock: &Superblock) -> Result<Geometry, Flaw> {
        let s = superblock;
        let after = |start: u32, blocks: u32| u64::from(start) + u64::from(blocks);
        if s.magic != MAGIC {
            return Err(Flaw::Magic(s.magic));
        }
        if Indirection::from_word(s.indirection).is_none() {
            return Err(Flaw::Indirection(s.indirection));
        }
        if s.nblocks >= s.size {
            return Err(Flaw::DataBlocks {
                nblocks: s.nblocks,
                size: s.size,
            });
        }
        if s.ninodes < 2 || s.ninodes > u32::from(u16::MAX) + 1 {
            return Err(Flaw::Inodes(s.ninodes));
        }
        if s.nlog as usize <= MAXOPBLOCKS {
            return Err(Flaw::LogTooSmall(s.nlog));
        }
        let inode_blocks = s.ninodes.div_ceil(IPB as u32);
        let bitmap_blocks = Geometry(*s).bitmap_blocks();
        let regions = [
            ("log", u64::from(SUPERBLOCK) + 1, s.logstart),
            ("inodes", after(s.logstart, s.nlog), s.inodestart),
            ("bitmap", after(s.inodestart, inode_blocks), s.bmapstart),
            (
                "data",
                after(s.bmapstart, bitmap_blocks),
                s.size - s.nblocks,
            ),
        ];
        for (region, at_least, start) in regions {
            if u64::from(start) < at_least {
                return Err(Flaw::Overlap {
                    region,
                    start,
                    at_least,
                });
            }
        }
        Ok(Geometry(*s))
    }

    /// The superblock itself.
    pub fn superblock(&self) -> &Superblock {
        &self.0
    }

    /// How inodes name the blocks of their files.
    pub fn indirection(&self) -> Indirection {
        Indirection::from_word(self.0.indirection).unwrap_or_default()
    }

    /// First data block.
    pub fn data_start(&self) -> u32 {
        self.0.size - self.0.nblocks
    }

    /// Whether `block` is a data block.
    pub fn is_data(&self, block: u32) -> bool {
        block >= self.data_start() && block < self.0.size
    }

    /// Whether a transaction may change `block`: inodes, bitmap and data, but not the log.
    pub fn is_home(&self, block: u32) -> bool {
        block >= self.0.inodestart && block < self.0.size
    }

    /// Whether there is an inode `inum`. Inode 0 is none.
    pub fn is_inode(&self, inum: u32) -> bool {
        inum >= 1 && inum < self.0.ninodes
    }

    /// The block that holds inode `inum`, and its slot there.
    pub fn inode_place(&self, inum: u32) -> (u32, usize) {
        let per_block = IPB as u32;
        (
            self.0.inodestart + inum / per_block,
            (inum % per_block) as usize,
        )
    }

    /// How many blocks the bitmap takes.
    pub fn bitmap_blocks(&self) -> u32 {
        self.0.size.div_ceil(BPB)
    }

    /// The bitmap block with `block`'s bit, and the bit's number there.
    pub fn bitmap_place(&self, block: u32) -> (u32, usize) {
        (self.0.bmapstart + block / BPB, (block % BPB) as usize)
    }
}

/// What is wrong with a superblock. `Display` says it in a sentence's tail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Not the magic number; what was there.
    Magic(u32),
    /// Inodes name blocks in a way that is not known; its number.
    Indirection(u32),
    /// As many data blocks as blocks, or more.
    DataBlocks {
        /// Data blocks.
        nblocks: u32,
        /// All blocks.
        size: u32,
    },
    /// Too few inodes, or more than a directory entry can name.
    Inodes(u32),
    /// A log too small for one operation.
    LogTooSmall(u32),
    /// A region that starts inside the one before it.
    Overlap {
        /// Which.
        region: &'static str,
        /// Its first block.
        start: u32,
        /// The first block it could have.
        at_least: u64,
    },
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::Magic(magic) => write!(f, "magic number is {magic:#010x}, not {MAGIC:#010x}"),
            Flaw::Indirection(word) => {
                write!(f, "inodes name their blocks in way {word}, not 0 or 1")
            }
            Flaw::DataBlocks { nblocks, size } => {
                write!(f, "{nblocks} data blocks do not fit in {size} blocks")
            }
            Flaw::Inodes(ninodes) => write!(f, "{ninodes} inodes are not between 2 and 65536"),
            Flaw::LogTooSmall(nlog) => {
                write!(
                    f,
                    "a log of {nlog} blocks is too small, {} is the least",
                    MAXOPBLOCKS + 1
                )
            }
            Flaw::Overlap {
                region,
                start,
                at_least,
            } => {
                write!(
                    f,
                    "{region} at block {start} overlap what ends before {at_least}"
                )
            }
        }
    }
}

/// The mounted disk's geometry: written once by `mount`, read without a lock.
/// All zeros, by which nothing is a data block or an inode, until then.
pub(crate) struct Mounted([AtomicU32; 8]);

impl Mounted {
    pub(crate) const fn new() -> Mounted {
        Mounted([const { AtomicU32::new(0) }; 8])
    }

    pub(crate) fn set(&self, geometry: &Geometry) {
        let s = &geometry.0;
        let words = [
            s.size,
            s.nblocks,
            s.ninodes,
            s.nlog,
            s.logstart,
            s.inodestart,
            s.bmapstart,
            s.indirection,
        ];
        for (cell, word) in self.0.iter().zip(words) {
            // Whoever uses the file system learns of its mount through some lock: that
            // orders these stores.
            cell.store(word, Ordering::Relaxed);
        }
    }

    pub(crate) fn load(&self) -> Geometry {
        let [
            size,
            nblocks,
            ninodes,
            nlog,
            logstart,
            inodestart,
            bmapstart,
            indirection,
        ] = [0, 1, 2, 3, 4, 5, 6, 7].map(|n: usize| self.0[n].load(Ordering::Relaxed));
        Geometry(Superblock {
            magic: MAGIC,
            size,
            nblocks,
            ninodes,
            nlog,
            logstart,
            inodestart,
            bmapstart,
            indirection,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    const CLASSIC: Superblock = Superblock {
        magic: MAGIC,
        size: 2000,
        nblocks: 1953,
        ninodes: 200,
        nlog: 31,
        logstart: 2,
        inodestart: 33,
        bmapstart: 46,
        indirection: 0,
    };

    #[test]
    fn the_classic_layout_is_sound() {
        let geometry = Geometry::check(&CLASSIC).unwrap();
        assert_eq!(geometry.data_start(), 47);
        assert!(geometry.is_data(1999) && !geometry.is_data(2000) && !geometry.is_data(46));
        assert!(geometry.is_home(33) && !geometry.is_home(32));
        assert_eq!(geometry.inode_place(199), (45, 7));
    }

    #[test]
    fn contradictions_are_named() {
        let check = |change: fn(&mut Superblock), words: &str| {
            let mut superblock = CLASSIC;
            change(&mut superblock);
            let flaw = Geometry::check(&superblock).unwrap_err();
            assert!(format!("{flaw}").contains(words), "{flaw} lacks {words:?}");
        };
        check(|s| s.magic = 7, "0x00000007");
        check(|s| s.indirection = 2, "way 2");
        check(|s| s.nblocks = 2000, "2000 data blocks");
        check(|s| s.nblocks = 1954, "data at block 46");
        check(|s| s.ninodes = 1, "1 inodes");
        check(|s| s.ninodes = 300, "bitmap at block 46");
        check(|s| s.nlog = 10, "log of 10");
        check(|s| s.nlog = u32::MAX, "inodes at block 33");
        check(|s| s.logstart = 1, "log at block 1");
    }
}
