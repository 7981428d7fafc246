//! `bigfile`: writes a file as large as the disk's format lets it be, and reads it back, under
//! the lines of MIT's fs lab: 65,803 blocks with a doubly indirect one, and 268 without.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, print, println};
use user_tests::{Complaint, Outcome, check, create, open, unlink};

ulib::entry!(main);

fn main(_args: Args) -> i32 {
    match write_and_read() {
        Ok(()) => {
            println!("bigfile done; ok");
            0
        }
        Err(Complaint(words)) => {
            println!("bigfile: {words}");
            1
        }
    }
}

fn write_and_read() -> Outcome {
    let mut block = [0; 1024];
    let file = create(c"big.file")?;
    let mut n_blocks = 0_u32;
    loop {
        block[..4].copy_from_slice(&n_blocks.to_le_bytes());
        if file.write(&block) != Ok(block.len()) {
            break;
        }
        n_blocks += 1;
        if n_blocks.is_multiple_of(100) {
            print!(".");
        }
    }
    println!("\nwrote {n_blocks} blocks");
    check(
        user_tests::LARGEST.contains(&(n_blocks as usize)),
        "file is too small!",
    )?;
    println!("reading bigfile");
    let file = open(c"big.file")?;
    for n in 0..n_blocks {
        check(
            file.read(&mut block) == Ok(block.len()),
            "a block is missing",
        )?;
        check(block[..4] == n.to_le_bytes(), "blocks are mixed up")?;
    }
    drop(file);
    unlink(c"big.file")
}
