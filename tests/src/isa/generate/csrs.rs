//! Accesses to CSRs: known and unknown numbers, every operation, in every mode.

use machine::Mode;
use machine::isa::{Insn, Kind};

use super::super::case::{Case, Slot};
use super::{Dice, Generator};

pub(super) const GENERATOR: Generator = Generator {
    name: "csrs",
    about: "writes of odd values to CSRs, read back",
    share: 8,
    make,
};

/// Registers that are not accessed, each with the reason.
const UNTRIED: &[(u16, u16, &str)] = &[
    (0x305, 0x305, "mtvec: the harness would lose its handler"),
    (
        0x340,
        0x340,
        "mscratch: the harness would lose its registers",
    ),
    (
        0x14d,
        0x14d,
        "stimecmp: see the deviation stimecmp-without-stce",
    ),
    (
        0x24d,
        0x24d,
        "vstimecmp: see the deviation vstimecmp-without-h",
    ),
];

/// Registers whose values are not compared, each with the reason.
const UNTOLD: &[(u16, u16, &str)] = &[
    (0xb00, 0xb1f, "counters run differently"),
    (0xc00, 0xc1f, "counters and time run differently"),
    (0xf11, 0xf13, "mvendorid, marchid, mimpid: who made it"),
    (
        0x320,
        0x33f,
        "mcountinhibit, mhpmevent: may be wired to zero, section \"Hardware Performance Monitor\"",
    ),
];

fn is_listed(list: &[(u16, u16, &str)], number: u16) -> bool {
    list.iter()
        .any(|&(first, last, _)| (first..=last).contains(&number))
}

/// What must stay zero in a value for this register: the locks of PMP, which nothing undoes,
/// reserved values (of `MPP`, of W without R), and what QEMU keeps that is always zero (see the
/// deviations).
fn forbidden(number: u16) -> u64 {
    match number {
        0x3a0..=0x3af => 0xe2e2_e2e2_e2e2_e2e2,
        0x106 | 0x306 => !0 << 32,
        0x3b0..=0x3ef => !0 << 54,
        // No value is forbidden: only `csrrw` always writes (read-only-by-value).
        1..=3 => 1 << 63,
        0x302 => !0xb3ff,
        0x104 | 0x144 | 0x303 | 0x304 | 0x344 => !0xaaa,
        0x141 | 0x341 => 1,
        0x10a | 0x30a => 1 << 61 | 1 << 5,
        0x100 | 0x300 => !0 << 32 | 3 << 11 | 3 << 9,
        _ => 0,
    }
}

/// Whether a forbidden value would do worse than be kept: lock PMP for good, make registers
/// narrow, enable interrupts of guests, or show in other registers.
fn is_perilous(number: u16) -> bool {
    matches!(number, 1..=3 | 0x100 | 0x104 | 0x144 | 0x300 | 0x304 | 0x344 | 0x3a0..=0x3af)
}

fn make(dice: &mut Dice) -> Case {
    let mode = dice.mode();
    let mut case = Case::new(GENERATOR.name, mode);
    case.x.iter_mut().skip(1).for_each(|x| *x = dice.value());
    if mode != Mode::Machine {
        // What gates registers for the modes below.
        let gates = [(0x306, 7), (0x106, 7), (0x30a, !(1 << 61 | 1 << 5))];
        for (number, mask) in gates {
            if dice.once_in(2) {
                case.csrs.push((number, dice.bits() & mask));
            }
        }
        const TVM: u64 = 1 << 20;
        const TW_TSR: u64 = 3 << 21;
        case.mstatus = dice.bits() & (TVM | TW_TSR);
    }
    const FS: u64 = 3 << 13;
    case.mstatus |= dice.bits() & FS;
    for _ in 0..1 + dice.below(10) {
        let number = number(dice);
        case.slots.push(access(dice, number, &mut case.x));
    }
    if dice.once_in(4) {
        case.slots.push(last_write(dice));
    }
    case
}

/// A write of any value, even a forbidden one: what is left in the register at the end is
/// compared, knowing the deviations.
fn last_write(dice: &mut Dice) -> Slot {
    let number = loop {
        let number = number(dice);
        if forbidden(number) != 0 && !is_perilous(number) {
            break i32::from(number);
        }
    };
    Slot(vec![
        Insn::new(Kind::csrrw, 0, dice.register(), 0, number).word(),
    ])
}

/// A number: mostly that of a register the machine has.
fn number(dice: &mut Dice) -> u16 {
    loop {
        let number = dice.below(4096) as u16;
        let is_known = machine::csr_name(number).is_some();
        let is_common = is_known && !is_listed(UNTOLD, number);
        if !is_listed(UNTRIED, number) && (is_common || dice.once_in(100)) {
            return number;
        }
    }
}

/// An access, and a look at what it did.
fn access(dice: &mut Dice, number: u16, x: &mut [u64; 32]) -> Slot {
    use Kind::{csrrc, csrrci, csrrs, csrrsi, csrrw, csrrwi};
    let is_told = !is_listed(UNTOLD, number);
    let (rd, again) = if is_told {
        (dice.below(31) as u8, dice.below(31) as u8)
    } else {
        (0, 0)
    };
    let operand = 1 + dice.below(31) as u8;
    let kind = dice.of(&[csrrw, csrrs, csrrc, csrrwi, csrrsi, csrrci]);
    let immediate = i32::from(number);
    let keep = !forbidden(number);
    if keep != !0 {
        // A register of its own: earlier results may have the bits.
        x[31] &= keep;
        let kinds = match number {
            // `csrrw` would clear what says how wide registers are.
            0x100 | 0x300 => [csrrs, csrrs, csrrc],
            // `csrrc` would leave W without R, which is reserved.
            0x3a0..=0x3af => [csrrw, csrrs, csrrs],
            1..=3 => [csrrw, csrrw, csrrw],
            _ => [csrrw, csrrs, csrrc],
        };
        return Slot(vec![
            Insn::new(dice.of(&kinds), rd, 31, 0, immediate).word(),
            Insn::new(csrrs, again, 0, 0, immediate).word(),
        ]);
    }
    Slot(vec![
        Insn::new(kind, rd, operand, 0, immediate).word(),
        Insn::new(csrrs, again, 0, 0, immediate).word(),
    ])
}

/// Every number in every mode, with all that may be closed to a mode closed, and open: read,
/// and written without a change.
pub fn sweep() -> Vec<Case> {
    let mut cases = Vec::new();
    for (mode, is_open) in [
        (Mode::User, false),
        (Mode::User, true),
        (Mode::Supervisor, false),
        (Mode::Supervisor, true),
        (Mode::Machine, true),
    ] {
        for block in 0..4096 / 16 {
            let numbers = 16 * block..16 * (block + 1);
            cases.push(sweep_of(mode, is_open, numbers));
        }
    }
    cases
}

fn sweep_of(mode: Mode, is_open: bool, numbers: std::ops::Range<u16>) -> Case {
    const FS: u64 = 3 << 13;
    const TVM: u64 = 1 << 20;
    const STCE: u64 = 1 << 63;
    let mut case = Case::new("every CSR", mode);
    case.most_traps = 40;
    if is_open {
        case.mstatus = FS;
        let gates = [(0x306, 0xffff_ffff), (0x106, 0xffff_ffff), (0x30a, STCE)];
        if mode != Mode::Machine {
            case.csrs.extend(gates);
        }
    } else {
        case.mstatus = TVM;
    }
    for (nth, number) in numbers.enumerate() {
        if is_listed(UNTRIED, number) && number != 0x14d {
            continue;
        }
        let is_told = !is_listed(UNTOLD, number);
        let rd = if is_told { 1 + nth as u8 } else { 0 };
        let number = i32::from(number);
        let read = Insn::new(Kind::csrrs, rd, 0, 0, number).word();
        let set_nothing = Insn::new(Kind::csrrc, 0, 31, 0, number).word();
        case.slots.push(Slot(vec![read]));
        // See the deviation read-only-by-value.
        let is_read_only = number >> 10 & 3 == 3;
        if !is_read_only {
            case.slots.push(Slot(vec![set_nothing]));
        }
    }
    case
}
