//! Quicksort of 4,096 numbers: compares, swaps, branches that nobody can foresee.
#![no_std]
#![cfg_attr(target_os = "none", no_main)]

use bench_guest::{Numbers, program};

program!(main);

fn main(rounds: u64) -> u64 {
    let mut numbers = Numbers(88_172_645_463_325_252);
    let mut items = [0u64; 4096];
    let mut sum = 0u64;
    for _ in 0..rounds {
        items.fill_with(|| numbers.draw());
        sort(core::hint::black_box(&mut items));
        sum = sum.rotate_left(1) ^ items[17] ^ items[4000];
    }
    sum
}

fn sort(mut items: &mut [u64]) {
    while items.len() > 12 {
        let middle = partition(items);
        let (left, right) = items.split_at_mut(middle);
        let (small, large) = if left.len() < right.len() {
            (left, right)
        } else {
            (right, left)
        };
        sort(small);
        items = large;
    }
    for n in 1..items.len() {
        let item = items[n];
        let mut at = n;
        while at > 0 && items[at - 1] > item {
            items[at] = items[at - 1];
            at -= 1;
        }
        items[at] = item;
    }
}

/// Puts what is small before what is large; where the large begins.
fn partition(items: &mut [u64]) -> usize {
    let pivot = items[items.len() / 2];
    let (mut low, mut high) = (0, items.len() - 1);
    loop {
        while items[low] < pivot {
            low += 1;
        }
        while items[high] > pivot {
            high -= 1;
        }
        if low >= high {
            return high + 1;
        }
        items.swap(low, high);
        low += 1;
        high -= 1;
    }
}
