//! `kalloctest`: the allocator under load, under the names of the MIT labs. What it counts shows
//! the difference between `kalloc=global` and `kalloc=percpu`.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::limits::PGSIZE;
use ulib::{Args, Region, println};
use user_tests::{Outcome, check, free_pages, spawn, wait_well};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    let tests: [fn() -> Outcome; 3] = [test1, test2, test3];
    for (n, test) in (1..).zip(tests) {
        println!("start test{n}");
        if let Err(user_tests::Complaint(words)) = test() {
            println!("test{n} FAIL: {words}");
            return 1;
        }
        println!("test{n} OK");
    }
    0
}

/// How often somebody tried a lock of allocator or cache in vain.
fn test_and_sets() -> Result<u32, user_tests::Complaint> {
    user_tests::test_and_sets(&user_tests::statistics()?)
}

/// Two processes take and give back pages.
fn test1() -> Outcome {
    let before = test_and_sets()?;
    for _ in 0..2 {
        spawn(|| {
            let mut memory = Region::new(0)?;
            for _ in 0..20_000 {
                memory.resize(PGSIZE)?;
                memory[PGSIZE - 1] = 1;
                memory.resize(0)?;
            }
            Ok(())
        })?;
    }
    wait_well(2)?;
    println!("test-and-sets: {}", test_and_sets()? - before);
    Ok(())
}

/// Whoever had it: all memory can be had by one, and comes back.
fn test2() -> Outcome {
    let n_free = free_pages()?;
    for _ in 0..2 {
        user_tests::in_child(|| {
            let mut memory = Region::new(0)?;
            let mut n_pages = 0;
            // As far as there are pages to touch: where memory comes late, nobody is refused.
            while free_pages()? > 1 && memory.resize((n_pages + 1) * PGSIZE).is_ok() {
                memory[n_pages * PGSIZE] = 1;
                n_pages += 1;
            }
            let left = free_pages()?;
            check(
                left <= 1 && n_pages > n_free - 200,
                "some memory could not be had",
            )
        })?;
        check(free_pages()? == n_free, "pages were lost")?;
    }
    Ok(())
}

/// Three at once, each moving a third of memory about.
fn test3() -> Outcome {
    let n_free = free_pages()?;
    let third = n_free / 3 - 100;
    for _ in 0..3 {
        spawn(|| {
            for _ in 0..2 {
                drop(Region::new(third)?);
            }
            Ok(())
        })?;
    }
    wait_well(3)?;
    check(free_pages()? == n_free, "pages were lost")
}
