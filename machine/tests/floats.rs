//! Floating point as a guest meets it: the unit on and off, what is noted of its use, and
//! a computation. What each operation gives stands in `src/float/tests.rs`.

mod guest;

use guest::*;
use machine::isa::Kind::{self, *};
use machine::{Machine, Stop};

const FFLAGS: i32 = 0x001;
const FRM: i32 = 0x002;
const FCSR: i32 = 0x003;
const SSTATUS: i32 = 0x100;

const FS: u64 = 3 << 13;
const INITIAL: i64 = 1 << 13;
const DIRTY: u64 = 3 << 13;
const SD: u64 = 1 << 63;
/// `rm`, when it is taken from `frm`.
const DYN: i32 = 7;
const BOX: u64 = 0xffff_ffff_0000_0000;

/// Runs `body`, with FS written to be `fs` before, until it switches off or traps.
fn run(fs: i64, body: impl FnOnce(&mut Program)) -> Machine {
    let mut program = Program::new();
    program.jump(ZERO, "start").align(8);
    program.label("handler");
    program.csrr(S3, MCAUSE).csrr(S4, MTVAL).power_off(0);
    program.label("start");
    let handler = program.address("handler") as i64;
    program.li(T0, handler).csrw(MTVEC, T0);
    program.li(T0, fs).csrw(MSTATUS, T0).li(A0, 0x8010_0000);
    body(&mut program);
    program.csrr(S1, MSTATUS).power_off(0);
    program.run()
}

/// The cause and value of the trap that `word` raises, if it does.
fn trap_of(fs: i64, frm: i64, word: u32) -> Option<(u64, u64)> {
    let machine = run(fs, |program| {
        if fs != 0 {
            program.li(T1, frm).csrw(FRM, T1);
        }
        program.word(word);
    });
    let x = machine.harts()[0].x;
    (x[19] != 0).then_some((x[19], x[20]))
}

fn word(kind: Kind, rm: i32) -> u32 {
    machine::isa::Insn::new(kind, 1, 10, 2, rm).word()
}

#[test]
fn a_loop_of_floats_computes() {
    // The sum of 1/k² for k from 1 to 1000, in both formats, the small terms last.
    let machine = run(INITIAL, |program| {
        program.imm(addi, T0, ZERO, 1).imm(addi, T1, ZERO, 1000);
        program
            .op(fcvt_d_w, 0, T0, 0, DYN)
            .op(fcvt_s_w, 10, T0, 0, DYN);
        program.label("loop");
        program.op(fcvt_d_w, 1, T0, 0, DYN).op(fmul_d, 1, 1, 1, DYN);
        program.op(fdiv_d, 1, 0, 1, DYN).op(fadd_d, 2, 2, 1, DYN);
        program
            .op(fcvt_s_w, 11, T0, 0, DYN)
            .op(fmul_s, 11, 11, 11, DYN);
        program
            .op(fdiv_s, 11, 10, 11, DYN)
            .op(fmv_x_w, A1, 12, 0, 0);
        program
            .op(fmv_w_x, 12, A1, 0, 0)
            .op(fadd_s, 12, 12, 11, DYN);
        program.imm(addi, T0, T0, 1).branch(bgeu, T1, T0, "loop");
        program.store(fsd, 2, A0, 0).store(fsw, 12, A0, 8);
        program
            .imm(ld, A2, A0, 0)
            .imm(fld, 20, A0, 0)
            .imm(flw, 21, A0, 8);
        program.csrr(A3, FFLAGS);
    });
    let hart = &machine.harts()[0];
    let terms = (1..=1000).map(f64::from);
    let double: f64 = terms
        .map(|k| 1.0 / (k * k))
        .fold(0.0, |sum, term| sum + term);
    let terms = (1..=1000).map(|k| k as f32);
    let single: f32 = terms
        .map(|k| 1.0 / (k * k))
        .fold(0.0, |sum, term| sum + term);
    assert_eq!(hart.f[2], double.to_bits());
    assert_eq!(hart.x[12], double.to_bits());
    assert_eq!(hart.f[20], double.to_bits());
    assert_eq!(hart.f[21], BOX | u64::from(single.to_bits()));
    assert_eq!(hart.x[13], 1, "inexact, and nothing else");
}

#[test]
fn the_unit_that_is_off_makes_everything_illegal() {
    let words = [
        word(fadd_s, DYN),
        word(fmadd_d, DYN),
        word(fsgnj_d, 0),
        word(feq_s, 0),
        word(fmv_x_d, 0),
        word(fmv_w_x, 0),
        word(flw, 0),
        word(fsd, 0),
        0x0010_9073, // csrrw zero,fflags,ra
        0x0020_2573, // csrrs a0,frm,zero
        0x0030_2573, // csrrs a0,fcsr,zero
    ];
    for word in words {
        assert_eq!(trap_of(0, 0, word), Some((2, word.into())), "{word:#x}");
        assert_eq!(trap_of(INITIAL, 0, word), None, "{word:#x}");
    }
}

#[test]
fn reserved_rounding_modes_are_illegal() {
    for kind in [
        fadd_s, fdiv_d, fsqrt_d, fcvt_w_d, fcvt_d_w, fcvt_d_s, fmadd_s,
    ] {
        for rm in 0..8 {
            for frm in 0..8 {
                let word = word(kind, rm);
                let mode = if rm == DYN { frm } else { rm.into() };
                let expected = (mode > 4).then_some((2, u64::from(word)));
                assert_eq!(trap_of(INITIAL, frm, word), expected, "{kind:?} {rm} {frm}");
            }
        }
    }
    assert_eq!(
        trap_of(INITIAL, 7, word(fmin_d, 0)),
        None,
        "it does not round"
    );
}

type Body = fn(&mut Program) -> &mut Program;

/// `mstatus` after `body` ran with the unit on and clean.
fn status_after(body: Body) -> u64 {
    const CLEAN: i64 = 2 << 13;
    let machine = run(CLEAN, |program| {
        body(program);
    });
    machine.harts()[0].x[9]
}

#[test]
fn what_writes_floats_makes_them_dirty() {
    let clean: [Body; 6] = [
        |program| program,
        |program| program.store(fsd, 1, A0, 0),
        |program| program.op(fmv_x_d, A1, 1, 0, 0),
        |program| program.op(fclass_s, A1, 1, 0, 0),
        |program| program.op(feq_d, A1, 1, 2, 0),
        |program| program.csrr(A1, FCSR),
    ];
    for (n, body) in clean.into_iter().enumerate() {
        assert_eq!(status_after(body) & (FS | SD), 2 << 13, "clean {n}");
    }
    let dirty: [Body; 7] = [
        |program| program.imm(fld, 1, A0, 0),
        |program| program.op(fsgnj_d, 1, 1, 1, 0),
        |program| program.op(fmv_d_x, 1, ZERO, 0, 0),
        |program| program.op(fadd_d, 1, 1, 1, DYN),
        |program| program.csrw(FFLAGS, ZERO),
        |program| program.csrw(FRM, ZERO),
        // f1 holds zeros, which as a binary32 are no number: it compares as NaN.
        |program| program.op(flt_s, A1, 1, 1, 0),
    ];
    for (n, body) in dirty.into_iter().enumerate() {
        assert_eq!(status_after(body) & (FS | SD), DIRTY | SD, "dirty {n}");
    }
}

#[test]
fn a_load_that_traps_leaves_floats_clean() {
    let machine = run(INITIAL, |program| {
        program.imm(fld, 1, ZERO, 0);
    });
    let status = machine.csr(0, MSTATUS as u16).expect("it is there");
    assert_eq!(machine.harts()[0].x[19], 5, "load access fault");
    assert_eq!(status & (FS | SD), 1 << 13);
}

#[test]
fn a_load_from_a_device_makes_floats_dirty() {
    let status = status_after(|program| program.li(A0, CLINT + 0xbff8).imm(fld, 1, A0, 0));
    assert_eq!(status & FS, DIRTY);
}

#[test]
fn fcsr_is_made_of_its_parts() {
    let machine = run(INITIAL, |program| {
        program.li(T0, -1).csrw(FCSR, T0).csrr(A1, FCSR);
        program
            .csrr(A2, FRM)
            .csrr(A3, FFLAGS)
            .imm(csrrwi, ZERO, 3, FRM);
        program
            .imm(csrrci, A4, 1, FFLAGS)
            .csrr(A4, FCSR)
            .csrr(A5, SSTATUS);
    });
    let x = machine.harts()[0].x;
    assert_eq!((x[11], x[12], x[13], x[14]), (0xff, 7, 31, 3 << 5 | 30));
    assert_eq!(x[15] & (FS | SD), DIRTY | SD);
}

#[test]
fn float_registers_are_part_of_the_state() {
    let mut program = Program::new();
    program.li(T0, INITIAL).csrw(MSTATUS, T0).li(T1, 3);
    program.label("loop").op(fcvt_d_l, 31, T1, 0, DYN);
    program.op(fdiv_d, 5, 31, 5, DYN).imm(addi, T1, T1, 1);
    program.jump(ZERO, "loop");
    let mut machine = program.machine(&one_hart());
    assert_eq!(machine.run(1000), Stop::Reached);
    let snapshot = machine.snapshot();
    let (hash, f) = (machine.state_hash(), machine.harts()[0].f);
    machine.run(2000);
    let (later, f_later) = (machine.state_hash(), machine.harts()[0].f);
    assert!(f != f_later && hash != later);
    machine.restore(&snapshot);
    assert_eq!((machine.state_hash(), machine.harts()[0].f), (hash, f));
    machine.run(2000);
    assert_eq!(
        (machine.state_hash(), machine.harts()[0].f),
        (later, f_later)
    );
}
