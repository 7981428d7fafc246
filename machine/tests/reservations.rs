//! Load-reserved and store-conditional: what a reservation outlives and what ends it.

mod guest;

use guest::*;
use machine::isa::Kind::*;
use machine::{Config, Stop};

/// The bytes that are reserved; what the harts tell each other lies in another page.
const X: i64 = 0x8010_0000;
const FLAGS: i64 = 0x8020_0000;

/// What hart 0's `sc` gives, when hart 1 runs `meddle` between its `lr` and that, with the
/// reserved address in `s0`. Hart 0 itself runs `own` there.
fn after(meddle: impl Fn(&mut Program), own: impl Fn(&mut Program)) -> u64 {
    let program = rendezvous(meddle, own);
    let config = Config {
        harts: 2,
        ..one_hart()
    };
    let mut machine = program.machine(&config);
    assert_eq!(machine.run(100_000), Stop::PowerOff { code: 0 });
    let result = machine.harts()[0].x[9];

    // However the run is cut, and whoever takes it up, it is the same.
    let end = machine.t();
    for cut in (1..end).step_by(797) {
        let mut first = program.machine(&config);
        first.run(cut);
        let mut second = program.machine(&config);
        second.restore(&first.snapshot());
        for machine in [&mut first, &mut second] {
            machine.run(100_000);
            assert_eq!(machine.harts()[0].x[9], result, "cut at {cut}");
        }
        assert_eq!(first.state_hash(), second.state_hash());
        assert_eq!(first.state_hash(), machine.state_hash());
    }
    result
}

fn rendezvous(meddle: impl Fn(&mut Program), own: impl Fn(&mut Program)) -> Program {
    let mut program = Program::new();
    program.li(S0, X).li(S2, FLAGS).li(A4, 1);
    // Both may write to the page before anything is reserved.
    program.store(sd, ZERO, S0, 128);
    program.csrr(A0, MHARTID).branch(bne, A0, ZERO, "meddler");
    program.reg(lr_d, A1, S0, ZERO);
    program.store(sd, A4, S2, 0);
    program.label("wait").imm(ld, A2, S2, 8);
    program.branch(beq, A2, ZERO, "wait");
    own(&mut program);
    program.reg(sc_d, S1, S0, A4).power_off(0);
    program.label("meddler").imm(ld, A2, S2, 0);
    program.branch(beq, A2, ZERO, "meddler");
    meddle(&mut program);
    program.store(sd, A4, S2, 8);
    program.label("rest").jump(ZERO, "rest");
    program
}

fn nothing(_: &mut Program) {}

#[test]
fn others_may_do_what_they_like_elsewhere() {
    assert_eq!(after(nothing, nothing), 0);
    let beside = |program: &mut Program| {
        program.store(sd, A4, S0, 8).store(sb, A4, S0, -1);
        program.imm(ld, A3, S0, 0);
        program.imm(addi, S3, S0, 8).reg(amoadd_d, A3, S3, A4);
        program.reg(lr_d, A3, S0, ZERO);
    };
    assert_eq!(after(beside, nothing), 0);
}

#[test]
fn a_store_of_another_hart_ends_it() {
    for offset in 0..8 {
        let store = |program: &mut Program| {
            program.store(sb, ZERO, S0, offset);
        };
        assert_eq!(after(store, nothing), 1, "even of what is there already");
    }
    let across = |program: &mut Program| {
        program.store(sd, ZERO, S0, -7);
    };
    assert_eq!(after(across, nothing), 1);
    let atomic = |program: &mut Program| {
        program.reg(amoor_w, A3, S0, ZERO);
    };
    assert_eq!(after(atomic, nothing), 1);
    let conditional = |program: &mut Program| {
        program.reg(lr_d, A3, S0, ZERO).reg(sc_d, A3, S0, A4);
    };
    assert_eq!(after(conditional, nothing), 1);
    let block = |program: &mut Program| {
        program.imm(cbo_zero, ZERO, S0, 0);
    };
    assert_eq!(after(block, nothing), 1);
}

#[test]
fn own_stores_do_not_end_it() {
    let store = |program: &mut Program| {
        program.store(sd, A4, S0, 0).reg(amoor_w, A3, S0, A4);
    };
    assert_eq!(after(nothing, store), 0);
}

#[test]
fn own_conditional_stores_traps_and_returns_end_it() {
    let conditional = |program: &mut Program| {
        program.imm(addi, S3, S0, 64).reg(sc_d, A3, S3, A4);
    };
    assert_eq!(after(nothing, conditional), 1);
    let trap = |program: &mut Program| {
        let next = program.here() + 4 * (11 + 2);
        program.li(T0, next as i64).csrw(MTVEC, T0).plain(ecall);
    };
    assert_eq!(after(nothing, trap), 1);
    let mret_here = |program: &mut Program| {
        let next = program.here() + 4 * (11 + 1 + 11 + 2);
        program.li(T0, 3 << 11).csrw(MSTATUS, T0);
        program.li(T0, next as i64).csrw(MEPC, T0).plain(mret);
    };
    assert_eq!(after(nothing, mret_here), 1);
}

#[test]
fn only_what_was_reserved_is_stored_to() {
    let of = |body: fn(&mut Program)| {
        let mut program = Program::new();
        program.li(S0, X).li(A4, 1);
        body(&mut program);
        program.power_off(0).run().harts()[0].x[9]
    };
    let none = of(|program| {
        program.reg(sc_d, S1, S0, A4);
    });
    assert_eq!(none, 1);
    let pair = of(|program| {
        program.reg(lr_w, A3, S0, ZERO).reg(sc_w, S1, S0, A4);
    });
    assert_eq!(pair, 0);
    let wider = of(|program| {
        program.reg(lr_w, A3, S0, ZERO).reg(sc_d, S1, S0, A4);
    });
    assert_eq!(wider, 1);
    let twice = of(|program| {
        program.reg(lr_d, A3, S0, ZERO).reg(sc_d, A3, S0, A4);
        program.reg(sc_d, S1, S0, A4);
    });
    assert_eq!(twice, 1);
    let latest = of(|program| {
        program.reg(lr_d, A3, S0, ZERO);
        program.imm(addi, S3, S0, 8).reg(lr_d, A3, S3, ZERO);
        program.reg(sc_d, S1, S0, A4);
    });
    assert_eq!(latest, 1);
}
