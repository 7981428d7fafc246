//! What things cost the kernel, in instructions: exact on our machine, so that a test can say
//! how many there may be. `docs/performance.md` has the table, and `UPDATE=1` writes it.

use std::fmt::Write;
use std::path::PathBuf;
use tests::Guest;
use tests::boot::{config, native, native_at_prompt, or_fail, qemu_at_prompt, run};

/// Percent by which a count may differ from the table's.
const SLACK: u64 = 25;
/// What boot may take until there is a prompt, as the machine's `t`.
const BOOT: u64 = 30_000_000;
/// How many times dearer an eager `fork` of 32 MiB is than one that shares pages.
const EAGER_TO_COW: u64 = 10;
const LARGE_FORK: &str = "fork with 32 MiB";

/// What one of a kind of work costs.
struct Cost {
    work: String,
    instructions: u64,
    ns: u64,
}

/// What `perf` prints, in its order.
fn perf(guest: &mut impl Guest) -> Vec<Cost> {
    let printed = run(guest, "perf");
    let row = |line: &str| {
        let (work, numbers) = line.split_at_checked(20)?;
        let mut numbers = numbers.split_whitespace().map(|number| number.parse().ok());
        let [_times, instructions, ns] = [(); 3].map(|()| numbers.next().flatten());
        Some(Cost {
            work: work.trim().into(),
            instructions: instructions?,
            ns: ns?,
        })
    };
    let costs: Option<Vec<Cost>> = printed.lines().skip(1).map(row).collect();
    costs.unwrap_or_else(|| panic!("{printed}"))
}

fn table() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/performance.md")
}

/// A row of the table: what it is of, and its numbers.
fn row(line: &str) -> Option<(&str, Vec<u64>)> {
    let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
    let work = cells.next()?;
    let numbers = cells.map(|cell| cell.replace(',', "").parse().ok());
    Some((work, numbers.collect::<Option<_>>()?))
}

fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[test]
fn work_costs_what_the_table_says() {
    let [eager, cow] = ["fork=eager", "fork=cow"]
        .map(|bootargs| perf(&mut native_at_prompt(&config(1, 0, bootargs))));
    if std::env::var("UPDATE").as_deref() == Ok("1") {
        update(&eager, &cow, &perf(&mut qemu_at_prompt(1, "fork=cow")));
    }
    let large_fork = |costs: &[Cost]| {
        let cost = costs.iter().find(|cost| cost.work == LARGE_FORK);
        cost.expect("perf measures it").instructions
    };
    let (dear, cheap) = (large_fork(&eager), large_fork(&cow));
    assert!(dear >= EAGER_TO_COW * cheap, "{dear} against {cheap}");
    let text = std::fs::read_to_string(table()).expect("the table is in the repository");
    let told: Vec<_> = text.lines().filter_map(row).collect();
    for (column, costs) in [&eager, &cow].into_iter().enumerate() {
        for Cost {
            work, instructions, ..
        } in costs
        {
            let told = told.iter().find(|(told, _)| told == work);
            let told = told.and_then(|(_, numbers)| numbers.get(column).copied());
            let told = told.unwrap_or_else(|| panic!("{work} is not in the table"));
            assert!(
                instructions.abs_diff(told) <= told * SLACK / 100,
                "{work}: {instructions} instructions, {told} in the table; UPDATE=1 changes it"
            );
        }
    }
}

/// Writes the table's rows again.
fn update(eager: &[Cost], cow: &[Cost], on_qemu: &[Cost]) {
    let old = std::fs::read_to_string(table()).expect("the table is in the repository");
    let rule = old.find("|---").expect("there is a table");
    let (head, rows) = old.split_at(rule);
    let mut new = format!("{head}{}\n", rows.lines().next().expect("its rule"));
    for ((eager, cow), on_qemu) in eager.iter().zip(cow).zip(on_qemu) {
        let numbers = [eager.instructions, cow.instructions, on_qemu.ns].map(with_commas);
        writeln!(new, "| {} | {} |", eager.work, numbers.join(" | ")).expect("text");
    }
    std::fs::write(table(), new).expect("the table can be written");
}

#[test]
fn qemu_does_the_work() {
    assert!(!perf(&mut qemu_at_prompt(1, "")).is_empty());
}

#[test]
fn the_prompt_comes_soon() {
    for harts in [1, 3, 8] {
        let mut guest = native(&config(harts, 0, ""));
        or_fail(guest.wait_for("\n$ "));
        let t = guest.machine.t();
        assert!(t <= BOOT, "{harts} harts: {t}");
    }
}
