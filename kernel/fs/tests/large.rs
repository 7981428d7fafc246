//! Files and disks so large that one transaction is not enough.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod common;

use abi::Error;
use abi::disk::{BSIZE, Dinode, Superblock};
use common::{Recorder, assert_clean, contents, create, fill, mounted, pattern, put, write_at};
use fs::{FileSystem, Kind, MAX_WRITE};
use fsimg::{Layout, Source};

/// MIT's: 65,803 blocks. It comes and goes in transactions that each fit the log.
#[test]
fn the_largest_file_with_doubly_indirect_blocks() {
    let layout = Layout {
        blocks: 68_000,
        ..Layout::BIG
    };
    let most = layout.indirection.max_blocks() * BSIZE;
    let fs = mounted(layout.format().unwrap());
    let file = create(&fs, "big", Kind::File).unwrap();
    fill(&fs, &file, most).unwrap();
    assert_eq!(write_at(&fs, &file, most, &[0]), Err(Error::FileTooLarge));
    assert!(contents(&file).unwrap() == pattern(1, most));
    let inum = file.inum();
    drop(file);
    let full = fs.into_host().into_bytes();
    assert_clean(&full);

    for is_cut in [true, false] {
        let fs = Box::new(FileSystem::new(Recorder::new(full.clone(), usize::MAX)));
        fs.mount().unwrap();
        let root = fs.root().unwrap();
        let file = fs.resolve(&root, b"big").unwrap();
        let mut n_operations = 0;
        let mut is_done = !is_cut;
        while !is_done {
            let op = fs.begin();
            is_done = file.lock().unwrap().truncate(&op).unwrap();
            n_operations += 1;
        }
        let op = fs.begin();
        fs.unlink(&op, &root, b"big").unwrap();
        drop(file);
        op.end().unwrap();
        assert!(!is_cut || n_operations > 1, "it takes more than one");
        let mut at = full.clone();
        for write in fs.host().writes.lock().unwrap().iter() {
            put(&mut at, write);
            if write.0 == 2 && write.1[0] != 0 {
                assert_clean(&at);
            }
        }
        let geometry = fsimg::geometry(&at).unwrap();
        let (block, slot) = geometry.inode_place(inum);
        let (blocks, _) = at.as_chunks::<BSIZE>();
        assert_eq!(Dinode::from_block(&blocks[block as usize], slot).kind, 0);
        assert_clean(&at);
    }
}

/// A disk with room under many bitmap blocks, a block under each: writing one more takes so many of
/// them that there is no room in the log for the last, where doubly indirect blocks begin.
#[test]
fn a_write_that_has_no_room_is_short_and_goes_on() {
    let len = 266 * BSIZE + 512;
    let layout = Layout {
        blocks: 160_000,
        ..Layout::BIG
    };
    let file = Source {
        name: "f".into(),
        bytes: pattern(1, len),
    };
    let mut image = fsimg::build(layout, &[file]).unwrap();
    let geometry = fsimg::geometry(&image).unwrap();
    for block in 0..layout.blocks {
        let (bitmap, bit) = geometry.bitmap_place(block);
        let byte = &mut image[bitmap as usize * BSIZE + bit / 8];
        *byte = match block % 8192 {
            100 if block > 8192 => *byte & !(1 << (bit % 8)),
            _ => *byte | 1 << (bit % 8),
        };
    }
    let fs = mounted(image);
    let file = fs.resolve(&fs.root().unwrap(), b"f").unwrap();
    let bytes = pattern(2, MAX_WRITE);
    let (mut at, mut n_operations) = (0, 0);
    while at < bytes.len() {
        let op = fs.begin();
        let mut rest = &bytes[at..];
        let written = file
            .lock()
            .unwrap()
            .write(&op, (len + at) as u32, rest.len(), |into| {
                let (here, after) = rest.split_at(into.len());
                into.copy_from_slice(here);
                rest = after;
                Ok(())
            });
        at += written.unwrap();
        n_operations += 1;
        op.end().unwrap();
    }
    assert_eq!(n_operations, 2);
    let again = mounted(fs.host().bytes());
    let file = again.resolve(&again.root().unwrap(), b"f").unwrap();
    let expected = [pattern(1, len), bytes].concat();
    assert!(contents(&file).unwrap() == expected);
}

/// A disk of many bitmap blocks, and a file with a block under each of them: too many for
/// one transaction to free.
#[test]
fn a_file_strewn_over_a_large_disk_is_freed_in_several_transactions() {
    let image = strewn(Layout {
        blocks: 160_000,
        inodes: 20,
        ..Layout::CLASSIC
    });
    for truncate in [false, true] {
        let recorder = Recorder::new(image.clone(), usize::MAX);
        let fs = Box::new(FileSystem::new(recorder));
        fs.mount().unwrap();
        let root = fs.root().unwrap();
        let file = fs.resolve(&root, b"f").unwrap();
        if truncate {
            let op = fs.begin();
            file.lock().unwrap().truncate(&op).unwrap();
            drop(op);
            assert_eq!(contents(&file).unwrap(), []);
        }
        let op = fs.begin();
        fs.unlink(&op, &root, b"f").unwrap();
        drop(file);
        op.end().unwrap();
        assert_eq!(fs.host().disk.take_messages(), []);

        // After each commit the disk is without fault; after the last one the file is gone.
        let mut at = image.clone();
        let mut commits = 0;
        for write in fs.host().writes.lock().unwrap().iter() {
            put(&mut at, write);
            if write.0 == 2 && write.1[0] != 0 {
                assert_clean(&at);
                commits += 1;
            }
        }
        assert!(commits > 1, "it takes several: {commits}");
        let report = fsimg::check(&at);
        assert_eq!((report.inodes, report.notes.len()), (1, 0));
        assert_clean(&at);
    }
}

fn strewn(layout: Layout) -> Vec<u8> {
    let fs = mounted(layout.format().unwrap());
    let file = create(&fs, "f", Kind::File).unwrap();
    fill(&fs, &file, 19 * BSIZE).unwrap();
    let mut image = fs.host().bytes();
    let geometry = fsimg::geometry(&image).unwrap();
    let superblock: Superblock = *geometry.superblock();
    // Moves block n of the file under bitmap block n.
    let (blocks, _) = image.as_chunks_mut::<BSIZE>();
    let (inode_block, slot) = geometry.inode_place(file.inum());
    let mut inode = Dinode::from_block(&blocks[inode_block as usize], slot);
    let indirect = inode.addrs[12] as usize;
    for n in 1..19u32 {
        let to = n * 8192 + 100;
        let entry = (n as usize).saturating_sub(12) * 4;
        let from = if n < 12 {
            std::mem::replace(&mut inode.addrs[n as usize], to)
        } else {
            let old = u32::from_le_bytes(blocks[indirect][entry..entry + 4].try_into().unwrap());
            blocks[indirect][entry..entry + 4].copy_from_slice(&to.to_le_bytes());
            old
        };
        for (block, set) in [(from, false), (to, true)] {
            let (bitmap, bit) = geometry.bitmap_place(block);
            let byte = &mut blocks[bitmap as usize][bit / 8];
            *byte = if set {
                *byte | 1 << (bit % 8)
            } else {
                *byte & !(1 << (bit % 8))
            };
        }
    }
    inode.write_to(&mut blocks[inode_block as usize], slot);
    assert_eq!(superblock.size, layout.blocks);
    assert_clean(&image);
    image
}
