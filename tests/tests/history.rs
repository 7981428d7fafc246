//! The real kernel, forward and back: whatever way one goes to a time, the machine there is
//! the one that simply ran there, and says again what it said.

use std::collections::BTreeMap;

use machine::{Event, History, Input, Machine, Mode, StateHash, Stop, Watch};
use tests::boot::{config, machine};

/// Enough for all commands below.
const END: u64 = 60_000_000;
const WALKS: usize = 110;

/// What is typed, and when: while the kernel boots, and at odd moments of what runs then.
const TYPED: [(u64, &str); 5] = [
    (1_000_000, "cowdemo\n"),
    (12_345_678, "ls | grep c"),
    (20_000_001, "\n"),
    (24_000_000, "forktest\n"),
    (45_000_000, "cat README.md | wc; lazydemo\n"),
];

/// Splits numbers off a seed. Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % n
    }

    /// Any size of step up to 2^24, each as likely.
    fn step(&mut self) -> u64 {
        let most = 2 << self.below(24);
        1 + self.below(most)
    }
}

/// Runs to `to`, idle time skipped at once.
fn run_to(machine: &mut Machine, to: u64) {
    while machine.t() < to {
        match machine.run(to) {
            Stop::Idle { .. } => machine.skip(to),
            Stop::Reached => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The states at `times` of a machine that is never stopped but to look, and what it printed.
fn truth(mut machine: Machine, times: &[u64]) -> (BTreeMap<u64, StateHash>, Vec<u8>) {
    let mut stops: Vec<(u64, Option<&str>)> = times.iter().map(|&t| (t, None)).collect();
    stops.extend(TYPED.map(|(t, text)| (t, Some(text))));
    // Input first, where it comes at a time that is looked at.
    stops.sort_by_key(|&(t, text)| (t, text.is_none()));
    let mut hashes = BTreeMap::new();
    for (t, text) in stops {
        run_to(&mut machine, t);
        match text {
            Some(text) => machine.input(Input::Console(text.into())),
            None => drop(hashes.insert(t, machine.state_hash())),
        }
    }
    (hashes, machine.take_output())
}

/// Runs on to `to`; the events on the way.
fn go_on(history: &mut History, to: u64) -> Vec<Event> {
    let mut events = Vec::new();
    while history.t() < to {
        match history.run(to) {
            Stop::Idle { next } => history.skip(next.unwrap_or(to).min(to)),
            Stop::Reached | Stop::Event => {}
            other => panic!("{other:?}"),
        }
        events.extend(history.take_events());
    }
    events
}

fn record(history: &mut History) -> Vec<Event> {
    let mut events = Vec::new();
    for (t, text) in TYPED {
        events.extend(go_on(history, t));
        let typed = history.input(Input::Console(text.into()));
        typed.expect("it is the present");
    }
    events.extend(go_on(history, END));
    events
}

/// Forward, back and forward again from many times of a recording.
fn walk(harts: usize, bootargs: &str) {
    let mut random = Random(harts as u64);
    let mut times: Vec<u64> = (0..WALKS).map(|_| random.below(END)).collect();
    times.push(END);
    let (hashes, printed) = truth(machine(&config(harts, 0, bootargs)), &times);
    let shown = String::from_utf8_lossy(&printed);
    assert!(shown.contains("gives all of them back"), "{shown}");
    assert!(shown.contains("fork test OK"), "{shown}");

    let mut history = History::new(machine(&config(harts, 0, bootargs)));
    // Little, so that it has to choose.
    history.set_budget(16 << 20);
    record(&mut history);
    assert_eq!(history.machine().state_hash(), hashes[&END]);
    let hash = |history: &History| history.machine().state_hash();
    for &t in &times[..WALKS] {
        history.seek(t);
        assert_eq!(hash(&history), hashes[&t], "at {t}");
        let there = (t + random.step()).min(END);
        go_on(&mut history, there);
        let far = hash(&history);
        let between = t + random.below(there - t);
        history.seek(between);
        history.seek(t);
        assert_eq!(hash(&history), hashes[&t], "back at {t}");
        history.seek(there);
        assert_eq!(hash(&history), far, "forward to {there}");
    }
    history.seek(END);
    assert_eq!(history.take_output(), printed);
    assert!(history.bytes() < 17 << 20, "{}", history.bytes());
}

#[test]
fn walks_on_one_hart() {
    walk(1, "");
}

#[test]
fn walks_on_three_harts() {
    walk(3, "fork=cow sbrk=lazy");
}

#[test]
fn walks_on_eight_harts() {
    walk(8, "fork=cow");
}

/// Some addresses in the kernel, which lies in memory where it says: where harts once were.
fn places_in_the_kernel(mut machine: Machine) -> Vec<u64> {
    let mut places = Vec::new();
    for t in (5_000_000..30_000_000).step_by(1_000_000) {
        run_to(&mut machine, t);
        let harts = machine.harts().into_iter();
        let kernels = harts.filter(|hart| hart.mode == Mode::Supervisor && !hart.waiting);
        places.extend(kernels.map(|hart| hart.pc));
    }
    places
}

#[test]
fn watching_changes_nothing_and_is_repeatable() {
    let bootargs = "fork=cow sbrk=lazy";
    let probes = places_in_the_kernel(machine(&config(3, 0, bootargs)));
    let times = [5_000_000, 12_345_678, 40_000_000, END];
    let (hashes, _) = truth(machine(&config(3, 0, bootargs)), &times);
    let mut history = History::new(machine(&config(3, 0, bootargs)));
    let is_on = true;
    history.watch(Watch {
        probes,
        is_on,
        ..Watch::default()
    });
    let first = record(&mut history);
    assert!(first.len() > 4_000, "{}", first.len());
    assert_eq!(history.machine().state_hash(), hashes[&END]);
    for from in times {
        history.seek(from);
        assert_eq!(history.machine().state_hash(), hashes[&from], "at {from}");
        let to = (from + 3_000_000).min(END);
        let again = go_on(&mut history, to);
        let expected = first.iter().filter(|event| event.t > from && event.t <= to);
        assert!(again.iter().eq(expected), "from {from} to {to}");
    }
}
