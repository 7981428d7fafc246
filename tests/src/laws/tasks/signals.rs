//! Interrupts that harts make for one another: by software, by timer, by their own pending bits.

use super::{Case, Dice, Surroundings, Task, coded};
use crate::isa::asm::Asm;
use machine::Mode;
use machine::isa::Kind;

pub(super) const TASK: Task = Task {
    name: "signals",
    share: 6,
    make,
};

fn make(dice: &mut Dice, at: &Surroundings) -> Case {
    let mode = dice.of(&[Mode::Machine, Mode::Machine, Mode::Supervisor, Mode::User]);
    let mut asm = Asm::at(at.code());
    for _ in 0..1 + dice.below(8) {
        let hart = at.any_hart(dice);
        match dice.below(5) {
            0 | 1 => {
                asm.li(5, hart.software()).li(6, dice.below(2) as u64);
                asm.op(Kind::sw, 0, 5, 6, 0);
            }
            2 => {
                asm.li(5, 0x200_bff8).ld(6, 0, 5).li(5, hart.timer());
                asm.imm(Kind::addi, 6, 6, dice.below(200) as i32 - 10)
                    .sd(6, 0, 5);
            }
            3 => {
                asm.li(6, dice.bits() & 0x222);
                asm.imm(
                    dice.of(&[Kind::csrrs, Kind::csrrc]),
                    7,
                    6,
                    dice.of(&[0x344, 0x144]),
                );
            }
            _ => {
                asm.op(Kind::mul, 8, 8, 9, 0).op(Kind::add, 9, 9, 8, 0);
            }
        }
    }
    asm.op(Kind::ecall, 0, 0, 0, 0);
    let mut case = coded(TASK.name, mode, dice, at, asm);
    case.csrs.push((0x304, 0x888 | dice.bits() & 0x222));
    case.csrs.push((0x303, dice.bits() & 0x222));
    case.mstatus |= dice.bits() & 2;
    case
}
