//! Compares our machine with QEMU on random cases until the time is up; `cargo xtask fuzz isa`.
//!
//! Arguments: minutes, seed, and optionally the name of the one generator wanted. Cases that
//! differ go to `tests/cases`.

use std::io::Write;
use std::time::{Duration, Instant};

use tests::isa::{self, Campaign, generate};

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let minutes: f64 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1.0);
    let seed: u64 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    let wanted = arguments.next();
    match fuzz(minutes, seed, wanted.as_deref()) {
        Ok(true) => std::process::ExitCode::SUCCESS,
        Ok(false) => std::process::ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// Whether nothing was found.
fn fuzz(minutes: f64, seed: u64, wanted: Option<&str>) -> std::io::Result<bool> {
    const BATCH: usize = 500;
    let end = Instant::now() + Duration::from_secs_f64(60.0 * minutes);
    let (mut dice, mut campaign) = (generate::Dice::new(seed), Campaign::default());
    let generator = generate::GENERATORS
        .iter()
        .find(|generator| Some(generator.name) == wanted);
    let sweep = generate::SWEEPS
        .iter()
        .find(|sweep| Some(sweep.name) == wanted);
    if let Some(sweep) = sweep {
        campaign.try_out(&(sweep.cases)(), 8, &isa::on_both)?;
        campaign.found.iter().for_each(|found| println!("{found}"));
    }
    while Instant::now() < end && sweep.is_none() {
        let cases: Vec<_> = match generator {
            Some(generator) => (0..BATCH / 5)
                .map(|_| (generator.make)(&mut dice))
                .collect(),
            None => Campaign::draw(&mut dice, BATCH),
        };
        let before = campaign.found.len();
        campaign.try_out(&cases, 4, &isa::on_both)?;
        for found in &campaign.found[before..] {
            println!(
                "\n{found}\nkept in {}",
                isa::keep(found, &isa::folder())?.display()
            );
        }
        let (n, differ) = (campaign.n_cases, campaign.n_differ);
        let left = end.saturating_duration_since(Instant::now()).as_secs();
        print!("\r{n} cases, {differ} differ, {left} s left ");
        for (name, (cases, _)) in &campaign.by_extension {
            print!(" {name}:{cases}");
        }
        std::io::stdout().flush()?;
    }
    if let Some(hung) = &campaign.hung {
        println!("\nnever ended:\n{hung}");
    }
    println!("\n{campaign}");
    Ok(campaign.n_differ == 0)
}
