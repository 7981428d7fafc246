//! Plays usertests and the labs' tests under every combination of policies, on 1, 2, 4 and 8
//! harts of our machine and on 1, 3 and 4 of QEMU, until all is done or the time is up; then
//! prints the table: how many runs went well, of how many.
//!
//! Arguments: minutes, and what the seeds begin with.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tests::races::{self, LOADS, Load, Setting};
use tests::{Artefacts, Trouble};

/// Where, and on how many harts.
const MACHINES: [(&str, usize); 7] = [
    ("ours", 1),
    ("ours", 4),
    ("QEMU", 3),
    ("ours", 8),
    ("QEMU", 1),
    ("ours", 2),
    ("QEMU", 4),
];
/// What is played everywhere.
const PLAYED: [&str; 4] = ["usertests", "labs", "cowtest", "slow"];
/// Milliseconds of a quantum, one after the other.
const QUANTA: [u32; 5] = [100, 1, 10, 3, 30];

fn main() -> std::process::ExitCode {
    let number = |n: usize| std::env::args().nth(n).and_then(|text| text.parse().ok());
    let time = Duration::from_secs_f64(60.0 * number(1).unwrap_or(60.0));
    match walk(time, number(2).unwrap_or(1.0) as u64) {
        Ok(0) => std::process::ExitCode::SUCCESS,
        Ok(_) => std::process::ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("error: {trouble}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn walk(time: Duration, first: u64) -> Result<u32, Trouble> {
    let guest = Artefacts::with_tests()?;
    let end = Instant::now() + time;
    let mut table: BTreeMap<(String, String), (u32, u32)> = BTreeMap::new();
    let n_combinations = Setting::n_combinations();
    let n_cells = MACHINES.len() * n_combinations;
    for cell in 0..n_cells * PLAYED.len() {
        if Instant::now() > end {
            println!("the time was up after {cell} of {}", n_cells * PLAYED.len());
            break;
        }
        // Machines and policies both change from one to the next: what is done when the time
        // is up is a bit of everything.
        let (machine, harts) = MACHINES[cell % MACHINES.len()];
        let policies = Setting::combination((cell + cell / n_cells) % n_combinations);
        let load = PLAYED[cell / n_cells];
        let Some(load) = LOADS.iter().find(|it| it.name == load) else {
            continue;
        };
        if !policies.contains(load.needs) {
            continue;
        }
        let is_well = play(&guest, machine, harts, &policies, load, first + cell as u64);
        let row = format!("{:<9} {machine} {harts}", load.name);
        let (n_well, n) = table.entry((row, policies)).or_default();
        *n_well += u32::from(is_well);
        *n += 1;
    }
    for ((row, policies), (n_well, n)) in &table {
        println!("{row}  {policies:<50} {n_well} of {n}");
    }
    Ok(table.values().map(|(n_well, n)| n - n_well).sum())
}

/// Plays one, and says so in a line.
fn play(
    guest: &Artefacts,
    machine: &str,
    harts: usize,
    policies: &str,
    load: &Load,
    seed: u64,
) -> bool {
    let quantum = QUANTA[seed as usize % QUANTA.len()];
    let mut setting = Setting::new(harts, seed, &format!("{policies} quantum={quantum}"));
    setting.is_checked = seed.is_multiple_of(2);
    let result = match machine {
        "QEMU" => races::run_on_qemu(guest, &setting, load),
        _ => races::run(guest, &setting, load, &mut |_| {}),
    };
    match result {
        Ok(figures) => {
            let time = figures.time.as_secs_f64();
            println!("ok      {machine} {} {setting}  ({time:.0} s)", load.name);
            true
        }
        Err(failure) => {
            println!("FAILED  {machine} {} {setting}\n{failure}", load.name);
            false
        }
    }
}
