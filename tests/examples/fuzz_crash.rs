//! Cuts the power all through workloads of chance until the time is up.
//!
//! Arguments: minutes, and the first seed; each workload is `random_workload` of the next one.

use std::time::{Duration, Instant};

use tests::crash::{Campaign, Recording, Thoroughness, Verdict, random_workload};
use tests::{Artefacts, Trouble};

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let minutes: f64 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1.0);
    let seed: u64 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    match fuzz(Duration::from_secs_f64(60.0 * minutes), seed) {
        Ok(verdict) => {
            println!("{verdict}");
            std::process::ExitCode::from(u8::from(verdict.n_damaged > 0))
        }
        Err(trouble) => {
            eprintln!("error: {trouble}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn fuzz(time: Duration, seed: u64) -> Result<Verdict, Trouble> {
    let guest = Artefacts::find()?;
    let (end, mut all) = (Instant::now() + time, Verdict::default());
    for seed in seed.. {
        if Instant::now() > end {
            break;
        }
        let workload = random_workload(seed);
        let recording = Recording::of(&guest, &workload, "")?;
        let verdict = Campaign::new(&guest, &workload, recording).run(Thoroughness::FULL)?;
        println!("{}: {verdict}", workload.name);
        all.add(verdict);
    }
    Ok(all)
}
