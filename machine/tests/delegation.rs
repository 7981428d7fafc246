//! Which handler a trap goes to, and what it is told: every interrupt and every exception,
//! from every mode, delegated and not.
//! Source: Privileged ISA, "Machine Trap Delegation (medeleg and mideleg) Registers",
//! "Machine Interrupt (mip and mie) Registers", "Supervisor Trap Vector Base Address Register".

mod guest;

use guest::*;
use machine::isa::Kind::*;

const STVEC: i32 = 0x105;
const SEPC: i32 = 0x141;
const SCAUSE: i32 = 0x142;
const STVAL: i32 = 0x143;
const SSTATUS: i32 = 0x100;
const MIDELEG: i32 = 0x303;
const MENVCFG: i32 = 0x30a;
const SIP: i32 = 0x144;
const STIMECMP: i32 = 0x14d;

const USER: i64 = 0;
const SUPERVISOR: i64 = 1;
const MACHINE: i64 = 3;

/// The interrupts, the first of several that are pending first.
const BY_PRIORITY: [u32; 6] = [11, 3, 7, 9, 1, 5];
const SUPERVISORS: i64 = 1 << 9 | 1 << 5 | 1 << 1;

/// Two tables of handlers, each a jump that leaves in `s4` which entry was taken, and in `s3`
/// the mode; then they put cause, address, value and status into `a0` to `a3` and switch off.
/// The program goes on after them, with PMP open.
fn with_tables(vectored: i64) -> Program {
    let mut program = Program::new();
    program.jump(ZERO, "start").align(64);
    for (table, handler) in [("machine", "by machine"), ("supervisor", "by supervisor")] {
        program.label(table);
        for _ in 0..16 {
            program.jump(S4, handler);
        }
    }
    program.label("by machine").imm(addi, S3, ZERO, 3);
    program.csrr(A0, MCAUSE).csrr(A1, MEPC).csrr(A2, MTVAL);
    program.csrr(A3, MSTATUS).power_off(0);
    program.label("by supervisor").imm(addi, S3, ZERO, 1);
    program.csrr(A0, SCAUSE).csrr(A1, SEPC).csrr(A2, STVAL);
    program.csrr(A3, SSTATUS).power_off(0);
    program.label("start");
    for (csr, table) in [(MTVEC, "machine"), (STVEC, "supervisor")] {
        let at = program.address(table) as i64 | vectored;
        program.li(T0, at).csrw(csr, T0);
    }
    program.li(T0, -1).csrw(PMPADDR0, T0);
    program.li(T0, 0x1f).csrw(PMPCFG0, T0);
    program
}

/// Makes the interrupts of the set `pending` pending.
fn raise(program: &mut Program, pending: i64) {
    // The timer is over at reset: it must be told when it is not wanted.
    let mtimecmp = if pending & 1 << 7 != 0 { 0 } else { -1 };
    program.li(T0, CLINT + 0x4000).li(T1, mtimecmp);
    program.store(sd, T1, T0, 0);
    program.li(T0, CLINT).li(T1, pending >> 3 & 1);
    program.store(sw, T1, T0, 0);
    if pending & 1 << 11 != 0 {
        // The UART, which can transmit, through the PLIC to the M-mode of hart 0.
        program.li(T0, UART).imm(addi, T1, ZERO, 2);
        program.store(sb, T1, T0, 1);
        program.li(T0, PLIC).imm(addi, T1, ZERO, 1);
        program.store(sw, T1, T0, 4 * 10);
        program.li(T0, PLIC + 0x2000).li(T1, 1 << 10);
        program.store(sw, T1, T0, 0);
    }
    program.li(T1, pending & SUPERVISORS).csrw(MIP, T1);
}

/// Goes on in `mode` at the next instruction, with the bits `status` beside.
fn go_to(program: &mut Program, mode: i64, status: i64) {
    program.li(T0, mode << 11 | status).csrw(MSTATUS, T0);
    let next = program.here() + 4 * (11 + 2);
    program.li(T0, next as i64).csrw(MEPC, T0).plain(mret);
}

/// The mode that takes an interrupt, and which; none if it has to wait.
fn expected(set: i64, mideleg: i64, mode: i64, mie: bool, sie: bool) -> Option<(i64, u32)> {
    let first = |set: i64| BY_PRIORITY.into_iter().find(|&n| set >> n & 1 != 0);
    let by_machine = first(set & !mideleg).filter(|_| mode < MACHINE || mie);
    let by_supervisor =
        first(set & mideleg).filter(|_| mode < SUPERVISOR || mode == SUPERVISOR && sie);
    let by_machine = by_machine.map(|n| (MACHINE, n));
    by_machine.or(by_supervisor.map(|n| (SUPERVISOR, n)))
}

#[test]
fn the_most_important_interrupt_is_taken_by_whom_it_belongs_to() {
    let mut case = 0;
    for subset in 0..64_u32 {
        let chosen = (0..6).filter(|n| subset >> n & 1 != 0);
        let set = chosen.fold(0, |set, n: usize| set | 1_i64 << BY_PRIORITY[n]);
        for mideleg in [0, SUPERVISORS, 1 << 9, 1 << 5 | 1 << 1] {
            for mode in [USER, SUPERVISOR, MACHINE] {
                // All four ways over the cases around, rather than in each.
                case = (case + 1_u32).wrapping_mul(0x9e37_79b1);
                let (mie, sie) = (case >> 29 & 1 != 0, case >> 30 & 1 != 0);
                let vectored = i64::from(case >> 31);
                let mut program = with_tables(vectored);
                raise(&mut program, set);
                program.li(T0, mideleg).csrw(MIDELEG, T0);
                program.li(T0, -1).csrw(MIE, T0);
                let status = i64::from(mie) << 7 | i64::from(sie) << 1;
                go_to(&mut program, mode, status);
                let at = program.here();
                program.li(A0, 0).power_off(0);
                let x = program.run().harts()[0].x;
                let what = format!("{set:#x} {mideleg:#x} {mode} {mie} {sie}");
                let Some((by, number)) = expected(set, mideleg, mode, mie, sie) else {
                    assert_eq!(x[10], 0, "none of {what}");
                    continue;
                };
                assert_eq!(x[10], 1 << 63 | u64::from(number), "{what}");
                assert_eq!((x[11], x[12], x[19]), (at, 0, by as u64), "{what}");
                let table = if by == MACHINE {
                    "machine"
                } else {
                    "supervisor"
                };
                let entry = (x[20] - 4 - program.address(table)) / 4;
                assert_eq!(entry, u64::from(number) * vectored as u64, "{what}");
                let (previous, was_on) = match by {
                    MACHINE => (x[13] >> 11 & 3, x[13] >> 7 & 1),
                    _ => (x[13] >> 8 & 1, x[13] >> 5 & 1),
                };
                assert_eq!(previous, mode as u64, "{what}");
                let is_on = if by == MACHINE { mie } else { sie };
                assert_eq!(was_on, u64::from(is_on), "{what}");
            }
        }
    }
}

#[test]
fn an_interrupt_must_be_enabled_itself() {
    for number in BY_PRIORITY {
        for is_enabled in [false, true] {
            let mut program = with_tables(0);
            raise(&mut program, 1 << number);
            let enabled = if is_enabled {
                1 << number
            } else {
                !(1 << number)
            };
            program.li(T0, enabled).csrw(MIE, T0);
            go_to(&mut program, USER, 0);
            let x = program.li(A0, 0).power_off(0).run().harts()[0].x;
            assert_eq!(x[10] != 0, is_enabled, "{number}");
        }
    }
}

#[test]
fn supervisors_see_and_touch_what_is_theirs() {
    let mut program = with_tables(0);
    raise(&mut program, SUPERVISORS);
    // SSI and SEI are S-mode's, STI is not.
    program.li(T0, 1 << 9 | 1 << 1).csrw(MIDELEG, T0);
    program.li(T0, -1);
    program.csrr(A0, SIP).csrw(0x104, T0).csrr(A1, 0x104);
    program.csrr(A2, MIE).csrw(SIP, ZERO).csrr(A3, MIP);
    let x = program.power_off(0).run().harts()[0].x;
    assert_eq!((x[10], x[11], x[12]), (0x202, 0x202, 0x202));
    assert_eq!(x[13], 1 << 9 | 1 << 5, "of sip only SSIP can be written");
}

#[test]
fn stimecmp_has_stip_to_itself() {
    let mut program = with_tables(0);
    raise(&mut program, 1 << 5);
    program.li(T0, 1 << 63).csrw(MENVCFG, T0).csrr(A0, MIP);
    program
        .li(T0, 1 << 5)
        .imm(csrrs, ZERO, T0, MIP)
        .csrr(A1, MIP);
    program.csrw(STIMECMP, ZERO).csrr(A2, MIP);
    program.csrw(MIP, ZERO).csrr(A3, MIP);
    program.li(T0, -1).csrw(STIMECMP, T0).csrr(A4, MIP);
    program
        .csrw(STIMECMP, ZERO)
        .csrw(MENVCFG, ZERO)
        .csrr(A5, MIP);
    let x = program.power_off(0).run().harts()[0].x;
    let stip = [10, 11, 12, 13, 14, 15].map(|n: usize| x[n] >> 5 & 1);
    assert_eq!(stip, [0, 0, 1, 1, 0, 0]);
}

const V: i64 = 1;
const RWX: i64 = 0xe;
const U: i64 = 16;
const AD: i64 = 0xc0;
const ROOT: i64 = 0x8010_0000;
/// Leads to where nothing is.
const NOTHING: i64 = 0x4000_0000;
/// Where U-mode sees the program, and what leads nowhere.
const USERS: i64 = 0xc000_0000 - 0x8000_0000;
const UNMAPPED: i64 = 0x1_0000_0000;

/// A program in `mode`, with large pages for it; its next instruction, and `a1` is `address`.
fn in_mode(mode: i64, medeleg: i64, address: i64) -> (Program, u64) {
    let mut program = with_tables(1);
    let own = if mode == USER { U } else { 0 };
    let mut map = |n: i64, pa: i64, bits: i64| {
        let entry = pa >> 12 << 10 | V | RWX | AD | bits;
        program.li(T0, ROOT + 8 * n).li(T1, entry);
        program.store(sd, T1, T0, 0);
    };
    map(0, 0, 0);
    map(1, NOTHING, own);
    map(2, 0x8000_0000, 0);
    map(3, 0x8000_0000, U);
    program.li(T0, 8 << 60 | ROOT >> 12).csrw(SATP, T0);
    program.li(T0, medeleg).csrw(MEDELEG, T0);
    program.li(A1, address);
    program.li(T0, mode << 11).csrw(MSTATUS, T0);
    let next = program.here() as i64 + 4 * (11 + 2);
    let at = if mode == USER { next + USERS } else { next };
    program.li(T0, at).csrw(MEPC, T0).plain(mret);
    (program, at as u64)
}

#[test]
fn every_exception_goes_where_it_is_delegated() {
    type Raise = fn(&mut Program) -> &mut Program;
    let jump: Raise = |program| program.imm(jalr, ZERO, A1, 0);
    let load: Raise = |program| program.imm(ld, A2, A1, 0);
    let store: Raise = |program| program.store(sd, A2, A1, 0);
    let reserve: Raise = |program| program.reg(lr_d, A2, A1, ZERO);
    let atomic: Raise = |program| program.reg(amoor_d, A2, A1, ZERO);
    let short: Raise = |program| program.bytes(&[0; 2]);
    let no_insn: Raise = |program| program.word(0xffff_ffff);
    let cases: [(u64, i64, u64, Raise); 13] = [
        (1, NOTHING, NOTHING as u64, jump),
        (2, 0, 0, short),
        (2, 0, 0xffff_ffff, no_insn),
        (3, 0, 0, |program| program.plain(ebreak)),
        (4, NOTHING + 4, NOTHING as u64 + 4, reserve),
        (5, NOTHING + 3, NOTHING as u64 + 3, load),
        (6, NOTHING + 1, NOTHING as u64 + 1, atomic),
        (7, NOTHING + 3, NOTHING as u64 + 3, store),
        (7, NOTHING, NOTHING as u64, atomic),
        (8, 0, 0, |program| program.plain(ecall)),
        (12, UNMAPPED, UNMAPPED as u64, jump),
        (13, UNMAPPED + 1, UNMAPPED as u64 + 1, load),
        (15, UNMAPPED + 1, UNMAPPED as u64 + 1, store),
    ];
    for mode in [USER, SUPERVISOR] {
        for (cause, address, tval, raise) in cases {
            let cause = if cause == 8 { 8 + mode as u64 } else { cause };
            for medeleg in [0, !(1 << cause), 1 << cause, -1] {
                let (mut program, at) = in_mode(mode, medeleg, address);
                raise(&mut program);
                let x = program.run().harts()[0].x;
                let what = format!("cause {cause} from {mode}, medeleg {medeleg:#x}");
                let is_delegated = medeleg >> cause & 1 != 0;
                let by = if is_delegated { SUPERVISOR } else { MACHINE };
                assert_eq!((x[10], x[12], x[19]), (cause, tval, by as u64), "{what}");
                let is_fetch = matches!(cause, 1 | 12);
                assert_eq!(x[11], if is_fetch { address as u64 } else { at }, "{what}");
                // Exceptions enter at the base, vectored or not.
                let table = if is_delegated {
                    "supervisor"
                } else {
                    "machine"
                };
                assert_eq!(x[20] - 4, program.address(table), "{what}");
                let previous = if is_delegated {
                    x[13] >> 8 & 1
                } else {
                    x[13] >> 11 & 3
                };
                assert_eq!(previous, mode as u64, "{what}");
            }
        }
    }
}

#[test]
fn what_m_mode_raises_it_handles() {
    let mut program = with_tables(0);
    program.li(T0, -1).csrw(MEDELEG, T0);
    let x = program.word(0).run().harts()[0].x;
    assert_eq!((x[10], x[19]), (2, 3));
}
