//! Every CSR number, read and written from every mode, against what the manual's table of
//! numbers and the list of registers that a machine like this has say.
//! Source: Privileged ISA, "CSR Address Mapping Conventions", "CSR Listing".

mod guest;

use guest::*;
use machine::isa::Kind::*;

const SATP_NUMBER: u16 = 0x180;
const STIMECMP: u16 = 0x14d;
const MCOUNTEREN: i32 = 0x306;
const SCOUNTEREN: i32 = 0x106;
const MENVCFG: i32 = 0x30a;
const TVM: i64 = 1 << 20;
const FS: i64 = 3 << 13;
const STCE: i64 = 1 << 63;

/// Where the outcomes are put, a byte for each.
const OUT: i64 = 0x8040_0000;
const NUMBERS: u16 = 4096;

/// Whether a machine with F, D, Zicntr, Zihpm, S, Sstc and 16 entries of PMP has register
/// `number`.
fn exists(number: u16) -> bool {
    match number {
        0x001..=0x003 => true,                 // fflags, frm, fcsr
        0x100 | 0x104..=0x106 | 0x10a => true, // sstatus, sie, stvec, scounteren, senvcfg
        0x140..=0x144 | STIMECMP => true,      // sscratch to sip
        SATP_NUMBER => true,
        0x300..=0x306 | 0x30a => true, // mstatus to mcounteren, menvcfg
        0x320 | 0x323..=0x33f => true, // mcountinhibit, mhpmevent3 to 31
        0x340..=0x344 => true,         // mscratch to mip
        0x3a0 | 0x3a2 => true,         // the odd ones are RV32's
        0x3b0..=0x3bf => true,
        0xb00 | 0xb02..=0xb1f => true, // mcycle, minstret, mhpmcounter3 to 31
        0xc00..=0xc1f => true,
        0xf11..=0xf15 => true, // mvendorid to mconfigptr
        _ => false,
    }
}

/// What lets registers be used that need more than their mode.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Leave {
    /// All of it.
    All,
    /// `scounteren` is 0.
    NoUserCounters,
    /// `mcounteren` is 0, `menvcfg.STCE` and `mstatus.FS` too, and TVM is set.
    None,
}

impl Leave {
    /// `mcounteren`, `scounteren`, `menvcfg`, `mstatus`.
    fn registers(self) -> [i64; 4] {
        match self {
            Leave::All => [-1, -1, STCE, FS],
            Leave::NoUserCounters => [-1, 0, STCE, FS],
            Leave::None => [0, -1, 0, TVM],
        }
    }
}

/// Whether `mode` may access `number`.
fn is_allowed(number: u16, mode: i64, is_write: bool, leave: Leave) -> bool {
    let least_mode = i64::from(number >> 8 & 3);
    let is_read_only = number >> 10 == 3;
    let has_leave = match number {
        0x001..=0x003 => leave != Leave::None,
        0xc00..=0xc1f => match mode {
            0 => leave == Leave::All,
            1 => leave != Leave::None,
            _ => true,
        },
        STIMECMP | SATP_NUMBER => mode == 3 || leave != Leave::None,
        _ => true,
    };
    exists(number) && mode >= least_mode && !(is_write && is_read_only) && has_leave
}

/// A program that goes to `mode`, where a trap leaves its cause in `a0` and goes on after the
/// instruction, or 99 if `mtval` is not its bits; the body follows.
fn begin(mode: i64, leave: [i64; 4]) -> Program {
    let mut program = Program::new();
    program.jump(ZERO, "start").align(8);
    program.label("handler");
    program.csrr(A0, MCAUSE).csrr(T1, MEPC).csrr(T2, MTVAL);
    program.imm(lwu, T3, T1, 0).branch(beq, T2, T3, "told");
    program.imm(addi, A0, ZERO, 99);
    program.label("told").imm(addi, T1, T1, 4);
    program.csrw(MEPC, T1).plain(mret);
    program.label("start");
    let handler = program.address("handler");
    program.li(T0, handler as i64).csrw(MTVEC, T0);
    program.li(T0, -1).csrw(PMPADDR0, T0);
    program.li(T0, 0x1f).csrw(PMPCFG0, T0);
    let [counters, user, environment, status] = leave;
    program.li(T0, counters).csrw(MCOUNTEREN, T0);
    program.li(T0, user).csrw(SCOUNTEREN, T0);
    program.li(T0, environment).csrw(MENVCFG, T0);
    program.li(T0, status | mode << 11).csrw(MSTATUS, T0);
    program.li(S0, OUT).li(A1, 0);
    let next = program.here() + 4 * (11 + 2);
    program.li(T0, next as i64).csrw(MEPC, T0).plain(mret);
    program
}

/// Accesses `number`, and notes the cause of the trap, or 0. To write is to set no bits, but
/// from a register that is not `x0`: that needs leave to write.
fn probe(program: &mut Program, number: u16, is_write: bool) {
    program.imm(addi, A0, ZERO, 0);
    let from = if is_write { A1 } else { ZERO };
    program.imm(csrrs, A2, from, number.into());
    program.store(sb, A0, S0, 0).imm(addi, S0, S0, 1);
}

#[test]
fn every_number_answers_in_every_mode_as_it_should() {
    for leave in [Leave::All, Leave::NoUserCounters, Leave::None] {
        for mode in [0, 1, 3] {
            let mut program = begin(mode, leave.registers());
            for number in 0..NUMBERS {
                probe(&mut program, number, false);
                probe(&mut program, number, true);
            }
            let machine = program.power_off(0).run();
            let outcomes = machine.read_ram(OUT as u64, 2 * usize::from(NUMBERS));
            let outcomes = outcomes.expect("in RAM").chunks(2);
            for (number, outcome) in (0..NUMBERS).zip(outcomes) {
                let expected = [false, true].map(|is_write| {
                    let is_allowed = is_allowed(number, mode, is_write, leave);
                    if is_allowed { 0 } else { 2 }
                });
                let case = format!("{number:#x}, mode {mode}, leave {leave:?}");
                assert_eq!(outcome, expected, "read and write of {case}");
            }
        }
    }
}

#[test]
fn names_are_for_what_exists() {
    for number in 0..NUMBERS {
        let name = machine::csr_name(number);
        assert_eq!(name.is_some(), exists(number), "{number:#x}: {name:?}");
        let found = name.and_then(|name| machine::csr_number(&name));
        assert_eq!(found, exists(number).then_some(number), "{number:#x}");
    }
}

#[test]
fn each_counter_has_a_bit_of_its_own() {
    for bit in 0..32 {
        for (by_machine, by_supervisor) in [(true, true), (true, false), (false, true)] {
            let word = |is_set: bool| i64::from(is_set) << bit;
            let leave = [word(by_machine), word(by_supervisor), 0, 0];
            for (mode, is_allowed) in [(1, by_machine), (0, by_machine && by_supervisor)] {
                let mut program = begin(mode, leave);
                (0..32).for_each(|n| probe(&mut program, 0xc00 + n, false));
                let machine = program.power_off(0).run();
                let outcomes = machine.read_ram(OUT as u64, 32).expect("in RAM");
                let open = (0..32).filter(|&n| outcomes[n] == 0);
                let expected = is_allowed.then_some(bit);
                assert_eq!(open.collect::<Vec<_>>(), Vec::from_iter(expected), "{mode}");
            }
        }
    }
}

#[test]
fn counters_can_be_written_and_stopped() {
    const MCYCLE: i32 = 0xb00;
    const MINSTRET: i32 = 0xb02;
    const MCOUNTINHIBIT: i32 = 0x320;
    let mut program = Program::new();
    program.li(T0, 1_000_000);
    program.csrw(MCYCLE, T0).csrw(MINSTRET, T0);
    program.csrr(A0, MCYCLE).csrr(A1, MINSTRET);
    // CY, IR, and bits there are no counters to stop for.
    program
        .li(T1, -1)
        .csrw(MCOUNTINHIBIT, T1)
        .csrr(A2, MCOUNTINHIBIT);
    program.csrr(S2, MINSTRET).csrr(S3, MINSTRET);
    program.csrw(MINSTRET, ZERO).csrr(A3, MINSTRET);
    program.csrr(S4, MCYCLE).csrr(T2, MCYCLE);
    program
        .csrw(MCOUNTINHIBIT, ZERO)
        .csrr(A4, MINSTRET)
        .csrr(A5, MINSTRET);
    let x = program.power_off(0).run().harts()[0].x;
    assert!(x[10] > 1_000_000 && x[10] < 1_000_100, "{}", x[10]);
    assert_eq!(x[11], 1_000_001);
    assert_eq!(x[12], 5);
    assert_eq!(x[18], x[19], "minstret stands still");
    assert_eq!((x[13], x[14], x[15]), (0, 0, 1));
    assert_eq!(x[20], x[7], "mcycle stands still");
}
