//! A guest in which everything happens at once: three harts with timers, atomics, a shared
//! counter, console echo, and the disk.

use super::*;
use machine::isa::Kind::*;

pub const SHARED: i64 = 0x8010_0000;
pub const RING: i64 = 0x8020_0000;

/// Reads the disk's first sector again and again: a queue of 8 with one chain of three.
fn start_disk(program: &mut Program) {
    let poke = |program: &mut Program, at: i64, value: i64| {
        program.li(T0, at).li(T1, value).store(sd, T1, T0, 0);
    };
    const NEXT: i64 = 1 << 32;
    const WRITE: i64 = 2 << 32;
    for (n, (at, len, flags)) in [
        (RING + 0x2000, 16, NEXT | 1 << 48),
        (RING + 0x3000, 512, NEXT | WRITE | 2 << 48),
        (RING + 0x2010, 1, WRITE),
    ]
    .into_iter()
    .enumerate()
    {
        poke(program, RING + 16 * n as i64, at);
        poke(program, RING + 16 * n as i64 + 8, len | flags);
    }
    let registers: [(i32, i64); 10] = [
        (0x70, 3),
        (0x24, 1),
        (0x20, 1),
        (0x70, 11),
        (0x38, 8),
        (0x80, RING),
        (0x90, RING + 0x800),
        (0xa0, RING + 0x1000),
        (0x44, 1),
        (0x70, 15),
    ];
    program.li(T0, DISK);
    for (offset, value) in registers {
        program.li(T1, value).store(sw, T1, T0, offset);
    }
}

/// Asks the disk for one more.
fn ask_disk(program: &mut Program) {
    program
        .li(T0, RING + 0x800)
        .imm(lhu, T1, T0, 2)
        .imm(addi, T1, T1, 1);
    program
        .store(sh, T1, T0, 2)
        .li(T0, DISK)
        .store(sw, ZERO, T0, 0x50);
}

/// The guest. Hart 0 has the disk and the console, all have timers.
pub fn busy() -> Program {
    let mut program = Program::new();
    program.jump(ZERO, "start").align(8);
    program.label("handler");
    program
        .csrr(T2, MCAUSE)
        .imm(slli, T2, T2, 1)
        .imm(addi, T3, ZERO, 14);
    program.branch(bne, T2, T3, "external");
    // The timer: again in 700 ticks, or so many more as the hart's number.
    program
        .li(T0, CLINT + 0xbff8)
        .imm(ld, T1, T0, 0)
        .imm(addi, T1, T1, 700);
    program
        .reg(add, T1, T1, S0)
        .imm(slli, T3, S0, 3)
        .li(T0, CLINT + 0x4000);
    program
        .reg(add, T0, T0, T3)
        .store(sd, T1, T0, 0)
        .plain(mret);
    program.label("external");
    program.li(S2, PLIC + 0x20_0004).imm(lw, S3, S2, 0);
    program
        .imm(addi, T0, ZERO, 10)
        .branch(bne, S3, T0, "disk")
        .li(T0, UART);
    program
        .imm(lbu, T1, T0, 0)
        .store(sb, T1, T0, 0)
        .jump(ZERO, "complete");
    program
        .label("disk")
        .li(T0, DISK)
        .imm(addi, T1, ZERO, 1)
        .store(sw, T1, T0, 0x64);
    ask_disk(&mut program);
    program.label("complete").store(sw, S3, S2, 0).plain(mret);

    program.label("start");
    let handler = program.address("handler");
    program
        .li(T0, handler as i64)
        .csrw(MTVEC, T0)
        .csrr(S0, MHARTID);
    program.branch(bne, S0, ZERO, "others");
    program
        .li(T0, PLIC)
        .li(T1, 1)
        .store(sw, T1, T0, 40)
        .store(sw, T1, T0, 4);
    program
        .li(T0, PLIC + 0x2000)
        .li(T1, 1 << 10 | 2)
        .store(sw, T1, T0, 0);
    program
        .li(T0, UART)
        .li(T1, 1)
        .store(sb, T1, T0, 2)
        .store(sb, T1, T0, 1);
    start_disk(&mut program);
    ask_disk(&mut program);
    program.label("others");
    program.li(T0, 1 << 11 | 1 << 7).csrw(MIE, T0);
    program
        .imm(slli, T3, S0, 3)
        .li(T0, CLINT + 0x4000)
        .reg(add, T0, T0, T3);
    program.li(T1, 500).store(sd, T1, T0, 0);
    program.imm(csrrsi, ZERO, 8, MSTATUS);

    // Work: add to the shared word by AMO and by LR/SC, scribble, and wait now and then.
    program.li(A0, SHARED).li(A4, 12345);
    program.label("work");
    program.imm(addi, A1, ZERO, 1).reg(amoadd_d, A2, A0, A1);
    program
        .label("again")
        .imm(addi, A3, A0, 8)
        .reg(lr_d, A2, A3, ZERO);
    program
        .imm(addi, A2, A2, 1)
        .reg(sc_d, A5, A3, A2)
        .branch(bne, A5, ZERO, "again");
    program
        .reg(mul, A4, A4, A4)
        .imm(addi, A4, A4, 77)
        .imm(andi, A5, A4, 0x7f8);
    program.reg(add, A5, A5, A0).store(sd, A4, A5, 64);
    program.imm(andi, A5, A2, 63).branch(bne, A5, ZERO, "work");
    program.plain(wfi).jump(ZERO, "work");
    program
}

pub fn machine(seed: u64) -> Machine {
    let config = Config {
        harts: 3,
        seed,
        ..one_hart()
    };
    let disk: Vec<u8> = (0..4096).map(|n| (n % 251) as u8).collect();
    Machine::new(&config, &busy().elf(), disk).expect("a proper guest")
}
