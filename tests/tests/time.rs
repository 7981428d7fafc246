//! Time, seen from outside, on the real kernel: the same stops both ways, and the same state
//! at each.

use inspect::symbols::Symbols;
use inspect::time::{Condition, Focus, Observatory, Patience, Reason, Unit};
use machine::{Config, Machine};
use tests::{Artefacts, Trouble};

fn read(path: &std::path::Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn boot(harts: usize, bootargs: &str) -> Observatory {
    let guest = Artefacts::find().unwrap_or_else(|trouble: Trouble| panic!("{trouble}"));
    let config = Config {
        harts,
        bootargs: bootargs.into(),
        ..Config::default()
    };
    let machine = Machine::new(&config, &read(&guest.kernel), read(&guest.image));
    let symbols = Symbols::from_bytes(&read(&guest.symbols)).expect("symbols of this build");
    Observatory::new(machine.expect("a machine"), Some(symbols))
}

fn run_until(observatory: &mut Observatory, condition: &str) {
    let parsed: Condition = condition.parse().expect("a condition");
    let arrival = observatory.run_until(&parsed, Patience::RUN);
    assert_eq!(arrival.reason, Reason::Met, "{condition}");
}

/// A generator of test choices: SplitMix64.
struct Choices(u64);

impl Choices {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % n
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize].clone()
    }
}

const UNITS: [Unit; 5] = [
    Unit::Event,
    Unit::Syscall,
    Unit::Switch,
    Unit::Line,
    Unit::Insn,
];

/// Goes to random places of a recording, and from each so many steps forward, back, and
/// forward again.
fn walks(observatory: &mut Observatory, seed: u64, n_walks: usize) {
    let mut choices = Choices(seed);
    let end = observatory.position().end;
    let at_end = observatory.state_hash();
    for nth in 0..n_walks {
        let from = choices.below(end);
        let unit = choices.of(&UNITS);
        let focus = Focus {
            hart: choices.of(&[None, Some(0), Some(1)]),
            pid: choices.of(&[None, None, Some(3), Some(4)]),
            kinds: None,
        };
        let n_steps = 1 + choices.below(6);
        observatory.seek(from);
        let begin = observatory.state_hash();
        let mut stops = vec![(from, begin)];
        let mut last = observatory.position().t;
        for _ in 0..n_steps {
            let arrival = observatory.step(unit, &focus);
            last = arrival.position.t;
            if last > end || arrival.reason != Reason::Met {
                // Beyond the recording: one step more to go back.
                break;
            }
            stops.push((last, observatory.state_hash()));
        }
        let what = format!("walk {nth} of {seed}: {unit:?} {focus:?}, {stops:?}");
        for &(t, hash) in stops.iter().rev().filter(|stop| stop.0 < last) {
            let arrival = observatory.back(unit, &focus);
            let found = (arrival.position.t, observatory.state_hash());
            assert_eq!(found, (t, hash), "back; {what}");
        }
        for &(t, hash) in &stops[1..] {
            let arrival = observatory.step(unit, &focus);
            let found = (arrival.position.t, observatory.state_hash());
            assert_eq!(found, (t, hash), "forward again; {what}");
        }
        observatory.seek(end);
        assert_eq!(observatory.state_hash(), at_end, "the end; {what}");
        if observatory.position().end != end {
            observatory.branch_here();
        }
    }
}

#[test]
fn steps_lead_back_and_forth() {
    for (harts, bootargs, demo) in [
        (1, "fork=cow", "cowdemo\n"),
        (2, "fork=cow sbrk=lazy", "lazydemo\n"),
        (3, "", "forktest\n"),
    ] {
        let mut observatory = boot(harts, bootargs);
        run_until(&mut observatory, "ready");
        observatory.input(demo.as_bytes()).expect("in the present");
        run_until(&mut observatory, "ready");
        walks(&mut observatory, harts as u64, 120);
    }
}

#[test]
fn conditions_are_met_alike_both_ways() {
    let mut observatory = boot(2, "fork=cow");
    run_until(&mut observatory, "ready");
    observatory.input(b"cowdemo\n").expect("in the present");
    run_until(&mut observatory, "ready");
    let end = observatory.position().end;
    for condition in [
        "syscall:fork pid=3",
        "return:fork pid=4",
        "trap:store-fault pid=4",
        "switch pid=4",
        "call:cow_fault",
        "call:kalloc pid=4",
        "call:wakeup",
        "print:/child: reads/",
        "disk-read block=1",
        "interrupt:external",
        "ready",
        "input",
        "event",
    ] {
        let parsed: Condition = condition.parse().expect("a condition");
        observatory.seek(0);
        let mut forward = Vec::new();
        while forward.len() < 40 {
            let arrival = observatory.run_until(&parsed, Patience::RUN);
            if arrival.position.t >= end || arrival.reason != Reason::Met {
                break;
            }
            forward.push((arrival.position.t, observatory.state_hash()));
        }
        assert!(!forward.is_empty(), "{condition} comes");
        let mut back = vec![forward[forward.len() - 1]];
        observatory.seek(back[0].0);
        loop {
            let arrival = observatory.back_until(&parsed);
            if arrival.reason != Reason::Met {
                break;
            }
            back.push((arrival.position.t, observatory.state_hash()));
        }
        back.reverse();
        assert_eq!(back, forward, "{condition}");
        observatory.seek(end);
        observatory.branch_here();
    }
}
