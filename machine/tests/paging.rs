//! Sv39: what each bit of a page-table entry allows, and that translations are forgotten
//! when they must be.

mod guest;

use guest::*;
use machine::isa::Kind::{self, *};

const V: i64 = 1;
const R: i64 = 2;
const W: i64 = 4;
const X: i64 = 8;
const U: i64 = 16;
const A: i64 = 64;
const D: i64 = 128;
const RWX: i64 = R | W | X;

/// Where the tests' tables lie: the root, the one below, the lowest.
const ROOT: i64 = 0x8010_0000;
const MIDDLE: i64 = 0x8010_1000;
const LEAVES: i64 = 0x8010_2000;
/// The page they map at virtual address [`VA`].
const PAGE: i64 = 0x8020_0000;
const VA: i64 = 0x40_0000_0000_i64 - 0x20_0000; // the last 2 MiB of the lower half
const SUM: i64 = 1 << 18;
const MXR: i64 = 1 << 19;
const MPRV: i64 = 1 << 17;

fn pte(pa: i64, bits: i64) -> i64 {
    pa >> 12 << 10 | bits
}

fn poke(program: &mut Program, at: i64, value: i64) {
    program.li(T0, at).li(T1, value).store(sd, T1, T0, 0);
}

/// A program that has set up the tables with `entry` as the leaf for [`VA`], opened PMP, and
/// made M-mode's loads and stores those of mode `mpp` with the bits `status`.
fn with_leaf(entry: i64, mpp: i64, status: i64) -> Program {
    let mut program = Program::new();
    program.jump(ZERO, "start").align(8);
    program.label("handler");
    // Loads and stores of the handler are M-mode's again.
    program.csrw(MSTATUS, ZERO);
    program.csrr(A0, MCAUSE).csrr(A2, MTVAL).power_off(0);
    program.label("start");
    let handler = program.address("handler");
    program.li(T0, handler as i64).csrw(MTVEC, T0);
    poke(&mut program, ROOT + 255 * 8, pte(MIDDLE, V));
    poke(&mut program, MIDDLE + 511 * 8, pte(LEAVES, V));
    poke(&mut program, LEAVES, entry);
    poke(&mut program, PAGE, 0x1122_3344_5566_7788);
    program
        .li(T0, -1)
        .csrw(PMPADDR0, T0)
        .li(T0, 0x1f)
        .csrw(PMPCFG0, T0);
    program.li(T0, 8 << 60 | ROOT >> 12).csrw(SATP, T0);
    program.li(T0, mpp << 11 | MPRV | status).csrw(MSTATUS, T0);
    program.li(A1, VA);
    program
}

/// The cause of the trap that `access` of [`VA`] raises, or 0 and the leaf afterwards.
fn outcome(entry: i64, mpp: i64, status: i64, access: Kind) -> (u64, i64) {
    let mut program = with_leaf(entry, mpp, status);
    match access {
        sd => program.store(sd, T1, A1, 0),
        amoor_d => program.reg(amoor_d, ZERO, A1, ZERO),
        load => program.imm(load, A3, A1, 0),
    };
    program.csrw(MSTATUS, ZERO).li(A0, 0).power_off(0);
    let machine = program.run();
    let leaf = (LEAVES as u64 - RAM) as usize;
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&machine.ram()[leaf..leaf + 8]);
    let x = machine.harts()[0].x;
    if x[10] != 0 {
        assert_eq!(x[12], VA as u64, "tval is the address");
    }
    (x[10], i64::from_le_bytes(bytes))
}

const USER: i64 = 0;
const SUPERVISOR: i64 = 1;
const LOAD_FAULT: u64 = 13;
const STORE_FAULT: u64 = 15;

#[test]
fn leaves_allow_what_their_bits_say() {
    let check = |bits: i64, mpp: i64, status: i64, access: Kind, cause: u64| {
        let (found, leaf) = outcome(pte(PAGE, bits), mpp, status, access);
        assert_eq!(found, cause, "{bits:#x} {mpp} {status:#x} {access:?}");
        if cause != 0 {
            assert_eq!(leaf, pte(PAGE, bits), "a fault leaves the entry alone");
        }
    };
    check(V | RWX, SUPERVISOR, 0, ld, 0);
    check(V | RWX, SUPERVISOR, 0, sd, 0);
    check(RWX, SUPERVISOR, 0, ld, LOAD_FAULT);
    check(V | R, SUPERVISOR, 0, sd, STORE_FAULT);
    check(V | R, SUPERVISOR, 0, amoor_d, STORE_FAULT);
    check(V | W, SUPERVISOR, 0, ld, LOAD_FAULT);
    check(V | W | X, SUPERVISOR, 0, sd, STORE_FAULT);
    check(V | X, SUPERVISOR, 0, ld, LOAD_FAULT);
    check(V | X, SUPERVISOR, MXR, ld, 0);
    check(V | R | U, SUPERVISOR, 0, ld, LOAD_FAULT);
    check(V | R | U, SUPERVISOR, SUM, ld, 0);
    check(V | R | U, USER, 0, ld, 0);
    check(V | R, USER, 0, ld, LOAD_FAULT);
    // No level is left to point to.
    check(V, SUPERVISOR, 0, ld, LOAD_FAULT);
    // Reserved bits: PBMT and N belong to extensions the machine lacks.
    check(V | R | 1 << 61, SUPERVISOR, 0, ld, LOAD_FAULT);
    check(V | R | 1 << 63, SUPERVISOR, 0, ld, LOAD_FAULT);
}

#[test]
fn the_hart_sets_accessed_and_dirty() {
    let after = |access: Kind| outcome(pte(PAGE, V | R | W), SUPERVISOR, 0, access);
    assert_eq!(after(ld), (0, pte(PAGE, V | R | W | A)));
    assert_eq!(after(sd), (0, pte(PAGE, V | R | W | A | D)));
    assert_eq!(after(amoor_d), (0, pte(PAGE, V | R | W | A | D)));
}

#[test]
fn a_page_outside_ram_gives_an_access_fault() {
    let (cause, _) = outcome(pte(0x4000_0000, V | R), SUPERVISOR, 0, ld);
    assert_eq!(cause, 5);
}

#[test]
fn addresses_must_be_canonical() {
    let mut program = with_leaf(pte(PAGE, V | R), SUPERVISOR, 0);
    program.li(A1, VA | 1 << 50).imm(ld, A3, A1, 0).power_off(1);
    let x = program.run().harts()[0].x;
    assert_eq!((x[10], x[12]), (LOAD_FAULT, (VA | 1 << 50) as u64));
}

#[test]
fn a_large_page_must_be_aligned() {
    for (pa, cause) in [(PAGE, 0), (PAGE + 0x1000, LOAD_FAULT)] {
        let mut program = with_leaf(0, SUPERVISOR, 0);
        program.csrw(MSTATUS, ZERO);
        poke(&mut program, MIDDLE + 511 * 8, pte(pa, V | R));
        program.plain(sfence_vma);
        program.li(T0, SUPERVISOR << 11 | MPRV).csrw(MSTATUS, T0);
        program.imm(ld, S1, A1, 0);
        program.csrw(MSTATUS, ZERO).li(A0, 0).power_off(0);
        let x = program.run().harts()[0].x;
        assert_eq!(x[10], cause);
        if cause == 0 {
            assert_eq!(x[9], 0x1122_3344_5566_7788);
        }
    }
}

#[test]
fn the_fence_forgets_and_so_does_satp() {
    let mut program = with_leaf(pte(PAGE, V | R | W), SUPERVISOR, 0);
    program.imm(ld, S1, A1, 0);
    program.csrw(MSTATUS, ZERO);
    poke(&mut program, LEAVES, pte(PAGE + 0x1000, V | R));
    poke(&mut program, PAGE + 0x1000, 77);
    program.plain(sfence_vma);
    program.li(T0, SUPERVISOR << 11 | MPRV).csrw(MSTATUS, T0);
    program.imm(ld, S2, A1, 0);
    program.csrw(MSTATUS, ZERO).power_off(0);
    let x = program.run().harts()[0].x;
    assert_eq!((x[9], x[18]), (0x1122_3344_5566_7788, 77));
}

#[test]
fn accesses_may_cross_pages_and_fault_at_the_second() {
    let mut program = with_leaf(pte(PAGE, V | R | W), SUPERVISOR, 0);
    program.csrw(MSTATUS, ZERO);
    poke(&mut program, LEAVES + 8, pte(PAGE + 0x5000, V | R | W));
    program.li(T0, SUPERVISOR << 11 | MPRV).csrw(MSTATUS, T0);
    program.li(S2, 0x0102_0304_0506_0708).li(S3, VA + 0x1000);
    program.store(sd, S2, S3, -3);
    program.imm(ld, S1, S3, -3);
    program.imm(lbu, S4, S3, 0);
    // The page after has no entry: the store must not change the first page.
    program.li(S3, VA + 0x2000);
    program.store(sb, ZERO, S3, -1);
    program.store(sd, S2, S3, -1);
    let x = program.run().harts()[0].x;
    assert_eq!(x[9], 0x0102_0304_0506_0708);
    assert_eq!(x[20], 0x05);
    assert_eq!((x[10], x[12]), (STORE_FAULT, VA as u64 + 0x2000));
}

#[test]
fn an_instruction_may_cross_pages() {
    let mut program = Program::new();
    program.jump(ZERO, "far").align(4096);
    program.bytes(&vec![0; 4094]);
    program.label("far");
    program.imm(addi, S1, ZERO, 42).power_off(0);
    let machine = program.run();
    assert_eq!(machine.harts()[0].x[9], 42);
}
