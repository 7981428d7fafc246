//! `usertests [-q] [-c | -C] [NAME]`: what a program may expect of the kernel, and what the
//! kernel must bear, under the names of xv6's tests. Each runs in a process of its own.
//!
//! `-q` leaves the slow ones out, those that take longest run only when they are named, `-c` goes on for ever until one fails, `-C` even then.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

extern crate alloc;

mod copies;
mod files;
mod later;
mod links;
mod memory;
mod processes;
mod slow;

use ulib::{Args, eprintln, print, println};
use user_tests::{Test, free_pages};

ulib::entry!(main);

const QUICK: [&[(&str, Test)]; 6] = [
    copies::TESTS,
    files::TESTS,
    links::TESTS,
    processes::TESTS,
    memory::TESTS,
    later::TESTS,
];

fn main(args: Args) -> i32 {
    let (mut is_quick, mut rounds, mut wanted) = (false, Rounds::One, None);
    for arg in args {
        match arg.to_bytes() {
            b"-q" => is_quick = true,
            b"-c" => rounds = Rounds::UntilFailure,
            b"-C" => rounds = Rounds::Endless,
            name if !name.starts_with(b"-") && wanted.is_none() => wanted = Some(name),
            _ => {
                eprintln!("Usage: usertests [-c] [-C] [-q] [testname]");
                return 1;
            }
        }
    }
    loop {
        let is_well = run_round(is_quick, wanted);
        match rounds {
            Rounds::One => return i32::from(!is_well),
            Rounds::UntilFailure if !is_well => return 1,
            Rounds::UntilFailure | Rounds::Endless => {}
        }
    }
}

enum Rounds {
    One,
    UntilFailure,
    Endless,
}

/// Runs the tests once; whether all passed.
fn run_round(is_quick: bool, wanted: Option<&[u8]>) -> bool {
    println!("usertests starting");
    let free_before = free_pages().unwrap_or(0);
    let mut n_run = 0;
    let is_wanted = |name: &str| wanted.is_none_or(|wanted| wanted == name.as_bytes());
    for (name, test) in QUICK.into_iter().flatten().filter(|test| is_wanted(test.0)) {
        n_run += 1;
        if !run(name, *test) {
            println!("SOME TESTS FAILED");
            return false;
        }
    }
    if !is_quick {
        if wanted.is_none() {
            println!("usertests slow tests starting");
        }
        for (name, test) in slow::TESTS.iter().filter(|test| is_wanted(test.0)) {
            n_run += 1;
            if !run(name, *test) {
                println!("SOME TESTS FAILED");
                return false;
            }
        }
    }
    for (name, test) in slow::UNLISTED {
        if wanted == Some(name.as_bytes()) {
            n_run += 1;
            if !run(name, *test) {
                println!("SOME TESTS FAILED");
                return false;
            }
        }
    }
    if n_run == 0 {
        println!("NO TESTS EXECUTED");
        return false;
    }
    let free_after = free_when_quiet(free_before);
    if free_after < free_before {
        println!("FAILED -- lost some free pages {free_after} (out of {free_before})");
        return false;
    }
    println!("ALL TESTS PASSED");
    true
}

/// Pages that nobody has, once those are buried that the tests left to `init`.
fn free_when_quiet(enough: usize) -> usize {
    for _ in 0..20 {
        if free_pages().unwrap_or(0) >= enough {
            break;
        }
        let _ = ulib::pause(1);
    }
    free_pages().unwrap_or(0)
}

fn run(name: &str, test: Test) -> bool {
    print!("test {name}: ");
    let status = user_tests::status_of(|| test().inspect_err(|_| print!("{name}: ")));
    let is_well = status == Ok(0);
    println!("{}", if is_well { "OK" } else { "FAILED" });
    is_well
}
