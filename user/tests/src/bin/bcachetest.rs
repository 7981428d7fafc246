//! `bcachetest`: the buffer cache under load, under the names of the MIT labs.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, println};
use user_tests::{Outcome, check, create, length_of_all, numbered, open, spawn, unlink, wait_well};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    let tests: [fn() -> Outcome; 3] = [test0, test1, test2];
    for (n, test) in tests.into_iter().enumerate() {
        println!("start test{n}");
        if let Err(user_tests::Complaint(words)) = test() {
            println!("test{n}: FAIL: {words}");
            return 1;
        }
        println!("test{n}: OK");
    }
    0
}

/// Each process reads a file of its own, all of which fit the cache.
fn test0() -> Outcome {
    readers(3, 3, 40)
}

/// Files that are larger than the cache.
fn test1() -> Outcome {
    readers(3, 15, 4)
}

fn readers(n_files: usize, n_blocks: usize, n_times: usize) -> Outcome {
    let block = [b'b'; 1024];
    for n in 0..n_files {
        let file = create(&numbered("bc", n))?;
        for _ in 0..n_blocks {
            file.write_all(&block)?;
        }
    }
    for n in 0..n_files {
        spawn(|| {
            for _ in 0..n_times {
                let len = length_of_all(&open(&numbered("bc", n))?, b'b')?;
                check(len == n_blocks * 1024, "a file is too short")?;
            }
            Ok(())
        })?;
    }
    wait_well(n_files)?;
    (0..n_files).try_for_each(|n| unlink(&numbered("bc", n)))
}

/// Files are made, read and unlinked at the same time.
fn test2() -> Outcome {
    for n in 0..3_usize {
        spawn(|| {
            for _ in 0..10 {
                let name = numbered("bd", n);
                create(&name)?.write_all(&[n as u8; 600])?;
                let len = length_of_all(&open(&name)?, n as u8)?;
                check(len == 600, "a file is too short")?;
                unlink(&name)?;
            }
            Ok(())
        })?;
    }
    wait_well(3)
}
