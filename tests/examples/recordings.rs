//! Writes recordings of workloads to a file, for builds of the machine that run elsewhere.
//!
//! Arguments: the file, and how many workloads of each kind of guests.

use tests::laws::{Guests, Workload, recordings};

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(n)) = (
        arguments.next(),
        arguments.next().and_then(|n| n.parse::<u64>().ok()),
    ) else {
        eprintln!("usage: recordings FILE NUMBER");
        return std::process::ExitCode::from(2);
    };
    let of = |guests| (1..=n).map(move |seed| Workload::random(guests, seed));
    let workloads: Vec<Workload> = of(Guests::Fair).chain(of(Guests::Bad)).collect();
    match std::fs::write(&file, recordings(&workloads)) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {file}: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}
