//! Plays every load on 1, 2, 4 and 8 harts of our machine and on 1, 3 and 4 of QEMU, under every
//! policy and quantum, by both kernels: first few runs in which every two of these meet, those that
//! bring most first; then again with other seeds, until the time is up. Prints at last how many runs
//! went well, by load and machine, and how many pairs have met.
//!
//! Arguments: minutes, what the seeds begin with, and the one load that is wanted if it is not all.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tests::races::{self, Covering, Figures, LOADS, Load, POLICIES, Setting};
use tests::{Artefacts, Trouble};

/// Where, and on how many harts.
const MACHINES: [(&str, usize); 7] = [
    ("ours", 1),
    ("ours", 2),
    ("ours", 4),
    ("ours", 8),
    ("QEMU", 1),
    ("QEMU", 3),
    ("QEMU", 4),
];
/// Milliseconds of a quantum.
const QUANTA: [u32; 5] = [100, 1, 10, 3, 30];

fn main() -> std::process::ExitCode {
    let number = |n: usize| std::env::args().nth(n).and_then(|text| text.parse().ok());
    let time = Duration::from_secs_f64(60.0 * number(1).unwrap_or(60.0));
    let only = std::env::args().nth(3);
    let is_wanted = |load: &&Load| only.as_ref().is_none_or(|only| only == load.name);
    let loads: Vec<&Load> = LOADS.iter().filter(is_wanted).collect();
    match walk(time, number(2).unwrap_or(1.0) as u64, &loads) {
        Ok(0) => std::process::ExitCode::SUCCESS,
        Ok(_) => std::process::ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("error: {trouble}");
            std::process::ExitCode::FAILURE
        }
    }
}

/// Of what a run is made: load, machine, quantum, which kernel, and then each policy.
const LOAD: usize = 0;
const FIRST_POLICY: usize = 4;

/// What came of the runs of a load on a machine.
#[derive(Default)]
struct Cell {
    n_well: u32,
    n_runs: u32,
}

fn walk(time: Duration, first: u64, loads: &[&Load]) -> Result<u32, Trouble> {
    let guest = Artefacts::with_tests()?;
    let end = Instant::now() + time;
    let mut table: BTreeMap<String, Cell> = BTreeMap::new();
    let (mut n_calls, mut n_runs, mut n_covered) = (0, 0, 0);
    let mut sizes = vec![loads.len(), MACHINES.len(), QUANTA.len(), 2];
    sizes.extend(POLICIES.iter().map(|(_, values)| values.len()));
    let is_excluded = |(factor, load): (usize, usize), (other, value): (usize, usize)| {
        let policy = other.checked_sub(FIRST_POLICY).filter(|_| factor == LOAD);
        let policy = policy.map(|n| POLICIES[n]);
        policy.is_some_and(|(key, values)| !suits(loads[load], key, values[value]))
    };
    let mut rows = Covering::new(&sizes, first, is_excluded);
    let n_pairs = rows.n_left();
    let mut n_left = n_pairs;
    while Instant::now() < end {
        let Some(row) = rows.next_row() else {
            n_covered += 1;
            rows = Covering::new(&sizes, first + n_covered, is_excluded);
            n_left = n_pairs;
            continue;
        };
        n_left = rows.n_left();
        let (load, (machine, harts)) = (loads[row[LOAD]], MACHINES[row[1]]);
        let mut setting = Setting::new(harts, first + n_runs, &policies(&row));
        setting.is_checked = row[3] == 1;
        n_runs += 1;
        let cell = table.entry(format!("{:<9} {machine} {harts}", load.name));
        let cell = cell.or_default();
        cell.n_runs += 1;
        if let Some(figures) = play(&guest, machine, &setting, load) {
            cell.n_well += 1;
            n_calls += figures.n_calls;
        }
    }
    for (name, Cell { n_well, n_runs }) in &table {
        println!("{name}  {n_well} of {n_runs}");
    }
    let n_met = n_pairs - n_left;
    println!("{n_runs} runs: all {n_pairs} pairs {n_covered} times, and {n_met} of them once more");
    println!("sysfuzz made {n_calls} system calls");
    Ok(table.values().map(|cell| cell.n_runs - cell.n_well).sum())
}

/// Whether `load` can go well under a policy.
fn suits(load: &Load, key: &str, value: &str) -> bool {
    match load.needs.split_once('=') {
        Some((needed, wanted)) => needed != key || wanted == value,
        None => true,
    }
}

/// The kernel's arguments in a row.
fn policies(row: &[usize]) -> String {
    let mut words = vec![format!("quantum={}", QUANTA[row[2]])];
    for ((key, values), &value) in POLICIES.iter().zip(&row[FIRST_POLICY..]) {
        words.push(format!("{key}={}", values[value]));
    }
    words.join(" ")
}

/// Plays one, and says so in a line. What it took, if it went well.
fn play(guest: &Artefacts, machine: &str, setting: &Setting, load: &Load) -> Option<Figures> {
    let result = match machine {
        "QEMU" => races::run_on_qemu(guest, setting, load),
        _ => races::run(guest, setting, load, &mut |_| {}),
    };
    match result {
        Ok(figures) => {
            let time = figures.time.as_secs_f64();
            println!("ok      {machine} {} {setting}  ({time:.0} s)", load.name);
            Some(figures)
        }
        Err(failure) => {
            println!("FAILED  {machine} {} {setting}\n{failure}", load.name);
            None
        }
    }
}
