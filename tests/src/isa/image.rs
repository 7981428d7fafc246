//! A batch of cases as the memory both machines begin with.

use super::asm::{Asm, load};
use super::case::Case;
use super::harness::{self, has_floats};
use super::layout::{self, kept, record};

/// Pieces of memory, each with its physical address; all else is zero.
pub(super) type Image = Vec<(u64, Vec<u8>)>;

const MIE: u64 = 1 << 3;
const MPIE: u64 = 1 << 7;
const MPP: u64 = 3 << 11;
const T0: u8 = 5;

/// The memory for as many of `cases` as fit, and their number.
pub(super) fn build(cases: &[Case]) -> (Image, usize) {
    let harness = harness::build();
    let mut records = Vec::new();
    let (mut n_cases, mut last, mut most_results) = (0, None, 0);
    for case in cases {
        let bytes = encode(case, layout::CASES + records.len() as u64);
        let results = harness::RESULT_LOG + layout::LOG_WORDS * layout::LOG_ENTRIES;
        most_results += 8 * results;
        let fits = records.len() + bytes.len() <= layout::CASES_BYTES as usize;
        if !fits || most_results > layout::RESULTS_BYTES {
            break;
        }
        last = Some(records.len());
        records.extend(bytes);
        n_cases += 1;
        if case.locks_memory() {
            break;
        }
    }
    if let Some(last) = last {
        records[last..last + 8].fill(0);
    }
    let mut state = vec![0; 0x200];
    put(&mut state, kept::RECORD, layout::CASES);
    put(&mut state, kept::RESULT, layout::RESULTS);
    let image = vec![
        (layout::HARNESS, harness.code),
        (layout::SUPERVISOR_PAGE, harness.supervisor),
        (layout::SAVE, state),
        (layout::CASES, records),
    ];
    (image, n_cases)
}

fn put(bytes: &mut [u8], offset: u64, value: u64) {
    let at = offset as usize;
    bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
}

/// The record of `case`, which will lie at `at`.
pub(crate) fn encode(case: &Case, at: u64) -> Vec<u8> {
    let code = case.code();
    let mut bytes = vec![0; record::POKES as usize];
    put(&mut bytes, record::ENTRY, case.entry);
    put(&mut bytes, record::MSTATUS, status(case));
    put(&mut bytes, record::LIMIT, case.most_traps);
    put(&mut bytes, record::WINDOW, case.entry);
    put(
        &mut bytes,
        record::WINDOW_END,
        case.entry.wrapping_add(code.len() as u64),
    );
    put(&mut bytes, record::ARENA, case.arena);
    let cleared = case.arena.max(layout::PLAIN_ARENA);
    put(&mut bytes, record::CLEARED, cleared);
    put(&mut bytes, record::FENCES, u64::from(case.fences));
    put(&mut bytes, record::HAS_FLOATS, u64::from(case.f.is_some()));
    for (n, &value) in case.x.iter().enumerate() {
        put(&mut bytes, record::X + 8 * n as u64, value);
    }
    if let Some((f, fcsr)) = &case.f {
        assert!(has_floats(), "{} needs F and D", case.generator);
        put(&mut bytes, record::FCSR, *fcsr);
        for (n, &value) in f.iter().enumerate() {
            put(&mut bytes, record::F + 8 * n as u64, value);
        }
    }
    let is_msip = |(to, _): &&(u64, Vec<u64>)| *to == layout::MSIP;
    if let Some((_, values)) = case.memory.iter().find(is_msip) {
        put(
            &mut bytes,
            record::MSIP,
            values.first().copied().unwrap_or(0),
        );
    }
    for (to, values) in case.memory.iter().filter(|poke| !is_msip(poke)) {
        let len = values.len() as u64;
        let words = [*to, len].into_iter().chain(values.iter().copied());
        bytes.extend(words.flat_map(u64::to_le_bytes));
    }
    bytes.extend(case.code_at.to_le_bytes());
    bytes.extend((code.len().div_ceil(8) as u64).to_le_bytes());
    bytes.extend(code);
    bytes.extend([0; 16]);
    let prologue = at + bytes.len() as u64;
    put(&mut bytes, record::PROLOGUE, prologue);
    let mut asm = Asm::at(prologue);
    for &(csr, value) in &case.csrs {
        asm.words(&load(T0, value)).csrw(csr, T0);
    }
    asm.imm(machine::isa::Kind::jalr, 0, 1, 0);
    bytes.extend(asm.finish().0);
    bytes.resize(bytes.len().next_multiple_of(16), 0);
    let next = at + bytes.len() as u64;
    put(&mut bytes, record::NEXT, next);
    bytes
}

/// `mstatus` before the `mret` that makes it what `case` wants.
fn status(case: &Case) -> u64 {
    let enabled = if case.mstatus & MIE != 0 { MPIE } else { 0 };
    case.mstatus & !(MIE | MPIE | MPP) | enabled | (case.mode as u64) << 11
}
