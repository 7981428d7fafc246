//! Source: the lines and the instructions around a place.

use super::harts::code;
use super::stack;
use super::table::ProcessTable;
use crate::guest::Guest;
use crate::guest::code::Text;
use crate::view::{Call, Frame, Instruction, SourceView};

/// Instructions shown before a place, and behind it.
const BEFORE: usize = 24;
/// Lines of source before a place, and behind it.
const LINES_AROUND: usize = 40;
/// Instructions of a function that are gone through to find those before a place.
const LONGEST_FUNCTION: usize = 8192;

/// Shows the source where `hart` is: of the innermost function that has any.
///
/// # Errors
/// There is no such hart.
pub(crate) fn of_hart(guest: Guest, hart: u32) -> Result<SourceView, String> {
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
    Ok(around(guest, place, code_around(&text, view.pc)))
}

/// Shows the source where `call` is: what it is about to do, or what it has called.
///
/// # Errors
/// The process table cannot be read, or there is no such process, or no such frame.
pub(crate) fn of_call(guest: Guest, call: Call) -> Result<SourceView, String> {
    let Call { pid, frame } = call;
    let table = ProcessTable::read(guest).map_err(|why| why.to_string())?;
    let mut slots = table.slots.iter();
    let idx = slots.position(|slot| slot.is_used() && slot.pid == pid);
    let idx = idx.ok_or_else(|| format!("there is no process {pid}"))?;
    let mut frames = stack::of_process(guest, &table, idx).into_iter();
    let place = frames.nth(frame as usize);
    let place = place.ok_or_else(|| format!("the stack of process {pid} has no frame {frame}"))?;
    let text = match place.user {
        true => stack::program_text(guest, &table.slots[idx]),
        false => Some(stack::kernel_text(guest)),
    };
    let code = text.map_or_else(Vec::new, |text| code_around(&text, place.pc.0));
    Ok(around(guest, place, code))
}

/// The lines around `place`, beside the instructions `code`.
fn around(guest: Guest, place: Frame, code: Vec<Instruction>) -> SourceView {
    let (first_line, lines) = lines_around(guest, &place);
    SourceView {
        awaits_sources: guest.symbols.sources.is_none() && has_text(guest, &place),
        place,
        first_line,
        lines,
        code,
    }
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
