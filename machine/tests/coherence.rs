//! Translations are kept, but never seen to be: a guest that changes its page tables without
//! a fence behaves the same whenever somebody looks at it, and after a restore.

mod guest;

use guest::*;
use machine::isa::Kind::*;
use machine::{StateHash, Stop};

/// A guest in S-mode that changes a page-table entry to and fro between two pages and never
/// fences: what the hart knows of translations must not show.
fn forgetful() -> Program {
    const ROOT: i64 = 0x8010_0000;
    const MIDDLE: i64 = 0x8010_1000;
    const LEAVES: i64 = 0x8010_2000;
    const VA: i64 = 0x40_0000_0000_i64 - 0x20_0000; // the last 2 MiB of the lower half
    let pte = |pa: i64, bits: i64| pa >> 12 << 10 | bits;
    let mut program = Program::new();
    let poke = |program: &mut Program, at: i64, value: i64| {
        program.li(T0, at).li(T1, value).store(sd, T1, T0, 0);
    };
    // RAM as it is, and one page more; V is 1, R, W and X are 14, A and D 192.
    poke(&mut program, ROOT + 2 * 8, pte(0x8000_0000, 207));
    poke(&mut program, ROOT + 255 * 8, pte(MIDDLE, 1));
    poke(&mut program, MIDDLE + 511 * 8, pte(LEAVES, 1));
    poke(&mut program, LEAVES, pte(0x8020_0000, 7));
    program.li(T0, -1).csrw(PMPADDR0, T0);
    program.li(T0, 0x1f).csrw(PMPCFG0, T0);
    program.li(T0, 8 << 60 | ROOT >> 12).csrw(SATP, T0);
    program.li(T0, 1 << 11).csrw(MSTATUS, T0);
    program
        .li(T0, program.here() as i64 + 13 * 4)
        .csrw(MEPC, T0)
        .plain(mret);
    let begin = program.here();
    program.li(S0, LEAVES).li(S1, VA);
    program
        .li(S2, pte(0x8020_0000, 7))
        .li(S3, pte(0x8030_0000, 7));
    program.label("loop");
    program
        .imm(ld, A0, S1, 0)
        .imm(addi, A0, A0, 1)
        .store(sd, A0, S1, 0);
    program
        .imm(ld, A1, S1, 8)
        .reg(add, A2, A2, A1)
        .reg(add, A2, A2, A0);
    program
        .store(sd, S3, S0, 0)
        .imm(ld, A0, S1, 0)
        .store(sd, A2, S1, 8);
    program.imm(ld, A3, S0, 0).reg(add, A2, A2, A3);
    program.store(sd, S2, S0, 0).jump(ZERO, "loop");
    assert_eq!(
        program.address("loop"),
        begin + 44 * 4,
        "where mepc points to"
    );
    program
}

const END: u64 = 5_000;

/// The state at the end if `look` is done every so many steps.
fn after(every: u64, look: fn(&mut machine::Machine)) -> StateHash {
    let mut machine = forgetful().machine(&one_hart());
    while machine.t() < END {
        assert_eq!(machine.run((machine.t() + every).min(END)), Stop::Reached);
        look(&mut machine);
    }
    assert_eq!(machine.csr(0, 0x342), Some(0), "it never traps");
    machine.state_hash()
}

#[test]
fn looking_does_not_show() {
    let alone = after(END, |_| {});
    for every in [1, 3, 100, 1_001] {
        assert_eq!(after(every, |_| {}), alone, "every {every}");
        let hashed = after(every, |machine| assert_ne!(machine.state_hash().0, 0));
        assert_eq!(hashed, alone, "hashed every {every}");
        let restored = after(every, |machine| machine.restore(&machine.snapshot()));
        assert_eq!(restored, alone, "restored every {every}");
    }
}

#[test]
fn a_changed_entry_holds_at_once() {
    let mut machine = forgetful().machine(&one_hart());
    machine.run(END);
    let word = |pa: u64| {
        let bytes = machine.read_ram(pa, 8).expect("in RAM");
        u64::from_le_bytes(bytes.try_into().expect("eight"))
    };
    // Each round adds one to the first page's word, and leaves the second's alone.
    assert!(word(0x8020_0000) > 300, "{}", word(0x8020_0000));
    assert_eq!(word(0x8030_0000), 0);
    assert_ne!(word(0x8030_0008), 0);
    assert_eq!(word(0x8020_0008), 0);
}
