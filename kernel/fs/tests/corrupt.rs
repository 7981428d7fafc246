//! A damaged disk gives errors: no bytes make the file system, or the checker, panic or
//! wait for ever.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod common;

use std::sync::{LazyLock, mpsc};
use std::thread;
use std::time::Duration;

use abi::disk::BSIZE;
use abi::disk::Dinode;
use common::{Operation, Process, SMALL, large, mounted, operation};
use fs::{FileSystem, Kind};
use fsimg::{Image, MemDisk};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// A change of an image.
#[derive(Clone, Debug)]
enum Damage {
    /// A 32-bit word, by its place among the words of the blocks in use, and what it becomes.
    Word { at: usize, value: u32 },
    /// 16 bytes: what a directory entry has.
    Entry {
        at: usize,
        inum: u16,
        name: &'static str,
    },
    /// A block of the image, over another one.
    Copy { from: usize, to: usize },
}

/// Numbers that pass for block numbers, inode numbers, sizes and kinds, and such as do not.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![
        0..80u32,
        0..700u32,
        any::<u32>(),
        Just(0x0001_0001),
        Just(u32::MAX),
        Just(268 * 1024),
        Just(65_803 * 1024),
    ]
}

/// A disk with a file that has doubly indirect blocks, and its inode's and indirect blocks.
static LARGE: LazyLock<(Vec<u8>, Vec<usize>)> = LazyLock::new(|| {
    let image = exercised(large());
    let (blocks, _) = image.as_chunks::<BSIZE>();
    let inode = Dinode::from_block(&blocks[33], 2);
    let [indirect, double] = [11, 12].map(|n| inode.addrs[n] as usize);
    let leaf = u32::from_le_bytes(blocks[double][..4].try_into().unwrap());
    assert!(leaf > 0, "the file has such blocks");
    (image, vec![33, indirect, double, leaf as usize])
});

/// The blocks that matter: superblock, log header, the inodes in use, the bitmap, the
/// directories; and some of the rest, the indirect blocks among it.
fn block() -> BoxedStrategy<usize> {
    prop_oneof![
        1 => Just(1usize),
        1 => Just(2),
        8 => Just(33),
        2 => Just(37),
        8 => 38..42usize,
        4 => 42..100usize,
    ]
    .boxed()
}

fn damage(block: BoxedStrategy<usize>) -> impl Strategy<Value = Damage> {
    let of = block.clone();
    let place = move |unit: usize| {
        // Low places are where records start and directories have their names.
        let within = prop_oneof![5 => 0..512 / unit, 1 => 0..BSIZE / unit];
        (of.clone(), within).prop_map(move |(block, n)| block * BSIZE + n * unit)
    };
    let name = prop::sample::select(vec!["a", "b", ".", "..", "a/b", "", "fourteen-bytes"]);
    prop_oneof![
        4 => (place(4), number()).prop_map(|(at, value)| Damage::Word { at, value }),
        3 => (place(16), 0..60u16, name).prop_map(|(at, inum, name)| Damage::Entry { at, inum, name }),
        1 => (block.clone(), block).prop_map(|(from, to)| Damage::Copy { from, to }),
    ]
}

fn apply(image: &mut [u8], damage: &Damage) {
    match *damage {
        Damage::Word { at, value } => image[at..at + 4].copy_from_slice(&value.to_le_bytes()),
        Damage::Entry { at, inum, name } => {
            let entry = abi::disk::Dirent::new(inum, name.as_bytes());
            image[at..at + 16].copy_from_slice(&entry.to_bytes());
        }
        Damage::Copy { from, to } => {
            image.copy_within(from * BSIZE..(from + 1) * BSIZE, to * BSIZE);
        }
    }
}

/// An image with a bit of everything, and a transaction in its log.
fn sound() -> Vec<u8> {
    exercised(SMALL.format().unwrap())
}

fn exercised(empty: Vec<u8>) -> Vec<u8> {
    let fs = mounted(empty);
    let mut process = Process::new(&*fs);
    let mut run = |operation| process.run(&operation, || ()).unwrap();
    for path in ["/a", "/a/b", "/b"] {
        run(Operation::Create(path.into(), Kind::Dir));
    }
    for path in ["/c", "/a/c", "/a/b/a"] {
        // It may be there.
        run(Operation::Create(path.into(), Kind::File));
        run(Operation::Write {
            path: path.into(),
            at: 1000,
            len: 15_000,
            seed: 9,
        });
    }
    run(Operation::Link("/c".into(), "/b/b".into()));
    run(Operation::Create(
        "/a/a".into(),
        Kind::Device { major: 1, minor: 1 },
    ));
    fs.host().bytes()
}

/// Uses an image as a process, the checker and the lister would.
fn exercise(image: Vec<u8>, operations: &[Operation]) {
    let before = fsimg::check(&image);
    if let Ok(image) = Image::open(image.clone()) {
        for line in image.list("/").unwrap_or_default() {
            let _ = image.read(&String::from_utf8_lossy(&line.path));
        }
    }
    let fs = Box::new(FileSystem::new(MemDisk::new(image)));
    if fs.mount().is_err() {
        assert!(
            !before.is_clean(),
            "what cannot be mounted is found fault with"
        );
        return;
    }
    if let Ok(root) = fs.root() {
        drop(root);
        let mut process = Process::new(&*fs);
        for operation in operations {
            let _ = process.run(operation, || ());
        }
        let _op = fs.begin();
        drop(process);
    }
    // Without damage before there is none after, and with it, no more than a report.
    let after = fsimg::check(&fs.host().bytes());
    assert!(!before.is_clean() || after.is_clean());
}

/// Runs each case on a thread of its own, so that one that waits for ever is noticed.
fn within_ten_seconds(work: impl FnOnce() + Send + 'static) -> Result<(), TestCaseError> {
    let (done, wait) = mpsc::channel();
    let worker = thread::spawn(move || {
        work();
        let _ = done.send(());
    });
    match wait.recv_timeout(Duration::from_secs(10)) {
        Ok(()) => Ok(()),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(TestCaseError::fail("it hangs")),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            let panic = worker.join().unwrap_err();
            let words = panic
                .downcast_ref::<String>()
                .map_or("it panics", String::as_str);
            Err(TestCaseError::fail(words.to_owned()))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_image_gives_errors(
        damages in prop::collection::vec(damage(block()), 1..8),
        operations in prop::collection::vec(operation(), 1..40),
    ) {
        let mut image = sound();
        damages.iter().for_each(|damage| apply(&mut image, damage));
        within_ten_seconds(move || exercise(image, &operations))?;
    }

    #[test]
    fn damaged_large_files_give_errors(
        damages in prop::collection::vec(damage(prop::sample::select(LARGE.1.clone()).boxed()), 1..8),
        operations in prop::collection::vec(operation(), 1..40),
    ) {
        let mut image = LARGE.0.clone();
        damages.iter().for_each(|damage| apply(&mut image, damage));
        within_ten_seconds(move || exercise(image, &operations))?;
    }

    #[test]
    fn any_bytes_can_be_checked(
        bytes in prop::collection::vec(any::<u8>(), 0..4000),
        len in 0..700_000usize,
    ) {
        fsimg::check(&bytes);
        let image = sound();
        fsimg::check(&image[..len.min(image.len())]);
    }
}

/// The damages of this test are damages: most single ones are found.
#[test]
fn damages_are_found() {
    let image = sound();
    assert!(fsimg::check(&image).is_clean());
    let mut runner = TestRunner::deterministic();
    let mut found = 0;
    for _ in 0..300 {
        let damage = damage(block()).new_tree(&mut runner).unwrap().current();
        let mut damaged = image.clone();
        apply(&mut damaged, &damage);
        found += usize::from(!fsimg::check(&damaged).is_clean());
    }
    assert!(found > 100, "only {found} of 300");
}
