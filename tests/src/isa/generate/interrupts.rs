//! Interrupts that are pending when they are let in: by software, timer and delegation,
//! with vectors and without.

use machine::Mode;
use machine::isa::{Insn, Kind};

use super::super::case::{Case, Slot};
use super::super::layout::{self, MACHINE_VECTOR, SUPERVISOR_PAGE};
use super::{Dice, Generator};

pub(super) const GENERATOR: Generator = Generator {
    name: "interrupts",
    about: "interrupts made pending, then let in at chosen points",
    share: 8,
    make,
};

const MTIMECMP: u64 = 0x200_4000;
const STCE: u64 = 1 << 63;
const TW: u64 = 1 << 21;
const ALL: u64 = 0xaaa;
const MIE: u64 = 1 << 3;
const SIE: u64 = 1 << 1;
/// The register with the address of `msip`.
const MSIP: u8 = 20;

fn make(dice: &mut Dice) -> Case {
    let mut case = Case::new(GENERATOR.name, dice.mode());
    // Mostly one source for each mode: of several, QEMU takes another first
    // (interrupt-priority).
    let sources = match dice.below(4) {
        0 => ALL,
        1 => 1 << dice.of(&[1, 5, 9]) | 1 << dice.of(&[3, 7, 11]),
        _ => 1 << dice.of(&[1, 3, 5, 7, 9, 11]),
    };
    case.x.iter_mut().for_each(|x| *x = dice.value() & sources);
    case.x[0] = 0;
    case.x[21] = MIE | SIE;
    case.x[22] = MIE;
    case.x[23] = SIE;
    case.x[24] = 1;
    case.x[usize::from(MSIP)] = layout::MSIP;
    case.mstatus = dice.bits() & (MIE | SIE);
    make_pending(dice, &mut case, sources);
    for (register, value) in DEVICES {
        case.x[usize::from(register)] = value;
    }
    if dice.once_in(4) {
        case.mstatus |= TW;
    }
    for _ in 0..2 + dice.below(10) {
        let words = slot(dice, &case);
        case.slots.push(Slot(words));
    }
    case.most_traps = 20;
    case
}

/// Delegation, vectors, and some of `sources` enabled and pending from the start.
fn make_pending(dice: &mut Dice, case: &mut Case, sources: u64) {
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
        set(0x30a, STCE);
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
    if sources & 1 << 3 != 0 && dice.once_in(2) {
        case.memory.push((layout::MSIP, vec![1]));
    }
    if has_stimecmp(case) {
        case.csrs.push((0x306, 2));
    }
}

/// Whether S-mode has a timer of its own.
fn has_stimecmp(case: &Case) -> bool {
    case.csrs.contains(&(0x30a, STCE))
}

fn slot(dice: &mut Dice, case: &Case) -> Vec<u32> {
    match case.mode {
        Mode::Machine if dice.once_in(3) => closed(dice),
        Mode::Supervisor | Mode::Machine if has_stimecmp(case) && dice.once_in(6) => {
            let time = dice.of(&[0, NEVER]);
            vec![Insn::new(Kind::csrrw, 0, time, 0, 0x14d).word()]
        }
        // Of S-mode, TW makes it illegal; else it might wait for ever.
        Mode::User => vec![Insn::new(Kind::wfi, 0, 0, 0, 0).word()],
        Mode::Supervisor if case.mstatus & TW != 0 && dice.once_in(6) => {
            vec![Insn::new(Kind::wfi, 0, 0, 0, 0).word()]
        }
        _ => (0..1 + dice.below(3))
            .map(|_| instruction(dice, case.mode))
            .collect(),
    }
}

/// All ones: a time that never comes.
const NEVER: u8 = 10;
/// Priority, and the contexts' enables and claims, of the PLIC.
const PRIORITY: u8 = 11;
const ENABLES: [u8; 2] = [12, 13];
const CLAIMS: [u8; 2] = [14, 15];
/// The serial port, and its bit in an enable.
const UART: u8 = 16;
const SERIAL: u8 = 17;

/// What the registers hold by which devices are reached.
const DEVICES: [(u8, u64); 8] = [
    (NEVER, !0),
    (PRIORITY, 0xc00_0028),
    (ENABLES[0], 0xc00_2000),
    (ENABLES[1], 0xc00_2080),
    (CLAIMS[0], 0xc20_0004),
    (CLAIMS[1], 0xc20_1004),
    (UART, 0x1000_0000),
    (SERIAL, 1 << 10),
];

/// What is done while M-mode lets no interrupt in, and then, mostly, the letting in: at which
/// instruction a device's interrupt arrives is not the same on both machines.
fn closed(dice: &mut Dice) -> Vec<u32> {
    use Kind::{csrrci, csrrs, csrrsi, lw, sb, sd, sw, wfi};
    const MSTATUS: i32 = 0x300;
    let csr = |kind, bits, number| Insn::new(kind, 0, bits, 0, number).word();
    let store = |kind, base, source, offset| Insn::new(kind, 0, base, source, offset).word();
    let context = dice.below(2);
    let to = 25 + dice.below(7) as u8;
    let mut words = vec![csr(csrrci, MIE as u8, MSTATUS)];
    match dice.below(8) {
        0 => words.push(store(sw, MSIP, dice.of(&[0, 24]), 0)),
        // The deadline of M-mode's timer: 0x4000 from there.
        1 => {
            words.push(Insn::new(Kind::lui, to, 0, 0, 0x4000).word());
            words.push(Insn::new(Kind::add, to, to, MSIP, 0).word());
            words.push(store(sd, to, dice.of(&[0, NEVER]), 0));
        }
        // Whatever is pending: a `wfi` goes on.
        2 => {
            words.push(csr(csrrsi, SIE as u8, 0x304));
            words.push(csr(csrrsi, SIE as u8, 0x344));
            words.push(Insn::new(wfi, 0, 0, 0, 0).word());
        }
        // The serial port has room to send, and says so by way of the PLIC.
        3 | 4 => {
            words.push(store(sw, ENABLES[context], SERIAL, 0));
            words.push(store(sw, PRIORITY, 24, 0));
            words.push(Insn::new(Kind::addi, to, 0, 0, 2).word());
            words.push(store(sb, UART, dice.of(&[to, to, 0]), 1));
        }
        5 => words.push(Insn::new(lw, to, CLAIMS[context], 0, 0).word()),
        // QEMU heeds an enable at the next write to a priority: see plic-enables-late.
        6 => words.extend([
            store(sw, ENABLES[context], 0, 0),
            store(sw, PRIORITY, 24, 0),
        ]),
        _ => words.push(store(sw, PRIORITY, dice.of(&[0, 24]), 0)),
    }
    words.push(Insn::new(csrrs, to, 0, 0, 0x344).word());
    if !dice.once_in(4) {
        words.push(csr(csrrsi, MIE as u8, MSTATUS));
    }
    words
}

fn instruction(dice: &mut Dice, mode: Mode) -> u32 {
    use Kind::{csrrc, csrrs, csrrw};
    let change = dice.of(&[csrrs, csrrc, csrrs]);
    // Not the registers of devices.
    let any = dice.of(&[0, 1, 2, 3, 4, 5, 6, 7, 18, 19, 25, 26, 27, 28]);
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
