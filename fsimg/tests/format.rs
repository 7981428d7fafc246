//! The image is, byte for byte, what xv6's mkfs would make of the same files: compared with
//! one written here by hand, field by field, without the library.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

use abi::disk::Indirection;
use fsimg::{Layout, Source, build};

const BLOCK: usize = 1024;

/// An image under way: the next free block and inode are counted, nothing is ever freed.
struct Image {
    bytes: Vec<u8>,
    next_block: u32,
    next_inode: u32,
    is_lab: bool,
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

    /// Where the block number of an inode's block `n` stands in an image of xv6's.
    fn place(&mut self, inum: u32, n: usize) -> usize {
        let addrs = inode_at(inum) + 12;
        match n {
            0..12 => addrs + n * 4,
            _ => self.block_at(addrs + 48) * BLOCK + (n - 12) * 4,
        }
    }

    /// And in one of the fs lab's.
    fn place_in_lab(&mut self, inum: u32, n: usize) -> usize {
        let addrs = inode_at(inum) + 12;
        match n {
            0..11 => addrs + n * 4,
            11..267 => self.block_at(addrs + 44) * BLOCK + (n - 11) * 4,
            _ => {
                let n = n - 267;
                let double = self.block_at(addrs + 48);
                self.block_at(double * BLOCK + n / 256 * 4) * BLOCK + n % 256 * 4
            }
        }
    }

    fn append(&mut self, inum: u32, bytes: &[u8]) {
        for &byte in bytes {
            let size = self.at32(inode_at(inum) + 8) as usize;
            let place = if self.is_lab {
                self.place_in_lab(inum, size / BLOCK)
            } else {
                self.place(inum, size / BLOCK)
            };
            let block = self.block_at(place);
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

fn by_hand(files: &[Source], is_lab: bool) -> Vec<u8> {
    let mut image = Image {
        bytes: vec![0; 2000 * BLOCK],
        next_block: 47,
        next_inode: 1,
        is_lab,
    };
    // The ninth is not xv6's.
    for (n, word) in [
        0x1020_3040,
        2000,
        1953,
        200,
        31,
        2,
        33,
        46,
        u32::from(is_lab),
    ]
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

fn file(name: &str, len: usize) -> Source {
    Source {
        name: name.into(),
        bytes: (0..len).map(|n| (n % 251) as u8 + 1).collect(),
    }
}

#[track_caller]
fn is_by_hand(layout: Layout, files: &[Source]) {
    let built = build(layout, files).unwrap();
    let expected = by_hand(files, layout.indirection == Indirection::Double);
    let differs = (0..2000).find(|n| built[n * BLOCK..][..BLOCK] != expected[n * BLOCK..][..BLOCK]);
    assert_eq!(differs, None, "block that differs");
    assert_eq!(built.len(), expected.len());
}

#[test]
fn an_image_is_what_mkfs_makes() {
    let files = [
        file("README", 2059),
        file("empty", 0),
        file("direct", 12 * BLOCK),
        file("indirect", 12 * BLOCK + 1),
        file("fourteen-bytes", 150_000),
    ];
    is_by_hand(Layout::CLASSIC, &files);
}

#[test]
fn an_image_of_the_fs_lab_is_what_its_mkfs_makes() {
    let files = [
        file("direct", 11 * BLOCK),
        file("indirect", 11 * BLOCK + 1),
        file("one-indirect", 267 * BLOCK),
        file("doubly", 267 * BLOCK + 1),
        file("two-leaves", (267 + 256) * BLOCK + 1),
    ];
    let layout = Layout {
        blocks: 2000,
        ..Layout::BIG
    };
    is_by_hand(layout, &files);
}
