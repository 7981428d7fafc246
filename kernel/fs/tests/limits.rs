//! At the limits: what is full says so, loses nothing, and goes on once there is room.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod common;

use abi::Error;
use abi::disk::{BSIZE, Dinode, MAXFILE};
use abi::limits::NINODE;
use common::{assert_clean, contents, create, fill, mounted, pattern, tree, write_at};
use fs::{FileSystem, Geometry, Kind, MAX_WRITE, Message};
use fsimg::{Layout, MemDisk};

const TINY: Layout = Layout {
    blocks: 100,
    inodes: 20,
    ..Layout::CLASSIC
};

fn unlink(fs: &FileSystem<MemDisk>, path: &str) -> Result<(), Error> {
    let op = fs.begin();
    fs.unlink(&op, &fs.root()?, path.as_bytes())
}

fn link(fs: &FileSystem<MemDisk>, old: &str, new: &str) -> Result<(), Error> {
    let op = fs.begin();
    fs.link(&op, &fs.root()?, old.as_bytes(), new.as_bytes())
}

fn clean(fs: &FileSystem<MemDisk>) {
    assert_clean(&fs.host().bytes());
}

#[test]
fn the_largest_file_has_268_blocks() {
    let fs = mounted(Layout::CLASSIC.format().unwrap());
    let file = create(&fs, "big", Kind::File).unwrap();
    fill(&fs, &file, MAXFILE * BSIZE).unwrap();
    assert_eq!(contents(&file).unwrap(), pattern(1, MAXFILE * BSIZE));
    assert_eq!(
        write_at(&fs, &file, MAXFILE * BSIZE, &[0]),
        Err(Error::FileTooLarge)
    );
    assert_eq!(write_at(&fs, &file, MAXFILE * BSIZE - 1, &[7]), Ok(()));
    let beyond = (MAXFILE * BSIZE + 1) as u32;
    assert_eq!(file.lock().unwrap().read(beyond, 1, |_| Ok(())), Ok(0));
    assert_eq!(
        file.lock().unwrap().read(u32::MAX, usize::MAX, |_| Ok(())),
        Ok(0)
    );
    clean(&fs);
    {
        let op = fs.begin();
        file.lock().unwrap().truncate(&op).unwrap();
    }
    assert_eq!(
        write_at(&fs, &file, 1, &[0]),
        Err(Error::FileTooLarge),
        "past the end"
    );
    clean(&fs);
}

#[test]
fn a_full_disk_says_so_and_goes_on_once_there_is_room() {
    let fs = mounted(TINY.format().unwrap());
    let file = create(&fs, "big", Kind::File).unwrap();
    assert_eq!(fill(&fs, &file, MAXFILE * BSIZE), Err(Error::NoSpace));
    assert!(fs.host().take_messages().contains(&Message::OutOfBlocks));
    clean(&fs);
    assert_eq!(create(&fs, "dir", Kind::Dir).map(drop), Err(Error::NoSpace));
    clean(&fs);
    // Entries of the root until its block is full: then the next one lacks a block.
    for n in 0..61 {
        link(&fs, "big", &format!("l{n}")).unwrap();
    }
    assert_eq!(link(&fs, "big", "one-more"), Err(Error::NoSpace));
    assert_eq!(
        create(&fs, "one-more", Kind::File).map(drop),
        Err(Error::NoSpace)
    );
    assert_eq!(tree(&*fs)["/big"].nlink, 62);
    clean(&fs);
    for n in 0..61 {
        unlink(&fs, &format!("l{n}")).unwrap();
    }
    {
        let op = fs.begin();
        file.lock().unwrap().truncate(&op).unwrap();
    }
    create(&fs, "dir", Kind::Dir).unwrap();
    clean(&fs);
}

#[test]
fn inodes_run_out_and_come_back() {
    let fs = mounted(TINY.format().unwrap());
    // 20, less inode 0 and the root.
    for n in 0..18 {
        create(&fs, &format!("f{n}"), Kind::File).unwrap();
    }
    assert_eq!(
        create(&fs, "more", Kind::File).map(drop),
        Err(Error::NoSpace)
    );
    assert_eq!(fs.host().take_messages(), [Message::NoInodes]);
    unlink(&fs, "f7").unwrap();
    create(&fs, "more", Kind::Dir).unwrap();
    clean(&fs);
}

#[test]
fn an_unlinked_file_lives_until_its_last_reference_goes() {
    let fs = mounted(TINY.format().unwrap());
    let file = create(&fs, "f", Kind::File).unwrap();
    fill(&fs, &file, 5000).unwrap();
    unlink(&fs, "f").unwrap();
    assert_eq!(contents(&file).unwrap(), pattern(1, 5000));
    assert_eq!(
        fsimg::check(&fs.host().bytes()).notes.len(),
        1,
        "an orphan, should the power fail"
    );

    // The power fails: the next mount frees it.
    let again = mounted(fs.host().bytes());
    assert_eq!(
        again.host().take_messages(),
        [Message::Orphaned { inum: file.inum() }]
    );
    assert_eq!(fsimg::check(&again.host().bytes()).inodes, 1);

    // It does not fail: it goes with the reference.
    let second = file.clone();
    drop(file);
    fs.begin().end().unwrap();
    assert_eq!(contents(&second).unwrap(), pattern(1, 5000));
    drop(second);
    fs.begin().end().unwrap();
    let report = fsimg::check(&fs.host().bytes());
    assert_eq!(
        (report.inodes, report.notes.len(), report.findings.len()),
        (1, 0, 0)
    );
}

#[test]
fn the_inode_table_fills_and_empties() {
    let fs = mounted(Layout::CLASSIC.format().unwrap());
    let root = fs.root().unwrap();
    let mut held: Vec<_> = Vec::new();
    for n in 0..NINODE - 1 {
        held.push(create(&fs, &format!("f{n}"), Kind::File).unwrap());
    }
    assert_eq!(
        create(&fs, "more", Kind::File).map(drop),
        Err(Error::TableFull)
    );
    assert_eq!(
        fs.resolve(&root, b"f3").map(|inode| inode.inum()),
        Ok(held[3].inum())
    );
    drop(held);
    create(&fs, "more", Kind::File).unwrap();
    assert_eq!(fsimg::check(&fs.host().bytes()).notes, []);
    clean(&fs);
}

#[test]
fn names_are_counted_up_to_32767() {
    let fs = mounted(TINY.format().unwrap());
    let file = create(&fs, "f", Kind::File).unwrap();
    let mut bytes = fs.host().bytes();
    let geometry = fsimg::geometry(&bytes).unwrap();
    // The model of a file with that many names would take a directory larger than a file.
    change_inode(&mut bytes, &geometry, file.inum(), |inode| {
        inode.nlink = 32766
    });
    let fs = mounted(bytes);
    link(&fs, "f", "last").unwrap();
    assert_eq!(link(&fs, "f", "too-many"), Err(Error::NoSpace));
    assert_eq!(tree(&*fs)["/f"].nlink, 32767);
}

/// Each directory in it is a name of a directory, by its `..`.
#[test]
fn directories_in_a_directory_are_counted_up_to_32766() {
    let fs = mounted(TINY.format().unwrap());
    let mut bytes = fs.host().bytes();
    let geometry = fsimg::geometry(&bytes).unwrap();
    change_inode(&mut bytes, &geometry, fs.root().unwrap().inum(), |inode| {
        inode.nlink = 32766
    });
    let fs = mounted(bytes);
    create(&fs, "last", Kind::Dir).unwrap();
    assert_eq!(
        create(&fs, "too-many", Kind::Dir).map(drop),
        Err(Error::NoSpace)
    );
    create(&fs, "file", Kind::File).unwrap();
    assert_eq!(tree(&*fs)["/"].nlink, 32767);
    unlink(&fs, "last").unwrap();
    create(&fs, "again", Kind::Dir).unwrap();
}

fn change_inode(image: &mut [u8], geometry: &Geometry, inum: u32, change: impl Fn(&mut Dinode)) {
    let (block, slot) = geometry.inode_place(inum);
    let (blocks, _) = image.as_chunks_mut::<BSIZE>();
    let mut inode = Dinode::from_block(&blocks[block as usize], slot);
    change(&mut inode);
    inode.write_to(&mut blocks[block as usize], slot);
}

#[test]
fn nothing_is_made_in_a_directory_that_is_gone() {
    let fs = mounted(TINY.format().unwrap());
    let outer = create(&fs, "a", Kind::Dir).unwrap();
    let cwd = create(&fs, "a/b", Kind::Dir).unwrap();
    create(&fs, "f", Kind::File).unwrap();
    assert_eq!(unlink(&fs, "a"), Err(Error::NotEmpty));
    unlink(&fs, "a/b").unwrap();
    drop(outer);
    unlink(&fs, "a").unwrap();
    {
        let op = fs.begin();
        assert_eq!(
            fs.create(&op, &cwd, b"c", Kind::File).map(drop),
            Err(Error::NotFound)
        );
        assert_eq!(
            fs.create(&op, &cwd, b"../c", Kind::File).map(drop),
            Err(Error::NotFound)
        );
        assert_eq!(fs.link(&op, &cwd, b"/f", b"g"), Err(Error::NotFound));
        assert_eq!(fs.resolve(&cwd, b"..").map(drop), Err(Error::NotFound));
        assert!(fs.resolve(&cwd, b"").is_ok_and(|inode| inode.is_same(&cwd)));
        drop(cwd);
    }
    assert_eq!(tree(&*fs).len(), 2);
    clean(&fs);
}

#[test]
fn a_source_that_fails_half_way_leaves_what_it_gave() {
    let fs = mounted(TINY.format().unwrap());
    let file = create(&fs, "f", Kind::File).unwrap();
    write_at(&fs, &file, 0, &[b'x'; 3000]).unwrap();
    let op = fs.begin();
    let mut pieces = 0;
    let result = file.lock().unwrap().write(&op, 100, MAX_WRITE, |into| {
        pieces += 1;
        let n = if pieces == 2 { 10 } else { into.len() };
        into[..n].fill(b'y');
        if pieces == 2 {
            Err(Error::BadAddress)
        } else {
            Ok(())
        }
    });
    assert_eq!(result, Err(Error::BadAddress));
    op.end().unwrap();
    let again = mounted(fs.host().bytes());
    let bytes = &tree(&*again)["/f"].bytes;
    assert_eq!(bytes.len(), 3000);
    let expected = |n: usize| if (100..1034).contains(&n) { b'y' } else { b'x' };
    assert!(
        bytes
            .iter()
            .enumerate()
            .all(|(n, &byte)| byte == expected(n))
    );
    clean(&fs);
}

/// Reading more than the cache holds, in the middle of an operation, drives out nothing that
/// is not on the disk yet.
#[test]
fn what_is_logged_stays_in_memory() {
    let fs = mounted(Layout::CLASSIC.format().unwrap());
    let big = create(&fs, "big", Kind::File).unwrap();
    fill(&fs, &big, 60 * BSIZE).unwrap();
    let file = create(&fs, "f", Kind::File).unwrap();
    let op = fs.begin();
    let wrote = file.lock().unwrap().write(&op, 0, 2000, |into| {
        into.fill(b'x');
        Ok(())
    });
    assert_eq!(wrote, Ok(2000));
    assert_eq!(contents(&big).unwrap(), pattern(1, 60 * BSIZE));
    op.end().unwrap();
    let again = mounted(fs.host().bytes());
    assert_eq!(tree(&*again)["/f"].bytes, [b'x'; 2000]);
    clean(&fs);
}
