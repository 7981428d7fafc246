//! Harts that lost their way: jumps into registers and beyond memory, page tables made of
//! registers and of themselves, traps that trap, and sleep from which nothing wakes.

use super::{Case, Dice, Surroundings, Task, coded};
use crate::isa::asm::Asm;
use crate::isa::layout::{ARENA, RAM, TABLES};
use crate::laws::place;
use machine::Mode;
use machine::isa::Kind;

pub(super) const TASK: Task = Task {
    name: "stray",
    share: 10,
    make,
};

fn make(dice: &mut Dice, at: &Surroundings) -> Case {
    match dice.below(60) {
        0 => lost(dice, at),
        1..=25 => jump(dice, at),
        _ => tables(dice, at),
    }
}

/// An address outside of RAM, or at its edges.
fn nowhere(dice: &mut Dice) -> u64 {
    let end = RAM + place::RAM_BYTES;
    let near = dice.of(&[
        0x1000,
        0x10_0000,
        0x200_0000,
        0xc00_0000,
        0x1000_0000,
        0x1000_1000,
    ]);
    let far = dice.of(&[
        0,
        u64::MAX - 1,
        end,
        end - 2,
        RAM - 2,
        1 << 55,
        1 << 56,
        1 << 63,
    ]);
    let any = dice.bits() & !1;
    dice.of(&[near, far, any])
}

/// Begins where no code is.
fn jump(dice: &mut Dice, at: &Surroundings) -> Case {
    let mode = dice.mode();
    let mut asm = Asm::at(at.code());
    for _ in 0..8 {
        asm.op(Kind::ecall, 0, 0, 0, 0);
    }
    let mut case = coded(TASK.name, mode, dice, at, asm);
    case.entry = nowhere(dice);
    case
}

/// Traps go nowhere, or interrupts are off and the hart sleeps, or it turns in a circle.
fn lost(dice: &mut Dice, at: &Surroundings) -> Case {
    let mut asm = Asm::at(at.code());
    match dice.below(3) {
        0 => {
            asm.li(5, nowhere(dice))
                .csrw(0x305, 5)
                .op(Kind::ebreak, 0, 0, 0, 0);
        }
        1 => {
            asm.csrw(0x304, 0).label("asleep").op(Kind::wfi, 0, 0, 0, 0);
            asm.jump("asleep");
        }
        _ => {
            asm.csrw(0x304, 0).label("circle").jump("circle");
        }
    }
    coded(TASK.name, Mode::Machine, dice, at, asm)
}

/// Accesses and jumps by page tables that lead anywhere; tables are levels of one another.
fn tables(dice: &mut Dice, at: &Surroundings) -> Case {
    let mode = dice.of(&[Mode::User, Mode::Supervisor, Mode::Machine]);
    const MPRV: u64 = 1 << 17;
    let root = if dice.once_in(8) {
        nowhere(dice)
    } else {
        TABLES - ARENA + at.arena
    };
    let any = dice.below(16) as u64;
    let satp = dice.of(&[8_u64, 8, 9, 10, 0, any]) << 60 | root << 8 >> 20;
    let index = |dice: &mut Dice| dice.below(8) as u64;
    let address = |dice: &mut Dice| {
        let page = index(dice) << 30 | index(dice) << 21 | index(dice) << 12;
        page + 8 * dice.below(512) as u64
    };
    let mut asm = Asm::at(at.code());
    for _ in 0..12 {
        asm.li(5, address(dice));
        let kind = dice.of(&[Kind::ld, Kind::lw, Kind::lbu]);
        match dice.below(4) {
            0 => asm.op(dice.of(&[Kind::sd, Kind::sw]), 0, 5, 6, 0),
            1 => asm.op(Kind::amoadd_w, 7, 5, 6, 0),
            2 => asm.op(Kind::sfence_vma, 0, 0, 0, 0),
            _ => asm.imm(kind, 7, 5, 0),
        };
    }
    let mut case = coded(TASK.name, mode, dice, at, asm);
    let entry = |dice: &mut Dice| {
        let page = match dice.below(6) {
            0 => nowhere(dice),
            1 => at.code(),
            2 => at.data(),
            _ => TABLES - ARENA + at.arena,
        };
        let is_table = dice.once_in(2);
        let flags = if is_table { 1 } else { dice.bits() & 0xff | 1 };
        (page >> 12 << 10) & ((1 << 54) - 1) | flags
    };
    let entries = (0..8).map(|_| entry(dice)).collect();
    case.memory.push((TABLES - ARENA + at.arena, entries));
    case.csrs.push((0x180, satp));
    case.csrs.push((0x30a, dice.bits() & 3 << 61));
    if mode == Mode::Machine {
        case.mstatus |= MPRV | dice.bits() & 3 << 18;
    } else {
        // Translated, its first instruction lies who knows where.
        case.entry = if dice.once_in(3) {
            address(dice)
        } else {
            case.entry
        };
    }
    case
}
