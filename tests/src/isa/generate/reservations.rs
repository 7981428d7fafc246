//! Load-reserved and store-conditional, with what may stand between them.

use machine::isa::{Insn, Kind};

use super::super::case::{Case, Slot};
use super::super::layout::DATA;
use super::{Dice, Generator};

pub(super) const GENERATOR: Generator = Generator {
    name: "reservations",
    about: "lr and sc, paired and not",
    share: 4,
    make,
};

/// Pointers: two to one place, one beside it, one misaligned, one to nothing.
const POINTERS: [u8; 5] = [10, 11, 12, 13, 14];

fn make(dice: &mut Dice) -> Case {
    use Kind::{add, addi, amoadd_d, ecall, ld, lr_d, lr_w, sc_d, sc_w, sd};
    let mut case = Case::new(GENERATOR.name, dice.mode());
    case.x.iter_mut().for_each(|x| *x = dice.value());
    let place = DATA + 0x1000 + 8 * dice.below(64) as u64;
    for (pointer, at) in POINTERS
        .into_iter()
        .zip([place, place, place + 8, place + 2, 16])
    {
        case.x[usize::from(pointer)] = at;
    }
    // Far from the reserved bytes.
    case.x[15] = DATA + 0x2800;
    case.memory.push((place, dice.values(2)));
    // One width: an `sc` of another than the `lr` may fail or not.
    let (lr, sc) = dice.of(&[(lr_d, sc_d), (lr_w, sc_w)]);
    for _ in 0..1 + dice.below(8) {
        let n_words = 1 + dice.below(7);
        let words = (0..n_words).map(|_| {
            let rd = dice.of(&[0, 5, 6, 7, 28, 29, 30, 31]);
            let (rs1, rs2, order) = (dice.of(&POINTERS), dice.register(), dice.below(4) as i32);
            let often = if dice.once_in(3) { rs1 } else { POINTERS[0] };
            let far = 8 * dice.below(16) as i32;
            match dice.below(12) {
                0..=3 => Insn::new(lr, rd, often, 0, order),
                4..=7 => Insn::new(sc, rd, often, rs2, order),
                8 => Insn::new(add, rd, rs1, rs2, 0),
                9 if dice.once_in(4) => Insn::new(ecall, 0, 0, 0, 0),
                9 => Insn::new(addi, rd, rd, 0, 1),
                10 => Insn::new(sd, 0, 15, rs2, far),
                _ if dice.once_in(2) => Insn::new(amoadd_d, rd, 15, rs2, order),
                _ => Insn::new(ld, rd, often, 0, 0),
            }
            .word()
        });
        case.slots.push(Slot(words.collect()));
    }
    case
}
