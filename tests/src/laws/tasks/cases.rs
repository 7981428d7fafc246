//! The differential tester's cases, moved to the hart's arena, and now and then into one that
//! other harts use.

use super::{Dice, Surroundings, Task};
use crate::isa::generate::GENERATORS;
use crate::isa::layout::{ARENA, TABLES, WHOLE_ARENA};
use crate::isa::{Case, Slot};
use crate::laws::place;
use machine::isa::{Insn, Kind};

pub(super) const TASK: Task = Task {
    name: "case",
    share: 60,
    make,
};

const SATP: u16 = 0x180;
const MIE: u64 = 8;
/// The bits of a physical address.
const PHYSICAL: u64 = (1 << 56) - 1;

fn make(dice: &mut Dice, at: &Surroundings) -> Case {
    // Code that names its own address cannot be moved.
    let movable = GENERATORS
        .iter()
        .filter(|generator| generator.name != "modifying");
    let tickets: Vec<_> = movable
        .flat_map(|generator| std::iter::repeat_n(generator, generator.share))
        .collect();
    let mut case = (dice.of(&tickets).make)(dice);
    if case.mode == machine::Mode::Machine && dice.once_in(2) {
        case.mstatus |= MIE;
    }
    shift(&mut case, dice, at);
    let leave = Insn::new(Kind::ecall, 0, 0, 0, 0).word();
    case.slots.push(Slot(vec![leave]));
    case
}

/// Moves what the case says of the tester's arena to that of `at`. Some of its pointers lead to the
/// arena that all harts use.
fn shift(case: &mut Case, dice: &mut Dice, at: &Surroundings) {
    let by = |from: u64, to: u64| {
        let offset = from.wrapping_sub(ARENA);
        if offset < WHOLE_ARENA {
            to + offset
        } else {
            from
        }
    };
    let home = at.arena;
    let common = place::arena(place::N_ARENAS - 1);
    for x in &mut case.x {
        *x = by(*x, if dice.once_in(6) { common } else { home });
    }
    case.entry = by(case.entry, home);
    case.code_at = by(case.code_at, home);
    for (csr, value) in &mut case.csrs {
        *value = if *csr == SATP {
            let root = (*value << 12) & PHYSICAL;
            *value - (root >> 12) + (by(root, home) >> 12)
        } else {
            by(*value, home)
        };
    }
    for (to, values) in &mut case.memory {
        let is_table = (TABLES..ARENA + WHOLE_ARENA).contains(to);
        if is_table {
            for entry in values {
                let page = (*entry << 2) & PHYSICAL & !0xfff;
                let target = if dice.once_in(20) { common } else { home };
                *entry = *entry - (page >> 2) + (by(page, target) >> 2);
            }
        }
        *to = by(*to, home);
    }
}
