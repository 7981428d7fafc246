//! The program that runs on both machines: it prepares a case, enters it, keeps its traps,
//! resumes after each at the next slot of 16 bytes, and writes down what the case left.
//!
//! A trap into M-mode comes here directly. One into S-mode comes by an `ecall` of the
//! S-mode handler, which is nothing else; the way back is an `sret` in S-mode.

use machine::isa::Kind;

use super::asm::Asm;
use super::layout::{self, ARENA, LOG, MACHINE_VECTOR, SAVE, VECTORS, kept, record};

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
const T5: u8 = 30;
const T6: u8 = 31;

const MSTATUS: u16 = 0x300;
const MIE: u16 = 0x304;
const MTVEC: u16 = 0x305;
const MSCRATCH: u16 = 0x340;
const MEPC: u16 = 0x341;
const FS: u64 = 3 << 13;
const MPRV: u64 = 1 << 17;

/// What CSRs hold when a case begins, unless it sets them; in the order of writing.
pub(crate) const BASELINE: &[(u16, u64)] = &[
    (MSTATUS, 0),
    (0x180, 0),
    (0x302, 0),
    (0x303, 0),
    (MIE, 0),
    (0x344, 0),
    (0x30a, 0),
    (0x10a, 0),
    (0x306, 0),
    (0x106, 0),
    (0x105, layout::SUPERVISOR_PAGE),
    (0x140, 0),
    (0x141, 0),
    (0x142, 0),
    (0x143, 0),
    (0x14d, !0),
    (MEPC, 0),
    (0x342, 0),
    (0x343, 0),
    (0x3a0, 0x1f),
    (0x3a2, 0),
    (0x3b0, (1 << 54) - 1),
    (0x3b1, 0),
    (0x3b2, 0),
    (0x3b3, 0),
    (0x3b4, 0),
    (0x3b5, 0),
    (0x3b6, 0),
    (0x3b7, 0),
    (0x3b8, 0),
    (0x3b9, 0),
    (0x3ba, 0),
    (0x3bb, 0),
    (0x3bc, 0),
    (0x3bd, 0),
    (0x3be, 0),
    (0x3bf, 0),
];

/// CSRs that are written down after a case, in this order. Those that the harness uses for
/// itself and those that count time are left out.
pub(super) const TOLD: &[u16] = &[
    MSTATUS, 0x301, 0x302, 0x303, MIE, MTVEC, 0x306, 0x30a, MEPC, 0x342, 0x343, 0x344, 0x105,
    0x106, 0x10a, 0x140, 0x141, 0x142, 0x143, 0x180, 0x3a0, 0x3a2, 0x3b0, 0x3b1, 0x3b2, 0x3b3,
    0x3b4, 0x3b5, 0x3b6, 0x3b7, 0x3b8, 0x3b9, 0x3ba, 0x3bb, 0x3bc, 0x3bd, 0x3be, 0x3bf,
];

/// Where floating-point registers lie in a result, in dwords: after the count of cases and `x`.
pub(super) const RESULT_F: u64 = 32;
/// `fcsr`.
pub(super) const RESULT_FCSR: u64 = RESULT_F + 32;
/// The CSRs.
pub(super) const RESULT_CSRS: u64 = RESULT_FCSR + 1;
/// The sum of the arena without page tables.
pub(super) const RESULT_SUM: u64 = RESULT_CSRS + TOLD.len() as u64;
/// The sum of the page tables.
pub(super) const RESULT_TABLES: u64 = RESULT_SUM + 1;
/// How many traps there were.
pub(super) const RESULT_TRAPS: u64 = RESULT_TABLES + 1;
/// The traps.
pub(super) const RESULT_LOG: u64 = RESULT_TRAPS + 1;

/// The multiplier of the arena's sum.
pub(super) const SUM_BY: u64 = 0x9e37_79b9_7f4a_7c15;

/// Whether the machine has floating-point registers.
pub(super) fn has_floats() -> bool {
    machine::isa::decode(fld(0, 0, 0)).kind != Kind::illegal
}

fn fld(rd: u8, offset: u64, base: u8) -> u32 {
    0x3007 | u32::from(rd) << 7 | u32::from(base) << 15 | (offset as u32) << 20
}

fn fsd(rs2: u8, offset: u64, base: u8) -> u32 {
    let offset = offset as u32;
    0x3027 | (offset & 31) << 7 | u32::from(base) << 15 | u32::from(rs2) << 20 | offset >> 5 << 25
}

/// The harness, and the S-mode handler's page.
pub(super) struct Harness {
    /// What lies at [`layout::HARNESS`].
    pub code: Vec<u8>,
    /// What lies at [`layout::SUPERVISOR_PAGE`].
    pub supervisor: Vec<u8>,
}

/// Builds it.
pub(super) fn build() -> Harness {
    let mut asm = Asm::at(layout::HARNESS);
    asm.jump("start");
    while !asm.here().is_multiple_of(256) {
        asm.words(&[0x13]);
    }
    assert_eq!(asm.here(), MACHINE_VECTOR);
    vectors(&mut asm);
    handler(&mut asm);
    resume(&mut asm);
    finish(&mut asm);
    asm.label("start").li(T0, SAVE).csrw(MSCRATCH, T0);
    next_case(&mut asm);
    enter(&mut asm);
    asm.label("done").li(T0, 0x10_0000).li(T1, 0x5555);
    asm.op(Kind::sw, 0, T0, T1, 0).label("end").jump("end");
    let (code, _) = asm.finish();
    assert!(code.len() as u64 <= layout::SUPERVISOR_PAGE - layout::HARNESS);

    let mut asm = Asm::at(layout::SUPERVISOR_PAGE);
    for _ in 0..VECTORS {
        asm.op(Kind::ecall, 0, 0, 0, 0);
    }
    assert_eq!(asm.here(), layout::SUPERVISOR_RETURN);
    asm.op(Kind::sret, 0, 0, 0, 0);
    let (supervisor, _) = asm.finish();
    Harness { code, supervisor }
}

/// The vector's entries, and for each what notes its number in `t5` and frees `t6`, which
/// then holds [`SAVE`].
pub(crate) fn vectors(asm: &mut Asm) {
    const STUB: i32 = 16;
    for n in 0..VECTORS as i32 {
        let to_stubs = 4 * (VECTORS as i32 - n);
        asm.op(Kind::jal, 0, 0, 0, to_stubs + STUB * n);
    }
    for n in 0..VECTORS as i32 {
        asm.imm(Kind::csrrw, T6, T6, i32::from(MSCRATCH));
        asm.sd(T5, 8 * u64::from(T5), T6);
        asm.imm(Kind::addi, T5, 0, n).jump("trapped");
    }
}

/// Appends the registers `words` to the log; `s1` is where it goes on.
fn log(asm: &mut Asm, words: [u8; layout::LOG_WORDS as usize]) {
    for (n, word) in words.into_iter().enumerate() {
        asm.sd(word, 8 * n as u64, S1);
    }
    let bytes = 8 * layout::LOG_WORDS as i32;
    asm.imm(Kind::addi, S1, S1, bytes).sd(S1, kept::LOG, T6);
    asm.ld(A0, kept::TRAPS, T6).imm(Kind::addi, A0, A0, 1);
    asm.sd(A0, kept::TRAPS, T6);
}

/// Saves the registers, logs the trap, and decides where the case goes on.
fn handler(asm: &mut Asm) {
    asm.label("trapped");
    for n in 1..T5 {
        asm.sd(n, 8 * u64::from(n), T6);
    }
    asm.csrr(T0, MSCRATCH).sd(T0, 8 * u64::from(T6), T6);
    asm.csrw(MSCRATCH, T6);
    asm.ld(S0, kept::RECORD, T6).ld(S1, kept::LOG, T6);
    asm.csrr(A1, 0x342).csrr(A2, MEPC).csrr(A3, 0x343);
    asm.csrr(T2, MSTATUS);
    // An environment call from the S-mode handler?
    asm.li(T0, 9).branch(Kind::bne, A1, T0, "machine");
    asm.li(T0, layout::SUPERVISOR_PAGE);
    asm.op(Kind::sub, T5, A2, T0, 0);
    asm.li(T0, 4 * VECTORS)
        .branch(Kind::bgeu, T5, T0, "outside");
    asm.csrr(A1, 0x142).csrr(A2, 0x141).csrr(A3, 0x143);
    // Marked by a bit that no cause has.
    asm.li(T0, 1 << 62).op(Kind::or, A1, A1, T0, 0);
    asm.imm(Kind::srli, T5, T5, 2);
    log(asm, [A1, A2, A3, T2, T5]);
    asm.branch(Kind::bge, A1, 0, "supervisor");
    asm.label("supervisor_interrupt");
    quench(asm);
    asm.jump("return_by_sret");
    asm.label("supervisor");
    step_over(asm);
    asm.csrw(0x141, A2).label("return_by_sret");
    asm.li(A2, layout::SUPERVISOR_RETURN).jump("resume");

    asm.label("outside").li(T5, 0);
    asm.label("machine");
    log(asm, [A1, A2, A3, T2, T5]);
    asm.branch(Kind::bge, A1, 0, "exception");
    quench(asm);
    asm.jump("resume");
    asm.label("exception");
    step_over(asm);
}

/// Closes the interrupt of cause `a1`, lest it comes again at once.
fn quench(asm: &mut Asm) {
    asm.li(T0, 1).op(Kind::sll, T0, T0, A1, 0);
    asm.imm(Kind::csrrc, 0, T0, i32::from(MIE));
}

/// Puts `a2` to the next slot; the case is over if it is outside of its code.
fn step_over(asm: &mut Asm) {
    asm.ld(T0, record::WINDOW, S0);
    asm.branch(Kind::bltu, A2, T0, "finish");
    asm.imm(Kind::ori, A2, A2, 15).imm(Kind::addi, A2, A2, 1);
    asm.ld(T0, record::WINDOW_END, S0);
    asm.branch(Kind::bgeu, A2, T0, "finish");
}

/// Goes on at `a2`, unless there were traps enough.
fn resume(asm: &mut Asm) {
    asm.label("resume");
    asm.ld(T0, record::LIMIT, S0).ld(T1, kept::TRAPS, T6);
    asm.branch(Kind::bgeu, T1, T0, "finish").csrw(MEPC, A2);
    asm.ld(T0, record::FENCES, S0);
    asm.branch(Kind::beq, T0, 0, "unfenced");
    asm.op(Kind::sfence_vma, 0, 0, 0, 0).label("unfenced");
    for n in 1..=T6 {
        asm.ld(n, 8 * u64::from(n), T6);
    }
    asm.op(Kind::mret, 0, 0, 0, 0);
}

/// Writes down what the case left, and goes to the next.
fn finish(asm: &mut Asm) {
    asm.label("finish").ld(S1, kept::RESULT, T6);
    asm.ld(T0, kept::DONE, T6).sd(T0, 0, S1);
    for (n, &csr) in TOLD.iter().enumerate() {
        asm.csrr(T0, csr).sd(T0, 8 * (RESULT_CSRS + n as u64), S1);
    }
    asm.li(T0, MPRV).imm(Kind::csrrc, 0, T0, i32::from(MSTATUS));
    for n in 1..32 {
        asm.ld(T0, 8 * n, T6).sd(T0, 8 * n, S1);
    }
    if has_floats() {
        asm.ld(T0, record::HAS_FLOATS, S0);
        asm.branch(Kind::beq, T0, 0, "no_floats_left").li(T0, FS);
        asm.imm(Kind::csrrs, 0, T0, i32::from(MSTATUS));
        asm.csrr(T0, 3).sd(T0, 8 * RESULT_FCSR, S1);
        for n in 0..32 {
            asm.words(&[fsd(n, 8 * (RESULT_F + u64::from(n)), S1)]);
        }
        asm.label("no_floats_left");
    }
    // A page with a border of PMP inside is slow on QEMU.
    asm.csrw(0x3a0, 0).csrw(0x3a2, 0);
    sum(asm);
    asm.ld(A0, kept::TRAPS, T6).sd(A0, 8 * RESULT_TRAPS, S1);
    asm.li(T0, LOG).ld(T1, kept::LOG, T6);
    asm.imm(Kind::addi, S1, S1, 8 * RESULT_LOG as i32);
    asm.label("copy_log")
        .branch(Kind::bgeu, T0, T1, "log_copied");
    asm.ld(T2, 0, T0).sd(T2, 0, S1).imm(Kind::addi, T0, T0, 8);
    asm.imm(Kind::addi, S1, S1, 8).jump("copy_log");
    asm.label("log_copied").sd(S1, kept::RESULT, T6);
    asm.ld(T0, record::NEXT, S0).sd(T0, kept::RECORD, T6);
    asm.ld(T0, kept::DONE, T6).imm(Kind::addi, T0, T0, 1);
    asm.sd(T0, kept::DONE, T6).jump("next");
}

/// Sums up the arena: what lies before the page tables, and these.
fn sum(asm: &mut Asm) {
    asm.li(T0, ARENA).ld(A3, record::ARENA, S0);
    asm.op(Kind::add, A3, A3, T0, 0).li(T1, layout::TABLES);
    asm.op(Kind::minu, T1, T1, A3, 0);
    sum_up(asm, "sum", "summed");
    asm.sd(A0, 8 * RESULT_SUM, S1).imm(Kind::addi, T1, A3, 0);
    sum_up(asm, "sum_tables", "tables_summed");
    asm.sd(A0, 8 * RESULT_TABLES, S1);
}

/// Sums up from `t0` to before `t1`, a multiple of 32 bytes, into `a0`.
fn sum_up(asm: &mut Asm, from: &'static str, to: &'static str) {
    asm.li(A0, 0).li(A1, SUM_BY).label(from);
    asm.branch(Kind::bgeu, T0, T1, to);
    for n in 0..4 {
        asm.ld(T2, 8 * n, T0).op(Kind::xor, A0, A0, T2, 0);
        asm.op(Kind::mul, A0, A0, A1, 0);
        asm.imm(Kind::srli, T2, A0, 29).op(Kind::xor, A0, A0, T2, 0);
    }
    asm.imm(Kind::addi, T0, T0, 32).jump(from).label(to);
}

/// Prepares the next case, up to its prologue.
fn next_case(asm: &mut Asm) {
    asm.label("next").li(T6, SAVE).ld(S0, kept::RECORD, T6);
    asm.branch(Kind::bne, S0, 0, "prepare")
        .jump("done")
        .label("prepare");
    asm.li(T0, MACHINE_VECTOR).csrw(MTVEC, T0);
    for &(csr, value) in BASELINE {
        asm.li(T0, value).csrw(csr, T0);
    }
    asm.li(T0, layout::MSIP).ld(T1, record::MSIP, S0);
    asm.op(Kind::sw, 0, T0, T1, 0);
    asm.li(T0, 0x200_4000).li(T1, !0).sd(T1, 0, T0);
    quiet_devices(asm);
    asm.li(T0, ARENA)
        .ld(T1, record::CLEARED, S0)
        .op(Kind::add, T1, T1, T0, 0);
    asm.label("clear").branch(Kind::bgeu, T0, T1, "cleared");
    for n in 0..8 {
        asm.sd(0, 8 * n, T0);
    }
    asm.imm(Kind::addi, T0, T0, 64).jump("clear");
    asm.label("cleared");
    asm.imm(Kind::addi, S1, S0, record::POKES as i32);
    asm.label("pokes").ld(T0, 0, S1).ld(T1, 8, S1);
    asm.imm(Kind::addi, S1, S1, 16)
        .branch(Kind::beq, T0, 0, "poked");
    asm.label("poke").branch(Kind::beq, T1, 0, "pokes");
    asm.ld(T2, 0, S1).sd(T2, 0, T0).imm(Kind::addi, S1, S1, 8);
    asm.imm(Kind::addi, T0, T0, 8)
        .imm(Kind::addi, T1, T1, -1)
        .jump("poke");
    asm.label("poked").li(T0, LOG).sd(T0, kept::LOG, T6);
    asm.sd(0, kept::TRAPS, T6)
        .ld(T0, record::PROLOGUE, S0)
        .imm(Kind::jalr, RA, T0, 0);
}

/// Has the serial port ask for nothing, and the PLIC forget that it did.
fn quiet_devices(asm: &mut Asm) {
    const IRQ: u64 = 10;
    asm.li(T0, 0x1000_0000).op(Kind::sb, 0, T0, 0, 1);
    asm.li(T0, 0xc00_0000 + 4 * IRQ).li(T1, 1);
    asm.op(Kind::sw, 0, T0, T1, 0).li(T2, IRQ);
    for context in 0..2 {
        // It is for the one that claimed to complete; and what is pending must be claimed.
        asm.li(T1, 0xc00_2000 + 0x80 * context).li(A0, 1 << IRQ);
        asm.op(Kind::sw, 0, T1, A0, 0);
        asm.li(A1, 0xc20_0004 + 0x1000 * context);
        asm.op(Kind::sw, 0, A1, T2, 0).imm(Kind::lw, 0, A1, 0);
        asm.op(Kind::sw, 0, A1, T2, 0).op(Kind::sw, 0, T1, 0, 0);
    }
    asm.op(Kind::sw, 0, T0, 0, 0);
}

/// Enters the case.
fn enter(asm: &mut Asm) {
    asm.li(T6, SAVE).ld(S0, kept::RECORD, T6);
    // Those of a case that has none are zero, lest they are those of the case before.
    if has_floats() {
        asm.li(T0, FS).imm(Kind::csrrs, 0, T0, i32::from(MSTATUS));
        for n in 0..32 {
            asm.words(&[fld(n, record::F + 8 * u64::from(n), S0)]);
        }
        asm.ld(T0, record::FCSR, S0).csrw(3, T0);
    }
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
