//! Time, seen from outside, on the real kernel: the same stops both ways, and the same state
//! at each.

use inspect::time::{Condition, Focus, Happening, Observatory, Patience, Pause, Reason, Unit};
use inspect::view::{View, ViewRequest};
use machine::{Machine, StateHash, Stop};
use tests::boot::{config, observatory};

fn boot(harts: usize, bootargs: &str) -> Observatory {
    observatory(&config(harts, 0, bootargs))
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

/// What a machine that nobody watches has become, with the input of `observatory`, at its end.
fn unwatched(observatory: &Observatory, harts: usize, bootargs: &str) -> StateHash {
    let mut machine = boot(harts, bootargs).into_machine();
    let go_to = |machine: &mut Machine, t: u64| {
        while machine.t() < t {
            if let Stop::Idle { .. } = machine.run(t) {
                machine.skip(t);
            }
        }
    };
    for stamped in observatory.machine().input_log() {
        go_to(&mut machine, stamped.t);
        machine.input(stamped.input.clone());
    }
    go_to(&mut machine, observatory.position().end);
    machine.state_hash()
}

#[test]
fn watching_changes_nothing() {
    for harts in [1, 3] {
        let mut observatory = boot(harts, "fork=cow");
        run_until(&mut observatory, "ready");
        observatory.input(b"cowdemo\n").expect("in the present");
        // With probes of its own besides.
        run_until(&mut observatory, "call:kalloc #20");
        run_until(&mut observatory, "ready");
        let hash = observatory.state_hash();
        assert_eq!(hash, unwatched(&observatory, harts, "fork=cow"));
    }
}

/// A branch of the past is as if the rest had never been, and what is told of it too.
#[test]
fn a_branch_is_a_beginning() {
    let mut observatory = boot(2, "");
    run_until(&mut observatory, "ready");
    observatory.input(b"lazydemo\n").expect("in the present");
    run_until(&mut observatory, "ready");
    let before = observatory.events(0, u64::MAX);
    run_until(&mut observatory, "event:trap.load-fault");
    let t = observatory.position().t;
    assert!(observatory.is_past());
    assert!(observatory.input(b"ls\n").is_err(), "the past is settled");
    observatory.branch_here();
    assert!(!observatory.is_past());
    let printed = observatory.output_until(u64::MAX);
    assert!(!String::from_utf8_lossy(&printed).contains("killed"));
    let kept = observatory.events(0, u64::MAX);
    assert_eq!(kept[..], before[..kept.len()]);
    assert!(kept.iter().all(|event| event.t <= t));
    // The same again, typed ahead: the same events follow, until the input is heard.
    run_until(&mut observatory, "print:/usertrap/");
    let again = observatory.events(0, u64::MAX);
    assert_eq!(again[..], before[..again.len()]);
    observatory.input(b"echo branch\n").expect("in the present");
    run_until(&mut observatory, "print:/^branch/");
    run_until(&mut observatory, "ready");
    let hash = observatory.state_hash();
    assert_eq!(hash, unwatched(&observatory, 2, ""));
}

/// Slices stop where a run in one go does, in the present and in the past.
#[test]
fn what_is_armed_stops_slices() {
    let condition: Condition = "trap:store-fault pid=3 #2".parse().expect("a condition");
    let mut whole = boot(1, "fork=cow");
    run_until(&mut whole, "ready");
    whole.input(b"cowdemo\n").expect("in the present");
    let t = whole.run_until(&condition, Patience::RUN).position.t;

    let mut observatory = boot(1, "fork=cow");
    run_until(&mut observatory, "ready");
    let ready = observatory.position().t;
    observatory.input(b"cowdemo\n").expect("in the present");
    for budget in [7_000, 100_000_000] {
        observatory
            .arm(Some(condition.clone()))
            .expect("it has symbols");
        loop {
            match observatory.run(budget) {
                Pause::Met => break,
                Pause::Idle { next: Some(next) } => observatory.skip(next),
                Pause::Budget => {}
                other => panic!("{other:?} before it came"),
            }
        }
        assert_eq!(observatory.position().t, t, "in slices of {budget}");
        observatory.seek(t + 100_000);
        observatory.seek(ready);
    }
    // With nothing armed, the past ends where the present is.
    let end = observatory.position().end;
    let pause = loop {
        match observatory.run(u64::MAX - end) {
            Pause::Idle { next: Some(next) } => observatory.skip(next),
            other => break other,
        }
    };
    assert_eq!((pause, observatory.position().t), (Pause::End, end));
}

#[test]
fn lines_are_those_of_the_source() {
    let mut observatory = boot(1, "fork=cow");
    run_until(&mut observatory, "ready");
    observatory.input(b"cowdemo\n").expect("in the present");
    run_until(&mut observatory, "call:cow_fault pid=4");
    let focus = Focus::default();
    let place = |observatory: &Observatory| match observatory.view(&ViewRequest::Source {
        hart: 0,
        call: None,
    }) {
        View::Source(source) => (source.place.file, source.place.line, source.place.user),
        other => panic!("{other:?}"),
    };
    let mut last = place(&observatory);
    let mut files = std::collections::BTreeSet::new();
    let mut n_same = 0;
    for n in 0..150 {
        assert_eq!(
            observatory.step(Unit::Line, &focus).reason,
            Reason::Met,
            "step {n}"
        );
        let here = place(&observatory);
        assert!(here.1.is_some(), "step {n} at {here:?}");
        // The same line comes again only after code whose source is not there.
        n_same += u32::from(here == last);
        files.extend(here.0.clone());
        last = here;
    }
    assert!(n_same <= 5, "{n_same} of 150 steps stayed on their line");
    let is_there = |end: &str| files.iter().any(|file| file.ends_with(end));
    assert!(is_there("mem/uvm.rs"), "{files:?}");
}

#[test]
fn conditions_without_a_chance_are_refused() {
    let mut observatory = boot(2, "");
    let refused = |observatory: &mut Observatory, text: &str| {
        let condition: Condition = text.parse().expect("a condition");
        match observatory.run_until(&condition, Patience::STEP).reason {
            Reason::Refused { why } => why,
            other => panic!("{text}: {other:?}"),
        }
    };
    let why = refused(&mut observatory, "call:frok");
    assert_eq!(why, "this kernel has no function frok");
    let focus = Focus {
        hart: Some(7),
        ..Focus::default()
    };
    let reason = observatory.step(Unit::Insn, &focus).reason;
    assert_eq!(
        reason,
        Reason::Refused {
            why: "there is no hart 7".into()
        }
    );

    let mut without = Observatory::new(boot(2, "").into_machine(), None);
    for text in ["syscall:fork pid=3", "switch", "call:fork"] {
        let why = refused(&mut without, text);
        assert!(why.contains("there are no symbols"), "{why}");
    }
    let reason = without.step(Unit::Line, &Focus::default()).reason;
    assert!(matches!(reason, Reason::Refused { .. }), "{reason:?}");
    // What hardware does is known all the same.
    let fork: Condition = "syscall:fork".parse().expect("a condition");
    let arrival = without.run_until(&fork, Patience::RUN);
    assert_eq!(arrival.reason, Reason::Met);
    let event = arrival.position.event.expect("the call");
    assert!(matches!(event.what, Happening::Syscall { number: 1, .. }));
    assert_eq!(event.pid, None);
}

/// A step that nothing comes of ends, and says why.
#[test]
fn a_guest_at_its_prompt_is_said_to_wait() {
    let mut observatory = boot(1, "");
    run_until(&mut observatory, "ready");
    let arrival = observatory.step(Unit::Syscall, &Focus::default());
    assert_eq!(arrival.reason, Reason::Waiting);
    let never: Condition = "syscall:mknod".parse().expect("a condition");
    let arrival = observatory.run_until(&never, Patience::STEP);
    assert_eq!(arrival.reason, Reason::Waiting);
    observatory.input(b"poweroff 7\n").expect("in the present");
    let arrival = observatory.run_until(&never, Patience::RUN);
    assert_eq!(arrival.reason, Reason::PowerOff { code: 7 });
    let before = arrival.position.t;
    let arrival = observatory.back_until(&"syscall:poweroff".parse().expect("a condition"));
    assert_eq!(arrival.reason, Reason::Met);
    assert!(arrival.position.t < before);
    let arrival = observatory.step(Unit::Insn, &Focus::default());
    assert_eq!(
        arrival.reason,
        Reason::Met,
        "what led there can be gone through again"
    );
}
