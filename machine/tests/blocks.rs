//! Cache blocks: who may manage and zero them, and how they fault.
//! Source: Unprivileged ISA, "\"CMO\" Extensions for Base Cache Management Operation".

mod guest;

use guest::*;
use machine::isa::Kind::{self, *};

const MENVCFG: i32 = 0x30a;
const SENVCFG: i32 = 0x10a;
const CBIE: i64 = 3 << 4;
const CBCFE: i64 = 1 << 6;
const CBZE: i64 = 1 << 7;
const DATA: i64 = 0x8020_0000;

/// Each with the field that gives it to less privileged modes.
const ALL: [(Kind, i64); 4] = [
    (cbo_inval, CBIE),
    (cbo_clean, CBCFE),
    (cbo_flush, CBCFE),
    (cbo_zero, CBZE),
];

/// The cause and value of the trap that `kind` on `address` raises in `mode`, or cause 0; the 24
/// eights of memory from 64 bytes before [`DATA`]. `first` sets up what is beside.
fn outcome(
    kind: Kind,
    address: i64,
    mode: i64,
    first: impl Fn(&mut Program),
) -> ((u64, u64), Vec<u64>) {
    let mut program = Program::new();
    program.jump(ZERO, "start").align(8);
    program
        .label("handler")
        .csrr(A0, MCAUSE)
        .csrr(A2, MTVAL)
        .power_off(0);
    program.label("start");
    let handler = program.address("handler");
    program.li(T0, handler as i64).csrw(MTVEC, T0);
    program.li(T0, DATA - 64).li(T1, -1);
    for at in (0..192).step_by(8) {
        program.store(sd, T1, T0, at);
    }
    program.li(T0, -1).csrw(PMPADDR0 + 1, T0);
    program.li(T0, 0x1f00).csrw(PMPCFG0, T0);
    first(&mut program);
    program.li(A1, address).li(T0, mode << 11).csrw(MSTATUS, T0);
    let next = program.here() + 4 * (11 + 2);
    program.li(T0, next as i64).csrw(MEPC, T0).plain(mret);
    program.imm(kind, ZERO, A1, 0).li(A0, 0).power_off(0);
    let machine = program.run();
    let x = machine.harts()[0].x;
    let bytes = machine.read_ram(DATA as u64 - 64, 192).expect("in RAM");
    let eights = bytes
        .chunks(8)
        .map(|eight| eight.iter().map(|&byte| u64::from(byte)).sum());
    ((x[10], x[12]), eights.collect())
}

fn environment(machine: i64, supervisor: i64) -> impl Fn(&mut Program) {
    move |program| {
        program.li(T0, machine).csrw(MENVCFG, T0);
        program.li(T0, supervisor).csrw(SENVCFG, T0);
    }
}

#[test]
fn each_mode_must_be_given_them() {
    for (kind, field) in ALL {
        let all = CBIE | CBCFE | CBZE;
        for (by_machine, by_supervisor) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            for mode in [0, 1, 3] {
                // The field in question alone, and all others but it.
                for others in [0, all & !field] {
                    let set = |given: i64| (field * given) | others;
                    let first = environment(set(by_machine), set(by_supervisor));
                    let ((cause, tval), _) = outcome(kind, DATA, mode, first);
                    let is_allowed = match mode {
                        0 => by_machine == 1 && by_supervisor == 1,
                        1 => by_machine == 1,
                        _ => true,
                    };
                    let case = format!("{kind:?} in {mode}: {by_machine} {by_supervisor}");
                    assert_eq!(cause, if is_allowed { 0 } else { 2 }, "{case}");
                    let a1_times_8: u64 = 11 << 15;
                    let of = match kind {
                        cbo_inval => 0x0000_200f,
                        cbo_clean => 0x0010_200f,
                        cbo_flush => 0x0020_200f,
                        _ => 0x0040_200f,
                    };
                    assert!(is_allowed || tval == of | a1_times_8, "{tval:#x}");
                }
            }
        }
    }
}

#[test]
fn a_flush_is_enough_of_an_invalidation() {
    let ((cause, _), _) = outcome(cbo_inval, DATA, 0, environment(1 << 4, 3 << 4));
    assert_eq!(cause, 0);
}

#[test]
fn one_whole_block_is_zeroed_and_none_is_lost() {
    for (kind, _) in ALL {
        for offset in [0, 1, 63] {
            let (trap, eights) = outcome(kind, DATA + offset, 3, |_| {});
            assert_eq!(trap.0, 0);
            for (n, eight) in eights.into_iter().enumerate() {
                let is_zeroed = kind == cbo_zero && (8..16).contains(&n);
                assert_eq!(eight, if is_zeroed { 0 } else { 8 * 255 }, "{kind:?} {n}");
            }
        }
    }
}

#[test]
fn faults_are_those_of_stores_and_name_the_operand() {
    let given = environment(-1, -1);
    for (kind, _) in ALL {
        let lost = outcome(kind, 0x4000_0013, 3, |_| {}).0;
        assert_eq!(lost, (7, 0x4000_0013), "{kind:?} of nothing");
        // An entry of PMP over four bytes of the block: none of it may be touched.
        let cut = outcome(kind, DATA + 5, 1, |program| {
            given(program);
            program.li(T0, (DATA + 40) >> 2).csrw(PMPADDR0, T0);
            program.li(T0, 0x1f17).csrw(PMPCFG0, T0);
        });
        assert_eq!(cut.0, (7, DATA as u64 + 5), "{kind:?} of a block in parts");
        assert!(cut.1.iter().all(|&eight| eight == 8 * 255));
        // Sv39 with two large pages: the devices and RAM are mapped, all else is not.
        let mapped = |program: &mut Program| {
            given(program);
            program.li(T0, 0x8010_0000).imm(addi, T1, ZERO, 0xcf);
            program.store(sd, T1, T0, 0);
            program.li(T1, 0x2000_00cf).store(sd, T1, T0, 16);
            program.li(T0, 8 << 60 | 0x80100).csrw(SATP, T0);
        };
        assert_eq!(outcome(kind, DATA + 5, 1, mapped).0.0, 0, "{kind:?}");
        let unmapped = outcome(kind, 0x4000_0005, 1, mapped).0;
        assert_eq!(unmapped, (15, 0x4000_0005), "{kind:?}");
    }
    let zeroed_device = outcome(cbo_zero, UART, 3, |_| {}).0;
    assert_eq!(zeroed_device, (7, UART as u64), "zeroing is for memory");
    let cleaned_device = outcome(cbo_clean, UART, 3, |_| {}).0;
    assert_eq!(cleaned_device.0, 0, "what can be loaded can be cleaned");
}

#[test]
fn the_parts_of_an_invalidation_need_their_mode() {
    const TVM: i64 = 1 << 20;
    let parts = [
        (sinval_vma, [2, 2, 0]),
        (sfence_w_inval, [2, 0, 0]),
        (sfence_inval_ir, [2, 0, 0]),
    ];
    for (kind, with_tvm) in parts {
        for (n, mode) in [0, 1, 3].into_iter().enumerate() {
            for tvm in [0, TVM] {
                let mut program = Program::new();
                program.jump(ZERO, "start").align(8);
                program.label("handler").csrr(A0, MCAUSE).power_off(0);
                program.label("start");
                let handler = program.address("handler");
                program.li(T0, handler as i64).csrw(MTVEC, T0);
                program.li(T0, -1).csrw(PMPADDR0, T0);
                program.li(T0, 0x1f).csrw(PMPCFG0, T0);
                program.li(T0, mode << 11 | tvm).csrw(MSTATUS, T0);
                let next = program.here() + 4 * (11 + 2);
                program.li(T0, next as i64).csrw(MEPC, T0).plain(mret);
                program.plain(kind).li(A0, 0).power_off(0);
                let expected = match (mode, tvm) {
                    (1, 0) => 0,
                    _ => with_tvm[n],
                };
                let cause = program.run().harts()[0].x[10];
                assert_eq!(cause, expected, "{kind:?} in {mode}, TVM {tvm:#x}");
            }
        }
    }
}
