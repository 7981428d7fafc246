//! Encodings: every half-word, and words from all over the opcode space, legal or not.

use machine::Mode;
use machine::isa::{Format, Insn, Kind, decode};

use super::super::case::{Case, Slot};
use super::super::layout::DATA;
use super::{Dice, Generator, LACKED, extension};

pub(super) const GENERATOR: Generator = Generator {
    name: "words",
    about: "words from all over the opcode space, legal or not",
    share: 10,
    make,
};

/// `auipc rd`: an address in the data pages, not far from the start of the second.
fn point(rd: u8) -> u32 {
    Insn::new(Kind::auipc, rd, 0, 0, 0x3000).word()
}

fn make(dice: &mut Dice) -> Case {
    let mut case = Case::new(GENERATOR.name, dice.mode());
    case.x.iter_mut().for_each(|x| *x = dice.value());
    // FS off or dirty: when else it becomes so, the manual leaves open.
    case.mstatus = dice.bits() & 7 << 20 | dice.of(&[0, 3 << 13]);
    case.most_traps = 40;
    for _ in 0..32 {
        let word = word(dice);
        let rs1 = (word >> 15 & 31) as u8;
        case.slots.push(Slot(vec![point(rs1), word]));
    }
    case
}

/// A word of 32 bits that goes nowhere and leaves the harness alone.
fn word(dice: &mut Dice) -> u32 {
    loop {
        let mut word = dice.word() | 3;
        // Few bits where most encodings have a fixed field.
        match dice.below(4) {
            0 => word &= !(0x7f << 25),
            1 => word = word & !(0x7f << 25) | 1 << dice.of(&[25, 26, 27, 28, 29, 30]),
            _ => {}
        }
        let kind = decode(word).kind;
        let goes_away = match kind.row().map(|row| row.format) {
            Some(Format::Jalr | Format::J | Format::B | Format::Csr | Format::CsrI) => true,
            _ => matches!(kind, Kind::mret | Kind::sret | Kind::wfi),
        };
        // The longer lengths are reserved, and so are lengths of 16 bits here.
        if !goes_away && !LACKED.contains(&extension(kind)) {
            return word;
        }
    }
}

/// Every half-word that is no part of a longer instruction, once.
pub fn halfwords() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut tame = Vec::new();
    for half in (0..=u16::MAX).filter(|half| half & 3 != 3) {
        let insn = decode(half.into());
        let format = insn.kind.row().map(|row| row.format);
        if matches!(format, Some(Format::J | Format::B | Format::Jalr)) {
            // The one that jumps to itself never ends.
            if insn.fields.imm != 0 || format == Some(Format::Jalr) {
                cases.push(case(vec![Slot(vec![half.into()])], half));
            }
            continue;
        }
        let rs1 = insn.fields.rs1;
        let needs_address = matches!(format, Some(Format::Load | Format::S));
        let slot = if needs_address {
            vec![point(rs1), half.into()]
        } else {
            vec![half.into()]
        };
        tame.push(Slot(slot));
    }
    let tame = tame.chunks(32).enumerate();
    cases.extend(tame.map(|(n, slots)| case(slots.to_vec(), n as u16)));
    cases
}

/// Every half-word that loads or stores a float, once while FS is off.
pub fn halfwords_off() -> Vec<Case> {
    let is_float = |&half: &u16| {
        let insn = decode(half.into());
        half & 3 != 3 && matches!(extension(insn.kind), "F" | "D")
    };
    let floats: Vec<Slot> = (0..=u16::MAX)
        .filter(is_float)
        .map(|half| Slot(vec![half.into()]))
        .collect();
    let slots = floats.chunks(32).enumerate();
    let off = |(n, slots): (usize, &[Slot])| Case {
        mstatus: 0,
        f: None,
        ..case(slots.to_vec(), n as u16)
    };
    slots.map(off).collect()
}

fn case(slots: Vec<Slot>, n: u16) -> Case {
    let mut case = Case::new("every half-word", Mode::Machine);
    let mut dice = Dice::new(n.into());
    // Where a jump may go: nothing there is an instruction.
    case.x
        .iter_mut()
        .for_each(|x| *x = DATA + 0x1000 + 8 * dice.below(0x200) as u64);
    case.mstatus = 3 << 13;
    case.most_traps = 40;
    case.slots = slots;
    if super::super::harness::has_floats() {
        case.f = Some(([0x3ff0_0000_0000_0000; 32], 0));
    }
    case
}
