//! `lazytests`: memory that comes when it is touched, under the names of the MIT labs.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::limits::PGSIZE;
use ulib::{Args, Region, println, sys};
use user_tests::{Outcome, check, status_of};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    println!("lazytests starting");
    let tests: [(&str, user_tests::Test); 3] = [
        ("lazy alloc", sparse),
        ("lazy unmap", unmap),
        ("out of memory", oom),
    ];
    for (name, test) in tests {
        println!("running test {name}");
        match test() {
            Ok(()) => println!("test {name}: OK"),
            Err(user_tests::Complaint(words)) => {
                println!("test {name}: FAILED: {words}");
                return 1;
            }
        }
    }
    println!("ALL TESTS PASSED");
    0
}

const GIB: usize = 1 << 30;
const STEP: usize = 64 * PGSIZE;

fn sparse() -> Outcome {
    let mut memory = Region::lazy(GIB / PGSIZE)?;
    for n in (PGSIZE..GIB).step_by(STEP) {
        memory[n] = (n / STEP) as u8;
    }
    let is_there = |n: usize| memory[n] == (n / STEP) as u8;
    check(
        (PGSIZE..GIB).step_by(STEP).all(is_there),
        "it is not what was written",
    )
}

fn unmap() -> Outcome {
    for n in (0..GIB).step_by(1 << 26) {
        let status = status_of(|| {
            let mut memory = Region::lazy(GIB / PGSIZE)?;
            memory[n] = 1;
            let start = memory.as_ptr().addr();
            memory.resize(0)?;
            sys::poke_and_exit(start + n)
        })?;
        check(status == -1, "it can be written after it was given back")?;
    }
    Ok(())
}

/// Who touches more than there is dies.
fn oom() -> Outcome {
    let status = status_of(|| {
        let mut memory = Region::lazy(GIB / PGSIZE)?;
        memory.iter_mut().step_by(PGSIZE).for_each(|byte| *byte = 1);
        Ok(())
    })?;
    check(status == -1, "there was more memory than there is")
}
