//! Instructions in memory, and what they say about a function's frame: how it begins, and
//! how it ends.
//!
//! Compilers write the start of a function alike: the stack pointer goes down, registers
//! are saved beside it, and the frame pointer `s0` is set to where the stack pointer was.

use machine::isa::{Insn, Kind, decode};

use super::Memory;
use crate::symbols::{Code, Function};

/// The numbers of `ra`, `sp` and `s0`.
pub const RA: usize = 1;
pub const SP: usize = 2;
pub const S0: usize = 8;

/// Instructions of a function that are looked at for its start.
const LONGEST_START: usize = 96;
/// As many instructions as a function may end in.
const LONGEST_END: usize = 24;

/// An address space with code in it: a kernel's, or a program's.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    /// All memory.
    pub memory: Memory<'a>,
    /// The page table it is seen through; none while addresses are physical.
    pub root: Option<u64>,
    /// What is known of the code.
    pub code: Option<&'a Code>,
}

/// What the start of a function has done up to some instruction. Offsets count from where
/// the stack pointer was at the call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// Where the stack pointer is.
    pub sp: i64,
    /// `s0` is where the stack pointer was at the call.
    pub has_frame: bool,
    /// Registers that are saved, and where.
    pub saved: Vec<(usize, i64)>,
}

impl Start {
    fn has_saved(&self, register: usize) -> bool {
        self.saved.iter().any(|&(saved, _)| saved == register)
    }
}

impl<'a> Text<'a> {
    /// The physical address of `va`.
    fn physical(&self, va: u64) -> Option<u64> {
        match self.root {
            Some(root) => self.memory.translate(root, va),
            None => Some(va),
        }
    }

    /// The eight bytes at `va`.
    pub fn u64(&self, va: u64) -> Option<u64> {
        // Aligned, so that they do not cross the end of a page.
        let pa = va.is_multiple_of(8).then(|| self.physical(va))?;
        self.memory.u64(pa?)
    }

    /// The instruction at `pc`.
    pub fn insn(&self, pc: u64) -> Option<Insn> {
        let low = self.half(pc)?;
        let is_whole = low & 3 != 3;
        let high = if is_whole {
            0
        } else {
            self.half(pc.wrapping_add(2))?
        };
        Some(decode(u32::from(high) << 16 | u32::from(low)))
    }

    /// Whether the instruction before `pc` is a call.
    pub fn is_behind_call(&self, pc: u64) -> bool {
        [2, 4].into_iter().any(|len| {
            let before = self.insn(pc.wrapping_sub(len));
            before.is_some_and(|insn| {
                let is_jump = matches!(insn.kind, Kind::jal | Kind::jalr);
                is_jump && insn.fields.rd != 0 && u64::from(insn.len) == len
            })
        })
    }

    /// The bits of the instruction of `len` bytes at `pc`.
    pub fn bits(&self, pc: u64, len: u8) -> Option<u32> {
        let low = u32::from(self.half(pc)?);
        match len {
            2 => Some(low),
            _ => Some(u32::from(self.half(pc.wrapping_add(2))?) << 16 | low),
        }
    }

    fn half(&self, va: u64) -> Option<u16> {
        let pa = va.is_multiple_of(2).then(|| self.physical(va))?;
        let bytes = self.memory.bytes(pa?, 2)?;
        bytes.try_into().ok().map(u16::from_le_bytes)
    }

    /// The function that `pc` is in, where this address space has it.
    pub fn function_at(&self, pc: u64) -> Option<Function> {
        let code = self.code?;
        if let Some(function) = code.function_at(pc) {
            return Some(*function);
        }
        // The trampoline has an address of its own; symbols say where it was loaded.
        let pa = self.physical(pc)?;
        let found = code.function_at(pa)?;
        let moved = |address: u64| address.wrapping_sub(pa).wrapping_add(pc);
        Some(Function {
            start: moved(found.start),
            end: moved(found.end),
            ..*found
        })
    }

    /// The address by which symbols know what is at `pc`.
    pub fn known_as(&self, pc: u64) -> u64 {
        match self.code {
            Some(code) if code.function_at(pc).is_none() => self.physical(pc).unwrap_or(pc),
            _ => pc,
        }
    }

    /// What the function that begins at `start` has done when it comes to `pc`.
    pub fn start(&self, start: u64, pc: u64) -> Start {
        let mut done = Start::default();
        let mut at = start;
        for _ in 0..LONGEST_START {
            let Some(insn) = self.insn(at).filter(|_| at < pc) else {
                break;
            };
            let fields = insn.fields;
            let [rd, rs1, rs2] = [fields.rd, fields.rs1, fields.rs2].map(usize::from);
            let imm = i64::from(fields.imm);
            match insn.kind {
                Kind::addi if rd == SP && rs1 == SP && imm < 0 => done.sp += imm,
                Kind::addi if rd == S0 && rs1 == SP && done.sp + imm == 0 => done.has_frame = true,
                Kind::sd if rs1 == SP && is_kept(rs2) && !done.has_saved(rs2) => {
                    done.saved.push((rs2, done.sp + imm));
                }
                // Behind the first call or jump of the body, it is the body.
                Kind::jal | Kind::jalr if done.sp < 0 => break,
                _ => {}
            }
            at += u64::from(insn.len);
        }
        done
    }

    /// Where the function from `start` to `end` is left, if all that comes at `x.pc` is its
    /// end: what it still puts back is put back. `x` are its registers.
    pub fn finish(&self, function: &Function, pc: u64, x: &[u64; 32]) -> Option<[u64; 32]> {
        let (mut x, mut at, mut is_left) = (*x, pc, false);
        for _ in 0..LONGEST_END {
            let insn = self.insn(at)?;
            let [rd, rs1] = [insn.fields.rd, insn.fields.rs1].map(usize::from);
            let imm = insn.fields.imm as u64;
            match insn.kind {
                Kind::ld if rs1 == SP && is_kept(rd) => {
                    x[rd] = self.u64(x[SP].wrapping_add(imm))?
                }
                Kind::addi if rd == SP && rs1 == SP && insn.fields.imm > 0 => {
                    x[SP] = x[SP].wrapping_add(imm);
                    is_left = true;
                }
                // The first half of a far jump at the end: `auipc t1`.
                Kind::auipc if rd == 6 => {}
                Kind::jalr if rd == 0 => {
                    return (rs1 == RA || rs1 == 6 || is_left).then_some(x);
                }
                Kind::jal if rd == 0 => {
                    let target = at.wrapping_add(imm);
                    let stays = (function.start..function.end).contains(&target);
                    return (is_left || !stays).then_some(x);
                }
                _ => return None,
            }
            at += u64::from(insn.len);
        }
        None
    }
}

/// Whether a function keeps register `n` for its caller: `ra`, `s0` to `s11`.
fn is_kept(n: usize) -> bool {
    matches!(n, RA | 8 | 9 | 18..=27)
}
