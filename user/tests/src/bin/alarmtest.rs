//! `alarmtest`: alarms, under the names of the MIT labs.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::hint::spin_loop;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use ulib::{Args, print, println, sys};
use user_tests::{Outcome, check};

ulib::entry!(main);

static N_ALARMS: AtomicUsize = AtomicUsize::new(0);

fn main(_args: Args) -> i32 {
    for (n, test) in [test0, test1, test2, test3, test4].into_iter().enumerate() {
        println!("test{n} start");
        match test() {
            Ok(()) => println!("test{n} passed"),
            Err(user_tests::Complaint(words)) => {
                println!("test{n} failed: {words}");
                return 1;
            }
        }
    }
    0
}

extern "C" fn count() {
    N_ALARMS.fetch_add(1, Relaxed);
    print!("alarm!");
    let _ = sys::sigreturn();
}

/// Spins until so many alarms have come, or no more will.
fn spin_until(n_alarms: usize) -> usize {
    for _ in 0..1_000_000_000_u64 {
        if N_ALARMS.load(Relaxed) >= n_alarms {
            break;
        }
        spin_loop();
    }
    N_ALARMS.load(Relaxed)
}

fn test0() -> Outcome {
    N_ALARMS.store(0, Relaxed);
    sys::sigalarm(2, count)?;
    let n_alarms = spin_until(1);
    sys::sigalarm(0, count)?;
    println!("");
    check(n_alarms >= 1, "the kernel never called the alarm handler")
}

/// The registers are as they were.
fn test1() -> Outcome {
    N_ALARMS.store(0, Relaxed);
    sys::sigalarm(2, count)?;
    let (mut i, mut j) = (0_u64, 0_u64);
    while N_ALARMS.load(Relaxed) < 10 {
        i = core::hint::black_box(i + 1);
        j = core::hint::black_box(j + 1);
    }
    sys::sigalarm(0, count)?;
    println!("");
    check(i == j, "a register changed")
}

extern "C" fn slow() {
    if N_ALARMS.fetch_add(1, Relaxed) > 0 {
        println!("alarm handler called more than once");
        ulib::exit(1);
    }
    for _ in 0..20_000_000_u32 {
        spin_loop();
    }
    let _ = sys::sigalarm(0, slow);
    let _ = sys::sigreturn();
}

/// A handler that takes longer than the interval is not called again meanwhile.
fn test2() -> Outcome {
    N_ALARMS.store(0, Relaxed);
    sys::sigalarm(1, slow)?;
    let n_alarms = spin_until(1);
    check(n_alarms == 1, "not one alarm")
}

extern "C" fn dummy() {
    N_ALARMS.store(1, Relaxed);
    let _ = sys::sigalarm(0, dummy);
    let _ = sys::sigreturn();
}

/// The answer of `sigreturn` is what was in `a0`: the sums go on.
fn test3() -> Outcome {
    N_ALARMS.store(0, Relaxed);
    sys::sigalarm(1, dummy)?;
    let mut sum = 0_u64;
    let mut n = 0_u64;
    while N_ALARMS.load(Relaxed) == 0 {
        n += 1;
        sum = core::hint::black_box(sum.wrapping_add(n));
    }
    check(sum == n.wrapping_mul(n + 1) / 2, "a0 changed")
}

/// Without an alarm there is nothing to return from.
fn test4() -> Outcome {
    check(sys::sigreturn().is_err(), "it returned from nowhere")
}
