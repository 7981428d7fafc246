//! Interrupts land at an exact instruction; timers, devices and other harts raise them.

mod guest;

use guest::*;
use machine::isa::Kind::*;
use machine::{Config, Fault, Input, Stop};

const MTIE: i64 = 1 << 7;
const MEIE: i64 = 1 << 11;
const MSIE: i64 = 1 << 3;
const MIE_BIT: i32 = 1 << 3;

/// A program whose M-mode handler is what `handler` writes, with `mie` enabled.
fn with_handler(mie: i64, handler: impl FnOnce(&mut Program)) -> Program {
    let mut program = Program::new();
    program.jump(ZERO, "start").align(8);
    program.label("handler");
    handler(&mut program);
    program.label("start");
    let at = program.address("handler");
    program.li(T0, at as i64).csrw(MTVEC, T0);
    program.li(T0, mie).csrw(MIE, T0);
    program
}

#[test]
fn a_timer_interrupts_at_its_tick() {
    let mut program = with_handler(MTIE, |program| {
        program
            .csrr(A0, MCAUSE)
            .csrr(A1, MEPC)
            .csrr(A2, 0xb02)
            .power_off(0);
    });
    const TICKS: i64 = 30;
    program
        .li(T0, CLINT + 0x4000)
        .li(T1, TICKS)
        .store(sd, T1, T0, 0);
    program.imm(csrrsi, ZERO, MIE_BIT as u8, MSTATUS);
    // Each instruction is one count: where it stood says when it was interrupted.
    let begin = program.here();
    for _ in 0..400 {
        program.imm(addi, S1, S1, 1);
    }
    let mut machine = program.machine(&one_hart());
    assert_eq!(machine.run(10 * TICKS as u64), Stop::Reached);
    let before = machine.harts()[0];
    assert_eq!(before.pc, begin + 4 * before.x[9]);
    assert!(before.x[9] > 0, "the timer waits until the loop");
    machine.run(u64::MAX);
    let x = machine.harts()[0].x;
    assert_eq!((x[10], x[11]), (1 << 63 | 7, before.pc));
    // instret: the csrr of the cause and of the address came between.
    assert_eq!(x[12], 10 * TICKS as u64 + 2);
}

#[test]
fn vectored_mode_enters_by_the_cause() {
    let mut program = Program::new();
    program.jump(ZERO, "start").align(64);
    program.label("vectors");
    for _ in 0..7 {
        program.jump(ZERO, "wrong");
    }
    program.jump(ZERO, "timer");
    program.label("wrong").power_off(1);
    program.label("timer").power_off(0);
    program.label("start");
    let vectors = program.address("vectors") as i64;
    program.li(T0, vectors | 1).csrw(MTVEC, T0);
    program.li(T0, MTIE).csrw(MIE, T0);
    program.li(T0, CLINT + 0x4000).store(sd, ZERO, T0, 0);
    program.imm(csrrsi, ZERO, MIE_BIT as u8, MSTATUS);
    program.power_off(2);
    program.run();
}

#[test]
fn waiting_harts_idle_until_a_deadline_and_wake() {
    let mut program = with_handler(MTIE, |program| {
        program.power_off(0);
    });
    program
        .li(T0, CLINT + 0x4000)
        .li(T1, 5000)
        .store(sd, T1, T0, 0);
    program.imm(csrrsi, ZERO, MIE_BIT as u8, MSTATUS);
    program.plain(wfi).power_off(1);
    let mut machine = program.machine(&one_hart());
    assert_eq!(machine.run(u64::MAX), Stop::Idle { next: Some(50_000) });
    let instret = machine.instret();
    machine.skip(20_000);
    assert_eq!(machine.t(), 20_000);
    assert_eq!(machine.run(u64::MAX), Stop::Idle { next: Some(50_000) });
    machine.skip(u64::MAX);
    assert_eq!((machine.t(), machine.instret()), (50_000, instret));
    assert_eq!(machine.run(u64::MAX), Stop::PowerOff { code: 0 });
}

#[test]
fn waiting_for_nothing_is_for_ever() {
    let mut program = Program::new();
    program.plain(wfi);
    let mut machine = program.machine(&one_hart());
    assert_eq!(machine.run(u64::MAX), Stop::Idle { next: None });
}

#[test]
fn one_hart_wakes_another() {
    let mut program = with_handler(MSIE, |program| {
        program.csrr(A0, MHARTID).li(T0, 1);
        program.branch(bne, A0, T0, "wrong").power_off(0);
        program.label("wrong").power_off(1);
    });
    program.imm(csrrsi, ZERO, MIE_BIT as u8, MSTATUS);
    program.csrr(A0, MHARTID);
    program.branch(bne, A0, ZERO, "wait");
    program.li(T0, CLINT).li(T1, 1).store(sw, T1, T0, 4);
    program.label("wait").plain(wfi).jump(ZERO, "wait");
    let mut machine = program.machine(&Config {
        harts: 2,
        ..one_hart()
    });
    assert_eq!(machine.run(u64::MAX), Stop::PowerOff { code: 0 });
}

/// A guest that echoes the console through the PLIC, 0x04 ends it.
fn echo() -> Program {
    let mut program = with_handler(MEIE, |program| {
        // Claim, serve, complete.
        program
            .li(S2, PLIC + 0x20_0004)
            .imm(lw, S3, S2, 0)
            .li(T0, UART);
        program
            .label("more")
            .imm(lbu, T1, T0, 5)
            .imm(andi, T1, T1, 1);
        program.branch(beq, T1, ZERO, "done");
        program.imm(lbu, A0, T0, 0).store(sb, A0, T0, 0);
        program.imm(addi, A0, A0, -4).branch(bne, A0, ZERO, "more");
        program.power_off(0);
        program.label("done").store(sw, S3, S2, 0).plain(mret);
    });
    program.li(T0, PLIC).li(T1, 1).store(sw, T1, T0, 40);
    program
        .li(T0, PLIC + 0x2000)
        .li(T1, 1 << 10)
        .store(sw, T1, T0, 0);
    program
        .li(T0, UART)
        .li(T1, 1)
        .store(sb, T1, T0, 2)
        .store(sb, T1, T0, 1);
    program.imm(csrrsi, ZERO, MIE_BIT as u8, MSTATUS);
    program.label("wait").plain(wfi).jump(ZERO, "wait");
    program
}

#[test]
fn a_long_paste_loses_nothing() {
    let mut machine = echo().machine(&one_hart());
    assert_eq!(machine.run(u64::MAX), Stop::Idle { next: None });
    let text: Vec<u8> = (0..10_000).map(|n| b'a' + (n % 26) as u8).collect();
    machine.input(Input::Console(text.clone()));
    machine.input(Input::Console(vec![4]));
    while let Stop::Idle { next } = machine.run(u64::MAX) {
        machine.skip(next.expect("more bytes are on their way"));
    }
    let echoed = machine.take_output();
    assert_eq!(echoed.split_last(), Some((&4, text.as_slice())));
}

#[test]
fn what_a_guest_does_not_read_waits() {
    let mut program = Program::new();
    program.li(S2, 5000);
    program
        .label("busy")
        .imm(addi, S2, S2, -1)
        .branch(bne, S2, ZERO, "busy");
    program.li(T0, UART).imm(lbu, S1, T0, 0).power_off(0);
    let mut machine = program.machine(&one_hart());
    machine.input(Input::Console(vec![b'x'; 100]));
    machine.run(u64::MAX);
    assert_eq!(machine.harts()[0].x[9], u64::from(b'x'));
}

#[test]
fn an_interrupt_may_go_lost() {
    const SERIAL: i32 = 10;
    let mut program = with_handler(MEIE, |program| {
        program.power_off(0);
    });
    program.li(T0, UART).li(T1, 1).store(sb, T1, T0, 1);
    program.li(T0, PLIC).store(sw, T1, T0, 4 * SERIAL);
    program.li(T0, PLIC + 0x2000).li(T1, 1 << SERIAL);
    program.store(sw, T1, T0, 0);
    program.imm(csrrsi, ZERO, MIE_BIT as u8, MSTATUS);
    program.label("wait").plain(wfi).jump(ZERO, "wait");
    let ends = |source: u32| {
        let mut machine = program.machine(&one_hart());
        assert_eq!(machine.run(10_000), Stop::Idle { next: None });
        machine.input(Input::Fault(Fault::LostInterrupt { source }));
        machine.input(Input::Console(b"x".to_vec()));
        machine.run(10_000)
    };
    assert_eq!(ends(1), Stop::PowerOff { code: 0 }, "another's");
    assert_eq!(ends(SERIAL as u32), Stop::Idle { next: None });
}
