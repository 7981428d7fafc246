//! `bcachetest`: the buffer cache under load, under the names of the MIT labs. What it counts shows
//! the difference between `bcache=global` and `bcache=hashed`.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, print, println, show};
use user_tests::{
    Outcome, Test, check, create, length_of_all, numbered, open, spawn, statistics, test_and_sets,
    unlink, wait_well,
};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    println!("start test0");
    let mut is_well = report("test0:", test0());
    let others: [(&str, Test); 3] = [("test1", test1), ("test2", test2), ("test3", test3)];
    for (name, test) in others {
        println!("start {name}");
        is_well &= report(name, test());
    }
    i32::from(!is_well)
}

/// Says how a test ended; whether well.
fn report(name: &str, outcome: Outcome) -> bool {
    match outcome {
        Ok(()) => println!("{name} OK"),
        Err(user_tests::Complaint(words)) => println!("{name} FAIL: {words}"),
    }
    outcome.is_ok()
}

/// Each process reads a file of its own, all of which fit the cache. The lab has it count how often
/// locks were not free; here that is shown, and with one lock is no fault.
fn test0() -> Outcome {
    let before = test_and_sets(&statistics()?)?;
    readers(3, 3, 200)?;
    let after = statistics()?;
    println!("test0 results:");
    print!("{}", show(&after));
    println!("test-and-sets: {}", test_and_sets(&after)? - before);
    Ok(())
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

/// Many read the same file, and somebody writes others meanwhile: whatever is driven out of the
/// cache comes back as it was.
fn test3() -> Outcome {
    let shared = create(c"bshared")?;
    for _ in 0..20 {
        shared.write_all(&[b's'; 1024])?;
    }
    drop(shared);
    for _ in 0..4 {
        spawn(|| {
            for _ in 0..5 {
                let len = length_of_all(&open(c"bshared")?, b's')?;
                check(len == 20 * 1024, "a file is too short")?;
            }
            Ok(())
        })?;
    }
    for n in 0..10 {
        let file = create(&numbered("be", n))?;
        for _ in 0..5 {
            file.write_all(&[n as u8; 1000])?;
        }
    }
    wait_well(4)?;
    for n in 0..10 {
        let len = length_of_all(&open(&numbered("be", n))?, n as u8)?;
        check(len == 5000, "a file is too short")?;
        unlink(&numbered("be", n))?;
    }
    unlink(c"bshared")
}
