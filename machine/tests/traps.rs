//! Every exception with its cause, `epc` and `tval`; what is delegated; what CSRs keep.

mod guest;

use guest::*;
use machine::Mode;
use machine::isa::Kind::*;

/// Runs `body` in M-mode (or where it goes) until the first trap to M-mode; then `a0` to `a3`
/// are `mcause`, `mepc`, `mtval`, `mstatus`, and `s1` is the address of the label `at`.
fn trap_of(body: impl FnOnce(&mut Program)) -> (u64, u64, u64, u64) {
    let mut program = Program::new();
    program.jump(ZERO, "start").align(8);
    program.label("handler");
    program.csrr(A0, MCAUSE).csrr(A1, MEPC).csrr(A2, MTVAL);
    program.csrr(A3, MSTATUS).power_off(0);
    program.label("start");
    let handler = program.address("handler");
    program.li(T0, handler as i64).csrw(MTVEC, T0);
    body(&mut program);
    let hart = &program.run().harts()[0];
    assert_eq!(hart.mode, Mode::Machine);
    (hart.x[10], hart.x[11], hart.x[12], hart.x[13])
}

/// Checks the cause and value of the trap that the last instruction of `body` raises.
fn check(cause: u64, tval: u64, body: impl FnOnce(&mut Program)) {
    let mut at = 0;
    let (found, epc, value, _) = trap_of(|program| {
        body(program);
        at = program.here() - 4;
    });
    assert_eq!((found, value, epc), (cause, tval, at));
}

/// Lets everything of memory be accessed by the modes below M.
fn open_pmp(program: &mut Program) {
    program.li(T0, -1).csrw(PMPADDR0, T0);
    program.li(T0, 0x1f).csrw(PMPCFG0, T0);
}

/// Goes to `mode` at the next instruction.
fn drop_to(program: &mut Program, mode: u64) {
    open_pmp(program);
    program.li(T0, (mode << 11) as i64).csrw(MSTATUS, T0);
    let next = program.here() + 4 * (11 + 2);
    program.li(T0, next as i64).csrw(MEPC, T0).plain(mret);
}

#[test]
fn illegal_words_give_their_bits() {
    check(2, 0xffff_ffff, |program| {
        program.word(0xffff_ffff);
    });
    // The floating-point unit is off: flw fa0,0(a0).
    check(2, 0x0005_2507, |program| {
        program.word(0x0005_2507);
    });
}

#[test]
fn a_short_illegal_word_gives_16_bits() {
    let (cause, epc, tval, _) = trap_of(|program| {
        program.word(0xffff_0000);
    });
    assert_eq!((cause, tval), (2, 0));
    assert!(epc.is_multiple_of(2));
    // Also where it is one that is not allowed: c.fld fs0,0(s0), with FS off.
    let (cause, _, tval, _) = trap_of(|program| {
        program.word(0xffff_2000);
    });
    assert_eq!((cause, tval), (2, 0x2000));
}

#[test]
fn environment_calls_tell_the_mode() {
    check(11, 0, |program| {
        program.plain(ecall);
    });
    for (mode, cause) in [(0, 8), (1, 9)] {
        check(cause, 0, |program| {
            drop_to(program, mode);
            program.plain(ecall);
        });
    }
}

#[test]
fn breakpoints_trap() {
    check(3, 0, |program| {
        program.plain(ebreak);
    });
}

#[test]
fn where_nothing_is_accesses_fault() {
    check(5, 0x4000_0000, |program| {
        program.li(A0, 0x4000_0000).imm(lw, A1, A0, 0);
    });
    check(7, 0x4000_0004, |program| {
        program.li(A0, 0x4000_0000).store(sd, A1, A0, 4);
    });
    // Physical addresses have 56 bits; what is beyond is nowhere, and no alias.
    for bit in [32, 48, 55, 56, 57, 63] {
        let far = RAM as i64 | 1 << bit;
        check(5, far as u64, |program| {
            program.li(A0, far).imm(ld, A1, A0, 0);
        });
        check(7, far as u64, |program| {
            program.li(A0, far).store(sb, A1, A0, 0);
        });
        let (cause, epc, tval, _) = trap_of(|program| {
            program.li(A0, far).imm(jalr, ZERO, A0, 0);
        });
        assert_eq!((cause, epc, tval), (1, far as u64, far as u64));
    }
    let (cause, epc, tval, _) = trap_of(|program| {
        program.li(A0, 0x4000_0000).imm(jalr, ZERO, A0, 0);
    });
    assert_eq!((cause, epc, tval), (1, 0x4000_0000, 0x4000_0000));
    // Devices hold no code.
    let (cause, ..) = trap_of(|program| {
        program.li(A0, UART).imm(jalr, ZERO, A0, 0);
    });
    assert_eq!(cause, 1);
}

#[test]
fn atomics_must_be_aligned_and_in_memory() {
    check(6, RAM + 2, |program| {
        program.li(A0, RAM as i64 + 2).reg(amoadd_w, A1, A0, A1);
    });
    check(4, RAM + 4, |program| {
        program.li(A0, RAM as i64 + 4).reg(lr_d, A1, A0, ZERO);
    });
    check(6, RAM + 4, |program| {
        program.li(A0, RAM as i64 + 4).reg(sc_d, A1, A0, A1);
    });
    check(7, UART as u64, |program| {
        program.li(A0, UART).reg(amoadd_w, A1, A0, A1);
    });
    check(5, UART as u64, |program| {
        program.li(A0, UART).reg(lr_w, A1, A0, ZERO);
    });
    check(7, UART as u64, |program| {
        program.li(A0, UART).reg(sc_w, A1, A0, A1);
    });
}

#[test]
fn without_pmp_entries_only_m_mode_has_memory() {
    let (cause, epc, ..) = trap_of(|program| {
        let next = program.here() + 4 * (11 + 1 + 11 + 2);
        program.li(T0, 0).csrw(MSTATUS, T0);
        program.li(T0, next as i64).csrw(MEPC, T0).plain(mret);
    });
    assert_eq!(cause, 1);
    assert!(epc > RAM);
}

#[test]
fn privileged_instructions_and_registers_need_their_mode() {
    for (mode, word) in [
        (0, 0x3020_0073), // mret
        (1, 0x3020_0073),
        (0, 0x1020_0073), // sret
        (0, 0x1050_0073), // wfi
        (0, 0x1200_0073), // sfence.vma
        (0, 0x1000_2573), // csrr a0,sstatus
        (1, 0x3000_2573), // csrr a0,mstatus
        (1, 0xc010_2573), // rdtime, while mcounteren is 0
        (1, 0x14d0_2573), // csrr a0,stimecmp, while menvcfg.STCE is 0
        (3, 0xf140_1073), // csrw mhartid,zero
        (3, 0x7a00_2573), // csrr a0,tselect: no triggers
        (3, 0x0030_2573), // csrr a0,fcsr: no F
        (3, 0x3a10_2573), // csrr a0,pmpcfg1: RV32's
    ] {
        check(2, u64::from(word), |program| {
            drop_to(program, mode);
            program.word(word);
        });
    }
}

#[test]
fn tvm_tw_and_tsr_keep_s_mode_from_three_things() {
    for (bit, word) in [
        (20, 0x1200_0073), // sfence.vma
        (20, 0x1800_2573), // csrr a0,satp
        (21, 0x1050_0073), // wfi
        (22, 0x1020_0073), // sret
    ] {
        check(2, u64::from(word), |program| {
            open_pmp(program);
            program.li(T0, 1 << bit | 1 << 11).csrw(MSTATUS, T0);
            let next = program.here() + 4 * (11 + 2);
            program.li(T0, next as i64).csrw(MEPC, T0).plain(mret);
            program.word(word);
        });
    }
}

#[test]
fn the_status_remembers_where_a_trap_came_from() {
    const MPIE: u64 = 1 << 7;
    let (_, _, _, status) = trap_of(|program| {
        drop_to(program, 1);
        program.plain(ecall);
    });
    assert_eq!(status >> 11 & 3, 1);
    // mret left MPIE set and MIE clear; the trap copied MIE, which was MPIE's 0.
    assert_eq!(status & MPIE, 0);
}

#[test]
fn registers_keep_what_they_can() {
    /// What `csr` reads after `value` was written to it.
    fn kept(csr: i32, value: i64) -> u64 {
        let mut program = Program::new();
        program
            .li(T0, value)
            .csrw(csr, T0)
            .csrr(S1, csr)
            .power_off(0);
        program.run().harts()[0].x[9]
    }
    const ALL: i64 = -1;
    assert_eq!(
        kept(0x301, ALL),
        0x8000_0000_0014_112d,
        "misa: IMAFDC, S, U"
    );
    assert_eq!(
        kept(MSTATUS, ALL),
        0x8000_000a_007e_79aa,
        "mstatus: no XS, no VS"
    );
    assert_eq!(
        kept(MSTATUS, 2 << 11) >> 11 & 3,
        0,
        "MPP keeps no reserved mode"
    );
    assert_eq!(kept(MEDELEG, ALL), 0xb3ff);
    assert_eq!(kept(0x303, ALL), 0x222, "mideleg");
    assert_eq!(kept(MIE, ALL), 0xaaa);
    assert_eq!(
        kept(MTVEC, ALL),
        0,
        "a reserved mode: the write does nothing"
    );
    assert_eq!(kept(MTVEC, -3), !2u64);
    assert_eq!(kept(MEPC, ALL), !1u64);
    let menvcfg = "STCE, PBMTE, ADUE, CBZE, CBCFE, CBIE, FIOM";
    assert_eq!(kept(0x30a, ALL), 7 << 61 | 0xf1, "{menvcfg}");
    assert_eq!(kept(0x10a, ALL), 0xf1, "senvcfg");
    assert_eq!(kept(0x10a, 0x20), 0, "CBIE keeps no reserved value");
    assert_eq!(kept(SATP, 8 << 60), 8 << 60);
    assert_eq!(kept(PMPADDR0, ALL), (1 << 54) - 1);
    assert_eq!(kept(PMPCFG0, 0x7f), 0x1f);
    assert_eq!(kept(PMPCFG0, 0x1a), 0x18, "W without R is reserved");
    assert_eq!(kept(0xb03, ALL), 0, "mhpmcounter3");
}

#[test]
fn a_locked_pmp_entry_stays() {
    let mut program = Program::new();
    program.li(T0, 0x8000_0000 >> 2).csrw(PMPADDR0 + 1, T0);
    // Entry 1: locked, TOR, execute only, from pmpaddr0 = 0.
    program.li(T0, 0x8c00).csrw(PMPCFG0, T0);
    program.li(T0, -1).csrw(PMPADDR0, T0).csrw(PMPADDR0 + 1, T0);
    program.csrw(PMPCFG0, ZERO);
    program
        .csrr(S2, PMPADDR0)
        .csrr(S3, PMPADDR0 + 1)
        .csrr(S4, PMPCFG0);
    // It binds M-mode: the finisher lies in it.
    program.label("handler").power_off(0);
    let x = {
        let mut machine = program.machine(&one_hart());
        machine.run(1000);
        machine.harts()[0].x
    };
    assert_eq!((x[18], x[19], x[20]), (0, 0x2000_0000, 0x8c00));
}

#[test]
fn returns_unstack_the_status() {
    const MPRV: u64 = 1 << 17;
    const SEPC: i32 = 0x141;
    let [sie, mie, spie, mpie, spp] = [1 << 1, 1 << 3, 1 << 5, 1 << 7, 1 << 8];
    let after = |kind, status: u64| {
        let (cause, _, _, status) = trap_of(|program| {
            open_pmp(program);
            program.li(T0, status as i64).csrw(MSTATUS, T0);
            let next = program.here() + 4 * (11 + 3);
            program.li(T0, next as i64).csrw(MEPC, T0).csrw(SEPC, T0);
            program.plain(kind).plain(ecall);
        });
        (cause, status)
    };
    for (is_on, to) in [false, true]
        .into_iter()
        .flat_map(|is_on| [0, 1, 3].map(|to| (is_on, to)))
    {
        let stacked = if is_on { spie | mpie } else { 0 };
        let from_machine = after(mret, to << 11 | stacked | MPRV | sie | spp);
        // The trap from there stacked MIE as the return left it, and the mode it went to.
        let expected = to << 11
            | if is_on { mpie | spie } else { 0 }
            | if to == 3 { MPRV } else { 0 }
            | sie
            | spp;
        let seen = 3 << 11 | MPRV | sie | mie | spie | mpie | spp;
        assert_eq!(from_machine.0, 8 + to);
        assert_eq!(from_machine.1 & seen, expected, "mret to {to}, {is_on}");
        if to < 3 {
            let from_supervisor = after(sret, to << 8 | stacked | MPRV | mie);
            // MIE was on in M-mode, and the return to a mode below left it alone.
            let expected = to << 11 | mpie | spie | if is_on { sie } else { 0 };
            assert_eq!(from_supervisor.0, 8 + to);
            assert_eq!(from_supervisor.1 & seen, expected, "sret to {to}, {is_on}");
        }
    }
}
