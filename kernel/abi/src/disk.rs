//! The disk's format: where what lies, and how the records look as bytes.
//!
//! ```text
//! [ boot | super | log header, log … | inodes … | bitmap … | data … ]
//!   0      1       2                   33         46         47        classic layout
//! ```
//!
//! All numbers are little-endian. Source: xv6-riscv kernel/fs.h at 9dbd536. What xv6 has not is the
//! superblock's ninth word, [`Superblock::indirection`]: 0, as xv6's mkfs leaves it, means xv6's
//! own format.

pub use crate::indirection::{Indirection, Route, span};

/// Bytes of a block.
pub const BSIZE: usize = 1024;
/// One block's bytes.
pub type Block = [u8; BSIZE];
/// Bytes of the device's own sectors.
pub const SECTOR: usize = 512;
/// The block the superblock is in.
pub const SUPERBLOCK: u32 = 1;
/// Says that this is such a file system.
pub const MAGIC: u32 = 0x1020_3040;
/// Inode number of `/`.
pub const ROOTINO: u32 = 1;
/// Block numbers in an inode.
pub const NADDRS: usize = 13;
/// Blocks an inode of xv6's names itself.
pub const NDIRECT: usize = NADDRS - 1;
/// Blocks named by an indirect block.
pub const NINDIRECT: usize = BSIZE / 4;
/// Blocks of the largest file that xv6's own format has.
pub const MAXFILE: usize = Indirection::Single.max_blocks();
/// Bytes of an inode on the disk.
pub const DINODE_SIZE: usize = 64;
/// Inodes in a block.
pub const IPB: usize = BSIZE / DINODE_SIZE;
/// Bits in a bitmap block.
pub const BPB: u32 = (BSIZE * 8) as u32;
/// Bytes of a name in a directory; a name this long has no NUL.
pub const DIRSIZ: usize = 14;
/// Bytes of a directory entry.
pub const DIRENT_SIZE: usize = 16;

fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    u32::from_le_bytes([
        bytes[offset],
        bytes[offset + 1],
        bytes[offset + 2],
        bytes[offset + 3],
    ])
}

fn i16_at(bytes: &[u8], offset: usize) -> i16 {
    i16::from_le_bytes([bytes[offset], bytes[offset + 1]])
}

/// Where everything lies. Numbers are of blocks, except `magic` and `ninodes`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Superblock {
    /// [`MAGIC`].
    pub magic: u32,
    /// Size of the whole image.
    pub size: u32,
    /// Data blocks.
    pub nblocks: u32,
    /// Inodes, the unused inode 0 included.
    pub ninodes: u32,
    /// Log blocks, the header included.
    pub nlog: u32,
    /// The log's header block.
    pub logstart: u32,
    /// First block of inodes.
    pub inodestart: u32,
    /// First block of the bitmap.
    pub bmapstart: u32,
    /// How inodes name blocks: [`Indirection::word`].
    pub indirection: u32,
}

impl Superblock {
    /// Reads the record at the start of block [`SUPERBLOCK`]; checks nothing.
    pub fn from_block(block: &Block) -> Superblock {
        let word = |n: usize| u32_at(block, n * 4);
        Superblock {
            magic: word(0),
            size: word(1),
            nblocks: word(2),
            ninodes: word(3),
            nlog: word(4),
            logstart: word(5),
            inodestart: word(6),
            bmapstart: word(7),
            indirection: word(8),
        }
    }

    /// Writes the record at the start of `block`.
    pub fn write_to(&self, block: &mut Block) {
        let words = [
            self.magic,
            self.size,
            self.nblocks,
            self.ninodes,
            self.nlog,
            self.logstart,
            self.inodestart,
            self.bmapstart,
            self.indirection,
        ];
        for (n, word) in words.into_iter().enumerate() {
            block[n * 4..n * 4 + 4].copy_from_slice(&word.to_le_bytes());
        }
    }
}

/// An inode as it lies on the disk: 64 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dinode {
    /// 0 if free, else `T_DIR`, `T_FILE` or `T_DEVICE`.
    pub kind: i16,
    /// Major device number.
    pub major: i16,
    /// Minor device number.
    pub minor: i16,
    /// Names that lead here.
    pub nlink: i16,
    /// Length in bytes.
    pub size: u32,
    /// Blocks, 0 for none; what each is for [`Indirection`] tells.
    pub addrs: [u32; NADDRS],
}

impl Dinode {
    /// Reads the inode in slot `slot` (0 to [`IPB`] - 1) of an inode block.
    ///
    /// # Panics
    /// If `slot` is not below [`IPB`].
    pub fn from_block(block: &Block, slot: usize) -> Dinode {
        let bytes = &block[slot * DINODE_SIZE..(slot + 1) * DINODE_SIZE];
        Dinode {
            kind: i16_at(bytes, 0),
            major: i16_at(bytes, 2),
            minor: i16_at(bytes, 4),
            nlink: i16_at(bytes, 6),
            size: u32_at(bytes, 8),
            addrs: core::array::from_fn(|n| u32_at(bytes, 12 + n * 4)),
        }
    }

    /// Whether the inode in slot `slot` of an inode block is free.
    ///
    /// # Panics
    /// If `slot` is not below [`IPB`].
    pub fn is_free(block: &Block, slot: usize) -> bool {
        i16_at(&block[slot * DINODE_SIZE..], 0) == 0
    }

    /// Writes the inode into slot `slot` of an inode block.
    ///
    /// # Panics
    /// If `slot` is not below [`IPB`].
    pub fn write_to(&self, block: &mut Block, slot: usize) {
        let bytes = &mut block[slot * DINODE_SIZE..(slot + 1) * DINODE_SIZE];
        for (n, half) in [self.kind, self.major, self.minor, self.nlink]
            .into_iter()
            .enumerate()
        {
            bytes[n * 2..n * 2 + 2].copy_from_slice(&half.to_le_bytes());
        }
        bytes[8..12].copy_from_slice(&self.size.to_le_bytes());
        for (n, addr) in self.addrs.into_iter().enumerate() {
            bytes[12 + n * 4..16 + n * 4].copy_from_slice(&addr.to_le_bytes());
        }
    }
}

/// An entry of a directory: a name and the inode it leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dirent {
    /// Inode number; 0 marks a free entry.
    pub inum: u16,
    /// The name, filled up with NULs.
    pub name: [u8; DIRSIZ],
}

impl Dirent {
    /// An entry `name` (cut to [`DIRSIZ`] bytes) for inode `inum`.
    pub fn new(inum: u16, name: &[u8]) -> Dirent {
        let mut entry = Dirent {
            inum,
            name: [0; DIRSIZ],
        };
        let len = name.len().min(DIRSIZ);
        entry.name[..len].copy_from_slice(&name[..len]);
        entry
    }

    /// Whether `bytes` are an entry in use whose name is `name`, of 1 to [`DIRSIZ`] bytes and
    /// without a NUL.
    pub fn is_named(bytes: &[u8; DIRENT_SIZE], name: &[u8]) -> bool {
        let ([low, high], padded) = bytes.split_first_chunk().unwrap_or((&[0; 2], &[]));
        // Most differ in the first byte.
        padded.first() == name.first()
            && (*low, *high) != (0, 0)
            && padded.starts_with(name)
            && padded.get(name.len()).is_none_or(|&byte| byte == 0)
    }

    /// The name without its padding.
    pub fn name(&self) -> &[u8] {
        let len = self
            .name
            .iter()
            .position(|&byte| byte == 0)
            .unwrap_or(DIRSIZ);
        &self.name[..len]
    }

    /// Reads an entry from its 16 bytes.
    pub fn from_bytes(bytes: &[u8; DIRENT_SIZE]) -> Dirent {
        let mut name = [0; DIRSIZ];
        name.copy_from_slice(&bytes[2..]);
        Dirent {
            inum: u16::from_le_bytes([bytes[0], bytes[1]]),
            name,
        }
    }

    /// The entry as 16 bytes.
    pub fn to_bytes(&self) -> [u8; DIRENT_SIZE] {
        let mut bytes = [0; DIRENT_SIZE];
        bytes[..2].copy_from_slice(&self.inum.to_le_bytes());
        bytes[2..].copy_from_slice(&self.name);
        bytes
    }
}
