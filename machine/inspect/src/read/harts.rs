//! Harts: registers, CSRs in words, where each is, and what comes next.

use machine::isa::{REGISTERS, disassemble};
use machine::{HartView, Machine, Mode as MachineMode};

use super::table::ProcessTable;
use super::{csr, stack};
use crate::guest::code::Text;
use crate::guest::{Guest, Memory};
use crate::view::{Addr, Frame, HartDetail, HartsView, Instruction, Mode, Register, SourceView};

/// `satp`'s number.
const SATP: u16 = 0x180;
/// Instructions shown from where a hart is on.
const NEXT: usize = 12;
/// The same before it, and around it, beside the source.
const BEFORE: usize = 24;
/// Lines of source before a hart's, and behind it.
const LINES_AROUND: usize = 40;
/// Instructions of a function that are gone through to find those before a hart's.
const LONGEST_FUNCTION: usize = 8192;

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

/// Shows the source where `hart` is: of the innermost function that has any.
///
/// # Errors
/// There is no such hart.
pub(crate) fn source(guest: Guest, hart: u32) -> Result<SourceView, String> {
    let harts = guest.machine.harts();
    let n = hart as usize;
    let view = harts
        .get(n)
        .ok_or_else(|| format!("there is no hart {hart}: the last is {}", harts.len() - 1))?;
    let table = ProcessTable::read(guest).ok();
    let slot = table.as_ref().and_then(|table| table.on_hart(n));
    let text = stack::text_of_hart(guest, slot, n, view);
    let mut frames = stack::of_hart(guest, slot, n);
    // Assembly and libraries have no source here: their caller does.
    let shown = frames.iter().position(|frame| has_text(guest, frame));
    let place = frames.swap_remove(shown.unwrap_or(0));
    let (first_line, lines) = lines_around(guest, &place);
    Ok(SourceView {
        awaits_sources: guest.symbols.sources.is_none() && has_text(guest, &place),
        place,
        first_line,
        lines,
        code: code_around(&text, view.pc),
    })
}

/// Lines of source around `place`, and the number of the first.
fn lines_around(guest: Guest, place: &Frame) -> (u32, Vec<String>) {
    let text = place
        .file
        .as_deref()
        .and_then(|path| guest.symbols.text(path));
    let (Some(text), Some(line)) = (text, place.line) else {
        return (1, Vec::new());
    };
    let before = (line as usize).saturating_sub(LINES_AROUND + 1);
    let lines = text.lines().skip(before).take(2 * LINES_AROUND + 1);
    (before as u32 + 1, lines.map(str::to_owned).collect())
}

/// Whether the line of `frame` is to be shown.
fn has_text(guest: Guest, frame: &Frame) -> bool {
    let file = frame.file.as_deref();
    let file = file.and_then(|path| guest.symbols.file(path));
    frame.line.is_some() && file.is_some_and(|file| file.has_text)
}

/// Up to `n` instructions from `pc` on.
fn code(text: &Text, pc: u64, n: usize) -> Vec<Instruction> {
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

/// Instructions of the function around `pc`. They differ in length: only from a function's
/// start on is it known where each begins.
fn code_around(text: &Text, pc: u64) -> Vec<Instruction> {
    let Some(function) = text.function_at(pc) else {
        return code(text, pc, BEFORE);
    };
    let mut starts = Vec::new();
    let mut at = function.start;
    while at < pc && starts.len() < LONGEST_FUNCTION {
        starts.push(at);
        let Some(insn) = text.insn(at) else { break };
        at += u64::from(insn.len);
    }
    let n_before = starts.len().min(BEFORE);
    let first = starts.get(starts.len() - n_before).copied().unwrap_or(pc);
    let mut code = code(text, first, n_before + 1 + BEFORE);
    code.retain(|insn| insn.pc.0 < function.end);
    code
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
