//! The program that runs tasks on every hart, again and again, in an order of chance: it
//! prepares a task as the differential tester's harness prepares a case, enters it, serves its
//! interrupts, goes on after its traps, and ends it after so many.
//!
//! Harts share nothing here but what tasks and devices share. A task may lose a hart: one that
//! loops with interrupts off, or moves the trap vector, is as good a workload as any.

use machine::isa::Kind;

use super::place::{Hart, SCRIPT, kept};
use crate::isa::asm::Asm;
use crate::isa::harness::{BASELINE, vectors};
use crate::isa::layout::{self, MACHINE_VECTOR, SUPERVISOR_PAGE, SUPERVISOR_RETURN, VECTORS};
use crate::isa::layout::{SAVE, record};

const RA: u8 = 1;
const T0: u8 = 5;
const T1: u8 = 6;
const T2: u8 = 7;
const S0: u8 = 8;
const S1: u8 = 9;
const A0: u8 = 10;
const A1: u8 = 11;
const A2: u8 = 12;
const A3: u8 = 13;
const S2: u8 = 18;
const S3: u8 = 19;
const T5: u8 = 30;
const T6: u8 = 31;

const MSTATUS: u16 = 0x300;
const MIE: u16 = 0x304;
const MTVEC: u16 = 0x305;
const MSCRATCH: u16 = 0x340;
const MEPC: u16 = 0x341;
const FS: u64 = 3 << 13;
/// The interrupts of M-mode: software, timer, external.
const OURS: u64 = 0x888;
/// A task ends after so many interrupts.
const MOST_TICKS: u64 = 12;
/// Knuth's constants of a linear congruential generator.
const BY: u64 = 6_364_136_223_846_793_005;
const PLUS: u64 = 1_442_695_040_888_963_407;

/// The monitor's code, which lies at [`layout::HARNESS`], and that of the S-mode handler, which
/// lies at [`SUPERVISOR_PAGE`].
pub(super) fn build() -> (Vec<u8>, Vec<u8>) {
    let mut asm = Asm::at(layout::HARNESS);
    asm.jump("start");
    while !asm.here().is_multiple_of(256) {
        asm.words(&[0x13]);
    }
    vectors(&mut asm);
    trapped(&mut asm);
    interrupted(&mut asm);
    external(&mut asm);
    resume(&mut asm);
    start(&mut asm);
    choose(&mut asm);
    enter(&mut asm);
    let (code, _) = asm.finish();
    assert!(code.len() as u64 <= SUPERVISOR_PAGE - layout::HARNESS);
    let mut asm = Asm::at(SUPERVISOR_PAGE);
    for _ in 0..VECTORS {
        asm.op(Kind::ecall, 0, 0, 0, 0);
    }
    asm.op(Kind::sret, 0, 0, 0, 0);
    (code, asm.finish().0)
}

/// Draws a number of the hart's own into `to`; spoils `t0` and `t1`.
fn draw(asm: &mut Asm, to: u8) {
    asm.ld(to, kept::RANDOM, T6).li(T0, BY).li(T1, PLUS);
    asm.op(Kind::mul, to, to, T0, 0)
        .op(Kind::add, to, to, T1, 0);
    asm.sd(to, kept::RANDOM, T6).imm(Kind::srli, to, to, 33);
}

/// Saves the registers and tells exceptions from interrupts. What the task met goes into a
/// digest, so that the state at the end depends on it.
fn trapped(asm: &mut Asm) {
    asm.label("trapped");
    for n in 1..T5 {
        asm.sd(n, 8 * u64::from(n), T6);
    }
    asm.csrr(T0, MSCRATCH).sd(T0, 8 * u64::from(T6), T6);
    asm.csrw(MSCRATCH, T6).ld(S0, kept::RECORD, T6);
    asm.csrr(A1, 0x342).csrr(A2, MEPC).csrr(A3, 0x343);
    asm.csrr(T2, MSTATUS).ld(A0, kept::DIGEST, T6).li(T0, BY);
    for word in [A1, A2, A3, T2, T5] {
        asm.op(Kind::xor, A0, A0, word, 0)
            .op(Kind::mul, A0, A0, T0, 0);
    }
    asm.sd(A0, kept::DIGEST, T6);
    asm.branch(Kind::blt, A1, 0, "interrupted");
    // An environment call from the S-mode handler?
    asm.li(T0, 9).branch(Kind::bne, A1, T0, "exception");
    asm.li(T0, SUPERVISOR_PAGE).op(Kind::sub, T5, A2, T0, 0);
    asm.li(T0, 4 * VECTORS)
        .branch(Kind::bgeu, T5, T0, "exception");
    asm.csrr(A1, 0x142).csrr(A2, 0x141);
    asm.branch(Kind::bge, A1, 0, "supervisor");
    quench(asm);
    asm.jump("return_by_sret").label("supervisor");
    step_over(asm);
    asm.csrw(0x141, A2).label("return_by_sret");
    asm.li(A2, SUPERVISOR_RETURN).jump("count_trap");
    asm.label("exception");
    step_over(asm);
    asm.label("count_trap");
    asm.ld(T0, kept::TRAPS, T6).imm(Kind::addi, T0, T0, 1);
    asm.sd(T0, kept::TRAPS, T6).ld(T1, record::LIMIT, S0);
    asm.branch(Kind::bltu, T0, T1, "resume").jump("finish");
}

/// Closes the interrupt of cause `a1` until the next task.
fn quench(asm: &mut Asm) {
    asm.li(T0, 1).op(Kind::sll, T0, T0, A1, 0);
    asm.imm(Kind::csrrc, 0, T0, i32::from(MIE));
}

/// Puts `a2` to the next slot; the task is over if it is outside of its code.
fn step_over(asm: &mut Asm) {
    asm.ld(T0, record::WINDOW, S0);
    asm.branch(Kind::bltu, A2, T0, "finish");
    asm.imm(Kind::ori, A2, A2, 15).imm(Kind::addi, A2, A2, 1);
    asm.ld(T0, record::WINDOW_END, S0);
    asm.branch(Kind::bgeu, A2, T0, "finish");
}

/// Serves the timer and software; others are closed.
fn interrupted(asm: &mut Asm) {
    asm.label("interrupted");
    asm.ld(T0, kept::TICKS, T6).imm(Kind::addi, T0, T0, 1);
    asm.sd(T0, kept::TICKS, T6);
    asm.imm(Kind::andi, S1, A1, 63);
    asm.li(T0, 7).branch(Kind::bne, S1, T0, "no_timer");
    draw(asm, A0);
    asm.imm(Kind::andi, A0, A0, 0xff)
        .imm(Kind::addi, A0, A0, 10);
    asm.li(T0, 0x200_bff8)
        .ld(T1, 0, T0)
        .op(Kind::add, A0, A0, T1, 0);
    asm.ld(T0, kept::TIMER, T6).sd(A0, 0, T0).jump("count_tick");
    asm.label("no_timer").li(T0, 3);
    asm.branch(Kind::bne, S1, T0, "no_software");
    asm.ld(T0, kept::SOFTWARE, T6).op(Kind::sw, 0, T0, 0, 0);
    asm.jump("count_tick").label("no_software").li(T0, 11);
    asm.branch(Kind::beq, S1, T0, "external");
    quench(asm);
    asm.label("count_tick");
    asm.ld(T0, kept::TICKS, T6).li(T1, MOST_TICKS);
    asm.branch(Kind::bltu, T0, T1, "resume").jump("finish");
}

/// Claims an interrupt, serves the device, and completes it. What is received at the serial
/// line is sent back.
fn external(asm: &mut Asm) {
    asm.label("external")
        .ld(S2, kept::CLAIM, T6)
        .imm(Kind::lw, S3, S2, 0);
    asm.branch(Kind::beq, S3, 0, "count_tick");
    asm.li(T0, 10).branch(Kind::beq, S3, T0, "serial");
    asm.li(T0, 8).branch(Kind::bltu, T0, S3, "clock");
    asm.imm(Kind::addi, T0, S3, -1).imm(Kind::slli, T0, T0, 12);
    asm.li(T1, 0x1000_1000).op(Kind::add, T0, T0, T1, 0);
    asm.imm(Kind::lw, T1, T0, 0x60)
        .op(Kind::sw, 0, T0, T1, 0x64);
    asm.jump("complete").label("serial").li(T0, 0x1000_0000);
    asm.imm(Kind::lbu, T1, T0, 0).op(Kind::sb, 0, T0, T1, 0);
    asm.jump("complete").label("clock").li(T0, 0x10_1000);
    asm.op(Kind::sw, 0, T0, T0, 0x1c);
    asm.label("complete")
        .op(Kind::sw, 0, S2, S3, 0)
        .jump("count_tick");
}

/// Goes on at `a2`.
fn resume(asm: &mut Asm) {
    asm.label("resume").csrw(MEPC, A2);
    for n in 1..=T6 {
        asm.ld(n, 8 * u64::from(n), T6);
    }
    asm.op(Kind::mret, 0, 0, 0, 0);
}

/// The first code of each hart; hart 0 writes the script to the devices' registers.
fn start(asm: &mut Asm) {
    asm.label("start").csrr(T0, 0xf14);
    asm.imm(Kind::slli, T1, T0, Hart::SAVE_BYTES.ilog2() as i32);
    asm.li(T6, SAVE)
        .op(Kind::add, T6, T6, T1, 0)
        .csrw(MSCRATCH, T6);
    asm.branch(Kind::bne, T0, 0, "next").li(S1, SCRIPT);
    asm.label("line").ld(A0, 0, S1).ld(A1, 8, S1);
    asm.branch(Kind::beq, A0, 0, "next");
    asm.op(Kind::sw, 0, A0, A1, 0).imm(Kind::addi, S1, S1, 16);
    asm.jump("line");
}

/// Chooses a task and prepares it, up to its prologue.
fn choose(asm: &mut Asm) {
    asm.label("finish").ld(T0, kept::DONE, T6);
    asm.imm(Kind::addi, T0, T0, 1).sd(T0, kept::DONE, T6);
    asm.label("next");
    draw(asm, A0);
    asm.ld(T1, kept::N_TASKS, T6).op(Kind::remu, A0, A0, T1, 0);
    asm.imm(Kind::slli, A0, A0, 3).ld(T1, kept::TASKS, T6);
    asm.op(Kind::add, A0, A0, T1, 0).ld(S0, 0, A0);
    asm.sd(S0, kept::RECORD, T6)
        .sd(0, kept::TRAPS, T6)
        .sd(0, kept::TICKS, T6);
    asm.li(T0, MACHINE_VECTOR).csrw(MTVEC, T0);
    for &(csr, value) in BASELINE {
        asm.li(T0, value).csrw(csr, T0);
    }
    asm.li(T0, OURS).csrw(MIE, T0);
    asm.imm(Kind::addi, S1, S0, record::POKES as i32);
    asm.label("pokes").ld(T0, 0, S1).ld(T1, 8, S1);
    asm.imm(Kind::addi, S1, S1, 16)
        .branch(Kind::beq, T0, 0, "poked");
    asm.label("poke").branch(Kind::beq, T1, 0, "pokes");
    asm.ld(T2, 0, S1).sd(T2, 0, T0).imm(Kind::addi, S1, S1, 8);
    asm.imm(Kind::addi, T0, T0, 8).imm(Kind::addi, T1, T1, -1);
    asm.jump("poke").label("poked");
    asm.ld(T0, record::PROLOGUE, S0).imm(Kind::jalr, RA, T0, 0);
}

/// Enters the task.
fn enter(asm: &mut Asm) {
    asm.ld(T0, record::HAS_FLOATS, S0);
    asm.branch(Kind::beq, T0, 0, "no_floats").li(T0, FS);
    asm.imm(Kind::csrrs, 0, T0, i32::from(MSTATUS));
    for n in 0..32 {
        asm.op(Kind::fld, n, S0, 0, (record::F + 8 * u64::from(n)) as i32);
    }
    asm.ld(T0, record::FCSR, S0).csrw(3, T0).label("no_floats");
    asm.imm(Kind::fence_i, 0, 0, 0)
        .op(Kind::sfence_vma, 0, 0, 0, 0);
    asm.ld(T0, record::ENTRY, S0).csrw(MEPC, T0);
    asm.imm(Kind::addi, T6, S0, 0)
        .ld(T0, record::MSTATUS, S0)
        .csrw(MSTATUS, T0);
    for n in 1..=T6 {
        asm.ld(n, record::X + 8 * u64::from(n), T6);
    }
    asm.op(Kind::mret, 0, 0, 0, 0);
}
