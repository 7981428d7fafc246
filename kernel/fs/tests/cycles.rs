//! On a damaged disk directories may lie in each other. Who takes names away in both at once
//! must not wait in a circle.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod common;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use abi::disk::{BSIZE, Dirent};
use common::{SMALL, mounted};
use fs::Kind;

/// `/a` holds `b`, which is `/b`, and `/b` holds `a`, which is `/a`.
fn circle() -> Vec<u8> {
    let fs = mounted(SMALL.format().unwrap());
    let root = fs.root().unwrap();
    let inums = [b"a", b"b"].map(|name| {
        let op = fs.begin();
        fs.create(&op, &root, name, Kind::Dir).unwrap().inum() as u16
    });
    // Names to be turned round.
    for path in [b"a/b", b"b/a"] {
        let op = fs.begin();
        fs.create(&op, &root, path, Kind::File).unwrap();
    }
    drop(root);
    let mut bytes = fs.host().bytes();
    // Each directory's block; its third entry is that name.
    let data = 38;
    for (own, (other, name)) in [(1, "b"), (0, "a")].into_iter().enumerate() {
        let block = (data..data + 8)
            .find(|block| {
                let first: [u8; 16] = bytes[block * BSIZE..][..16].try_into().unwrap();
                let entry = Dirent::from_bytes(&first);
                entry.name() == b"." && entry.inum == inums[own]
            })
            .unwrap();
        let entry = Dirent::new(inums[other], name.as_bytes()).to_bytes();
        bytes[block * BSIZE + 32..][..16].copy_from_slice(&entry);
    }
    bytes
}

#[test]
fn names_are_taken_in_both_at_once() {
    let (done, wait) = mpsc::channel();
    thread::spawn(move || {
        let fs = mounted(circle());
        thread::scope(|scope| {
            for path in [b"/a/b", b"/b/a"] {
                let fs = &*fs;
                scope.spawn(move || {
                    for _ in 0..3000 {
                        let root = fs.root().unwrap();
                        let op = fs.begin();
                        // Neither is empty: refused each time.
                        assert_eq!(fs.unlink(&op, &root, path), Err(fs::Error::NotEmpty));
                    }
                });
            }
        });
        let _ = done.send(());
    });
    let outcome = wait.recv_timeout(Duration::from_secs(30));
    assert_eq!(outcome, Ok(()), "it hangs, or panics");
}
