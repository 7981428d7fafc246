//! Plays loads of chance in settings of chance until the time is up; or, given a load and a
//! setting, that one.
//!
//! Arguments: minutes, the first seed, and the one load that is wanted if it is not all. Or: `again`,
//! the load, and the setting's words.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};

use tests::crash::Dice;
use tests::races::{self, Figures, LOADS, Load, Setting};
use tests::{Artefacts, Trouble};

fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.split_first() {
        Some((first, rest)) if first == "again" => again(rest),
        _ => fuzz(&arguments),
    };
    match done {
        Ok(0) => std::process::ExitCode::SUCCESS,
        Ok(_) => std::process::ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("error: {trouble}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// What came of the runs of one load.
#[derive(Default)]
struct Row {
    n_runs: u32,
    n_failed: u32,
    n_steps: u64,
    n_calls: u64,
}

fn fuzz(arguments: &[String]) -> Result<u32, Trouble> {
    let number = |n: usize| arguments.get(n).and_then(|text| text.parse::<f64>().ok());
    let time = Duration::from_secs_f64(60.0 * number(0).unwrap_or(1.0));
    let first = number(1).unwrap_or(1.0) as u64;
    let only = arguments.get(2).and_then(|name| Load::named(name));
    let guest = Artefacts::with_tests()?;
    let end = Instant::now() + time;
    let mut table: BTreeMap<&str, Row> = BTreeMap::new();
    for seed in first.. {
        if Instant::now() > end {
            break;
        }
        let mut dice = Dice::new(seed);
        let load = only.unwrap_or(&LOADS[dice.below(LOADS.len())]);
        let setting = Setting::random(&mut dice, load.least_ram_mib);
        if !setting.policies.contains(load.needs) {
            continue;
        }
        let figures = play(&guest, &setting, load, &mut |_| {});
        let row = table.entry(load.name).or_default();
        row.n_runs += 1;
        match figures {
            Some(figures) => {
                row.n_steps += figures.n_steps;
                row.n_calls += figures.n_calls;
            }
            None => row.n_failed += 1,
        }
    }
    println!("load        runs  failed  million steps");
    for (name, row) in &table {
        let (n_runs, n_failed, msteps) = (row.n_runs, row.n_failed, row.n_steps / 1_000_000);
        println!("{name:<10} {n_runs:5} {n_failed:7} {msteps:14}");
    }
    let n_calls: u64 = table.values().map(|row| row.n_calls).sum();
    println!("sysfuzz made {n_calls} system calls");
    Ok(table.values().map(|row| row.n_failed).sum())
}

fn again(arguments: &[String]) -> Result<u32, Trouble> {
    let guest = Artefacts::with_tests()?;
    let load = arguments.first().and_then(|name| Load::named(name));
    let setting = arguments.get(1..).unwrap_or_default().join(" ").parse();
    let (Some(load), Ok(setting)) = (load, setting) else {
        eprintln!("which load, and in which setting?");
        return Ok(1);
    };
    let mut show = |bytes: &[u8]| {
        let mut stdout = std::io::stdout().lock();
        // Who does not look misses nothing that counts.
        let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
    };
    Ok(u32::from(play(&guest, &setting, load, &mut show).is_none()))
}

/// Runs one, and says so in a line. What it took, if it went well.
fn play(
    guest: &Artefacts,
    setting: &Setting,
    load: &Load,
    show: &mut dyn FnMut(&[u8]),
) -> Option<Figures> {
    match races::run(guest, setting, load, show) {
        Ok(figures) => {
            let (steps, time) = (figures.n_steps / 1_000_000, figures.time.as_secs_f64());
            println!(
                "ok      {} {setting}  ({steps} M steps, {time:.0} s)",
                load.name
            );
            Some(figures)
        }
        Err(failure) => {
            println!("FAILED  {} {setting}\n{failure}", load.name);
            None
        }
    }
}
