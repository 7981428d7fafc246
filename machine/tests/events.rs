//! Events: each at its exact time, whoever watches and however a run is cut.

mod guest;

use guest::busy::{busy, machine};
use guest::{Program, RAM};
use machine::{Event, Happening, Input, Machine, Mode, Stop, Watch};

const END: u64 = 300_000;
const TYPED_AT: u64 = 50_000;

/// Everything, and two places that all three harts come to.
fn watch(program: &Program) -> Watch {
    let probes = ["handler", "again"].map(|name| program.address(name));
    Watch {
        probes: probes.to_vec(),
        is_on: true,
        ..Watch::default()
    }
}

/// Runs to `END` with some typing, by as many steps at a time as `step` says, idle time too;
/// what happened.
fn events(machine: &mut Machine, mut step: impl FnMut() -> u64) -> Vec<Event> {
    let mut events = events_until(TYPED_AT, machine, &mut step);
    machine.input(Input::Console(b"typed".to_vec()));
    events.extend(events_until(END, machine, &mut step));
    events
}

fn events_until(end: u64, machine: &mut Machine, step: &mut impl FnMut() -> u64) -> Vec<Event> {
    let mut events = Vec::new();
    while machine.t() < end {
        let to = machine.t().saturating_add(step()).min(end);
        let stop = machine.run(to);
        let new = machine.take_events();
        match stop {
            Stop::Event => {}
            Stop::Idle { .. } => machine.skip(to),
            Stop::Reached => assert_eq!(machine.t(), to),
            other => panic!("{other:?}"),
        }
        let is_within_a_line =
            |event: &&Event| matches!(event.what, Happening::Console { byte } if byte != b'\n');
        let urgent: Vec<&Event> = new.iter().filter(|e| !is_within_a_line(e)).collect();
        assert_eq!(stop == Stop::Event, !urgent.is_empty());
        assert!(urgent.iter().all(|event| event.t == machine.t()));
        events.extend(new);
    }
    events
}

fn watched() -> Machine {
    let mut machine = machine(1);
    machine.watch(watch(&busy()));
    machine
}

#[test]
fn cutting_a_run_changes_no_event() {
    let whole = events(&mut watched(), || u64::MAX);
    let kinds = |of: fn(&Happening) -> bool| whole.iter().filter(|event| of(&event.what)).count();
    assert!(kinds(|what| matches!(what, Happening::Trap { .. })) > 20);
    assert!(kinds(|what| matches!(what, Happening::Return { .. })) > 20);
    assert!(kinds(|what| matches!(what, Happening::DiskRead { sectors: 1, .. })) > 2);
    assert_eq!(kinds(|what| matches!(what, Happening::Console { .. })), 5);
    for hart in 0..3 {
        let is_its = |event: &&Event| {
            event.hart == Some(hart) && matches!(event.what, Happening::Probe { .. })
        };
        assert!(whole.iter().filter(is_its).count() > 100, "hart {hart}");
    }
    for most in [1u64, 7, 1000] {
        let mut random = most;
        let pieces = || {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            1 + (random >> 33) % most
        };
        assert_eq!(events(&mut watched(), pieces), whole, "pieces of {most}");
    }
}

#[test]
fn watching_changes_nothing() {
    let mut watched = watched();
    let mut alone = machine(1);
    for machine in [&mut watched, &mut alone] {
        machine.input(Input::Console(b"typed".to_vec()));
    }
    while watched.t() < END {
        if let Stop::Idle { .. } = watched.run(END) {
            watched.skip(END);
        }
        let to = watched.t();
        while alone.t() < to {
            if let Stop::Idle { .. } = alone.run(to) {
                alone.skip(to);
            }
        }
        if watched.take_events().iter().any(|event| event.t % 7 == 0) {
            assert_eq!(watched.state_hash(), alone.state_hash(), "at {to}");
        }
    }
    assert_eq!(watched.state_hash(), alone.state_hash());
    assert_eq!(watched.take_output(), alone.take_output());
}

#[test]
fn the_machine_stands_where_the_event_is() {
    let mut machine = watched();
    machine.input(Input::Console(b"typed".to_vec()));
    let handler = busy().address("handler");
    let (mut told, mut printed) = (Vec::new(), Vec::new());
    while machine.t() < END {
        if let Stop::Idle { .. } = machine.run(END) {
            machine.skip(END);
        }
        for event in machine.take_events() {
            let hart = event.hart.map(|hart| machine.harts()[hart]);
            match (event.what, hart) {
                (Happening::Trap { cause, epc, .. }, Some(hart)) => {
                    assert_eq!(hart.pc, handler);
                    let number = event.hart.expect("a hart's");
                    assert_eq!(machine.csr(number, 0x342), Some(cause));
                    assert_eq!(machine.csr(number, 0x341), Some(epc));
                }
                (Happening::Return { to, pc, .. }, Some(hart)) => {
                    assert_eq!((hart.mode, hart.pc), (to, pc));
                }
                (Happening::Probe { address }, Some(hart)) => assert_eq!(hart.pc, address),
                (Happening::Console { byte }, Some(_)) => {
                    assert!(event.t <= machine.t());
                    told.push(byte);
                }
                (
                    Happening::DiskRead {
                        sector: 0,
                        sectors: 1,
                    },
                    None,
                ) => {}
                other => panic!("{other:?}"),
            }
        }
        printed.extend(machine.take_output());
        assert_eq!(told, printed);
    }
    assert!(!printed.is_empty());
}

#[test]
fn an_interrupt_takes_one_cycle() {
    let mut machine = watched();
    let trap = loop {
        if let Stop::Idle { .. } = machine.run(END) {
            machine.skip(END);
        }
        let events = machine.take_events();
        if let Some(&event) = events
            .iter()
            .find(|event| matches!(event.what, Happening::Trap { .. }))
        {
            break event;
        }
    };
    let Happening::Trap {
        cause,
        epc,
        from,
        to,
        ..
    } = trap.what
    else {
        panic!("{trap:?}");
    };
    assert_eq!((cause >> 63, from, to), (1, Mode::Machine, Mode::Machine));
    let mut before = guest::busy::machine(1);
    if let Stop::Idle { .. } = before.run(trap.t - 1) {
        before.skip(trap.t - 1);
    }
    assert_eq!(before.t(), trap.t - 1);
    let hart = trap.hart.expect("a hart's");
    assert_eq!(before.harts()[hart].pc, epc);
    let retired = before.instret();
    assert_eq!(before.run(trap.t), Stop::Reached);
    assert_eq!(before.instret(), retired);
}

#[test]
fn probes_come_and_go() {
    let mut machine = watched();
    machine.run(10_000);
    assert!(!machine.take_events().is_empty());
    machine.watch(Watch::default());
    is_quiet(&mut machine, 60_000);
    // Where there is no instruction, no RAM, nothing: never told of, and no harm.
    let nowhere = vec![0, 1, RAM + 1, RAM - 2, u64::MAX, 0x8100_0000];
    machine.watch(Watch {
        probes: nowhere,
        is_on: false,
        ..Watch::default()
    });
    is_quiet(&mut machine, 120_000);
    machine.watch(watch(&busy()));
    assert_eq!(machine.run(130_000), Stop::Event);
}

fn is_quiet(machine: &mut Machine, end: u64) {
    while machine.t() < end {
        match machine.run(end) {
            Stop::Idle { .. } => machine.skip(end),
            other => assert_eq!(other, Stop::Reached),
        }
    }
    assert_eq!(machine.take_events(), []);
}
