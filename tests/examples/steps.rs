//! How quick a step and one back are, by each unit, from random moments of a busy guest's
//! recording: milliseconds of the host's CPU.
//!
//! `cargo run --release -p tests --example steps [-- COMMAND [TIMES [HARTS]]]`

use std::time::Instant;

use inspect::symbols::Symbols;
use inspect::time::{Focus, Observatory, Patience, Unit};
use machine::{Config, Machine};
use tests::Artefacts;

const MOMENTS: u64 = 200;
const UNITS: [Unit; 5] = [
    Unit::Event,
    Unit::Syscall,
    Unit::Switch,
    Unit::Line,
    Unit::Insn,
];

/// Milliseconds that `act` takes.
fn timed(act: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    act();
    begin.elapsed().as_secs_f64() * 1e3
}

/// A recording in which `command` ran so many times.
fn record(command: &str, times: usize, harts: usize) -> Observatory {
    let guest = Artefacts::find().unwrap_or_else(|trouble| panic!("{trouble}"));
    let read = |path| std::fs::read(path).expect("it was built");
    let config = Config {
        harts,
        bootargs: "fork=cow".into(),
        ..Config::default()
    };
    let machine = Machine::new(&config, &read(&guest.kernel), read(&guest.image));
    let symbols = Symbols::from_bytes(&read(&guest.symbols)).expect("symbols of this build");
    let mut observatory = Observatory::new(machine.expect("a machine"), Some(symbols));
    let ready = "ready".parse().expect("a condition");
    observatory.run_until(&ready, Patience::RUN);
    for _ in 0..times {
        let typed = observatory.input(format!("{command}\n").as_bytes());
        typed.expect("in the present");
        observatory.run_until(&ready, Patience::RUN);
    }
    observatory
}

fn show(what: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!(
        "{what:16} p50 {:7.2} ms   p95 {:7.2} ms   most {:7.2} ms",
        at(50),
        at(95),
        at(100)
    );
}

fn main() {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_else(|| "forktest".into());
    let mut number = |default| {
        let word = words.next();
        word.map_or(default, |word| word.parse().expect("a number"))
    };
    let (times, harts) = (number(40), number(3));
    let mut observatory = record(&command, times, harts);
    let position = observatory.position();
    println!(
        "{command} {times} times on {harts} harts: t {}, {} instructions, {} events, {:.1} MB",
        position.end,
        observatory.machine().instret(),
        position.n_events,
        position.bytes as f64 / 1e6
    );
    let moment = |n: u64| (n * 2 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) % position.end;
    let seeks = (0..MOMENTS).map(|n| timed(|| drop(observatory.seek(moment(n)))));
    show("seek", seeks.collect());
    for unit in UNITS {
        let focus = Focus::default();
        let (mut steps, mut backs) = (Vec::new(), Vec::new());
        for n in 0..MOMENTS {
            observatory.seek(moment(n));
            steps.push(timed(|| drop(observatory.step(unit, &focus))));
            steps.push(timed(|| drop(observatory.step(unit, &focus))));
            backs.push(timed(|| drop(observatory.back(unit, &focus))));
        }
        show(&format!("step {unit:?}"), steps);
        show(&format!("back {unit:?}"), backs);
    }
}
