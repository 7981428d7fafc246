//! Histories: wherever one goes, and in whatever order, the machine is what a machine is
//! that simply ran there.

mod guest;

use std::collections::HashMap;

use guest::busy::{busy, machine};
use guest::*;
use machine::isa::Kind::*;
use machine::{Event, History, Input, StateHash, Stop, Watch};
use proptest::prelude::*;

const END: u64 = 1_500_000;
const TYPED: [(u64, &str); 3] = [(120_000, "one"), (400_000, "two"), (400_000, "three")];

/// A recording of the busy guest with some typing, ended at `END`.
fn recorded(history: &mut History) {
    for (t, text) in TYPED {
        run_to(history, t);
        history.input(Input::Console(text.into())).expect("present");
    }
    run_to(history, END);
}

/// Runs, idle time skipped at once.
fn run_to(history: &mut History, t: u64) {
    while history.t() < t {
        match history.run(t) {
            Stop::Idle { .. } => history.skip(t),
            Stop::Reached | Stop::Event => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The state at `t` of a machine that simply ran there.
fn truth(t: u64) -> StateHash {
    let mut history = History::new(machine(3));
    for (at, text) in TYPED {
        if at <= t {
            run_to(&mut history, at);
            history.input(Input::Console(text.into())).expect("present");
        }
    }
    run_to(&mut history, t);
    history.machine().state_hash()
}

/// A step of a walk.
#[derive(Clone, Debug)]
enum Go {
    To(u64),
    Forward(u64),
    Back(u64),
}

fn go() -> impl Strategy<Value = Go> {
    prop_oneof![
        (0..=END).prop_map(Go::To),
        prop_oneof![1..10u64, 1..100_000u64].prop_map(Go::Forward),
        prop_oneof![1..10u64, 1..100_000u64].prop_map(Go::Back),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn walks_are_exact(walk in prop::collection::vec(go(), 1..20), budget in 0..3u64) {
        let mut history = History::new(machine(3));
        history.set_budget([0, 500_000, 64 << 20][budget as usize]);
        recorded(&mut history);
        let end = history.machine().state_hash();
        let mut seen = HashMap::new();
        for go in &walk {
            let t = history.t();
            let to = match *go {
                Go::To(to) => to,
                Go::Forward(by) => (t + by).min(END),
                Go::Back(by) => t.saturating_sub(by),
            };
            if matches!(go, Go::Forward(_)) {
                run_to(&mut history, to);
            } else {
                history.seek(to);
            }
            prop_assert_eq!(history.t(), to);
            prop_assert_eq!(history.is_past(), to < END);
            let hash = history.machine().state_hash();
            prop_assert_eq!(*seen.entry(to).or_insert(hash), hash, "at {}", to);
        }
        let last = history.t();
        prop_assert_eq!(history.machine().state_hash(), truth(last), "at {}", last);
        history.seek(END);
        prop_assert_eq!(history.machine().state_hash(), end);
        prop_assert_eq!(history.machine().input_log().len(), TYPED.len());
    }
}

#[test]
fn the_past_says_again_what_happened() {
    let program = busy();
    let watch = Watch {
        probes: vec![program.address("handler")],
        is_on: true,
        ..Watch::default()
    };
    let mut history = History::new(machine(3));
    history.watch(watch);
    let collect = |history: &mut History, to: u64| {
        let mut events: Vec<Event> = Vec::new();
        while history.t() < to {
            if let Stop::Idle { .. } = history.run(to) {
                // A little at a time is as good as at once.
                history.skip(to.min(history.t() + 1234));
            }
            events.extend(history.take_events());
        }
        events
    };
    let mut first = Vec::new();
    for (t, text) in TYPED {
        first.extend(collect(&mut history, t));
        history.input(Input::Console(text.into())).expect("present");
    }
    first.extend(collect(&mut history, END));
    assert!(first.len() > 500);
    assert_eq!(history.take_output(), b"onetwothree");
    for from in [0, 200_000, 399_999, 400_000, 1_000_001] {
        history.seek(from);
        assert_eq!(history.take_events(), [], "a seek tells of nothing");
        let again = collect(&mut history, END);
        let expected: Vec<Event> = first.iter().filter(|e| e.t > from).copied().collect();
        assert_eq!(again, expected, "from {from}");
        assert_eq!(history.take_output(), b"", "it was said before");
    }
}

#[test]
fn output_is_kept_until_it_is_taken() {
    let mut history = History::new(machine(3));
    recorded(&mut history);
    history.seek(150_000);
    history.seek(END + 1_000);
    assert_eq!(history.take_output(), b"onetwothree");
}

#[test]
fn the_past_takes_no_input_until_it_becomes_the_present() {
    let mut history = History::new(machine(3));
    recorded(&mut history);
    history.seek(300_000);
    let here = history.machine().state_hash();
    let refused = history.input(Input::Console(b"x".to_vec()));
    assert_eq!(
        refused.map_err(|error| error.to_string()),
        Err(
            "the machine stands in the past, at t = 300000 of 1500000: nothing can be typed there"
                .into()
        )
    );
    assert_eq!(history.machine().state_hash(), here);
    history.branch_here();
    assert!(!history.is_past());
    assert_eq!((history.t(), history.end()), (300_000, 300_000));
    assert_eq!(history.machine().input_log().len(), 1);
    history
        .input(Input::Console(b"x".to_vec()))
        .expect("present");
    run_to(&mut history, END);
    let branch = history.machine().state_hash();
    history.seek(299_999);
    history.seek(END);
    assert_eq!(history.machine().state_hash(), branch);
    assert_eq!(history.machine().input_log().len(), 2);
    assert_ne!(branch, truth(END));
}

#[test]
fn idle_time_is_recorded_and_ends_where_input_came() {
    let mut program = Program::new();
    program.label("sleep").plain(wfi).jump(ZERO, "sleep");
    let mut history = History::new(program.machine(&one_hart()));
    assert_eq!(history.run(u64::MAX), Stop::Idle { next: None });
    history.skip(1_000);
    history.skip(2_500);
    history
        .input(Input::Console(b"x".to_vec()))
        .expect("present");
    history.skip(1_000_000_000_000);
    assert_eq!(history.end(), 1_000_000_000_000);
    history.seek(1_700);
    assert_eq!(history.run(u64::MAX), Stop::Idle { next: Some(2_500) });
    history.skip(u64::MAX);
    assert_eq!(history.t(), 2_500);
    assert_eq!(
        history.run(u64::MAX),
        Stop::Idle {
            next: Some(1_000_000_000_000)
        }
    );
    history.skip(u64::MAX);
    assert!(!history.is_past());
    assert_eq!(history.run(u64::MAX), Stop::Idle { next: None });
}

#[test]
fn a_seek_beyond_the_end_of_a_guest_that_switched_off_stays_there() {
    let mut program = Program::new();
    program
        .power_off(3)
        .label("for ever")
        .jump(ZERO, "for ever");
    let mut history = History::new(program.machine(&one_hart()));
    history.seek(1_000_000);
    let off = history.t();
    assert!(off < 100);
    assert_eq!(history.run(1_000_000), Stop::PowerOff { code: 3 });
    history.seek(5);
    assert_eq!(history.run(u64::MAX), Stop::PowerOff { code: 3 });
    assert_eq!(history.t(), off);
}

#[test]
fn a_guest_that_writes_everything_does_not_take_all_memory() {
    const RAM_BYTES: u64 = 16 << 20;
    let mut program = Program::new();
    program.li(S0, 0x8010_0000).li(S1, 0x80e0_0000);
    program.li(A1, 6_364_136_223_846_793_005);
    program.label("again").imm(addi, T0, S0, 0);
    program
        .label("loop")
        .reg(mul, A0, A0, A1)
        .imm(addi, A0, A0, 1);
    program.store(sd, A0, T0, 0).imm(addi, T0, T0, 8);
    program.branch(bltu, T0, S1, "loop").jump(ZERO, "again");
    let mut history = History::new(program.machine(&one_hart()));
    history.set_budget(1 << 20);
    history.seek(40_000_000);
    let there = history.machine().state_hash();
    history.seek(100_000_000);
    assert!(history.bytes() < 3 * RAM_BYTES, "{}", history.bytes());
    history.seek(40_000_000);
    assert_eq!(history.machine().state_hash(), there);
    assert!(history.bytes() < 4 * RAM_BYTES, "{}", history.bytes());
}
