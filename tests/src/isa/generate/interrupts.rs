//! Interrupts that are pending when they are let in: by software, timer and delegation,
//! with vectors and without.

use machine::Mode;
use machine::isa::{Insn, Kind};

use super::super::case::{Case, Slot};
use super::super::layout::{MACHINE_VECTOR, SUPERVISOR_PAGE};
use super::{Dice, Generator};

pub(super) const GENERATOR: Generator = Generator {
    name: "interrupts",
    about: "interrupts made pending, then let in at chosen points",
    share: 8,
    make,
};

const MTIMECMP: u64 = 0x200_4000;
const ALL: u64 = 0xaaa;
const MIE: u64 = 1 << 3;
const SIE: u64 = 1 << 1;
/// The register with the address of `msip`.
const MSIP: u8 = 20;

fn make(dice: &mut Dice) -> Case {
    let mut case = Case::new(GENERATOR.name, dice.mode());
    // Mostly one source: of several, QEMU takes another first (interrupt-priority).
    let sources = if dice.once_in(4) {
        ALL
    } else {
        1 << dice.of(&[1, 3, 5, 7, 9, 11])
    };
    case.x.iter_mut().for_each(|x| *x = dice.value() & sources);
    case.x[0] = 0;
    case.x[21] = MIE | SIE;
    case.x[22] = MIE;
    case.x[23] = SIE;
    case.x[24] = 1;
    case.x[usize::from(MSIP)] = 0x200_0000;
    case.mstatus = dice.bits() & (MIE | SIE);
    let mut set = |number, value| case.csrs.push((number, value));
    set(0x303, dice.bits() & ALL);
    if dice.once_in(2) {
        set(0x305, MACHINE_VECTOR | 1);
    }
    if dice.once_in(2) {
        set(0x105, SUPERVISOR_PAGE | 1);
    }
    if sources & 1 << 5 != 0 && dice.once_in(2) {
        // The timer of S-mode: long due, or never.
        set(0x30a, 1 << 63);
        set(0x14d, dice.of(&[0, !0]));
    }
    if dice.once_in(2) {
        set(0x304, dice.bits() & sources);
    }
    if dice.once_in(2) {
        set(0x344, dice.bits() & sources);
    }
    if sources & 1 << 7 != 0 && dice.once_in(2) {
        case.memory.push((MTIMECMP, vec![0]));
    }
    for _ in 0..2 + dice.below(10) {
        let words = (0..1 + dice.below(3)).map(|_| instruction(dice, case.mode));
        case.slots.push(Slot(words.collect()));
    }
    case.most_traps = 20;
    case
}

fn instruction(dice: &mut Dice, mode: Mode) -> u32 {
    use Kind::{csrrc, csrrs, csrrw};
    let change = dice.of(&[csrrs, csrrc, csrrs]);
    let any = dice.register();
    let csr = |kind, rd, rs1, number: i32| Insn::new(kind, rd, rs1, 0, number).word();
    let own = if mode == Mode::Machine { 0 } else { 0x200 };
    // To `x25` and above: the others keep what is written.
    let to = 25 + dice.below(7) as u8;
    match dice.below(8) {
        0 => csr(change, to, any, 0x344 - own),
        1 => csr(change, to, any, 0x304 - own),
        2 => csr(csrrw, to, any, 0x304 - own),
        3 => csr(change, to, 21 + dice.below(3) as u8, 0x300 - own),
        4 => csr(csrrs, to, 0, dice.of(&[0x344, 0x144, 0x104])),
        5 => Insn::new(Kind::addi, 0, to, 0, 1).word(),
        // A store and what makes both machines look at once.
        6 if mode == Mode::Machine => csr(csrrs, to, 0, 0x344),
        _ => Insn::new(Kind::fence_i, 0, 0, 0, 0).word(),
    }
}
