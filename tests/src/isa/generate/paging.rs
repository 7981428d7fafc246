//! Page tables of every depth, sound and damaged, and accesses through them.

use machine::Mode;
use machine::isa::{Insn, Kind};

use super::super::case::{Case, Slot};
use super::super::layout::{CODE, DATA, SUPERVISOR_PAGE, TABLES, WHOLE_ARENA};
use super::tables::{self, A, D, G, R, Tables, U, V, W, X};
use super::{Dice, Generator};

pub(super) const GENERATOR: Generator = Generator {
    name: "paging",
    about: "page tables with faults at every level",
    share: 14,
    make,
};

const MPRV: u64 = 1 << 17;
const SUM: u64 = 1 << 18;
const MXR: u64 = 1 << 19;
const TVM: u64 = 1 << 20;
/// Registers with virtual addresses.
const POINTERS: [u8; 6] = [8, 9, 10, 11, 12, 13];
/// The register with the virtual address of an entry.
const OWN: u8 = 14;
/// Registers with what makes of `MPP` one or the other: S, M.
const MODES: [u8; 2] = [23, 24];

fn make(dice: &mut Dice) -> Case {
    let mode = dice.of(&[
        Mode::User,
        Mode::Supervisor,
        Mode::Supervisor,
        Mode::Machine,
    ]);
    let mut case = Case::new(GENERATOR.name, mode);
    case.arena = WHOLE_ARENA;
    case.x.iter_mut().for_each(|x| *x = dice.value());
    let levels = dice.of(tables::DEPTHS);
    let mut tables = Tables::new(levels);
    tables.map(SUPERVISOR_PAGE, SUPERVISOR_PAGE, 0, V | X | R | A | D | G);
    let sound = tables.entries.len();
    let users = if mode == Mode::User { U } else { 0 };
    let code = address(dice, levels, 0);
    tables.map(code, CODE, 0, V | R | X | A | users);
    tables.map(code + 0x1000, CODE + 0x1000, 0, V | R | X | A | users);
    let of_code = tables.entries.len();
    // M-mode runs untranslated; its data accesses are what is translated.
    case.entry = if mode == Mode::Machine { CODE } else { code };
    let pages = [(); 2].map(|()| map_data(dice, &mut tables));
    // A table, so that code can change it; always followed by a fence, since until then both
    // the old entry and the new may be used.
    let own = address(dice, levels, 0);
    let table = TABLES + 0x1000 * dice.below(4) as u64;
    tables.map(own, table, 0, V | R | W | A | D | users);
    // The fence must still be reached, whether or not it takes a fence to see the change.
    let is_used = |at: u64| tables.entries[..of_code].iter().any(|entry| entry.0 == at);
    let offset = loop {
        let offset = 8 * dice.below(512) as u64;
        if !is_used(table + offset) {
            break offset;
        }
    };
    damage(dice, &mut tables, sound);
    case.csrs.push((0x30a, environment(dice, &mut tables)));
    for (pointer, page) in POINTERS.into_iter().zip(pages.into_iter().cycle()) {
        let near = dice.of(&[-8_i64, -4, -2, -1, 0, 8, 16, 100, 0x7f8]);
        let near = if dice.once_in(2) { near } else { near & !7 };
        case.x[usize::from(pointer)] = page.wrapping_add_signed(near);
    }
    // Nothing that could be run.
    let values = dice.values(8).iter().map(|value| value & !0xffff).collect();
    case.memory.push((DATA, values));
    case.memory.extend(tables.memory());
    case.x[usize::from(OWN)] = own + offset;
    case.csrs.push((0x180, tables.satp(dice.once_in(2))));
    status(dice, &mut case);
    put_slots(dice, &mut case);
    case.most_traps = 20;
    case
}

/// Maps a page of data, and at the lowest level the one behind it; an address at the border of
/// the two, or in the large page where there is data.
fn map_data(dice: &mut Dice, tables: &mut Tables) -> u64 {
    let level = dice.of(&[0, 0, 0, 0, 1, 2]).min(tables.levels - 1);
    let size = 1 << (12 + 9 * level);
    let va = address(dice, tables.levels, level) & !(size - 1);
    let target = DATA + 0x1000 * dice.below(4) as u64;
    let both = [flags(dice), flags(dice)];
    if level > 0 {
        tables.map(va, target & !(size - 1), level, both[0]);
        return va.wrapping_add(target & (size - 1));
    }
    for (flags, at) in both.into_iter().zip([0, 0x1000]) {
        let pa = DATA + (target - DATA + at) % 0x4000;
        tables.map(va.wrapping_add(at), pa, 0, flags);
    }
    va.wrapping_add(0x1000)
}

/// Accesses, changes of the entry, and at last a jump to the data.
fn put_slots(dice: &mut Dice, case: &mut Case) {
    for _ in 0..2 + dice.below(12) {
        case.slots.push(slot(dice, case));
        if dice.once_in(8) {
            case.slots.push(Slot(vec![
                Insn::new(Kind::sd, 0, OWN, 5, 0).word(),
                Insn::new(Kind::sfence_vma, 0, 0, 0, 0).word(),
            ]));
        }
    }
    // Ends the case: what is there has no instructions in it. Not in M-mode, where QEMU may
    // still use the translation of a load.
    if case.mode != Mode::Machine {
        let target = dice.of(&POINTERS);
        // Nor where S-mode may load from U-mode's pages: see the deviation user-page-runs; what
        // QEMU then runs may never end.
        let may_load_users =
            case.mode == Mode::Supervisor && (case.mstatus | case.x[22]) & SUM != 0;
        if !may_load_users {
            let jump = Insn::new(Kind::jalr, 0, target, 0, 0).word();
            case.slots.push(Slot(vec![jump]));
        }
    }
}

/// What the flags of a data page are: mostly all that is needed.
fn flags(dice: &mut Dice) -> u64 {
    let kind = dice.of(&[V | R | W, V | R | W | X, V | R, V | X, V | R | X]);
    let user = if dice.once_in(2) { U } else { 0 };
    let used = dice.of(&[0, A, A | D, A | D, A | D]);
    kind | user | used
}

/// A virtual address that one of `levels` levels reaches, in the lower or the upper half, and
/// far from the harness.
fn address(dice: &mut Dice, levels: u32, level: u32) -> u64 {
    let bits = 12 + 9 * levels;
    let page = dice.bits() << 12;
    // Few different tables, so that ten pages suffice.
    let narrow = if level < 2 {
        page & 0x3fe0_0000 | page & 0x3f_f000
    } else {
        page & 0x3_c000_0000
    };
    // Where the lower half has neither RAM nor devices behind it when nothing translates.
    let half = if dice.once_in(2) {
        !0 << (bits - 1)
    } else {
        1 << 36
    };
    half | narrow
}

/// Damages up to three entries; those before `sound` are let alone.
fn damage(dice: &mut Dice, tables: &mut Tables, sound: usize) {
    const PBMT_N: u64 = 7 << 61;
    for _ in 0..dice.below(4) {
        let nth = sound + dice.below(tables.entries.len() - sound);
        let entry = &mut tables.entries[nth].1;
        match dice.below(8) {
            0 => *entry ^= V,
            1 | 2 => *entry ^= dice.bits() & 0xff,
            // Bits 54 to 60 are reserved; QEMU does not look at them.
            3 if dice.once_in(4) => *entry ^= 1 << (54 + dice.below(7)),
            3 => *entry ^= 1 << (61 + dice.below(3)),
            4 => *entry ^= dice.bits() & PBMT_N,
            // To elsewhere in the arena, misaligned, or to nothing; never to the harness.
            5 => *entry ^= 1 << (10 + dice.of(&[0, 1, 2, 3, 5, 8, 9, 10, 15, 16, 18])),
            6 => *entry |= 1 << (10 + 30 + dice.below(13)),
            // A range of 64 KiB, well formed or not.
            _ => *entry = *entry & !(0xf << 10) | 1 << 63 | (dice.of(&[8, 8, 4, 0])) << 10,
        }
    }
}

/// `menvcfg`: who marks entries, and whether they may name a memory type.
fn environment(dice: &mut Dice, tables: &mut Tables) -> u64 {
    const ADUE: u64 = 1 << 61;
    const PBMTE: u64 = 1 << 62;
    let types = if dice.once_in(8) { 0 } else { PBMTE };
    if dice.once_in(4) {
        // Software marks; QEMU 7.2 always does it itself, so there is nothing left to mark.
        let leaves = tables.entries.iter_mut().map(|(_, entry)| entry);
        leaves
            .filter(|entry| **entry & (R | W | X) != 0)
            .for_each(|entry| *entry |= A | D);
        types
    } else {
        types | ADUE
    }
}

fn status(dice: &mut Dice, case: &mut Case) {
    case.mstatus = dice.bits() & (SUM | MXR);
    if case.mode == Mode::Supervisor && dice.once_in(4) {
        case.mstatus |= TVM;
    }
    if case.mode != Mode::Machine && dice.once_in(2) {
        // Not the faults of a fetch: the handler of S-mode is where it can be fetched.
        case.csrs.push((0x302, dice.bits() & 0xb1ff));
    }
    // What a return leaves in MPP are the accesses of U-mode; others need a fence there.
    case.fences = case.mode == Mode::Machine && dice.once_in(2);
    [case.x[23], case.x[24]] = [1 << 11, 3 << 11];
    case.x[20] = MPRV;
    case.x[22] = dice.bits() & (SUM | MXR);
}

fn slot(dice: &mut Dice, case: &Case) -> Slot {
    use Kind::{csrrc, csrrs, lr_d, lr_w, sc_d, sc_w};
    let mut words = Vec::new();
    match dice.below(8) {
        0 => {
            // Together: QEMU goes by the address and the value of what was reserved.
            let (lr, sc) = dice.of(&[(lr_d, sc_d), (lr_w, sc_w)]);
            let (base, [to, result]) = (dice.of(&POINTERS), dice.of(&[[5, 6], [7, 28], [0, 5]]));
            words.push(Insn::new(lr, to, base, 0, dice.below(4) as i32).word());
            words.push(Insn::new(sc, result, base, 29, dice.below(4) as i32).word());
        }
        1 if case.fences => {
            // Never from M to S at once: 2 is no mode.
            words.push(Insn::new(csrrc, 0, MODES[1], 0, 0x300).word());
            words.push(Insn::new(csrrs, 0, dice.of(&MODES), 0, 0x300).word());
            words.push(instruction(dice, case.mode));
        }
        _ => words.extend((0..1 + dice.below(3)).map(|_| instruction(dice, case.mode))),
    }
    Slot(words)
}

fn instruction(dice: &mut Dice, mode: Mode) -> u32 {
    use Kind::{amoadd_d, amoand_w, amomaxu_d, amoor_w, amoswap_d, amoswap_w};
    use Kind::{lb, lbu, ld, lh, lhu, lw, lwu, sb, sd, sfence_vma, sh, sw};
    let base = dice.of(&POINTERS);
    let rd = dice.of(&[0, 5, 6, 7, 28, 29, 30, 31]);
    let offset = dice.of(&[0, 0, 0, 1, -1, 4, -8, 16, 2047, -2048]);
    let status = if mode == Mode::Machine { 0x300 } else { 0x100 };
    let source = dice.of(&[5, 6, 7, 28]);
    match dice.below(12) {
        0..=3 => {
            let load = dice.of(&[ld, ld, lw, lwu, lh, lhu, lb, lbu]);
            Insn::new(load, rd, base, 0, offset)
        }
        4..=6 => Insn::new(dice.of(&[sd, sw, sh, sb]), 0, base, source, offset),
        7 | 8 => {
            let amo = dice.of(&[amoadd_d, amoand_w, amomaxu_d, amoor_w, amoswap_d, amoswap_w]);
            Insn::new(amo, rd, base, source, dice.below(4) as i32)
        }
        9 => Insn::new(
            dice.of(&[sfence_vma, Kind::sinval_vma]),
            0,
            dice.of(&[0, base]),
            0,
            0,
        ),
        10 => {
            let change = dice.of(&[Kind::csrrs, Kind::csrrc]);
            Insn::new(change, 0, 22, 0, status)
        }
        // Where loads and stores of M-mode become those of another.
        _ if mode == Mode::Machine => {
            let change = dice.of(&[Kind::csrrs, Kind::csrrs, Kind::csrrc]);
            Insn::new(change, 0, 20, 0, status)
        }
        _ => Insn::new(Kind::addi, rd, rd, 0, 1),
    }
    .word()
}
