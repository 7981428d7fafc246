//! What recording costs while the machine runs at full speed: instructions a second with
//! nothing recorded, with a history kept, and with every event besides.
//!
//! `cargo run --release -p tests --example recording [-- COMMAND]`

use std::time::Duration;

use inspect::symbols::Symbols;
use inspect::time::{Observatory, Patience, Pause};
use machine::{Config, History, Input, Machine, Stop};
use tests::Artefacts;

/// The machine runs this far before its host looks, as in the page.
const SLICE: u64 = 2_000_000;
/// Rounds, of which the quickest counts: other programs of the host disturb the others.
const ROUNDS: usize = 5;

/// The time this program has computed, which no other program on the host adds to.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("Linux tells it");
    let nanoseconds = text.split(' ').next().and_then(|text| text.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number"))
}

struct Guest {
    kernel: Vec<u8>,
    image: Vec<u8>,
    symbols: Symbols,
}

/// Whatever runs a machine.
trait Host {
    fn run(&mut self) -> Stop;
    fn skip(&mut self, until: u64);
    fn machine(&self) -> &Machine;
}

impl Host for Machine {
    fn run(&mut self) -> Stop {
        Machine::run(self, self.t() + SLICE)
    }
    fn skip(&mut self, until: u64) {
        Machine::skip(self, until);
    }
    fn machine(&self) -> &Machine {
        self
    }
}

impl Host for History {
    fn run(&mut self) -> Stop {
        History::run(self, self.t() + SLICE)
    }
    fn skip(&mut self, until: u64) {
        History::skip(self, until);
    }
    fn machine(&self) -> &Machine {
        History::machine(self)
    }
}

impl Host for Observatory {
    fn run(&mut self) -> Stop {
        match Observatory::run(self, SLICE) {
            Pause::Budget | Pause::Met | Pause::End => Stop::Reached,
            Pause::Idle { next } => Stop::Idle { next },
            Pause::PowerOff { code } => Stop::PowerOff { code },
            Pause::Reset => Stop::Reset,
        }
    }
    fn skip(&mut self, until: u64) {
        Observatory::skip(self, until);
    }
    fn machine(&self) -> &Machine {
        Observatory::machine(self)
    }
}

/// Millions of instructions a second, from now until the guest switches off.
fn speed(host: &mut impl Host) -> f64 {
    let (begin, before) = (cpu(), host.machine().instret());
    loop {
        match host.run() {
            Stop::Idle { next: Some(next) } => host.skip(next),
            Stop::Reached | Stop::Event => {}
            Stop::Idle { next: None } | Stop::PowerOff { .. } | Stop::Reset => break,
        }
    }
    let instructions = host.machine().instret() - before;
    instructions as f64 / (cpu() - begin).as_secs_f64() / 1e6
}

/// A machine at its prompt, with `command` typed so many times.
fn boot(guest: &Guest, (command, times): (&str, usize)) -> Machine {
    let machine = Machine::new(&Config::default(), &guest.kernel, guest.image.clone());
    let mut observatory = Observatory::new(machine.expect("a machine"), None);
    let ready = "ready".parse().expect("a condition");
    observatory.run_until(&ready, Patience::RUN);
    let mut machine = observatory.into_machine();
    let input = format!("{command}\n").repeat(times) + "poweroff\n";
    machine.input(Input::Console(input.into_bytes()));
    machine
}

fn measure(guest: &Guest, command: (&str, usize)) {
    let mut best = [0.0_f64; 3];
    let mut told = String::new();
    for _ in 0..ROUNDS {
        let plain = speed(&mut boot(guest, command));
        let history = speed(&mut History::new(boot(guest, command)));
        let symbols = Some(guest.symbols.clone());
        let mut observatory = Observatory::new(boot(guest, command), symbols);
        let all = speed(&mut observatory);
        for (best, now) in best.iter_mut().zip([plain, history, all]) {
            *best = best.max(now);
        }
        let position = observatory.position();
        let instructions = observatory.machine().instret();
        told = format!(
            "{} events, one for {} instructions; {:.1} MB",
            position.n_events,
            instructions / position.n_events,
            position.bytes as f64 / 1e6
        );
    }
    let [plain, history, all] = best;
    println!(
        "{}: {plain:.1} MIPS plain; {history:.1} with a history ({:+.1} %); \
         {all:.1} with events ({:+.1} %); {told}",
        command.0,
        (history / plain - 1.0) * 100.0,
        (all / plain - 1.0) * 100.0
    );
}

fn main() {
    let guest = Artefacts::find().unwrap_or_else(|trouble| panic!("{trouble}"));
    let read = |path| std::fs::read(path).expect("it was built");
    let guest = Guest {
        kernel: read(&guest.kernel),
        image: read(&guest.image),
        symbols: Symbols::from_bytes(&read(&guest.symbols)).expect("symbols of this build"),
    };
    match std::env::args().nth(1) {
        Some(command) => measure(&guest, (&command, 1)),
        None => {
            for command in [("compute 1000", 1), ("forktest", 40), ("cowdemo", 200)] {
                measure(&guest, command);
            }
        }
    }
}
