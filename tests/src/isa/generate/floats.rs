//! Floating point: operands from the hard cases, every rounding mode, and the flags.

use machine::isa::{Insn, Kind, Row, rows};

use super::super::case::{Case, Slot};
use super::{Dice, Generator, extension};

pub(super) const GENERATOR: Generator = Generator {
    name: "floats",
    about: "arithmetic on hard operands in every rounding mode",
    share: 25,
    make,
};

const FFLAGS: i32 = 1;
const FRM: i32 = 2;
const FCSR: i32 = 3;

/// `csrrw xN, fflags, x0`.
fn take_flags(to: u8) -> u32 {
    Insn::new(Kind::csrrw, to, 0, 0, FFLAGS).word()
}

/// How many families of operands there are: the even ones doubles, the odd ones singles.
const FAMILIES: usize = 8;

fn make(dice: &mut Dice) -> Case {
    let mut case = Case::new(GENERATOR.name, dice.mode());
    let mut f = [0; 32];
    for family in 0..FAMILIES {
        let members = relatives(dice, family % 2 == 1);
        f[4 * family..][..4].copy_from_slice(&members);
    }
    case.x.iter_mut().for_each(|x| *x = dice.value());
    // Off, initial, clean or dirty.
    let fs = dice.of(&[0, 1, 2, 3, 3, 3, 3, 3]);
    case.mstatus = fs << 13;
    // 5, 6 and 7 are no rounding modes.
    let mode = if dice.once_in(8) {
        5 + dice.below(3)
    } else {
        dice.below(5)
    };
    case.f = Some((f, mode as u64 * 32 + dice.of(&[0, 0, 0x1f, 1])));
    let choices: Vec<&Row> = rows().iter().filter(|row| is_arithmetic(row)).collect();
    for nth in 0..24_u8 {
        let row = dice.of(&choices);
        let word = row.bits | dice.word() & !row.format.mask();
        let word = operands(dice, row, word);
        // Now and then a reserved rounding mode.
        let word = match (row.format.mask() >> 12 & 7, dice.below(8)) {
            (0, 0) => word,
            (0, 1..=3) => word | 7 << 12,
            (0, mode) => word & !(7 << 12) | (mode as u32 - 4) << 12,
            _ => word,
        };
        let to = if nth % 2 == 0 { 31 - nth / 2 } else { 0 };
        let mut words = vec![word];
        match dice.below(16) {
            // So that flags add up.
            0..=5 => {}
            6 => words.push(Insn::new(Kind::csrrwi, 0, dice.below(8) as u8, 0, FRM).word()),
            7 => words.push(Insn::new(Kind::csrrs, to, 0, 0, FCSR).word()),
            _ => words.push(take_flags(to)),
        }
        case.slots.push(Slot(words));
    }
    case.most_traps = 30;
    case
}

/// `word` with operands that belong together, mostly.
fn operands(dice: &mut Dice, row: &Row, word: u32) -> u32 {
    if dice.once_in(4) {
        return word;
    }
    let is_single = row.bits >> 25 & 1 == 0;
    let family = 2 * dice.below(FAMILIES / 2) + usize::from(is_single);
    [7, 15, 20, 27].into_iter().fold(word, |word, at| {
        let is_fixed = row.format.mask() >> at & 31 != 0;
        let is_kept = is_fixed || (at == 7 && dice.once_in(2));
        let member = (4 * family + dice.below(4)) as u32;
        if is_kept {
            word
        } else {
            word & !(31 << at) | member << at
        }
    })
}

/// Four operands of which arithmetic makes something hard: what cancels a product or a sum
/// but for the last bits, what lies a step beside another, what meets it at the other end of
/// the range.
fn relatives(dice: &mut Dice, is_single: bool) -> [u64; 4] {
    let a = hard(dice, is_single);
    let b = hard(dice, is_single);
    let third = match dice.below(6) {
        0 => beside(dice, negative(product(a, b, is_single), is_single)),
        1 => beside(dice, a),
        2 => beside(dice, negative(a, is_single)),
        // Its product with `a` is at the edge of what is normal, or of what is finite.
        3 => opposite(dice, a, is_single),
        _ => hard(dice, is_single),
    };
    let fourth = match dice.below(4) {
        0 => beside(dice, product(a, third, is_single)),
        1 => beside(dice, third),
        _ => hard(dice, is_single),
    };
    [a, b, third, fourth].map(|bits| {
        if is_single && !dice.once_in(32) {
            bits | !0 << 32
        } else {
            bits
        }
    })
}

/// A hard operand of that precision, without a box.
fn hard(dice: &mut Dice, is_single: bool) -> u64 {
    loop {
        let bits = dice.float();
        if !is_single {
            return bits;
        }
        if bits >> 32 == 0xffff_ffff {
            return bits & 0xffff_ffff;
        }
    }
}

/// The product, somehow rounded.
fn product(a: u64, b: u64, is_single: bool) -> u64 {
    if is_single {
        let [a, b] = [a, b].map(|bits| f32::from_bits(bits as u32));
        u64::from((a * b).to_bits())
    } else {
        (f64::from_bits(a) * f64::from_bits(b)).to_bits()
    }
}

fn negative(bits: u64, is_single: bool) -> u64 {
    bits ^ if is_single { 1 << 31 } else { 1 << 63 }
}

/// A number at most two steps away.
fn beside(dice: &mut Dice, bits: u64) -> u64 {
    bits.wrapping_add(dice.below(5) as u64).wrapping_sub(2)
}

/// A number whose exponent makes that of a product with `bits` the least or the most.
fn opposite(dice: &mut Dice, bits: u64, is_single: bool) -> u64 {
    let (fraction_bits, most) = if is_single { (23, 255) } else { (52, 2047) };
    let bias = most / 2;
    let exponent = (bits >> fraction_bits & most) as i64;
    let wanted = if dice.once_in(3) {
        most as i64 - 1
    } else {
        1 - dice.below(3) as i64
    };
    let exponent = (wanted - exponent + bias as i64).clamp(1, most as i64 - 1) as u64;
    let fraction = hard(dice, is_single) & ((1 << fraction_bits) - 1);
    exponent << fraction_bits | fraction
}

/// Whether the row is of F or D, and no load or store.
fn is_arithmetic(row: &Row) -> bool {
    matches!(extension(row.kind), "F" | "D") && !matches!(row.bits & 0x7f, 0x07 | 0x27)
}
