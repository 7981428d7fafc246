//! Atomics on words that all harts use, load-reserved and store-conditional with and without
//! patience, and plain and misaligned accesses in between.

use super::{Case, Dice, Surroundings, Task, coded};
use crate::isa::asm::Asm;
use machine::isa::{Format, Kind, Row, rows};

pub(super) const TASK: Task = Task {
    name: "contention",
    share: 12,
    make,
};

const COUNT: u8 = 18;
const POINTERS: [u8; 3] = [10, 11, 12];

fn make(dice: &mut Dice, at: &Surroundings) -> Case {
    use Kind::{addi, bne, ecall, ld, lh, lr_d, lr_w, lw, sc_d, sc_w, sd, sh, sw};
    let mode = dice.mode();
    let mut asm = Asm::at(at.code());
    let atomics: Vec<&Row> = rows()
        .iter()
        .filter(|row| row.format == Format::Amo)
        .collect();
    asm.li(COUNT, 1 + dice.below(40) as u64);
    for pointer in POINTERS {
        asm.li(pointer, at.shared(dice));
    }
    asm.label("round");
    let patient = dice.below(6);
    for nth in 0..6 {
        let (pointer, from) = (dice.of(&POINTERS), 20 + dice.below(12) as u8);
        let to = 20 + dice.below(12) as u8;
        let order = dice.below(4) as i32;
        let (lr, sc) = dice.of(&[(lr_d, sc_d), (lr_w, sc_w)]);
        if nth == patient {
            asm.label("again").op(lr, to, pointer, 0, order);
            asm.imm(addi, to, to, 1).op(sc, 5, pointer, to, order);
            asm.branch(bne, 5, 0, "again");
            continue;
        }
        match dice.below(5) {
            0 | 1 => asm.op(dice.of(&atomics).kind, to, pointer, from, order),
            2 => asm
                .op(lr, to, pointer, 0, order)
                .op(sc, to, pointer, from, 0),
            3 => asm.imm(dice.of(&[ld, lw, lh]), to, pointer, dice.below(32) as i32),
            _ => asm.op(
                dice.of(&[sd, sw, sh]),
                0,
                pointer,
                from,
                dice.below(32) as i32,
            ),
        };
    }
    asm.imm(addi, COUNT, COUNT, -1)
        .branch(bne, COUNT, 0, "round");
    asm.op(ecall, 0, 0, 0, 0);
    coded(TASK.name, mode, dice, at, asm)
}
