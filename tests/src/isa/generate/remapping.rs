//! Page tables that change under code that uses them: entries rewritten, fenced in every way
//! there is, and used again, for data and for code.

use machine::Mode;
use machine::isa::{Insn, Kind};

use super::super::case::{Case, Slot};
use super::super::layout::{CODE, DATA, SUPERVISOR_PAGE, WHOLE_ARENA};
use super::tables::{self, A, D, G, R, Tables, U, V, W, X};
use super::{Dice, Generator};

pub(super) const GENERATOR: Generator = Generator {
    name: "remapping",
    about: "entries changed, fenced by sfence.vma or Svinval, and used again",
    share: 5,
    make,
};

/// The register with the address that is mapped anew, some way into its page.
const PAGE: u8 = 8;
/// The one with the address of its entry.
const ENTRY: u8 = 9;
/// The one with the address of its code.
const FUNCTION: u8 = 10;
/// The one with the address space of `satp`.
const SPACE: u8 = 11;
/// Those with what the entry may become.
const ENTRIES: std::ops::Range<u8> = 18..26;
/// Those with what `satp` may become: the same tables, in other address spaces.
const ROOTS: std::ops::Range<u8> = 26..28;
/// What code of a page does, from its start: it adds the page's number and returns.
const RETURN: u8 = 1;

fn make(dice: &mut Dice) -> Case {
    let mut case = Case::new(GENERATOR.name, Mode::Supervisor);
    case.arena = WHOLE_ARENA;
    case.x.iter_mut().for_each(|x| *x = dice.value());
    let levels = dice.of(tables::DEPTHS);
    let mut tables = Tables::new(levels);
    tables.map(SUPERVISOR_PAGE, SUPERVISOR_PAGE, 0, V | X | R | A | D | G);
    tables.map(CODE, CODE, 0, V | X | R | A);
    // In the same table as the code, so that tables suffice.
    let page = CODE + 0x1000 * (16 + dice.below(64) as u64);
    let global = dice.of(&[0, 0, G]);
    tables.map(page, DATA, 0, V | R | W | X | A | D | global);
    let own = CODE + 0x1000 * 100;
    if let Some(entry) = tables.leaf(page) {
        tables.map(own, entry & !0xfff, 0, V | R | W | A | D);
        case.x[usize::from(ENTRY)] = own | entry & 0xfff;
    }
    for nth in 0..4 {
        let number = Insn::new(Kind::addi, 5, 5, 0, 1 << nth).word();
        let back = Insn::new(Kind::jalr, 0, RETURN, 0, 0).word();
        let code = u64::from(number) | u64::from(back) << 32;
        let at = DATA + 0x1000 * nth;
        case.memory.push((at, vec![code]));
        case.memory.push((at + 0x200, dice.values(4)));
    }
    case.memory.extend(tables.memory());
    case.x[usize::from(PAGE)] = page + 0x200;
    case.x[usize::from(FUNCTION)] = page;
    let asid = dice.below(3) as u64;
    case.x[usize::from(SPACE)] = asid;
    let satp = |asid: u64| tables.satp(false) | asid << 44;
    for entry in ENTRIES {
        let all = V | R | W | X | A | D;
        let flags = dice.of(&[
            all,
            all,
            all & !W,
            all & !D,
            all & !(A | D),
            all | U,
            V | X | R | A,
            0,
        ]);
        let to = DATA + 0x1000 * dice.below(4) as u64;
        case.x[usize::from(entry)] = to >> 12 << 10 | flags | global;
    }
    for (root, asid) in ROOTS.zip([asid, asid + 1]) {
        case.x[usize::from(root)] = satp(asid);
    }
    const ADUE: u64 = 1 << 61;
    const SUM: u64 = 1 << 18;
    case.csrs.push((0x30a, ADUE));
    case.csrs.push((0x180, satp(asid)));
    case.mstatus = dice.bits() & SUM;
    if dice.once_in(2) {
        // Faults of loads and stores; one of a fetch from the page ends the case.
        case.csrs.push((0x302, dice.bits() & 0xa0ff));
    }
    for _ in 0..3 + dice.below(14) {
        let words = slot(dice);
        case.slots.push(Slot(words));
    }
    case.most_traps = 30;
    case
}

fn slot(dice: &mut Dice) -> Vec<u32> {
    let change = Insn::new(Kind::sd, 0, ENTRY, ENTRIES.start + dice.below(8) as u8, 0).word();
    let word = |kind, rs1, rs2| Insn::new(kind, 0, rs1, rs2, 0).word();
    let (page, space) = (dice.of(&[0, PAGE, FUNCTION]), dice.of(&[0, SPACE]));
    match dice.below(8) {
        0 | 1 => vec![change, word(Kind::sfence_vma, page, space), access(dice)],
        2 => vec![
            change,
            word(Kind::sfence_w_inval, 0, 0),
            word(Kind::sinval_vma, page, space),
            word(Kind::sfence_inval_ir, 0, 0),
        ],
        3 => {
            // Code in the page may be another's now, which only a fence of its own says.
            let fence = word(Kind::sfence_vma, page, space);
            let call = Insn::new(Kind::jalr, RETURN, FUNCTION, 0, 0).word();
            vec![change, fence, word(Kind::fence_i, 0, 0), call]
        }
        4 => {
            // No address space before has seen the entry as it was.
            let root = ROOTS.start + dice.below(2) as u8;
            let switch = Insn::new(Kind::csrrw, 0, root, 0, 0x180).word();
            vec![switch, word(Kind::sfence_vma, 0, 0), access(dice)]
        }
        5 => vec![Insn::new(Kind::jalr, RETURN, FUNCTION, 0, 0).word()],
        _ => vec![access(dice), access(dice)],
    }
}

/// A load, a store or an atomic in the page.
fn access(dice: &mut Dice) -> u32 {
    use Kind::{amoadd_d, ld, lw, sb, sd};
    let rd = 12 + dice.below(6) as u8;
    let offset = 8 * dice.below(4) as i32;
    match dice.below(5) {
        0..=2 => Insn::new(dice.of(&[ld, lw]), rd, PAGE, 0, offset).word(),
        3 => Insn::new(dice.of(&[sd, sb]), 0, PAGE, dice.register(), offset).word(),
        _ => Insn::new(amoadd_d, rd, PAGE, dice.register(), 0).word(),
    }
}
