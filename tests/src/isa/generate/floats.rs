//! Floating point: operands from the hard cases, every rounding mode, and the flags.

use machine::isa::{Kind, Row, rows};

use super::super::case::{Case, Slot};
use super::{Dice, Generator, extension};

pub(super) const GENERATOR: Generator = Generator {
    name: "floats",
    about: "arithmetic on hard operands in every rounding mode",
    share: 25,
    make,
};

/// `csrrw xN, fflags, x0`.
fn take_flags(to: u8) -> u32 {
    machine::isa::Insn::new(Kind::csrrw, to, 0, 0, 1).word()
}

fn make(dice: &mut Dice) -> Case {
    let mut case = Case::new(GENERATOR.name, dice.mode());
    let mut f = [0; 32];
    f.iter_mut().for_each(|f| *f = dice.float());
    case.x.iter_mut().for_each(|x| *x = dice.value());
    const FS: u64 = 3 << 13;
    case.mstatus = FS;
    case.f = Some((f, dice.below(5) as u64 * 32));
    let choices: Vec<&Row> = rows().iter().filter(|row| is_arithmetic(row)).collect();
    if choices.is_empty() {
        case.f = None;
        return case;
    }
    for nth in 0..24_u8 {
        let row = dice.of(&choices);
        let word = row.bits | dice.word() & !row.format.mask();
        // Now and then a reserved rounding mode.
        let word = match (row.format.mask() >> 12 & 7, dice.below(8)) {
            (0, 0) => word,
            (0, 1..=3) => word | 7 << 12,
            (0, mode) => word & !(7 << 12) | (mode as u32 - 4) << 12,
            _ => word,
        };
        let to = if nth % 2 == 0 { 31 - nth / 2 } else { 0 };
        case.slots.push(Slot(vec![word, take_flags(to)]));
    }
    case.most_traps = 30;
    case
}

/// Whether the row is of F or D, and no load or store.
fn is_arithmetic(row: &Row) -> bool {
    matches!(extension(row.kind), "F" | "D") && !matches!(row.bits & 0x7f, 0x07 | 0x27)
}
