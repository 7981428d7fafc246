//! Many threads at once: nothing hangs, what each wrote is there, the disk is without
//! fault, and a power cut at any write still leaves whole transactions.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod common;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use abi::Error;
use common::{
    Process, Recorder, SMALL, assert_clean, contents, mounted_as, pattern, put, tree, write_at,
};
use fs::{FileSystem, Host, Kind, MAX_WRITE};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Fails if `work` takes longer than any machine needs for it: then it hangs.
fn within_a_minute(work: impl FnOnce() + Send + 'static) {
    let (done, wait) = mpsc::channel();
    let worker = thread::spawn(move || {
        work();
        let _ = done.send(());
    });
    match wait.recv_timeout(Duration::from_secs(60)) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("it hangs"),
        // A worker that panicked has hung up; joining says so.
        _ => worker.join().unwrap(),
    }
}

/// Writes a file of 20 kB in pieces, reads it back, gives it a second name, takes the first away,
/// then does it again in the same directory as all the others.
fn work<H: Host>(fs: &FileSystem<H>, who: u8) -> Result<(), Error> {
    let root = fs.root()?;
    for round in 0..4 {
        let seed = who * 16 + round;
        let (old, new) = (format!("old{who}"), format!("/new{who}"));
        let file = {
            let op = fs.begin();
            fs.create(&op, &root, old.as_bytes(), Kind::File)?
        };
        let bytes = pattern(seed, 20_000);
        for (n, piece) in bytes.chunks(MAX_WRITE).enumerate() {
            write_at(fs, &file, n * MAX_WRITE, piece)?;
        }
        assert_eq!(contents(&file)?, bytes);
        let op = fs.begin();
        if round > 0 {
            fs.unlink(&op, &root, new.as_bytes())?;
        }
        drop(op);
        let op = fs.begin();
        fs.link(&op, &root, old.as_bytes(), new.as_bytes())?;
        drop(op);
        let op = fs.begin();
        fs.unlink(&op, &root, old.as_bytes())?;
        drop(file);
        op.end()?;
    }
    Ok(())
}

#[test]
fn what_each_thread_wrote_is_there() {
    for is_hashed in [false, true] {
        each_thread_writes(is_hashed);
    }
}

fn each_thread_writes(is_hashed: bool) {
    within_a_minute(move || {
        let fs = mounted_as(SMALL.format().unwrap(), is_hashed);
        thread::scope(|scope| {
            for who in 0..8 {
                let fs = &*fs;
                scope.spawn(move || work(fs, who).unwrap());
            }
        });
        let tree = tree(&*fs);
        assert_eq!(tree.len(), 9);
        for who in 0..8 {
            assert_eq!(
                tree[&format!("/new{who}")].bytes,
                pattern(who * 16 + 3, 20_000)
            );
        }
        assert_clean(&fs.host().bytes());
        assert_eq!(fsimg::check(&fs.host().bytes()).notes, []);
    });
}

/// Threads that get into each other's way with random operations on the same few names.
#[test]
fn threads_in_each_others_way_leave_no_fault_at_any_write() {
    for is_hashed in [false, true] {
        threads_are_in_each_others_way(is_hashed);
    }
}

fn threads_are_in_each_others_way(is_hashed: bool) {
    within_a_minute(move || {
        let empty = SMALL.format().unwrap();
        let disk = Recorder {
            slow: true,
            ..Recorder::new(empty.clone(), usize::MAX)
        };
        let fs = Box::new(FileSystem::new(disk));
        if is_hashed {
            fs.hash_buffers();
        }
        fs.mount().unwrap();
        thread::scope(|scope| {
            for who in 0..6u8 {
                let fs = &*fs;
                scope.spawn(move || {
                    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[who; 32]);
                    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
                    let mut process = Process::new(fs);
                    for _ in 0..60 {
                        let operation =
                            common::operation().new_tree(&mut runner).unwrap().current();
                        let result = process.run(&operation, || ());
                        assert!(
                            !matches!(result, Err(Error::Corrupt { .. } | Error::Io)),
                            "{result:?}"
                        );
                    }
                    let _op = fs.begin();
                    drop(process);
                });
            }
        });
        assert_eq!(fsimg::check(&fs.host().disk.bytes()).notes, []);
        let writes = fs.host().writes.lock().unwrap();
        let mut image = empty;
        for write in writes.iter() {
            put(&mut image, write);
            assert_clean(&image);
        }
    });
}

/// More readers and writers than buffers: nobody fails for want of one.
#[test]
fn buffers_are_waited_for() {
    for is_hashed in [false, true] {
        readers_wait_for_buffers(is_hashed);
    }
}

fn readers_wait_for_buffers(is_hashed: bool) {
    within_a_minute(move || {
        let fs = mounted_as(SMALL.format().unwrap(), is_hashed);
        let root = fs.root().unwrap();
        let files: Vec<_> = (0..40u8)
            .map(|n| {
                let op = fs.begin();
                let path = format!("f{n}");
                let file = fs.create(&op, &root, path.as_bytes(), Kind::File).unwrap();
                drop(op);
                write_at(&fs, &file, 0, &pattern(n, 3000)).unwrap();
                file
            })
            .collect();
        thread::scope(|scope| {
            for (n, file) in (0..).zip(&files) {
                scope.spawn(move || {
                    for _ in 0..50 {
                        // A slow reader holds its buffer for a while.
                        let read = file.lock().unwrap().read(0, 3000, |_| {
                            thread::yield_now();
                            Ok(())
                        });
                        assert_eq!(read, Ok(3000));
                    }
                    assert_eq!(contents(file).unwrap(), pattern(n, 3000));
                });
            }
        });
    });
}

/// Who calls `sync` waits for what is under way, and finds on the disk what was over before; where
/// nothing is under way there is nothing to wait for.
#[test]
fn sync_waits_for_what_is_under_way() {
    within_a_minute(|| {
        let fs = mounted_as(SMALL.format().unwrap(), false);
        fs.sync().unwrap();
        let under_way = fs.begin();
        let op = fs.begin();
        let root = fs.root().unwrap();
        fs.create(&op, &root, b"over", Kind::File).unwrap();
        drop(op);
        let (done, wait) = mpsc::channel();
        thread::scope(|scope| {
            let fs = &*fs;
            scope.spawn(move || {
                fs.sync().unwrap();
                done.send(fs.host().bytes()).unwrap();
            });
            // It can only be seen to wait, not that it would go on.
            let early = wait.recv_timeout(Duration::from_millis(50));
            assert!(early.is_err(), "it did not wait");
            drop(under_way);
            let synced = wait.recv().unwrap();
            assert!(tree(&*mounted_as(synced, false)).contains_key("/over"));
        });
    });
}
