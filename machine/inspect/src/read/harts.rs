//! Harts: registers, CSRs in words, where each is, and what comes next.

use machine::isa::{REGISTERS, disassemble};
use machine::{HartView, Machine, Mode as MachineMode};

use super::table::ProcessTable;
use super::{csr, stack};
use crate::guest::code::Text;
use crate::guest::{Guest, Memory};
use crate::view::{Addr, HartDetail, HartsView, Instruction, Mode, Register};

/// `satp`'s number.
const SATP: u16 = 0x180;
/// Instructions shown from where a hart is on.
const NEXT: usize = 12;

/// Shows all harts of `machine`; `guest` is the same with symbols, if there are any.
pub(crate) fn build(machine: &Machine, guest: Option<Guest>) -> HartsView {
    let table = guest.and_then(|guest| ProcessTable::read(guest).ok());
    let harts = machine.harts().into_iter().enumerate();
    let harts = harts.map(|(n, hart)| {
        let slot = table.as_ref().and_then(|table| table.on_hart(n));
        let text = match guest {
            Some(guest) => stack::text_of_hart(guest, slot, n, &hart),
            None => bare_text(machine, n, &hart),
        };
        let frames = guest.map(|guest| stack::place_of_hart(guest, &text, &hart));
        HartDetail {
            id: n as u32,
            mode: mode(hart.mode),
            waiting: hart.waiting,
            pc: Addr(hart.pc),
            process: slot.map(|slot| slot.process()),
            place: frames.and_then(|frames| frames.into_iter().next()),
            registers: registers(&hart),
            csrs: csr::all(machine, n),
            code: code(&text, hart.pc, NEXT),
        }
    });
    HartsView {
        harts: harts.collect(),
    }
}

/// Up to `n` instructions from `pc` on.
pub(super) fn code(text: &Text, pc: u64, n: usize) -> Vec<Instruction> {
    let mut at = pc;
    let instructions = std::iter::from_fn(|| {
        let insn = text.insn(at)?;
        let digits = usize::from(insn.len) * 2;
        let bits = text.bits(at, insn.len)?;
        let pc = at;
        at = at.wrapping_add(u64::from(insn.len));
        Some(Instruction {
            pc: Addr(pc),
            bits: format!("{bits:0digits$x}"),
            text: disassemble(&insn, pc),
        })
    });
    instructions.take(n).collect()
}

fn registers(hart: &HartView) -> Vec<Register> {
    let named = REGISTERS.iter().zip(hart.x).skip(1);
    let registers = named.map(|(&name, value)| Register {
        name: name.to_owned(),
        value: Addr(value),
    });
    registers.collect()
}

fn bare_text<'a>(machine: &'a Machine, n: usize, hart: &HartView) -> Text<'a> {
    let satp = machine.csr(n, SATP).unwrap_or(0);
    Text {
        memory: Memory::of(machine),
        root: Memory::root_of(satp).filter(|_| hart.mode != MachineMode::Machine),
        code: None,
    }
}

fn mode(mode: MachineMode) -> Mode {
    match mode {
        MachineMode::User => Mode::U,
        MachineMode::Supervisor => Mode::S,
        MachineMode::Machine => Mode::M,
    }
}
