//! How a new image is laid out, and making an empty one.

use abi::disk::{
    BPB, BSIZE, Block, DIRENT_SIZE, Dinode, Dirent, IPB, Indirection, MAGIC, ROOTINO, SUPERBLOCK,
    Superblock,
};
use abi::file::T_DIR;
use abi::limits::LOGBLOCKS;
use fs::{Flaw, Geometry};

/// How many of each an image has, and how its inodes name blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Blocks of 1024 bytes, everything included.
    pub blocks: u32,
    /// Inodes, the unused inode 0 included.
    pub inodes: u32,
    /// How an inode names its blocks.
    pub indirection: Indirection,
}

impl Layout {
    /// xv6's own: 2000 blocks, 200 inodes.
    pub const CLASSIC: Layout = Layout {
        blocks: 2000,
        inodes: 200,
        indirection: Indirection::Single,
    };

    /// That of MIT's fs lab: 200,000 blocks, files of up to 65,803 of them.
    pub const BIG: Layout = Layout {
        blocks: 200_000,
        inodes: 200,
        indirection: Indirection::Double,
    };

    /// The superblock of this layout, as xv6's mkfs computes it.
    pub fn superblock(self) -> Superblock {
        let nlog = LOGBLOCKS as u32 + 1;
        let logstart = SUPERBLOCK + 1;
        let inodestart = logstart + nlog;
        let bmapstart = inodestart.saturating_add(self.inode_blocks());
        let nmeta = bmapstart.saturating_add(self.bitmap_blocks());
        Superblock {
            magic: MAGIC,
            size: self.blocks,
            nblocks: self.blocks.saturating_sub(nmeta),
            ninodes: self.inodes,
            nlog,
            logstart,
            inodestart,
            bmapstart,
            indirection: self.indirection.word(),
        }
    }

    /// Blocks of inodes: one more than needed when they fill theirs, as mkfs has it.
    pub fn inode_blocks(self) -> u32 {
        self.inodes / IPB as u32 + 1
    }

    /// Blocks of bitmap; one more than needed when they fill theirs.
    pub fn bitmap_blocks(self) -> u32 {
        self.blocks / BPB + 1
    }

    /// Blocks, a round number of them, that have room for `data` data blocks.
    pub(crate) fn blocks_for(self, data: u32) -> u32 {
        let mut blocks = data.next_multiple_of(1000);
        while (Layout { blocks, ..self }).superblock().nblocks < data {
            blocks += 1000;
        }
        blocks
    }

    /// An empty file system: a root directory and nothing in it.
    ///
    /// # Errors
    /// The [`Flaw`] such a layout would have.
    pub fn format(self) -> Result<Vec<u8>, Flaw> {
        let superblock = self.superblock();
        let geometry = Geometry::check(&superblock)?;
        let root_block = geometry.data_start();
        if superblock.nblocks == 0 {
            return Err(Flaw::DataBlocks {
                nblocks: 0,
                size: self.blocks,
            });
        }
        let mut bytes = vec![0; self.blocks as usize * BSIZE];
        let (blocks, _) = bytes.as_chunks_mut::<BSIZE>();
        superblock.write_to(&mut blocks[SUPERBLOCK as usize]);
        for used in 0..=root_block {
            let (bitmap, bit) = geometry.bitmap_place(used);
            blocks[bitmap as usize][bit / 8] |= 1 << (bit % 8);
        }
        let mut root = Dinode {
            kind: T_DIR,
            nlink: 1,
            size: BSIZE as u32,
            ..Dinode::default()
        };
        root.addrs[0] = root_block;
        let (block, slot) = geometry.inode_place(ROOTINO);
        root.write_to(&mut blocks[block as usize], slot);
        write_root(&mut blocks[root_block as usize]);
        Ok(bytes)
    }
}

/// The root's `.` and `..`; the rest of its first block are free entries.
fn write_root(block: &mut Block) {
    for (n, name) in [b".".as_slice(), b".."].into_iter().enumerate() {
        let entry = Dirent::new(ROOTINO as u16, name).to_bytes();
        block[n * DIRENT_SIZE..(n + 1) * DIRENT_SIZE].copy_from_slice(&entry);
    }
}
