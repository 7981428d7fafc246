//! What deviations are made of: where two outcomes part, and putting right what follows.

use machine::isa::{Format, Insn, decode};

use super::case::Case;
use super::layout::{ARENA, TABLES};
use super::outcome::{Outcome, Taken};

/// The number of the first trap that is not the same.
pub(super) fn first_apart(ours: &Outcome, theirs: &Outcome) -> usize {
    let pairs = ours.traps.iter().zip(&theirs.traps);
    pairs
        .take_while(|(a, b)| (a.cause, a.epc, a.tval) == (b.cause, b.epc, b.tval))
        .count()
}

/// Puts all right if the first trap that the other machine does not have is one that
/// `is_known` knows by its instruction: from there on the two go different ways.
pub(super) fn forgive(
    case: &Case,
    ours: &Outcome,
    theirs: &mut Outcome,
    is_known: &dyn Fn(Insn, &Taken) -> bool,
) {
    let at = first_apart(ours, theirs);
    let Some(trap) = ours.traps.get(at) else {
        return;
    };
    if insn_at(case, trap.epc).is_some_and(|insn| is_known(insn, trap)) {
        part_ways(ours, theirs, at);
    }
}

/// The instruction of `case` at `pc`.
pub(super) fn insn_at(case: &Case, pc: u64) -> Option<Insn> {
    let at = usize::try_from(pc.checked_sub(case.entry)?).ok()?;
    let mut code = case.code();
    code.extend([0; 4]);
    let bytes = code.get(at..at + 4)?.iter().rev();
    Some(decode(
        bytes.fold(0, |word, &byte| word << 8 | u32::from(byte)),
    ))
}

/// Its format.
pub(super) fn format_at(case: &Case, pc: u64) -> Option<Format> {
    Some(insn_at(case, pc)?.kind.row()?.format)
}

/// If trap `n` was the last into its mode, the register (of S-mode or M-mode) still says so.
pub(super) fn set_last(outcome: &mut Outcome, n: usize, registers: (u16, u16), from: u64, to: u64) {
    let by_supervisor = outcome.traps[n].by_supervisor;
    let mut later = outcome.traps[n + 1..].iter();
    // The handler of S-mode calls M-mode, so that nothing of before is left there.
    let is_last = later.all(|later| by_supervisor && !later.by_supervisor);
    let number = if by_supervisor {
        registers.0
    } else {
        registers.1
    };
    if is_last
        && let Some(value) = outcome.csr_mut(number)
        && *value == from
    {
        *value = to;
    }
}

/// Takes from `ours` trap `at` and all that follows it, as well as the state at the end: from
/// there on the two go different ways.
pub(super) fn part_ways(ours: &Outcome, theirs: &mut Outcome, at: usize) {
    let mut rest = ours.clone();
    let before = theirs.traps.iter().take(at);
    rest.traps
        .iter_mut()
        .zip(before)
        .for_each(|(trap, before)| *trap = *before);
    *theirs = rest;
}

/// If the case reads what trap `n` left in CSRs, what follows says nothing.
pub(super) fn reads_of_traps(case: &Case, ours: &Outcome, theirs: &mut Outcome, n: usize) {
    let reads = |insn: Insn| {
        is_csr(insn) && matches!(insn.fields.imm & 0xfff, 0x141..=0x143 | 0x341..=0x343)
    };
    if has(case, reads) {
        part_ways(ours, theirs, n + 1);
    }
}

/// Lets the page tables be as ours are.
pub(super) fn keep_tables(ours: &Outcome, theirs: &mut Outcome) {
    theirs.tables = ours.tables;
    let from = (TABLES - ARENA) as usize;
    if let (Some(a), Some(b)) = (&ours.arena, &mut theirs.arena)
        && let (Some(a), Some(b)) = (a.get(from..), b.get_mut(from..))
    {
        b.copy_from_slice(a);
    }
}

/// Whether `case` has an instruction that `is_meant`.
pub(super) fn has(case: &Case, is_meant: impl Fn(Insn) -> bool) -> bool {
    let mut words = case.slots.iter().flat_map(|slot| &slot.0);
    words.any(|&word| is_meant(decode(word)))
}

/// Whether `case` writes a CSR from a register that begins with one of `bits`.
pub(super) fn sets(case: &Case, number: i32, bits: u64) -> bool {
    has(case, |insn| {
        is_csr(insn)
            && insn.fields.imm & 0xfff == number
            && case.x[usize::from(insn.fields.rs1)] & bits != 0
    })
}

/// Whether `insn` accesses a CSR.
pub(super) fn is_csr(insn: Insn) -> bool {
    let format = insn.kind.row().map(|row| row.format);
    matches!(format, Some(Format::Csr | Format::CsrI))
}

/// Whether the load or store at `pc`, by a register that nothing changed, is misaligned.
pub(super) fn is_misaligned(case: &Case, pc: u64) -> bool {
    let Some(insn) = insn_at(case, pc) else {
        return false;
    };
    let Some(row) = insn.kind.row() else {
        return false;
    };
    let accesses = matches!(row.format, Format::Load | Format::S);
    let from = case.x[usize::from(insn.fields.rs1)].wrapping_add_signed(insn.fields.imm.into());
    accesses && !from.is_multiple_of(1 << (row.bits >> 12 & 3))
}
