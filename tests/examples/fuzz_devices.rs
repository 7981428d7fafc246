//! Runs guests that mean harm until the time is up, each held against the laws;
//! `cargo xtask fuzz devices`.
//!
//! Arguments: minutes, and the first seed; each workload is of the next one.

use std::time::{Duration, Instant};

use tests::laws::{Guests, Workload, check};

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let minutes: f64 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1.0);
    let first: u64 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    let end = Instant::now() + Duration::from_secs_f64(60.0 * minutes);
    let (mut n, mut n_broken, mut steps) = (0_u64, 0_u64, 0_u64);
    let mut slowest = (Duration::ZERO, String::new());
    for seed in first.. {
        if Instant::now() > end {
            break;
        }
        let guests = if seed % 4 == 0 {
            Guests::Fair
        } else {
            Guests::Bad
        };
        let workload = Workload::random(guests, seed);
        let since = Instant::now();
        match check(&workload) {
            Ok(t) => steps += t,
            Err(broken) => {
                println!("{broken}");
                n_broken += 1;
            }
        }
        n += 1;
        slowest = slowest.max((since.elapsed(), workload.name));
    }
    println!("{n} workloads, {steps} steps each way, {n_broken} break a law");
    println!("the slowest took {:?}: {}", slowest.0, slowest.1);
    std::process::ExitCode::from(u8::from(n_broken > 0))
}
