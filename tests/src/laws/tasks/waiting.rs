//! Waiting for interrupts: in every mode, for the timers of M-mode and S-mode, and for nothing
//! but what others do.

use super::{Case, Dice, Surroundings, Task, coded};
use crate::isa::asm::Asm;
use machine::Mode;
use machine::isa::Kind;

pub(super) const TASK: Task = Task {
    name: "waiting",
    share: 8,
    make,
};

const MTIME: u64 = 0x200_bff8;
const TIME: u16 = 0xc01;
const STIMECMP: u16 = 0x14d;
const STCE: u64 = 1 << 63;
const STI: u64 = 1 << 5;
const TW: u64 = 1 << 21;

fn make(dice: &mut Dice, at: &Surroundings) -> Case {
    let mode = dice.of(&[
        Mode::Machine,
        Mode::Supervisor,
        Mode::Supervisor,
        Mode::User,
    ]);
    let has_own_timer = mode != Mode::User && dice.once_in(2);
    let mut asm = Asm::at(at.code());
    for _ in 0..1 + dice.below(4) {
        let later = dice.of(&[0, 1, 10, 100, 1500]) + dice.below(100) as i32;
        if has_own_timer {
            asm.csrr(6, TIME)
                .imm(Kind::addi, 6, 6, later)
                .csrw(STIMECMP, 6);
        } else if !dice.once_in(4) {
            asm.li(5, MTIME).ld(6, 0, 5).imm(Kind::addi, 6, 6, later);
            asm.li(5, at.hart.timer()).sd(6, 0, 5);
        }
        asm.op(Kind::wfi, 0, 0, 0, 0).imm(Kind::addi, 7, 7, 1);
    }
    asm.op(Kind::ecall, 0, 0, 0, 0);
    let mut case = coded(TASK.name, mode, dice, at, asm);
    if dice.once_in(4) {
        case.mstatus |= TW;
    }
    if has_own_timer {
        let delegated = dice.bits() & STI;
        case.csrs
            .extend([(0x30a, STCE), (0x303, delegated), (0x306, 7)]);
        // Beside those of the monitor.
        case.csrs.push((0x304, 0x888 | STI));
        case.mstatus |= dice.bits() & 2;
    }
    case
}
