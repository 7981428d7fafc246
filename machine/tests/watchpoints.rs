//! Watchpoints: each access is told of at its exact time, and the machine that is watched is
//! the one that is not.

mod guest;

use guest::busy::{RING, SHARED, busy, machine};
use guest::*;
use machine::isa::Kind::*;
use machine::{Accesses, Event, Happening, History, Machine, Stop, Watch, Watchpoint};
use proptest::prelude::*;

const END: u64 = 300_000;
const DATA: i64 = 0x8010_0000;

fn watch(points: &[Watchpoint]) -> Watch {
    Watch {
        points: points.to_vec(),
        ..Watch::default()
    }
}

/// Runs to `end`, idle time skipped; what happened. `look` sees the machine wherever something
/// did, with all that happened there: one access across two pages is two events at one time.
fn run(machine: &mut Machine, end: u64, mut look: impl FnMut(&Machine, &[Event])) -> Vec<Event> {
    let mut all = Vec::new();
    while machine.t() < end {
        match machine.run(end) {
            Stop::Idle { .. } => machine.skip(end),
            Stop::Event | Stop::Reached => {}
            Stop::PowerOff { .. } => break,
            other => panic!("{other:?}"),
        }
        let events = machine.take_events();
        assert!(events.iter().all(|event| event.t == machine.t()));
        look(machine, &events);
        all.extend(events);
    }
    all
}

fn load(address: u64, size: u8, value: u64) -> Happening {
    let pa = address;
    Happening::Load {
        address,
        pa,
        size,
        value,
    }
}

fn store(address: u64, size: u8, old: u64, new: u64) -> Happening {
    Happening::Store {
        address,
        pa: address,
        size,
        old: Some(old),
        new,
    }
}

fn whats(events: &[Event]) -> Vec<Happening> {
    events.iter().map(|event| event.what).collect()
}

#[test]
fn accesses_are_told_of_with_what_was_and_is_there() {
    let mut program = Program::new();
    program.li(A0, DATA).li(A1, 0x1122_3344_5566_7788);
    // Before it is watched, the page may be in the TLB.
    program.store(sd, A1, A0, 0).imm(ld, A2, A0, 0);
    program.label("from").store(sw, A1, A0, 4);
    program.imm(lh, A2, A0, 6).store(sb, ZERO, A0, 8);
    program.imm(addi, A3, ZERO, -1).reg(amoadd_w, A2, A0, A3);
    program.reg(lr_d, A2, A0, ZERO).reg(sc_d, A4, A0, A3);
    program.reg(sc_d, A4, A0, A3);
    program.imm(lbu, A2, A0, 1).power_off(0);
    let mut machine = program.machine(&one_hart());
    let at = DATA as u64;
    machine.watch(watch(&[Watchpoint::Pc(program.address("from"))]));
    assert_eq!(machine.run(1_000), Stop::Event);
    let from = program.address("from");
    let events = machine.take_events();
    assert_eq!(whats(&events), [Happening::Pc { address: from }]);
    assert_eq!(machine.harts()[0].pc, from);
    machine.watch(watch(&[Watchpoint::Virtual(at..=at + 7, Accesses::All)]));
    let events = run(&mut machine, 1_000, |_, _| {});
    assert_eq!(
        whats(&events),
        [
            store(at + 4, 4, 0x1122_3344, 0x5566_7788),
            load(at + 6, 2, 0x5566),
            load(at, 4, 0x5566_7788),
            store(at, 4, 0x5566_7788, 0x5566_7787),
            load(at, 8, 0x5566_7788_5566_7787),
            store(at, 8, 0x5566_7788_5566_7787, u64::MAX),
            load(at + 1, 1, 0xff),
        ],
        "the second store-conditional fails, and stores nothing"
    );
}

#[test]
fn an_access_across_pages_is_told_of_in_each() {
    let mut program = Program::new();
    program.li(A0, DATA + 4092).li(A1, 0x1122_3344_5566_7788);
    program.store(sd, A1, A0, 0).imm(ld, A2, A0, 0).power_off(0);
    let mut machine = program.machine(&one_hart());
    let at = DATA as u64;
    let both = Watchpoint::Virtual(at + 4092..=at + 4099, Accesses::Writes);
    let second = Watchpoint::page(at + 4096, Accesses::All);
    machine.watch(watch(&[both, second]));
    let mut counts = Vec::new();
    let events = run(&mut machine, 1_000, |_, events| counts.push(events.len()));
    let expected = [
        store(at + 4092, 4, 0, 0x5566_7788),
        store(at + 4096, 4, 0, 0x1122_3344),
        load(at + 4096, 4, 0x1122_3344),
    ];
    assert_eq!(whats(&events), expected);
    assert_eq!(counts[..2], [2, 1], "one store, told of at one time");
    assert_eq!(machine.harts()[0].x[usize::from(A2)], 0x1122_3344_5566_7788);
}

#[test]
fn registers_are_told_of_by_number() {
    let mut program = Program::new();
    program.li(T0, 0x123).csrw(MSCRATCH, T0).csrr(T1, MSCRATCH);
    program.csrr(T1, MHARTID).power_off(0);
    let csr = |old, new| Happening::Csr {
        number: MSCRATCH as u16,
        old,
        new,
    };
    for (accesses, expected) in [
        (Accesses::All, vec![csr(0, Some(0x123)), csr(0x123, None)]),
        (Accesses::Writes, vec![csr(0, Some(0x123))]),
    ] {
        let mut machine = program.machine(&one_hart());
        machine.watch(watch(&[Watchpoint::Csr(MSCRATCH as u16, accesses)]));
        let events = run(&mut machine, 1_000, |_, _| {});
        assert_eq!(whats(&events), expected);
    }
}

#[test]
fn devices_registers_and_stores_are_told_of() {
    let mut machine = machine(1);
    let buffer = RING as u64 + 0x3000;
    machine.watch(watch(&[
        Watchpoint::page(buffer, Accesses::Writes),
        Watchpoint::Virtual(DISK as u64 + 0x50..=DISK as u64 + 0x53, Accesses::All),
    ]));
    let events = run(&mut machine, END, |machine, events| {
        let mut events = events.iter();
        if let Some(dma) = events.find(|event| matches!(event.what, Happening::Dma { .. })) {
            assert_eq!(dma.hart, None);
            let bytes = machine.read_ram(buffer, 512).expect("RAM");
            assert_eq!(bytes, &machine.disk()[..512]);
        }
    });
    let dma = Happening::Dma {
        address: buffer,
        len: 512,
    };
    let notify = Happening::Store {
        address: DISK as u64 + 0x50,
        pa: DISK as u64 + 0x50,
        size: 4,
        old: None,
        new: 0,
    };
    for what in [dma, notify] {
        assert!(whats(&events).contains(&what), "{what:?}");
    }
}

#[test]
fn who_wrote_last_is_found_in_the_past() {
    let mut history = History::new(machine(3));
    history.seek(END);
    let hash = history.machine().state_hash();
    let at = SHARED as u64;
    let now = history.machine().read_ram(at, 8).expect("RAM").to_vec();
    history.watch(watch(&[Watchpoint::Virtual(at..=at + 7, Accesses::Writes)]));
    history.seek(END - 5_000);
    let mut last = None;
    while history.is_past() {
        if let Stop::Idle { .. } = history.run(END) {
            history.skip(END);
        }
        last = history.take_events().last().copied().or(last);
    }
    let last = last.expect("it is written all the time");
    let Happening::Store { old, new, .. } = last.what else {
        panic!("{last:?}");
    };
    assert_eq!(new.to_le_bytes()[..], now[..]);
    assert_eq!(history.machine().state_hash(), hash);
    // Just before, the old value was there.
    history.seek(last.t - 1);
    let before = history.machine().read_ram(at, 8).expect("RAM");
    assert_eq!(before, old.expect("RAM").to_le_bytes());
}

fn accesses() -> impl Strategy<Value = Accesses> {
    prop_oneof![
        Just(Accesses::Reads),
        Just(Accesses::Writes),
        Just(Accesses::All)
    ]
}

/// A watchpoint near something that the guests do.
fn point() -> impl Strategy<Value = Watchpoint> {
    let code = (0..600u64).prop_map(|n| RAM + 2 * n);
    let data = prop_oneof![
        Just(SHARED as u64),
        Just(RING as u64),
        Just(RAM),
        Just(CLINT as u64 + 0x4000),
        Just(DISK as u64)
    ];
    let range = (data, 0..0x3800u64, 0..5_000u64)
        .prop_map(|(base, at, len)| base + at..=base.saturating_add(at + len));
    let csr = prop_oneof![
        Just(MSTATUS),
        Just(MIE),
        Just(MTVEC),
        Just(MCAUSE),
        Just(MEPC)
    ];
    prop_oneof![
        code.prop_map(Watchpoint::Pc),
        (range.clone(), accesses()).prop_map(|(range, on)| Watchpoint::Virtual(range, on)),
        (range, accesses()).prop_map(|(range, on)| Watchpoint::Physical(range, on)),
        (csr, accesses()).prop_map(|(csr, on)| Watchpoint::Csr(csr as u16, on)),
    ]
}

/// A loop of random loads and stores, whose addresses wander over some pages.
fn wanderer(choices: &[(u8, i32)]) -> Program {
    let kinds = [
        ld, lw, lhu, lb, sd, sw, sh, sb, amoadd_d, amoswap_w, mul, xor,
    ];
    let mut program = Program::new();
    program.li(A0, DATA).li(S0, 0x3fff).li(A4, 12_345);
    program.label("loop");
    program.reg(and, A1, A4, S0).reg(add, A1, A1, A0);
    for &(choice, imm) in choices {
        let kind = kinds[usize::from(choice) % kinds.len()];
        match kind {
            sd | sw | sh | sb => program.store(kind, A4, A1, imm),
            amoadd_d | amoswap_w => program.imm(andi, A2, A1, -8).reg(kind, A3, A2, A4),
            mul | xor => program.reg(kind, A4, A4, A1).imm(addi, A4, A4, 77),
            _ => program.imm(kind, A3, A1, imm).reg(add, A4, A4, A3),
        };
    }
    program.imm(addi, S1, S1, 1).imm(addi, T0, ZERO, 1_000);
    program.branch(blt, S1, T0, "loop").power_off(0);
    program
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn watching_changes_nothing(seed in 0..1000u64, points in prop::collection::vec(point(), 1..5)) {
        let check = |mut watched: Machine, mut alone: Machine| {
            watched.watch(watch(&points));
            run(&mut watched, END, |_, _| {});
            run(&mut alone, watched.t(), |_, _| {});
            prop_assert_eq!(watched.state_hash(), alone.state_hash());
            Ok(())
        };
        check(machine(seed), machine(seed))?;
    }

    #[test]
    fn random_accesses_are_told_of_and_stay_what_they_are(
        choices in prop::collection::vec((0..12u8, -64..64i32), 1..20),
        at in 0..0x5000u64,
        len in 0..256u64,
        is_physical: bool,
    ) {
        let program = wanderer(&choices);
        let first = DATA as u64 + at;
        let range = first..=first + len;
        let point = if is_physical { Watchpoint::Physical } else { Watchpoint::Virtual };
        let mut alone = program.machine(&one_hart());
        run(&mut alone, END, |_, _| {});
        let mut watched = program.machine(&one_hart());
        watched.watch(watch(&[point(range.clone(), Accesses::Writes)]));
        // What is told of is all that happens there.
        let mut copy = vec![0; len as usize + 1];
        run(&mut watched, END, |machine, events| {
            for event in events {
                let Happening::Store { address, size, new, .. } = event.what else {
                    panic!("{event:?}");
                };
                for (nth, byte) in new.to_le_bytes()[..usize::from(size)].iter().enumerate() {
                    let at = address + nth as u64;
                    if range.contains(&at) {
                        copy[(at - first) as usize] = *byte;
                    }
                }
            }
            assert_eq!(machine.read_ram(first, copy.len()), Some(&copy[..]));
        });
        prop_assert_eq!(watched.read_ram(first, copy.len()), Some(&copy[..]));
        prop_assert_eq!(watched.t(), alone.t());
        prop_assert_eq!(watched.state_hash(), alone.state_hash());
    }
}

#[test]
fn cutting_a_run_changes_no_event() {
    let points = [
        Watchpoint::Pc(busy().address("again")),
        Watchpoint::page(SHARED as u64, Accesses::All),
        Watchpoint::page(RING as u64 + 0x1000, Accesses::Writes),
        Watchpoint::Csr(MCAUSE as u16, Accesses::All),
    ];
    let mut whole = machine(1);
    whole.watch(watch(&points));
    let end = 60_000;
    let all = run(&mut whole, end, |_, _| {});
    assert!(all.len() > 5_000, "{}", all.len());
    let mut cut = machine(1);
    cut.watch(watch(&points));
    let mut pieces = Vec::new();
    while cut.t() < end {
        let to = (cut.t() + 1 + cut.t() % 13).min(end);
        pieces.extend(run(&mut cut, to, |_, _| {}));
    }
    assert_eq!(pieces, all);
}
