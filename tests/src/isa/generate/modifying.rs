//! Code that writes code, then `fence.i`, then runs it.

use machine::isa::{Insn, Kind};

use super::super::asm::load;
use super::super::case::{Case, Slot};
use super::super::layout::CODE;
use super::{Dice, Generator};

pub(super) const GENERATOR: Generator = Generator {
    name: "modifying",
    about: "code written, fenced and run, more than once",
    share: 3,
    make,
};

fn make(dice: &mut Dice) -> Case {
    use Kind::{addi, amoswap_d, amoswap_w, bne, fence_i, sd, sh, sw, xori};
    let mut case = Case::new(GENERATOR.name, dice.mode());
    case.x.iter_mut().for_each(|x| *x = dice.value());
    // A loop over a slot that it changes: so often it is run with other contents.
    let rounds = 1 + dice.below(6) as i32;
    case.slots
        .push(Slot(vec![Insn::new(addi, 5, 0, 0, rounds).word()]));
    let target = CODE + 16 * (6 + dice.below(3) as u64);
    let store = dice.of(&[sd, sw, sh, sw, amoswap_w, amoswap_d]);
    // Of an atomic it would be the order.
    let offset = if matches!(store, sw | sh) {
        dice.of(&[0, 4])
    } else {
        0
    };
    // Half of a word leaves the other half, which must not become an instruction.
    let part = if store == sh { harmless } else { harmless_word };
    let new = u64::from(part(dice)) | u64::from(part(dice)) << 32;
    let mut words = load(6, target);
    words.extend(load(7, new));
    let n_before = words.len().div_ceil(4);
    case.slots.push(Slot(words));
    for _ in 1 + n_before..6 {
        case.slots.push(Slot(vec![harmless(dice)]));
    }
    // The target, or a slot near it.
    for _ in 0..3 {
        case.slots
            .push(Slot(vec![harmless(dice), harmless(dice), harmless(dice)]));
    }
    let back = -16 * (1 + dice.below(3) as i32);
    // Flipping bits of `rd` makes another instruction next time.
    case.slots.push(Slot(vec![
        Insn::new(store, 0, 6, 7, offset).word(),
        Insn::new(xori, 7, 7, 0, 0x80 << dice.below(3)).word(),
        Insn::new(fence_i, 0, 0, 0, 0).word(),
        Insn::new(addi, 5, 5, 0, -1).word(),
    ]));
    case.slots
        .push(Slot(vec![Insn::new(bne, 0, 5, 0, back - 16).word()]));
    case.slots.push(Slot(vec![harmless(dice)]));
    case.most_traps = 30;
    case
}

/// Four bytes of code that do no more: one instruction, or two.
fn harmless_word(dice: &mut Dice) -> u32 {
    if dice.once_in(2) {
        return harmless(dice);
    }
    // `c.li` of `s2` and above.
    let mut short = || 0x4001 | (18 + dice.below(14) as u32) << 7 | (dice.below(32) as u32) << 2;
    short() | short() << 16
}

/// An instruction that changes a register from `s2` on, and nothing else.
fn harmless(dice: &mut Dice) -> u32 {
    use Kind::{add, addi, andi, mul, or, sub, xor};
    let kind = dice.of(&[add, addi, andi, mul, or, sub, xor]);
    let rd = 18 + dice.below(14) as u8;
    Insn::new(
        kind,
        rd,
        dice.register(),
        dice.register(),
        dice.below(2048) as i32 & 0x7ff,
    )
    .word()
}
