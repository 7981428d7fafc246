//! Accesses one after another, each from a line of a table: to make thousands, whatever faults.

use super::{Case, Dice, Surroundings, coded};
use crate::isa::asm::Asm;
use machine::Mode;
use machine::isa::Kind;

/// What a line does. The first eight store the value, or load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Sb,
    Sh,
    Sw,
    Sd,
    Lb,
    Lh,
    Lw,
    Ld,
    /// Adds the value to the word at the address.
    Add,
    /// Passes as many rounds of a loop as the value says.
    Pass,
}

/// The stores and loads.
pub(super) const ACCESSES: [Act; 8] = [
    Act::Sb,
    Act::Sh,
    Act::Sw,
    Act::Sd,
    Act::Lb,
    Act::Lh,
    Act::Lw,
    Act::Ld,
];

/// An action, an address and a value.
pub(super) type Line = (Act, u64, u64);

/// Most lines that the data pages have room for.
const MOST: usize = 0x4000 / 24;
const LINE: u8 = 9;
const END: u8 = 18;
const ACTS: u8 = 19;
const AT: u8 = 10;
const VALUE: u8 = 11;
const OFFSET: u8 = 12;
const LOADED: u8 = 13;

/// A task in `mode` that does `lines`, as many as there is room for.
pub(super) fn task(
    name: &str,
    mode: Mode,
    dice: &mut Dice,
    at: &Surroundings,
    lines: &[Line],
) -> Case {
    use Kind::*;
    let lines = &lines[..lines.len().min(MOST)];
    let mut asm = Asm::at(at.code());
    asm.label("line").ld(AT, 0, LINE).ld(VALUE, 8, LINE);
    asm.ld(OFFSET, 16, LINE).imm(addi, LINE, LINE, 24);
    asm.op(add, OFFSET, OFFSET, ACTS, 0).imm(jalr, 0, OFFSET, 0);
    fill(&mut asm);
    let first = asm.here();
    // Each in a slot of its own: after a fault the task goes on at the next.
    for store in [sb, sh, sw, sd] {
        asm.op(store, 0, AT, VALUE, 0);
        go_on(&mut asm);
    }
    for load in [lbu, lhu, lwu, ld] {
        asm.imm(load, LOADED, AT, 0);
        go_on(&mut asm);
    }
    asm.op(amoadd_w, LOADED, AT, VALUE, 0);
    go_on(&mut asm);
    asm.label("pass")
        .imm(addi, VALUE, VALUE, -1)
        .branch(blt, 0, VALUE, "pass");
    go_on(&mut asm);
    asm.label("next").branch(bltu, LINE, END, "line");
    asm.op(ecall, 0, 0, 0, 0);
    let mut case = coded(name, mode, dice, at, asm);
    case.x[usize::from(LINE)] = at.data();
    case.x[usize::from(END)] = at.data() + 24 * lines.len() as u64;
    case.x[usize::from(ACTS)] = first;
    let table = lines
        .iter()
        .flat_map(|&(act, to, value)| [to, value, 32 * act as u64]);
    case.memory.push((at.data(), table.collect()));
    case.most_traps = 64;
    case
}

/// Fills the slot up.
fn fill(asm: &mut Asm) {
    while !asm.here().is_multiple_of(16) {
        asm.words(&[0x13]);
    }
}

/// Ends the slot; the next leads to the next line.
fn go_on(asm: &mut Asm) {
    fill(asm);
    asm.jump("next");
    fill(asm);
}
