//! Functions that are written while they are called: by the caller, and by other harts; with
//! `fence.i` and without.

use super::{Case, Dice, Surroundings, Task, coded};
use crate::isa::asm::Asm;
use crate::isa::layout::{ARENA, CODE};
use crate::laws::place;
use machine::isa::{Insn, Kind};

pub(super) const TASK: Task = Task {
    name: "modifying",
    share: 8,
    make,
};

const COUNT: u8 = 8;
const FUNCTION: u8 = 9;
const WORD: u8 = 10;
/// Functions in a page, of one instruction and the return.
const FUNCTIONS: usize = 8;

fn make(dice: &mut Dice, at: &Surroundings) -> Case {
    use Kind::{addi, bne, ecall, fence_i, jalr, sd, sh, sw, xori};
    let (mode, common) = (dice.mode(), place::arena(place::N_ARENAS - 1));
    let page = CODE - ARENA + 0x1000 + if dice.once_in(2) { common } else { at.arena };
    let mut asm = Asm::at(at.code());
    asm.li(COUNT, 1 + dice.below(30) as u64).label("round");
    for _ in 0..1 + dice.below(4) {
        asm.li(FUNCTION, page + 8 * dice.below(FUNCTIONS) as u64);
        asm.li(WORD, function(dice));
        asm.op(dice.of(&[sd, sw, sw, sh]), 0, FUNCTION, WORD, 0);
        if dice.once_in(2) {
            asm.op(fence_i, 0, 0, 0, 0);
        }
        asm.imm(jalr, 1, FUNCTION, 0);
        // Another register next time, and now and then another function.
        asm.imm(xori, WORD, WORD, 0x80 << dice.below(3));
        asm.op(sw, 0, FUNCTION, WORD, 0).imm(jalr, 1, FUNCTION, 0);
    }
    asm.imm(addi, COUNT, COUNT, -1)
        .branch(bne, COUNT, 0, "round");
    asm.op(ecall, 0, 0, 0, 0);
    let mut case = coded(TASK.name, mode, dice, at, asm);
    let functions = (0..FUNCTIONS).map(|_| function(dice)).collect();
    case.memory.push((page, functions));
    case
}

/// A function that changes a register from `s2` on.
fn function(dice: &mut Dice) -> u64 {
    use Kind::{add, addi, mul, sub, xor};
    let kind = dice.of(&[add, addi, mul, sub, xor]);
    let (rd, rs1) = (18 + dice.below(14) as u8, dice.register());
    let word = Insn::new(kind, rd, rs1, dice.register(), 77).word();
    let back = Insn::new(Kind::jalr, 0, 1, 0, 0).word();
    u64::from(word) | u64::from(back) << 32
}
