//! How quick going back is: seeks and steps in a recording of a busy guest, in milliseconds
//! of the host's CPU.
//!
//! `cargo run --release -p tests --example history [-- SECONDS [MEGABYTES [COMMANDS]]]`

use std::time::Duration;

use inspect::symbols::Symbols;
use inspect::time::{Observatory, Pause};
use machine::{Config, History, Input, Machine, Stop};
use tests::Artefacts;

/// Steps in a second of the guest's time.
const SECOND: u64 = 100_000_000;
const SEEKS: usize = 200;

/// Keeps the guest busy for ever.
const BUSY: &str = "forktest\nls\ncat cat | wc\nps\ncowdemo\nlazydemo\nls | grep o\n";

/// The time this program has computed, which no other program on the host adds to.
struct Cpu(Duration);

impl Cpu {
    fn now() -> Cpu {
        let text = std::fs::read_to_string("/proc/self/schedstat").expect("Linux tells it");
        let nanoseconds = text.split(' ').next().and_then(|text| text.parse().ok());
        Cpu(Duration::from_nanos(nanoseconds.expect("a number")))
    }

    fn elapsed(&self) -> Duration {
        Cpu::now().0 - self.0
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

fn main() {
    let mut words = std::env::args().skip(1);
    let mut number = |usual| words.next().map_or(Ok(usual), |text| text.parse());
    let seconds: u64 = number(10).expect("SECONDS is a number");
    let budget: u64 = number(64).expect("MEGABYTES is a number") << 20;
    let busy = words.next().unwrap_or(BUSY.into());
    let guest = Artefacts::find().unwrap_or_else(|trouble| panic!("{trouble}"));
    let read = |path| std::fs::read(path).expect("it was just found");
    let boot = || Machine::new(&Config::default(), &read(&guest.kernel), read(&guest.image));
    let mut history = History::new(boot().expect("our own guest"));
    history.set_budget(budget);

    let mut machine = boot().expect("our own guest");
    let alone = Cpu::now();
    while machine.t() < seconds * SECOND {
        if let Stop::Idle { .. } = machine.run(seconds * SECOND) {
            if machine.take_output().ends_with(b"$ ") {
                machine.input(Input::Console(busy.clone().into()));
            }
            machine.skip(seconds * SECOND);
        }
    }
    let alone = alone.elapsed();
    let symbols = Symbols::from_bytes(&read(&guest.symbols)).expect("the build made them");
    let mut observatory = Observatory::new(boot().expect("our own guest"), Some(symbols));
    let observed = Cpu::now();
    while observatory.position().t < seconds * SECOND {
        if let Pause::Idle { .. } = observatory.run(1_000_000) {
            if observatory.take_output().ends_with(b"$ ") {
                let typed = observatory.input(busy.as_bytes());
                typed.expect("it is the present");
            }
            observatory.skip(seconds * SECOND);
        }
    }
    println!(
        "{seconds} s of guest time in {alone:.2?} alone, {:.2?} observed: {} events",
        observed.elapsed(),
        observatory.position().n_events
    );
    drop(observatory);
    let start = Cpu::now();
    while history.t() < seconds * SECOND {
        // Like the page: a slice at a time.
        let to = (history.t() + 1_000_000).min(seconds * SECOND);
        if let Stop::Idle { .. } = history.run(to) {
            if history.take_output().ends_with(b"$ ") {
                let typed = history.input(Input::Console(busy.clone().into()));
                typed.expect("it is the present");
            }
            history.skip(to);
        }
    }
    let end = history.end();
    println!(
        "{seconds} s of guest time in {:.2?} recorded; {} snapshots, {:.1} MB, {} inputs",
        start.elapsed(),
        history.snapshots(),
        history.bytes() as f64 / 1e6,
        history.machine().input_log().len(),
    );

    let mut random = Random(1);
    let mut measure = |name: &str, to: &mut dyn FnMut(&History, &mut Random) -> u64| {
        let mut times: Vec<f64> = (0..SEEKS)
            .map(|_| {
                let t = to(&history, &mut random);
                let start = Cpu::now();
                history.seek(t);
                start.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[(share * (SEEKS - 1) as f64) as usize];
        println!(
            "{name:32} p50 {:7.2}  p95 {:7.2}  most {:7.2}",
            at(0.5),
            at(0.95),
            at(1.0)
        );
    };
    measure("anywhere", &mut |_, random| random.below(end));
    measure("anywhere in the last second", &mut |_, random| {
        end - random.below(SECOND.min(end))
    });
    measure("back by up to 10,000", &mut |history, random| {
        history.t().saturating_sub(1 + random.below(10_000))
    });
    let mut middle = end / 2;
    measure("there, then back by 1", &mut |history, random| {
        middle = if history.t() == middle {
            middle - 1
        } else {
            end / 4 + random.below(end / 2)
        };
        middle
    });
    measure("scrubbing to and fro", &mut |history, random| {
        let by = random.below(2 * SECOND);
        (history.t() + by).saturating_sub(SECOND).min(end)
    });
    println!(
        "afterwards {} snapshots, {:.1} MB",
        history.snapshots(),
        history.bytes() as f64 / 1e6
    );
}
