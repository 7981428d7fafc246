//! The checker finds each kind of fault, and says where it is.
//!
//! The image has: root (inode 1, block 47) with `f` (inode 2, blocks 48, 49), `d` (inode 3,
//! block 50) and in it `g` (inode 4, block 51).

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

use abi::disk::{BSIZE, Dinode, Dirent};
use fsimg::{Layout, Source, build, check};

fn image() -> Vec<u8> {
    let source = |name: &str, len| Source {
        name: name.into(),
        bytes: vec![b'x'; len],
    };
    build(Layout::CLASSIC, &[source("f", 2000), source("d/g", 100)]).unwrap()
}

fn word(image: &mut [u8], block: usize, n: usize, value: u32) {
    image[block * BSIZE + n * 4..][..4].copy_from_slice(&value.to_le_bytes());
}

fn inode(image: &mut [u8], inum: usize, change: impl Fn(&mut Dinode)) {
    let (blocks, _) = image.as_chunks_mut::<BSIZE>();
    let mut inode = Dinode::from_block(&blocks[33], inum);
    change(&mut inode);
    inode.write_to(&mut blocks[33], inum);
}

fn entry(image: &mut [u8], block: usize, n: usize, inum: u16, name: &str) {
    let entry = Dirent::new(inum, name.as_bytes()).to_bytes();
    image[block * BSIZE + n * 16..][..16].copy_from_slice(&entry);
}

fn bit(image: &mut [u8], block: usize) {
    image[46 * BSIZE + block / 8] ^= 1 << (block % 8);
}

/// Changes a sound image and compares what is found, line by line.
#[track_caller]
fn finds(change: impl Fn(&mut Vec<u8>), expected: &[&str]) {
    let mut image = image();
    change(&mut image);
    let report = check(&image);
    let lines: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!(lines, expected);
}

#[test]
fn a_sound_image_is_clean() {
    finds(|_| (), &[]);
    assert_eq!(check(&image()).inodes, 4);
    assert_eq!(check(&image()).notes, []);
}

#[test]
fn the_image_as_a_whole() {
    finds(
        |i| i.clear(),
        &["0 bytes are too few for a file system, which has its superblock at byte 1024"],
    );
    finds(
        |i| i.truncate(500 * BSIZE + 3),
        &["the image ends in block 500, the superblock (block 1) says 2000 blocks"],
    );
    finds(
        |i| word(i, 1, 0, 0x464c_457f),
        &["superblock (block 1): magic number is 0x464c457f, not 0x10203040"],
    );
    finds(
        |i| word(i, 1, 7, 40),
        &["superblock (block 1): bitmap at block 40 overlap what ends before 46"],
    );
}

#[test]
fn the_log() {
    finds(
        |i| word(i, 2, 0, 31),
        &["block 2: the log's header claims 31 blocks, more than the log has"],
    );
    let log_home = |i: &mut Vec<u8>| {
        word(i, 2, 0, 1);
        word(i, 2, 1, 5);
    };
    finds(
        log_home,
        &["block 2: the log's header names block 5, which no transaction changes"],
    );
}

#[test]
fn a_committed_transaction_is_checked_as_if_installed() {
    let mut image = image();
    // The transaction makes the bitmap all free.
    word(&mut image, 2, 0, 1);
    word(&mut image, 2, 1, 46);
    let report = check(&image);
    assert_eq!(report.notes.len(), 1);
    assert_eq!(
        report.findings[0].to_string(),
        "block 0: no data block, yet marked free (bitmap block 46)"
    );
    assert_eq!(report.findings.len(), 52);
}

#[test]
fn inodes() {
    let lost =
        |block| format!("block {block}: marked in use (bitmap block 46), belongs to no inode");
    finds(
        |i| inode(i, 2, |n| n.kind = 9),
        &["inode 2 (block 33): type 9 is none"],
    );
    finds(
        |i| inode(i, 2, |n| n.size = 3000),
        &["inode 2 (block 33): lacks its block 2, which is below its size"],
    );
    finds(
        |i| inode(i, 2, |n| n.addrs[1] = 2000),
        &[
            "inode 2 (block 33): names block 2000, which is no data block",
            &lost(49),
        ],
    );
    finds(
        |i| inode(i, 2, |n| n.addrs[1] = 51),
        &["inode 4: block 51 belongs to inode 2 already", &lost(49)],
    );
    finds(
        |i| inode(i, 2, |n| n.kind = 0),
        &[
            &lost(48),
            &lost(49),
            "inode 1 (block 47): entry \"f\" leads to inode 2, which is not in use",
        ],
    );
    finds(
        |i| inode(i, 2, |n| n.nlink = 2),
        &["inode 2 (block 33): link count 2, yet 1 names lead to it"],
    );
    finds(
        |i| inode(i, 3, |n| n.nlink = 2),
        &["inode 3 (block 33): link count 2, yet 1 names lead to it"],
    );
    finds(
        |i| inode(i, 3, |n| n.size = 50),
        &["inode 3 (block 33): a directory of size 50, no multiple of 16"],
    );
}

#[test]
fn the_bitmap() {
    finds(
        |i| bit(i, 48),
        &["inode 2: block 48 is marked free (bitmap block 46)"],
    );
    finds(
        |i| bit(i, 1000),
        &["block 1000: marked in use (bitmap block 46), belongs to no inode"],
    );
    finds(
        |i| bit(i, 3),
        &["block 3: no data block, yet marked free (bitmap block 46)"],
    );
}

#[test]
fn directories() {
    finds(
        |i| entry(i, 50, 1, 2, ".."),
        &["inode 3: `..` leads to inode 2 instead of 1"],
    );
    finds(
        |i| entry(i, 50, 0, 0, ""),
        &["inode 3: a directory without `.`, which should lead to inode 3"],
    );
    finds(
        |i| entry(i, 47, 5, 2, "f"),
        &[
            "inode 1 (block 47): the name \"f\" is there twice",
            "inode 2 (block 33): link count 1, yet 2 names lead to it",
        ],
    );
    finds(
        |i| entry(i, 47, 2, 2, "a/b"),
        &["inode 1 (block 47): entry for inode 2 has the impossible name \"a/b\""],
    );
    finds(
        |i| entry(i, 47, 5, 3, "e"),
        &["inode 1 (block 47): entry \"e\" is a second name of directory inode 3"],
    );
    finds(
        |i| entry(i, 47, 5, 300, "\u{1b}[2J"),
        &["inode 1 (block 47): entry \"\\x1b[2J\" leads to inode 300, which is not in use"],
    );
    finds(
        |i| entry(i, 50, 2, 0, ""),
        &["inode 4 (block 33): in use, yet no path leads to it"],
    );
    finds(
        |i| inode(i, 1, |n| n.kind = 2),
        &["inode 1 (block 33): the root, yet no directory"],
    );
}

#[test]
fn an_orphan_is_a_note() {
    let mut image = image();
    entry(&mut image, 50, 2, 0, "");
    inode(&mut image, 4, |n| n.nlink = 0);
    let report = check(&image);
    assert!(report.is_clean());
    assert_eq!(
        report.notes[0].to_string(),
        "inode 4: no names, to be freed at the next mount"
    );
}
