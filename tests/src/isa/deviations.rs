//! Where QEMU 7.2 does otherwise than the manual says, or lacks what our machine has.
//! Long: a table of rows that look alike.

use machine::Mode;
use machine::isa::{Format, Insn, Kind, decode};

use super::case::Case;
use super::generate::{LACKED, extension};
use super::layout::TABLES;
use super::outcome::{Outcome, Taken};

/// Something known to differ. Each is shown by a case in `tests/cases/deviations`, so that it
/// is noticed when it is gone.
#[derive(Clone, Copy)]
pub struct Deviation {
    /// What it is called, and its case.
    pub name: &'static str,
    /// The title of the manual's section that decides.
    pub section: &'static str,
    /// What the manual says, and what QEMU does.
    pub about: &'static str,
    /// Puts right, by `ours`, what in the other outcome is due to it.
    pub mend: fn(&Case, &Outcome, &mut Outcome),
}

/// Every deviation. Those that put a whole case right come last.
pub const DEVIATIONS: &[Deviation] = &[
    Deviation {
        name: "amo-faults-as-load",
        section: "Machine Cause Register (mcause)",
        about: "faults of atomics are those of stores (6, 7, 15); QEMU tells some as of loads (4, 5, 13)",
        mend: |case, ours, theirs| {
            for n in 0..theirs.traps.len().min(ours.traps.len()) {
                let (a, b) = (ours.traps[n], theirs.traps[n]);
                let is_amo = format_at(case, a.epc) == Some(Format::Amo) && a.epc == b.epc;
                if is_amo && matches!((a.cause, b.cause), (6 | 7 | 15, 4 | 5 | 13)) {
                    if a.by_supervisor != b.by_supervisor {
                        // Delegated differently, the rest says nothing.
                        *theirs = ours.clone();
                        return;
                    }
                    theirs.traps[n].cause = a.cause;
                    set_last(theirs, n, (0x142, 0x342), b.cause, a.cause);
                }
            }
        },
    },
    Deviation {
        name: "illegal-without-word",
        section: "Machine Trap Value (mtval) Register",
        about: "of an illegal instruction, tval is its word or 0; QEMU says 0 of some, we never",
        mend: |_, ours, theirs| {
            for n in 0..theirs.traps.len().min(ours.traps.len()) {
                let (a, b) = (ours.traps[n], theirs.traps[n]);
                if (a.cause, b.cause, b.tval) == (2, 2, 0) && a.tval != 0 {
                    theirs.traps[n].tval = a.tval;
                    set_last(theirs, n, (0x143, 0x343), 0, a.tval);
                }
            }
        },
    },
    Deviation {
        name: "misaligned-tval",
        section: "Machine Trap Value (mtval) Register",
        about: "tval is the address that faulted; of a misaligned access to no memory QEMU says the aligned one before",
        mend: |_, ours, theirs| {
            for n in 0..theirs.traps.len().min(ours.traps.len()) {
                let (a, b) = (ours.traps[n], theirs.traps[n]);
                let is_access = a.cause == b.cause && matches!(a.cause, 5 | 7);
                if is_access
                    && b.tval != a.tval
                    && [1_u64, 3, 7].iter().any(|low| b.tval == a.tval & !low)
                {
                    theirs.traps[n].tval = a.tval;
                    set_last(theirs, n, (0x143, 0x343), b.tval, a.tval);
                }
            }
        },
    },
    Deviation {
        name: "epc-is-odd",
        section: "Machine Exception Program Counter (mepc) Register",
        about: "the lowest bit of mepc and sepc is always zero; QEMU keeps what was written",
        mend: |_, ours, theirs| {
            for number in [0x141, 0x341] {
                let (Some(a), Some(b)) = (ours.csr(number), theirs.csr_mut(number)) else {
                    continue;
                };
                if *b == a | 1 {
                    *b = a;
                }
            }
        },
    },
    Deviation {
        name: "read-only-by-value",
        section: "CSR Instructions",
        about: "csrrs and csrrc write unless rs1 is x0; QEMU goes by the value, and lets a read-only CSR be",
        mend: |case, ours, theirs| {
            forgive(case, ours, theirs, &|insn, trap| {
                let is_csr = matches!(
                    insn.kind.row().map(|row| row.format),
                    Some(Format::Csr | Format::CsrI)
                );
                trap.cause == 2 && is_csr && insn.fields.imm >> 10 & 3 == 3 && insn.fields.rs1 != 0
            });
        },
    },
    Deviation {
        name: "vstimecmp-without-h",
        section: "Supervisor Timer (stimecmp) Register",
        about: "vstimecmp comes with the H extension; QEMU has it without",
        mend: |case, ours, theirs| {
            forgive(case, ours, theirs, &|insn, trap| {
                let is_csr = matches!(
                    insn.kind.row().map(|row| row.format),
                    Some(Format::Csr | Format::CsrI)
                );
                trap.cause == 2 && is_csr && insn.fields.imm & 0xfff == 0x24d
            });
        },
    },
    Deviation {
        name: "sc-fails-silently",
        section: "Load-Reserved/Store-Conditional Instructions",
        about: "an sc whose address is misaligned traps, reserved or not; QEMU looks at the address only if it is",
        mend: |case, ours, theirs| {
            forgive(case, ours, theirs, &|insn, trap| {
                matches!(insn.kind, Kind::sc_w | Kind::sc_d) && matches!(trap.cause, 6 | 7 | 15)
            });
        },
    },
    Deviation {
        name: "fence-in-user-mode",
        section: "\"Svinval\" Extension for Fine-Grained Address-Translation Cache Invalidation",
        about: "sfence.w.inval and sfence.inval.ir are illegal in U-mode; QEMU does them",
        mend: |case, ours, theirs| {
            forgive(case, ours, theirs, &|insn, trap| {
                matches!(insn.kind, Kind::sfence_w_inval | Kind::sfence_inval_ir) && trap.cause == 2
            });
        },
    },
    Deviation {
        name: "interrupt-priority",
        section: "Machine Interrupt (mip and mie) Registers",
        about: "of several, the order is MEI, MSI, MTI, SEI, SSI, STI; QEMU takes the lowest number",
        mend: |_, ours, theirs| {
            let at = first_apart(ours, theirs);
            if let (Some(a), Some(b)) = (ours.traps.get(at), theirs.traps.get(at))
                && a.cause >> 63 == 1
                && b.cause >> 63 == 1
                && a.by_supervisor == b.by_supervisor
                && a.epc == b.epc
                && b.cause < a.cause
            {
                *theirs = ours.clone();
            }
        },
    },
    Deviation {
        name: "status-keeps-more",
        section: "Machine Status (mstatus and mstatush) Registers",
        about: "VS without vectors, and GVA and MPV without H, are zero, UXL and SXL 2 for ever; QEMU keeps what is written",
        mend: |_, ours, theirs| {
            const EXTRA: u64 = 3 << 9 | 1 << 63 | 0xff << 32;
            for (a, b) in ours.traps.iter().zip(&mut theirs.traps) {
                if a.mstatus & !EXTRA == b.mstatus & !EXTRA {
                    b.mstatus = a.mstatus;
                }
            }
            if let (Some(a), Some(b)) = (ours.csr(0x300), theirs.csr_mut(0x300))
                && a & !EXTRA == *b & !EXTRA
                && *b & EXTRA != 0
            {
                *b = a;
            }
        },
    },
    Deviation {
        name: "return-keeps-mprv",
        section: "Memory Privilege in mstatus Register",
        about: "a return to a mode below M clears MPRV; QEMU keeps it",
        mend: |_, ours, theirs| {
            const MPRV: u64 = 1 << 17;
            for (a, b) in ours.traps.iter().zip(&mut theirs.traps) {
                if a.mstatus == b.mstatus & !MPRV {
                    b.mstatus = a.mstatus;
                }
            }
            if let (Some(a), Some(b)) = (ours.csr(0x300), theirs.csr_mut(0x300))
                && a == *b & !MPRV
            {
                *b = a;
            }
        },
    },
    Deviation {
        name: "pmpaddr-is-wide",
        section: "Physical Memory Protection CSRs",
        about: "the upper ten bits of pmpaddr are zero; QEMU keeps them",
        mend: |_, ours, theirs| {
            for number in 0x3b0..0x3c0 {
                let (Some(a), Some(b)) = (ours.csr(number), theirs.csr_mut(number)) else {
                    continue;
                };
                if a == *b << 10 >> 10 {
                    *b = a;
                }
            }
        },
    },
    Deviation {
        name: "envcfg-keeps-reserved",
        section: "Machine Environment Configuration (menvcfg) Register",
        about: "2 is no value of CBIE; QEMU, which lacks Zicbom, keeps it",
        mend: |_, ours, theirs| {
            for number in [0x10a, 0x30a] {
                let (Some(a), Some(b)) = (ours.csr(number), theirs.csr_mut(number)) else {
                    continue;
                };
                if *b >> 4 & 3 == 2 && a & !(3 << 4) == *b & !(3 << 4) {
                    *b = a;
                }
            }
        },
    },
    Deviation {
        name: "svadu-lacked",
        section: "Svadu Extension for Hardware Updating of A/D Bits",
        about: "menvcfg.ADUE says whether A and D are set by the hart; QEMU 7.2 always does, and has no such bit",
        mend: |_, ours, theirs| {
            const ADUE: u64 = 1 << 61;
            if let (Some(a), Some(b)) = (ours.csr(0x30a), theirs.csr_mut(0x30a))
                && a == *b | ADUE
            {
                *b = a;
            }
        },
    },
    Deviation {
        name: "user-page-runs",
        section: "Memory Privilege in mstatus Register",
        about: "S-mode never runs what lies in a page of U-mode; QEMU does once SUM let it load from there",
        mend: |case, ours, theirs| {
            let at = first_apart(ours, theirs);
            let is_fetch = |trap: &Taken| trap.cause == 12 && trap.epc == trap.tval;
            if case.mode == Mode::Supervisor && ours.traps.get(at).is_some_and(is_fetch) {
                *theirs = ours.clone();
            }
        },
    },
    Deviation {
        name: "walk-to-nowhere",
        section: "Virtual Address Translation Process",
        about: "an entry that lies where no memory is gives an access fault; QEMU says page fault",
        mend: |_, ours, theirs| {
            for n in 0..theirs.traps.len().min(ours.traps.len()) {
                let (a, b) = (ours.traps[n], theirs.traps[n]);
                let is_same = (a.epc, a.tval) == (b.epc, b.tval);
                if !is_same || !matches!((a.cause, b.cause), (1, 12) | (5, 13) | (7, 13 | 15)) {
                    continue;
                }
                if a.by_supervisor != b.by_supervisor {
                    *theirs = ours.clone();
                    return;
                }
                theirs.traps[n].cause = a.cause;
                set_last(theirs, n, (0x142, 0x342), b.cause, a.cause);
            }
        },
    },
    Deviation {
        name: "ctzw-looks-too-far",
        section: "Zbb: Count trailing zeros in word (ctzw)",
        about: "of a word that is zero, ctzw gives 32; QEMU goes on in the upper half of the register",
        mend: |case, ours, theirs| {
            let words = case.slots.iter().flat_map(|slot| &slot.0);
            if words.copied().any(|word| decode(word).kind == Kind::ctzw) {
                theirs.x.clone_from(&ours.x);
            }
        },
    },
    Deviation {
        name: "delegates-more",
        section: "Machine Trap Delegation (medeleg and mideleg) Registers",
        about: "what cannot happen below M cannot be delegated; QEMU keeps bits of medeleg for the H extension and ecall from M",
        mend: |_, ours, theirs| {
            if let (Some(a), Some(b)) = (ours.csr(0x302), theirs.csr_mut(0x302))
                && a == *b & 0xb3ff
            {
                *b = a;
            }
        },
    },
    Deviation {
        name: "enables-of-guests",
        section: "Machine Interrupt (mip and mie) Registers",
        about: "bits of interrupts that are not there are zero; QEMU keeps those of the H extension without it",
        mend: |_, ours, theirs| {
            const GUESTS: u64 = 0x3444;
            for number in [0x303, 0x304, 0x344] {
                let (Some(a), Some(b)) = (ours.csr(number), theirs.csr_mut(number)) else {
                    continue;
                };
                if a == *b & !GUESTS {
                    *b = a;
                }
            }
        },
    },
    Deviation {
        name: "stimecmp-without-stce",
        section: "Machine Environment Configuration (menvcfg) Register",
        about: "stimecmp does nothing while STCE is zero; QEMU raises STIP when it is written",
        mend: |_, ours, theirs| {
            const STIP: u64 = 1 << 5;
            if let (Some(a), Some(b)) = (ours.csr(0x344), theirs.csr_mut(0x344))
                && a | STIP == *b
            {
                *b = a;
            }
        },
    },
    Deviation {
        name: "reserved-entry-bits",
        section: "Sv39: Addressing and Memory Protection",
        about: "a page-table entry with one of bits 54 to 60 set is a page fault; QEMU 7.2 does not look at them",
        mend: |case, ours, theirs| {
            let reserves = |value: &u64| value & 1 == 1 && value >> 54 & 0x7f != 0;
            let mut memory = case.memory.iter().filter(|(at, _)| *at >= TABLES);
            let at = first_apart(ours, theirs);
            let is_fault = ours
                .traps
                .get(at)
                .is_some_and(|trap| matches!(trap.cause, 12 | 13 | 15));
            if is_fault && memory.any(|(_, values)| values.iter().any(reserves)) {
                *theirs = ours.clone();
            }
        },
    },
    Deviation {
        name: "extensions-lacked",
        section: "Zicond, Zicboz, Zicbom",
        about: "QEMU 7.2 has none of them: their instructions are illegal there",
        mend: |case, ours, theirs| {
            let at = first_apart(ours, theirs);
            let is_lacked = theirs.traps.get(at).is_some_and(|trap| {
                insn_at(case, trap.epc).is_some_and(|insn| LACKED.contains(&extension(insn.kind)))
            });
            if is_lacked {
                *theirs = ours.clone();
            }
        },
    },
];

/// The number of the first trap that is not the same.
fn first_apart(ours: &Outcome, theirs: &Outcome) -> usize {
    let pairs = ours.traps.iter().zip(&theirs.traps);
    pairs
        .take_while(|(a, b)| (a.cause, a.epc) == (b.cause, b.epc))
        .count()
}

/// Puts all right if the first trap that the other machine does not have is one that
/// `is_known` knows by its instruction: from there on the two go different ways.
fn forgive(
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
        *theirs = ours.clone();
    }
}

/// The instruction of `case` at `pc`.
fn insn_at(case: &Case, pc: u64) -> Option<Insn> {
    let at = usize::try_from(pc.checked_sub(case.entry)?).ok()?;
    let mut code = case.code();
    code.extend([0; 4]);
    let bytes = code.get(at..at + 4)?.iter().rev();
    Some(decode(
        bytes.fold(0, |word, &byte| word << 8 | u32::from(byte)),
    ))
}

/// Its format.
fn format_at(case: &Case, pc: u64) -> Option<Format> {
    Some(insn_at(case, pc)?.kind.row()?.format)
}

/// If trap `n` was the last into its mode, the register (of S-mode or M-mode) still says so.
fn set_last(outcome: &mut Outcome, n: usize, registers: (u16, u16), from: u64, to: u64) {
    let by_supervisor = outcome.traps[n].by_supervisor;
    let mut later = outcome.traps[n + 1..].iter();
    let is_last = later.all(|later| later.by_supervisor != by_supervisor);
    let number = if by_supervisor {
        registers.0
    } else {
        registers.1
    };
    // A handler of S-mode calls M-mode, which leaves 9 and 0 there.
    if is_last
        && let Some(value) = outcome.csr_mut(number)
        && *value == from
    {
        *value = to;
    }
}
