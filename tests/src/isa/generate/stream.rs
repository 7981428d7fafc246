//! Streams of random instructions: every row of the table, in all its operands, with
//! branches that lead forward and accesses that stay in the arena.

use machine::Mode;
use machine::isa::{Format, Insn, Kind, Row, decode, rows};

use super::super::case::{Case, Slot};
use super::super::layout::DATA;
use super::{Dice, Generator};

pub(super) const GENERATOR: Generator = Generator {
    name: "stream",
    about: "random instructions of every extension",
    share: 40,
    make,
};

/// Registers that hold addresses in the data pages, and that no instruction changes.
const POINTERS: [u8; 5] = [2, 8, 9, 10, 11];

/// Instructions that a stream does without: other generators have them, where they can be
/// undone. Jumps are made so that they lead forward.
fn is_left_out(kind: Kind) -> bool {
    use Kind::*;
    // An `lr` comes with its `sc`.
    // Of zero, `ctzw` deviates: see ctzw-looks-too-far.
    matches!(kind, jal | jalr | mret | sret | wfi | lr_w | lr_d | ctzw)
        || super::LACKED.contains(&super::extension(kind))
}

fn make(dice: &mut Dice) -> Case {
    let mode = dice.mode();
    let mut case = Case::new(GENERATOR.name, mode);
    begin(&mut case, dice);
    let is_chosen = |row: &&Row| row.kind == Kind::ctzw || !is_left_out(row.kind);
    let choices: Vec<&Row> = rows().iter().filter(is_chosen).collect();
    // Either all rows alike, or mostly those of one extension.
    let favourite = super::extension(dice.of(&choices).kind);
    let favoured: Vec<&Row> = choices
        .iter()
        .copied()
        .filter(|row| super::extension(row.kind) == favourite)
        .collect();
    let n_slots = 1 + dice.below(20);
    for nth in 0..n_slots {
        let mut words = Vec::new();
        for _ in 0..1 + dice.below(3) {
            let offset: usize = words.iter().map(len).sum();
            if offset > Slot::BYTES - 4 {
                break;
            }
            let row = if dice.once_in(3) {
                dice.of(&choices)
            } else {
                dice.of(&favoured)
            };
            let reach = 16 * (n_slots - nth) - offset;
            let has_room = offset <= Slot::BYTES - 8;
            match dice.below(10) {
                0 => words.push(forward(dice, reach, offset)),
                1 => words.push(compressed(dice)),
                2 if has_room => words.extend(conditional(dice, row.kind)),
                3 if has_room => words.extend(far(dice, reach, offset)),
                _ if row.kind != Kind::ctzw => {
                    words.push(instruction(dice, mode, row, reach, offset))
                }
                _ if has_room => words.extend(zeros_of_word(dice)),
                _ => {}
            };
        }
        case.slots.push(Slot(words));
    }
    case
}

fn len(word: &u32) -> usize {
    if word & 3 == 3 { 4 } else { 2 }
}

/// Registers, memory and delegation to begin with.
pub(super) fn begin(case: &mut Case, dice: &mut Dice) {
    for x in &mut case.x {
        *x = dice.value();
    }
    for pointer in POINTERS {
        let offset = 0x1000 + dice.below(0x2000) as u64;
        let aligned = if dice.once_in(4) { offset } else { offset & !7 };
        case.x[usize::from(pointer)] = DATA + aligned;
    }
    case.x[0] = 0;
    case.memory.push((DATA + 0x1000, dice.values(32)));
    case.memory.push((DATA + 0x1f80, dice.values(32)));
    if case.mode != Mode::Machine && dice.once_in(2) {
        case.csrs.push((0x302, dice.bits() & 0xb1ff));
    }
    const FS: u64 = 3 << 13;
    if super::super::harness::has_floats() {
        let mut f = [0; 32];
        f.iter_mut().for_each(|f| *f = dice.value());
        case.f = Some((f, dice.below(5) as u64 * 32));
        case.mstatus |= FS;
    }
    case.most_traps = 24;
}

/// A branch or jump to a place `reach` bytes ahead at most, from `offset` in its slot.
fn forward(dice: &mut Dice, reach: usize, offset: usize) -> u32 {
    use Kind::{beq, bge, bgeu, blt, bltu, bne, jal};
    // To the start of a slot.
    let far = (1 + dice.below(reach.div_ceil(16))) * 16 - offset;
    let far = far as i32;
    let kind = dice.of(&[beq, bne, blt, bge, bltu, bgeu, jal]);
    let rd = destination(dice);
    Insn::new(kind, rd, dice.register(), dice.register(), far).word()
}

/// `ctzw` of what is not zero.
fn zeros_of_word(dice: &mut Dice) -> Vec<u32> {
    let (any, bit) = (dice.register(), 1 << dice.below(11));
    // `t0` has nothing to say elsewhere.
    let set = Insn::new(Kind::ori, 5, any, 0, bit).word();
    vec![
        set,
        Insn::new(Kind::ctzw, destination(dice), 5, 0, 0).word(),
    ]
}

/// An address ahead, and a jump there by its register.
fn far(dice: &mut Dice, reach: usize, offset: usize) -> Vec<u32> {
    use Kind::{auipc, jalr};
    let base = loop {
        let register = destination(dice);
        if register != 0 {
            break register;
        }
    };
    // To the start of a slot; the lowest bit is ignored.
    let ahead = ((1 + dice.below(reach.div_ceil(16))) * 16 - offset) as i32;
    let here = Insn::new(auipc, base, 0, 0, 0).word();
    let odd = i32::from(dice.once_in(4));
    let jump = Insn::new(jalr, destination(dice), base, 0, ahead + odd);
    vec![here, jump.word()]
}

/// An `lr` and its `sc`: apart, QEMU goes by the address and the value of what was reserved.
fn conditional(dice: &mut Dice, favourite: Kind) -> Vec<u32> {
    let wide = matches!(favourite, Kind::sc_d) || dice.once_in(2);
    let (lr, sc) = if wide {
        (Kind::lr_d, Kind::sc_d)
    } else {
        (Kind::lr_w, Kind::sc_w)
    };
    let (base, order) = (dice.of(&POINTERS), dice.below(4) as i32);
    let lr = Insn::new(lr, destination(dice), base, 0, order).word();
    vec![
        lr,
        Insn::new(sc, destination(dice), base, dice.register(), order).word(),
    ]
}

/// A register that may be written.
fn destination(dice: &mut Dice) -> u8 {
    loop {
        let register = dice.register();
        if !POINTERS.contains(&register) {
            return register;
        }
    }
}

/// Whether the word is harmless: it changes no pointer, and accesses memory by one.
fn is_tame(word: u32) -> bool {
    let insn = decode(word);
    let Some(row) = insn.kind.row() else {
        // What is illegal traps; what the other machine makes of it is its own affair.
        return true;
    };
    let accesses = matches!(
        row.format,
        Format::Load | Format::S | Format::Amo | Format::Lr
    ) || matches!(row.bits & 0x7f, 0x07 | 0x27)
        || row.bits & 0x707f == 0x200f;
    let writes_x =
        !matches!(row.format, Format::S | Format::B) && !matches!(row.bits & 0x7f, 0x07 | 0x27);
    let jumps = matches!(row.format, Format::B | Format::J | Format::Jalr);
    if jumps || is_left_out(row.kind) || (accesses && !POINTERS.contains(&insn.fields.rs1)) {
        return false;
    }
    !writes_x || !POINTERS.contains(&insn.fields.rd)
}

/// A 16-bit instruction that neither jumps nor harms a pointer.
fn compressed(dice: &mut Dice) -> u32 {
    loop {
        let half = dice.word() & 0xffff;
        let is_short = half & 3 != 3;
        if is_short && is_tame(half) {
            return half;
        }
    }
}

/// An instruction of `row` with random operands.
fn instruction(dice: &mut Dice, mode: Mode, row: &Row, reach: usize, offset: usize) -> u32 {
    if row.format == Format::B {
        return forward(dice, reach, offset);
    }
    if matches!(row.format, Format::Csr | Format::CsrI) {
        return csr(dice, mode, row.kind);
    }
    let mask = row.format.mask();
    loop {
        let mut word = row.bits | dice.word() & !mask;
        if !matches!(row.format, Format::U | Format::J) && dice.once_in(2) {
            // Few registers, so that results are used.
            word = word & !(0x0010_8000 & !mask) | row.bits;
        }
        let takes_address = matches!(row.bits & 0x7f, 0x03 | 0x07 | 0x23 | 0x27 | 0x2f)
            || row.bits & 0x707f == 0x200f;
        if takes_address {
            word = word & !(31 << 15) | u32::from(dice.of(&POINTERS)) << 15;
        }
        if decode(word).kind == row.kind && is_tame(word) {
            return word;
        }
    }
}

/// An access to a CSR that holds what it is given, that gates floats, or that tells of a trap.
fn csr(dice: &mut Dice, mode: Mode, kind: Kind) -> u32 {
    let number = match dice.below(4) {
        0 => dice.of(&[1, 2, 3]),
        1 => {
            let traps = dice.of(&[0x142, 0x143, 0x141]);
            let number = if mode == Mode::Machine {
                traps | 0x200
            } else {
                traps
            };
            return Insn::new(Kind::csrrs, destination(dice), 0, 0, number).word();
        }
        _ => 0x140,
    };
    Insn::new(kind, destination(dice), dice.register(), 0, number).word()
}
