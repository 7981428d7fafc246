//! The laws of determinism, on a guest in which everything happens at once: three harts
//! with timers, atomics, a shared counter, console echo, and the disk.

mod guest;

use guest::*;
use machine::isa::Kind::*;
use machine::{Config, Input, Machine, StateHash, Stop};

const END: u64 = 3_000_000;
const SHARED: i64 = 0x8010_0000;
const RING: i64 = 0x8020_0000;

/// A tiny generator, for cutting runs into pieces.
struct Pieces(u64);

impl Pieces {
    fn next(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % most
    }
}

/// Reads the disk's first sector again and again: a queue of 8 with one chain of three.
fn start_disk(program: &mut Program) {
    let poke = |program: &mut Program, at: i64, value: i64| {
        program.li(T0, at).li(T1, value).store(sd, T1, T0, 0);
    };
    const NEXT: i64 = 1 << 32;
    const WRITE: i64 = 2 << 32;
    for (n, (at, len, flags)) in [
        (RING + 0x2000, 16, NEXT | 1 << 48),
        (RING + 0x3000, 512, NEXT | WRITE | 2 << 48),
        (RING + 0x2010, 1, WRITE),
    ]
    .into_iter()
    .enumerate()
    {
        poke(program, RING + 16 * n as i64, at);
        poke(program, RING + 16 * n as i64 + 8, len | flags);
    }
    let registers: [(i32, i64); 10] = [
        (0x70, 3),
        (0x24, 1),
        (0x20, 1),
        (0x70, 11),
        (0x38, 8),
        (0x80, RING),
        (0x90, RING + 0x800),
        (0xa0, RING + 0x1000),
        (0x44, 1),
        (0x70, 15),
    ];
    program.li(T0, DISK);
    for (offset, value) in registers {
        program.li(T1, value).store(sw, T1, T0, offset);
    }
}

/// Asks the disk for one more.
fn ask_disk(program: &mut Program) {
    program
        .li(T0, RING + 0x800)
        .imm(lhu, T1, T0, 2)
        .imm(addi, T1, T1, 1);
    program
        .store(sh, T1, T0, 2)
        .li(T0, DISK)
        .store(sw, ZERO, T0, 0x50);
}

/// The guest. Hart 0 has the disk and the console, all have timers.
fn busy() -> Program {
    let mut program = Program::new();
    program.jump(ZERO, "start").align(8);
    program.label("handler");
    program
        .csrr(T2, MCAUSE)
        .imm(slli, T2, T2, 1)
        .imm(addi, T3, ZERO, 14);
    program.branch(bne, T2, T3, "external");
    // The timer: again in 700 ticks, or so many more as the hart's number.
    program
        .li(T0, CLINT + 0xbff8)
        .imm(ld, T1, T0, 0)
        .imm(addi, T1, T1, 700);
    program
        .reg(add, T1, T1, S0)
        .imm(slli, T3, S0, 3)
        .li(T0, CLINT + 0x4000);
    program
        .reg(add, T0, T0, T3)
        .store(sd, T1, T0, 0)
        .plain(mret);
    program.label("external");
    program.li(S2, PLIC + 0x20_0004).imm(lw, S3, S2, 0);
    program
        .imm(addi, T0, ZERO, 10)
        .branch(bne, S3, T0, "disk")
        .li(T0, UART);
    program
        .imm(lbu, T1, T0, 0)
        .store(sb, T1, T0, 0)
        .jump(ZERO, "complete");
    program
        .label("disk")
        .li(T0, DISK)
        .imm(addi, T1, ZERO, 1)
        .store(sw, T1, T0, 0x64);
    ask_disk(&mut program);
    program.label("complete").store(sw, S3, S2, 0).plain(mret);

    program.label("start");
    let handler = program.address("handler");
    program
        .li(T0, handler as i64)
        .csrw(MTVEC, T0)
        .csrr(S0, MHARTID);
    program.branch(bne, S0, ZERO, "others");
    program
        .li(T0, PLIC)
        .li(T1, 1)
        .store(sw, T1, T0, 40)
        .store(sw, T1, T0, 4);
    program
        .li(T0, PLIC + 0x2000)
        .li(T1, 1 << 10 | 2)
        .store(sw, T1, T0, 0);
    program
        .li(T0, UART)
        .li(T1, 1)
        .store(sb, T1, T0, 2)
        .store(sb, T1, T0, 1);
    start_disk(&mut program);
    ask_disk(&mut program);
    program.label("others");
    program.li(T0, 1 << 11 | 1 << 7).csrw(MIE, T0);
    program
        .imm(slli, T3, S0, 3)
        .li(T0, CLINT + 0x4000)
        .reg(add, T0, T0, T3);
    program.li(T1, 500).store(sd, T1, T0, 0);
    program.imm(csrrsi, ZERO, 8, MSTATUS);

    // Work: add to the shared word by AMO and by LR/SC, scribble, and wait now and then.
    program.li(A0, SHARED).li(A4, 12345);
    program.label("work");
    program.imm(addi, A1, ZERO, 1).reg(amoadd_d, A2, A0, A1);
    program
        .label("again")
        .imm(addi, A3, A0, 8)
        .reg(lr_d, A2, A3, ZERO);
    program
        .imm(addi, A2, A2, 1)
        .reg(sc_d, A5, A3, A2)
        .branch(bne, A5, ZERO, "again");
    program
        .reg(mul, A4, A4, A4)
        .imm(addi, A4, A4, 77)
        .imm(andi, A5, A4, 0x7f8);
    program.reg(add, A5, A5, A0).store(sd, A4, A5, 64);
    program.imm(andi, A5, A2, 63).branch(bne, A5, ZERO, "work");
    program.plain(wfi).jump(ZERO, "work");
    program
}

fn machine(seed: u64) -> Machine {
    let config = Config {
        harts: 3,
        seed,
        ..one_hart()
    };
    let disk: Vec<u8> = (0..4096).map(|n| (n % 251) as u8).collect();
    Machine::new(&config, &busy().elf(), disk).expect("a proper guest")
}

/// Runs to `end` in one piece, idle time skipped at once.
fn run_to(machine: &mut Machine, end: u64) {
    while machine.t() < end {
        match machine.run(end) {
            Stop::Idle { .. } => machine.skip(end),
            Stop::Reached => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Runs to `end` in pieces of up to `most`, looking at the state now and then.
fn run_in_pieces(machine: &mut Machine, end: u64, most: u64) {
    let mut pieces = Pieces(most);
    while machine.t() < end {
        let to = (machine.t() + pieces.next(most)).min(end);
        match machine.run(to) {
            Stop::Idle { .. } => machine.skip(to),
            Stop::Reached => {}
            other => panic!("{other:?}"),
        }
        match pieces.next(64) {
            0 => drop(machine.state_hash()),
            1 => drop(machine.snapshot()),
            _ => {}
        }
    }
}

fn type_at(machine: &mut Machine, t: u64, text: &str) {
    run_to(machine, t);
    machine.input(Input::Console(text.into()));
}

/// The state after a run with some typing.
fn reference(seed: u64) -> (StateHash, Machine) {
    let mut machine = machine(seed);
    type_at(&mut machine, 400_000, "hello, machine");
    type_at(&mut machine, 1_234_567, "again");
    run_to(&mut machine, END);
    (machine.state_hash(), machine)
}

#[test]
fn the_guest_really_is_busy() {
    let (_, mut machine) = reference(1);
    assert_eq!(machine.take_output(), b"hello, machineagain");
    let shared = (SHARED as u64 - RAM) as usize;
    let count = |at: usize| u64::from_le_bytes(machine.ram()[at..at + 8].try_into().unwrap());
    assert!(count(shared) > 10_000, "{}", count(shared));
    // Harts may have been stopped between the two.
    assert!(count(shared).abs_diff(count(shared + 8)) <= 3);
    let used = (RING as u64 - RAM) as usize + 0x1002;
    assert!(
        machine.ram()[used] > 20,
        "requests served: {}",
        machine.ram()[used]
    );
    let read = (RING as u64 - RAM) as usize + 0x3000;
    assert_eq!(machine.ram()[read..read + 512], machine.disk()[..512]);
    assert!(machine.instret() < machine.t(), "it idled too");
}

#[test]
fn pieces_change_nothing() {
    for (seed, most) in [(1, 50_000), (2, 1000), (3, 7)] {
        let end = if most < 10 { 600_000 } else { END };
        let mut whole = machine(seed);
        type_at(&mut whole, 400_000, "typed");
        run_to(&mut whole, end);
        let mut cut = machine(seed);
        run_in_pieces(&mut cut, 400_000, most);
        cut.input(Input::Console("typed".into()));
        run_in_pieces(&mut cut, end, most);
        assert_eq!(whole.state_hash(), cut.state_hash(), "pieces of {most}");
        assert_eq!(whole.take_output(), cut.take_output());
    }
}

#[test]
fn the_log_replays() {
    let (hash, first) = reference(5);
    let mut second = machine(5);
    for stamped in first.input_log() {
        run_to(&mut second, stamped.t);
        second.input(stamped.input.clone());
    }
    run_to(&mut second, END);
    assert_eq!(second.state_hash(), hash);
    assert_eq!(second.input_log(), first.input_log());
}

#[test]
fn snapshots_resume() {
    let (hash, mut first) = reference(6);
    let mut second = machine(6);
    type_at(&mut second, 400_000, "hello, machine");
    run_to(&mut second, 1_000_000);
    let snapshot = second.snapshot();
    let at_snapshot = second.state_hash();
    run_to(&mut second, 2_000_000);
    // Back in the same machine, and over into another that was elsewhere.
    for machine in [&mut second, &mut first] {
        machine.restore(&snapshot);
        assert_eq!(machine.state_hash(), at_snapshot);
        type_at(machine, 1_234_567, "again");
        run_to(machine, END);
        assert_eq!(machine.state_hash(), hash);
        assert_eq!(machine.input_log().len(), 2);
    }
}

#[test]
fn seeds_are_interleavings() {
    assert_ne!(reference(1).0, reference(2).0);
    assert_eq!(reference(1).0, reference(1).0);
}

#[test]
fn a_hash_sees_every_part_of_the_state() {
    let mut machine = machine(1);
    let mut seen = vec![machine.state_hash()];
    machine.run(1);
    seen.push(machine.state_hash());
    machine.input(Input::Console(b"x".to_vec()));
    seen.push(machine.state_hash());
    run_to(&mut machine, 100_000);
    seen.push(machine.state_hash());
    let all = seen.len();
    seen.sort_by_key(|hash| hash.0);
    seen.dedup();
    assert_eq!(seen.len(), all);
}
