//! System calls from user mode as xv6 makes them: every register saved, page tables changed
//! on the way in and on the way out. Needs paging.
#![no_std]
#![cfg_attr(target_os = "none", no_main)]

use bench_guest::hal::system_calls;
use bench_guest::program;

program!(main);

fn main(rounds: u64) -> u64 {
    system_calls(rounds * 100)
}
