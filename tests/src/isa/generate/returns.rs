//! Changes of mode: returns from traps to anywhere, environment calls, and what `TVM`, `TW`
//! and `TSR` forbid.

use machine::isa::{Insn, Kind};

use super::super::case::{Case, Slot};
use super::super::layout::CODE;
use super::{Dice, Generator};

pub(super) const GENERATOR: Generator = Generator {
    name: "returns",
    about: "mret, sret, ecall, ebreak and fences in every mode",
    share: 6,
    make,
};

const MEPC: i32 = 0x341;
const SEPC: i32 = 0x141;
const MSTATUS: i32 = 0x300;
const SSTATUS: i32 = 0x100;
/// A register with the address of the next slot.
const NEXT: u8 = 5;

fn make(dice: &mut Dice) -> Case {
    let mut case = Case::new(GENERATOR.name, dice.mode());
    // See the deviations status-keeps-more and return-keeps-mprv.
    const DEVIANT: u64 = !0 << 32 | 3 << 9 | 1 << 17;
    const MPP: u64 = 3 << 11;
    for x in &mut case.x {
        // Both bits of MPP or none: no change makes of them the reserved 2.
        *x = dice.value() & !(DEVIANT | MPP) | dice.of(&[0, MPP]);
    }
    const WRITABLE: u64 = 0x7c_0162;
    case.mstatus = dice.bits() & WRITABLE;
    if dice.once_in(2) {
        case.csrs.push((0x302, dice.bits() & 0xb1ff));
    }
    for nth in 0..2 + dice.below(14) {
        case.slots.push(slot(dice, CODE + 16 * nth as u64));
    }
    case
}

fn slot(dice: &mut Dice, at: u64) -> Slot {
    let plain = |kind| Insn::new(kind, 0, 0, 0, 0).word();
    let csr = |kind, rd, rs1, number| Insn::new(kind, rd, rs1, 0, number).word();
    // Only `t0` and registers from `s2` on change: the others keep odd values for `mstatus`.
    let any = 6 + dice.below(26) as u8;
    let words = match dice.below(8) {
        kind @ (0 | 1) => {
            let (back, epc) = if kind == 0 {
                (Kind::mret, MEPC)
            } else {
                (Kind::sret, SEPC)
            };
            let to_next = (at + 16) as u32 as i32 - at as u32 as i32;
            // The 16 bytes of a slot: address, write, return.
            vec![
                Insn::new(Kind::auipc, NEXT, 0, 0, 0).word(),
                Insn::new(Kind::addi, NEXT, NEXT, 0, to_next).word(),
                csr(Kind::csrrw, 0, NEXT, epc),
                plain(back),
            ]
        }
        2 => vec![plain(Kind::ecall)],
        3 => vec![if dice.once_in(2) {
            plain(Kind::ebreak)
        } else {
            0x9002
        }],
        4 => vec![Insn::new(Kind::sfence_vma, 0, dice.register(), dice.register(), 0).word()],
        5 => {
            // Without MIE: nothing is pending, but the next case should be sure of that too.
            vec![csr(Kind::csrrs, 18, any, dice.of(&[MSTATUS, SSTATUS]))]
        }
        6 => vec![csr(Kind::csrrc, 19, any, dice.of(&[MSTATUS, SSTATUS]))],
        _ => vec![csr(Kind::csrrs, 20, 0, dice.of(&[MSTATUS, SSTATUS, 0x180]))],
    };
    Slot(words)
}
