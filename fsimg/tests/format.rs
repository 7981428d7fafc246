//! The image is, byte for byte, what xv6's mkfs would make of the same files: compared with
//! one written here by hand, field by field, without the library.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

use fsimg::{Layout, Source, build};

const BLOCK: usize = 1024;

/// An image under way: the next free block and inode are counted, nothing is ever freed.
struct Image {
    bytes: Vec<u8>,
    next_block: u32,
    next_inode: u32,
}

impl Image {
    fn put16(&mut self, at: usize, value: u16) {
        self.bytes[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }

    fn put32(&mut self, at: usize, value: u32) {
        self.bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    fn at32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.bytes[at..at + 4].try_into().unwrap())
    }

    /// The block number at byte `at`; a new block if there is none yet.
    fn block_at(&mut self, at: usize) -> usize {
        if self.at32(at) == 0 {
            self.put32(at, self.next_block);
            self.next_block += 1;
        }
        self.at32(at) as usize
    }

    fn ialloc(&mut self, kind: u16) -> u32 {
        let inum = self.next_inode;
        self.next_inode += 1;
        self.put16(inode_at(inum), kind);
        self.put16(inode_at(inum) + 6, 1);
        inum
    }

    fn append(&mut self, inum: u32, bytes: &[u8]) {
        for &byte in bytes {
            let size = self.at32(inode_at(inum) + 8) as usize;
            let addrs = inode_at(inum) + 12;
            let block = if size / BLOCK < 12 {
                self.block_at(addrs + size / BLOCK * 4)
            } else {
                let indirect = self.block_at(addrs + 48);
                self.block_at(indirect * BLOCK + (size / BLOCK - 12) * 4)
            };
            self.bytes[block * BLOCK + size % BLOCK] = byte;
            self.put32(inode_at(inum) + 8, size as u32 + 1);
        }
    }

    fn entry(&mut self, inum: u32, name: &str) {
        let mut entry = [0; 16];
        entry[..2].copy_from_slice(&(inum as u16).to_le_bytes());
        entry[2..2 + name.len()].copy_from_slice(name.as_bytes());
        self.append(1, &entry);
    }
}

fn inode_at(inum: u32) -> usize {
    33 * BLOCK + inum as usize * 64
}

fn by_hand(files: &[Source]) -> Vec<u8> {
    let mut image = Image {
        bytes: vec![0; 2000 * BLOCK],
        next_block: 47,
        next_inode: 1,
    };
    for (n, word) in [0x1020_3040, 2000, 1953, 200, 31, 2, 33, 46]
        .into_iter()
        .enumerate()
    {
        image.put32(BLOCK + n * 4, word);
    }
    let root = image.ialloc(1);
    image.entry(root, ".");
    image.entry(root, "..");
    for file in files {
        let inum = image.ialloc(2);
        image.entry(inum, &file.name);
        image.append(inum, &file.bytes);
    }
    // The root's size is rounded up to whole blocks.
    image.put32(inode_at(root) + 8, BLOCK as u32);
    for block in 0..image.next_block as usize {
        image.bytes[46 * BLOCK + block / 8] |= 1 << (block % 8);
    }
    image.bytes
}

#[test]
fn an_image_is_what_mkfs_makes() {
    let file = |name: &str, len: usize| Source {
        name: name.into(),
        bytes: (0..len).map(|n| (n % 251) as u8 + 1).collect(),
    };
    let files = [
        file("README", 2059),
        file("empty", 0),
        file("direct", 12 * BLOCK),
        file("indirect", 12 * BLOCK + 1),
        file("fourteen-bytes", 150_000),
    ];
    let built = build(Layout::CLASSIC, &files).unwrap();
    let expected = by_hand(&files);
    let differs = (0..2000).find(|n| built[n * BLOCK..][..BLOCK] != expected[n * BLOCK..][..BLOCK]);
    assert_eq!(differs, None, "block that differs");
    assert_eq!(built.len(), expected.len());
}
