//! Layouts of PMP: every form of range, borders inside words and pages, and locks.

use machine::Mode;
use machine::isa::{Insn, Kind};

use super::super::case::{Case, Slot};
use super::super::layout::DATA;
use super::{Dice, Generator};

pub(super) const GENERATOR: Generator = Generator {
    name: "protection",
    about: "physical memory protection around accesses",
    share: 6,
    make,
};

/// The same with locked entries, which bind M-mode too; each takes a start of its own.
pub(super) const LOCKED: Generator = Generator {
    name: "locks",
    about: "physical memory protection with locked entries",
    share: 1,
    make: |dice| layout(dice, true),
};

const ALL: u64 = (1 << 54) - 1;
const TOR: u64 = 1;
const NAPOT: u64 = 3 << 3;
const RWX: u64 = 7;
const LOCK: u64 = 0x80;
const MPRV: u64 = 1 << 17;
const POINTERS: [u8; 6] = [8, 9, 10, 11, 12, 13];

fn make(dice: &mut Dice) -> Case {
    layout(dice, false)
}

fn layout(dice: &mut Dice, is_locked: bool) -> Case {
    let mode = dice.mode();
    let name = if is_locked {
        LOCKED.name
    } else {
        GENERATOR.name
    };
    let mut case = Case::new(name, mode);
    case.x.iter_mut().for_each(|x| *x = dice.value());
    let borders = set_up(dice, &mut case, is_locked);
    for pointer in POINTERS {
        let near = if dice.once_in(4) {
            dice.below(32)
        } else {
            8 * dice.below(4)
        } as u64;
        case.x[usize::from(pointer)] = (dice.of(&borders) & !7) + near - 8;
    }
    case.x[20] = MPRV;
    case.memory.push((DATA + 0x1000, dice.values(16)));
    for _ in 0..2 + dice.below(12) {
        let words = (0..1 + dice.below(2)).map(|_| instruction(dice, mode, is_locked));
        case.slots.push(Slot(words.collect()));
    }
    case.most_traps = 20;
    if is_locked {
        // Nobody may look any more.
        case.arena = 0;
    }
    case
}

/// Writes the entries; where the borders of their ranges lie.
fn set_up(dice: &mut Dice, case: &mut Case, is_locked: bool) -> Vec<u64> {
    let (mut configs, mut addresses) = ([0_u64; 16], [0_u64; 16]);
    let mut borders = Vec::new();
    for nth in 0..1 + dice.below(6) {
        let border = DATA + dice.of(&[0, 0x1000, 0x2000, 0x800]) + 4 * dice.below(16) as u64;
        borders.push(border);
        let mut form = dice.below(4) as u64;
        if is_locked && nth == 0 && form == TOR {
            // From address 0: the harness would be closed out.
            form = 0;
        }
        addresses[nth] = border >> 2;
        if form == 3 {
            // Ones below, as many as make the size.
            addresses[nth] |= (1 << dice.below(12)) - 1;
        }
        let lock = if is_locked && dice.once_in(2) {
            LOCK
        } else {
            0
        };
        let allowed = dice.bits() & RWX;
        // W without R is reserved: see the deviation pmp-keeps-reserved.
        let readable = if dice.once_in(8) { 0 } else { allowed >> 1 & 1 };
        configs[nth] = lock | form << 3 | allowed | readable;
    }
    // All else is open, or not.
    (addresses[15], configs[15]) = (ALL, NAPOT | RWX);
    if dice.once_in(6) && case.mode == Mode::Machine {
        configs[15] = 0;
    }
    for (nth, address) in addresses.into_iter().enumerate() {
        case.csrs.push((0x3b0 + nth as u16, address));
    }
    let pack = |configs: &[u64]| {
        configs
            .iter()
            .rev()
            .fold(0, |all, config| all << 8 | config)
    };
    case.csrs.push((0x3a2, pack(&configs[8..])));
    case.csrs.push((0x3a0, pack(&configs[..8])));
    borders
}

fn instruction(dice: &mut Dice, mode: Mode, is_locked: bool) -> u32 {
    use Kind::{amoor_w, csrrc, csrrs, lb, ld, lh, lr_w, lw, sb, sd, sh, sw};
    let base = dice.of(&POINTERS);
    let rd = dice.of(&[0, 5, 6, 7, 28, 29, 30, 31]);
    let offset = dice.of(&[0, 0, 0, -8, 8]);
    match dice.below(10) {
        0..=3 => Insn::new(dice.of(&[ld, lw, lh, lb]), rd, base, 0, offset),
        4..=6 => Insn::new(dice.of(&[sd, sw, sh, sb]), 0, base, dice.register(), offset),
        7 => Insn::new(amoor_w, rd, base, dice.register(), 0),
        8 => Insn::new(lr_w, rd, base, 0, 0),
        _ if mode == Mode::Machine => match dice.below(if is_locked { 3 } else { 2 }) {
            0 => Insn::new(dice.of(&[csrrs, csrrc]), 0, 20, 0, 0x300),
            1 => Insn::new(csrrs, rd, 0, 0, dice.of(&[0x3a0, 0x3b0, 0x3b1])),
            // What is locked must not change; no register has the bits that lock.
            _ => Insn::new(
                Kind::csrrwi,
                0,
                0x1f,
                0,
                dice.of(&[0x3a0, 0x3b0, 0x3b1, 0x3b2]),
            ),
        },
        _ => Insn::new(Kind::addi, rd, rd, 0, 1),
    }
    .word()
}
