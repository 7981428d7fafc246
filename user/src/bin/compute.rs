//! `compute [ROUNDS]`: keeps a hart busy with whole numbers and prints a checksum; how
//! long it takes says how fast the machine is. About 216,000 instructions a round.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use ulib::{Args, println};
use user::usage;

ulib::entry!(main);

fn main(mut args: Args) -> i32 {
    let rounds = match args.next() {
        None => Some(1000),
        Some(text) => ulib::number(text.to_bytes()),
    };
    let (Some(rounds), None) = (rounds, args.next()) else {
        return usage!();
    };
    let mut table = [0_u16; TABLE];
    let checksum = (0..rounds).fold(0, |sum, seed| round(&mut table, sum ^ u64::from(seed)));
    println!("{checksum:016x}");
    0
}

/// Entries of the table; a power of two, and small enough for the one-page stack.
const TABLE: usize = 1024;

/// What ordinary programs do, mixed: fill a table with pseudo-random numbers, sort it
/// by insertion in runs, look for each number again by bisection, and add up remainders.
fn round(table: &mut [u16; TABLE], seed: u64) -> u64 {
    let mut random = seed | 1;
    for entry in table.iter_mut() {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        *entry = random as u16;
    }
    for run in table.chunks_mut(TABLE / 16) {
        sort(run);
    }
    let mut sum = random;
    for run in table.chunks(TABLE / 16) {
        for &wanted in run {
            let place = run.partition_point(|&entry| entry < wanted);
            sum = sum.rotate_left(5).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ place as u64;
            sum = sum.wrapping_add(sum % (u64::from(wanted) + 1));
        }
    }
    sum
}

/// Insertion sort: short, with branches nobody can foretell.
fn sort(run: &mut [u16]) {
    for end in 1..run.len() {
        let mut at = end;
        while at > 0 && run[at - 1] > run[at] {
            run.swap(at - 1, at);
            at -= 1;
        }
    }
}
