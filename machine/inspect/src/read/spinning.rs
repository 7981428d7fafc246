//! Harts that spin for a lock: they go round in the loop of the kernel's function that
//! takes one, and the atomic instruction in that loop says for which.

use crate::guest::Guest;
use machine::Mode;
use machine::isa::{Insn, decode};

/// The functions that take a spin lock.
const ACQUIRE: &str = "RawSpinLock::acquire";
/// Opcodes: of atomic instructions, of branches.
const AMO: u32 = 0x2f;
const BRANCH: u32 = 0x63;
/// Bytes of a function that are looked at.
const LONGEST: u64 = 4096;

/// A loop that tries to take a lock.
struct Loop {
    start: u64,
    /// Where its last instruction, the branch back, is.
    end: u64,
    /// Where its atomic instruction is.
    attempt: u64,
    /// The register with the lock's address.
    lock: u8,
    /// The register that gets what was there: 0 if the lock was free.
    was: u8,
}

/// Each hart that spins, and the address it tries to take.
pub(crate) fn harts(guest: Guest) -> Vec<(u32, u64)> {
    let functions = guest.symbols.functions(ACQUIRE);
    let loops: Vec<Loop> = functions
        .flat_map(|f| loops(guest, f.start, f.end))
        .collect();
    let mut spinning = Vec::new();
    for (n, hart) in (0..).zip(guest.machine.harts()) {
        let mut around = loops
            .iter()
            .filter(|l| (l.start..=l.end).contains(&hart.pc));
        if let Some(inside) = around.next() {
            // Behind the attempt, the register tells whether it succeeded.
            let is_taken = hart.pc > inside.attempt && hart.x[usize::from(inside.was)] & 0xff == 0;
            if hart.mode == Mode::Supervisor && !is_taken {
                spinning.push((n, hart.x[usize::from(inside.lock)]));
            }
        }
    }
    spinning
}

/// The loops with an atomic instruction in the function from `start` to `end`.
fn loops(guest: Guest, start: u64, end: u64) -> Vec<Loop> {
    let end = end.min(start.saturating_add(LONGEST));
    let bytes = guest.memory().bytes(start, end.saturating_sub(start));
    let code = instructions(bytes.unwrap_or_default(), start);
    let is = |insn: &Insn, opcode| insn.kind.row().is_some_and(|row| row.bits & 0x7f == opcode);
    let branches = code
        .iter()
        .filter(|(_, insn)| is(insn, BRANCH) && insn.fields.imm < 0);
    let mut loops = Vec::new();
    for &(end, branch) in branches {
        let start = end.wrapping_add_signed(i64::from(branch.fields.imm));
        let mut atomics = code
            .iter()
            .filter(|(at, insn)| (start..end).contains(at) && is(insn, AMO));
        if let Some((attempt, atomic)) = atomics.next() {
            loops.push(Loop {
                start,
                end,
                attempt: *attempt,
                lock: atomic.fields.rs1,
                was: atomic.fields.rd,
            });
        }
    }
    loops
}

/// The instructions in `bytes`, the first of which is at `at`.
fn instructions(bytes: &[u8], mut at: u64) -> Vec<(u64, Insn)> {
    let mut code = Vec::new();
    let mut rest = bytes;
    while let &[low, high, ref more @ ..] = rest {
        let upper = more.first_chunk().copied().unwrap_or([0; 2]);
        let insn = decode(u32::from_le_bytes([low, high, upper[0], upper[1]]));
        code.push((at, insn));
        at += u64::from(insn.len);
        rest = rest.get(usize::from(insn.len)..).unwrap_or_default();
    }
    code
}
