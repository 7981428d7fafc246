//! Adds one array to another, word after word: loads and stores in order.
#![no_std]
#![cfg_attr(target_os = "none", no_main)]

use bench_guest::hal::Own;
use bench_guest::program;

program!(main);

const WORDS: usize = 128 << 10;
static ARRAYS: Own<[[u64; WORDS]; 2]> = Own::new([[0; WORDS]; 2]);

fn main(rounds: u64) -> u64 {
    ARRAYS.with(|[a, b]| {
        for _ in 0..rounds {
            for (a, b) in a.iter_mut().zip(core::hint::black_box(&*b)) {
                *a = a.wrapping_mul(3).wrapping_add(*b | 1);
            }
        }
        a.iter()
            .fold(0, |sum: u64, &word| sum.rotate_left(1) ^ word)
    })
}
