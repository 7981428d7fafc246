//! `usertests [-q] [-c | -C] [NAME]`: what a program may expect of the kernel, and what the
//! kernel must bear, under the names of xv6's tests. Each runs in a process of its own.
//!
//! `-q` leaves the slow ones out, those that take longest run only when they are named, `-c` begins
//! again for ever until one fails, `-C` goes on even then.
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
        let round = Round {
            wanted,
            goes_on: rounds == Rounds::Endless,
            n_run: 0,
            n_failed: 0,
        };
        let is_well = run_round(is_quick, round);
        match rounds {
            Rounds::One => return i32::from(!is_well),
            Rounds::UntilFailure if !is_well => return 1,
            Rounds::UntilFailure | Rounds::Endless => {}
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rounds {
    One,
    UntilFailure,
    Endless,
}

/// Tests that are run once, and how it went so far.
struct Round<'a> {
    /// The name of the only one that is wanted.
    wanted: Option<&'a [u8]>,
    /// The others follow even one that fails.
    goes_on: bool,
    n_run: usize,
    n_failed: usize,
}

impl Round<'_> {
    /// Runs those of `tests` that are wanted.
    fn run(&mut self, tests: &[(&str, Test)]) {
        for (name, test) in tests {
            let is_wanted = self.wanted.is_none_or(|wanted| wanted == name.as_bytes());
            if is_wanted && !self.is_over() {
                self.n_run += 1;
                self.n_failed += usize::from(!run(name, *test));
            }
        }
    }

    fn is_over(&self) -> bool {
        self.n_failed > 0 && !self.goes_on
    }
}

/// Runs the tests once; whether all passed.
fn run_round(is_quick: bool, mut round: Round) -> bool {
    println!("usertests starting");
    let free_before = free_pages().unwrap_or(0);
    QUICK.into_iter().for_each(|tests| round.run(tests));
    if !is_quick && !round.is_over() {
        if round.wanted.is_none() {
            println!("usertests slow tests starting");
        }
        round.run(slow::TESTS);
    }
    if round.wanted.is_some() {
        round.run(slow::UNLISTED);
    }
    if round.is_over() {
        println!("SOME TESTS FAILED");
        return false;
    }
    if round.n_run == 0 {
        println!("NO TESTS EXECUTED");
        return false;
    }
    let free_after = free_when_quiet(free_before);
    if free_after < free_before {
        println!("FAILED -- lost some free pages {free_after} (out of {free_before})");
        return false;
    }
    if round.n_failed == 0 {
        println!("ALL TESTS PASSED");
    }
    round.n_failed == 0
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
