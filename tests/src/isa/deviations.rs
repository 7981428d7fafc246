//! Where QEMU 7.2 does otherwise than the manual says, or lacks what our machine has.
//! Long: a table of rows that look alike. What they are made of is in `mending.rs`.

use machine::Mode;
use machine::isa::{Format, Insn, Kind, decode};

use super::case::Case;
use super::generate::{LACKED, extension};
use super::layout::TABLES;
use super::mending::{
    first_apart, forgive, format_at, has, insn_at, is_csr, is_misaligned, keep_tables, part_ways,
    reads_of_traps, set_last, sets,
};
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
                        return part_ways(ours, theirs, n);
                    }
                    theirs.traps[n].cause = a.cause;
                    set_last(theirs, n, (0x142, 0x342), b.cause, a.cause);
                    reads_of_traps(case, ours, theirs, n);
                }
            }
        },
    },
    Deviation {
        name: "illegal-without-word",
        section: "Machine Trap Value (mtval) Register",
        about: "of an illegal instruction, tval is its word or 0; QEMU says 0 of some, we never",
        mend: |case, ours, theirs| {
            for n in 0..theirs.traps.len().min(ours.traps.len()) {
                let (a, b) = (ours.traps[n], theirs.traps[n]);
                if (a.cause, b.cause, b.tval) == (2, 2, 0) && a.tval != 0 {
                    theirs.traps[n].tval = a.tval;
                    set_last(theirs, n, (0x143, 0x343), 0, a.tval);
                    reads_of_traps(case, ours, theirs, n);
                }
            }
        },
    },
    Deviation {
        name: "misaligned-tval",
        section: "Machine Trap Value (mtval) Register",
        about: "tval is the address that faulted; of a misaligned access to no memory QEMU says the aligned one before",
        mend: |case, ours, theirs| {
            for n in 0..theirs.traps.len().min(ours.traps.len()) {
                let (a, b) = (ours.traps[n], theirs.traps[n]);
                let is_access = a.cause == b.cause && matches!(a.cause, 5 | 7);
                if is_access
                    && b.tval != a.tval
                    && [1_u64, 3, 7].iter().any(|low| b.tval == a.tval & !low)
                {
                    theirs.traps[n].tval = a.tval;
                    set_last(theirs, n, (0x143, 0x343), b.tval, a.tval);
                    reads_of_traps(case, ours, theirs, n);
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
                part_ways(ours, theirs, at);
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
        name: "counteren-is-wide",
        section: "Machine Counter-Enable (mcounteren) Register",
        about: "mcounteren and scounteren have 32 bits; QEMU keeps 64",
        mend: |_, ours, theirs| {
            for number in [0x106, 0x306] {
                let (Some(a), Some(b)) = (ours.csr(number), theirs.csr_mut(number)) else {
                    continue;
                };
                if a == *b & 0xffff_ffff {
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
            const CBIE: u64 = 3 << 4;
            for number in [0x10a, 0x30a] {
                let (Some(a), Some(b)) = (ours.csr(number), theirs.csr_mut(number)) else {
                    continue;
                };
                if *b & CBIE == 2 << 4 {
                    *b = *b & !CBIE | a & CBIE;
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
            // If the case ends by the fault, it may come to the same by another way.
            let trap = ours.traps.get(at).or(ours.traps.last());
            if case.mode == Mode::Supervisor && trap.is_some_and(is_fetch) {
                part_ways(ours, theirs, at);
            }
        },
    },
    Deviation {
        name: "walk-to-nowhere",
        section: "Virtual Address Translation Process",
        about: "an entry that lies where no memory is gives an access fault; QEMU says page fault",
        mend: |case, ours, theirs| {
            for n in 0..theirs.traps.len().min(ours.traps.len()) {
                let (a, b) = (ours.traps[n], theirs.traps[n]);
                let is_same = (a.epc, a.tval) == (b.epc, b.tval);
                if !is_same || !matches!((a.cause, b.cause), (1, 12) | (5, 13) | (7, 13 | 15)) {
                    continue;
                }
                if a.by_supervisor != b.by_supervisor {
                    return part_ways(ours, theirs, n);
                }
                theirs.traps[n].cause = a.cause;
                set_last(theirs, n, (0x142, 0x342), b.cause, a.cause);
                reads_of_traps(case, ours, theirs, n);
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
        name: "plic-enables-late",
        section: "PLIC: Interrupt Enables",
        about: "what is pending is signalled once it is enabled; QEMU looks again only at the next write of another kind",
        mend: |case, ours, theirs| {
            const EXTERNAL: u64 = 1 << 9 | 1 << 11;
            const ENABLES: u64 = 0xc00_2000;
            if !case.x.iter().any(|&x| x & !0xff == ENABLES) {
                return;
            }
            let at = ours.traps.len();
            if let (Some(a), Some(b)) = (ours.csr(0x344), theirs.csr(0x344))
                && a & !EXTERNAL == b & !EXTERNAL
                && a != b
            {
                part_ways(ours, theirs, at);
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
                part_ways(ours, theirs, at);
            }
        },
    },
    Deviation {
        name: "amo-marks-accessed",
        section: "Svadu Extension for Hardware Updating of A/D Bits",
        about: "A may be set by speculation; QEMU loads for an atomic before it finds that it may not store, and so sets it",
        mend: |case, ours, theirs| {
            let is_amo = |trap: &Taken| {
                matches!(trap.cause, 6 | 7 | 15) && format_at(case, trap.epc) == Some(Format::Amo)
            };
            if ours.traps.iter().any(is_amo) {
                keep_tables(ours, theirs);
            }
        },
    },
    Deviation {
        name: "napot-marks-accessed",
        section: "\"Svnapot\" Extension for NAPOT Translation Contiguity",
        about: "an entry with a reserved size is a page fault; QEMU sets its A and D before it looks",
        mend: |case, ours, theirs| {
            let is_range = |value: &u64| value >> 63 == 1 && value & 0xe != 0;
            let is_fault = |trap: &Taken| matches!(trap.cause, 12 | 13 | 15);
            let mut memory = case.memory.iter().filter(|(at, _)| *at >= TABLES);
            if ours.traps.iter().any(is_fault)
                && memory.any(|(_, values)| values.iter().any(is_range))
            {
                keep_tables(ours, theirs);
            }
        },
    },
    Deviation {
        name: "memory-type-unchecked",
        section: "\"Svpbmt\" Extension for Page-Based Memory Types",
        about: "PBMT 3, or any but 0 while menvcfg.PBMTE is 0, is a page fault; QEMU 7.2 takes all",
        mend: |case, ours, theirs| {
            const PBMTE: u64 = 1 << 62;
            let is_on = case
                .csrs
                .iter()
                .any(|&(number, value)| number == 0x30a && value & PBMTE != 0);
            let deviates = |value: &u64| match value >> 61 & 3 {
                0 => false,
                3 => true,
                _ => !is_on,
            };
            let mut memory = case.memory.iter().filter(|(at, _)| *at >= TABLES);
            let at = first_apart(ours, theirs);
            let is_fault = ours
                .traps
                .get(at)
                .is_some_and(|trap| matches!(trap.cause, 12 | 13 | 15));
            if is_fault && memory.any(|(_, values)| values.iter().any(deviates)) {
                part_ways(ours, theirs, at);
            }
        },
    },
    Deviation {
        name: "compare-leaves-clean",
        section: "Extension Context Status in mstatus Register",
        about: "FS is Dirty once fcsr changed; QEMU overlooks flags raised by what writes an integer register",
        mend: |case, ours, theirs| {
            const SD_FS: u64 = 1 << 63 | 3 << 13;
            let is_dirty =
                |a: u64, b: u64| a & SD_FS == SD_FS && a & !SD_FS == b & !SD_FS && b & SD_FS != 0;
            if !has(case, |insn| {
                matches!(format(insn), Some(Format::Xf | Format::XfRm | Format::Xff))
            }) {
                return;
            }
            for (a, b) in ours.traps.iter().zip(&mut theirs.traps) {
                if is_dirty(a.mstatus, b.mstatus) {
                    b.mstatus = a.mstatus;
                }
            }
            if let (Some(a), Some(b)) = (ours.csr(0x300), theirs.csr_mut(0x300))
                && is_dirty(a, *b)
            {
                *b = a;
            }
        },
    },
    Deviation {
        name: "pmp-keeps-reserved",
        section: "Physical Memory Protection CSRs",
        about: "W without R is reserved, which our machine never keeps; QEMU keeps it, and lets stores pass",
        mend: |case, ours, theirs| {
            for number in [0x3a0, 0x3a2] {
                let (Some(a), Some(b)) = (ours.csr(number), theirs.csr_mut(number)) else {
                    continue;
                };
                if a == legal_pmpcfg(*b) {
                    *b = a;
                }
            }
            let is_reserved = |&(number, value): &(u16, u64)| {
                matches!(number, 0x3a0 | 0x3a2) && value != legal_pmpcfg(value)
            };
            let at = first_apart(ours, theirs);
            let is_fault = |trap: &Taken| matches!(trap.cause, 1 | 5 | 7);
            if !case.csrs.iter().any(is_reserved) {
                return;
            }
            if ours.traps.get(at).is_some_and(is_fault) {
                part_ways(ours, theirs, at);
            } else if has(case, |insn| is_csr(insn) && insn.fields.imm >> 4 == 0x3a) {
                part_ways(ours, theirs, ours.traps.len());
            }
        },
    },
    Deviation {
        name: "pmp-looks-at-ends",
        section: "Physical Memory Protection: Priority and Matching Logic",
        about: "an entry must match all bytes or none; a misaligned access may be done in parts, each checked; of one within a page QEMU looks at the first and the last byte, of one across two at more than it needs",
        mend: |case, ours, theirs| {
            let at = first_apart(ours, theirs);
            let is_meant =
                |trap: &Taken| matches!(trap.cause, 5 | 7) && is_misaligned(case, trap.epc);
            let has_layout = case.csrs.iter().any(|&(number, _)| number == 0x3a0);
            let pair = [ours.traps.get(at), theirs.traps.get(at)].map(Option::<&_>::copied);
            if has_layout && pair.iter().flatten().any(is_meant) {
                part_ways(ours, theirs, at);
            }
        },
    },
    Deviation {
        name: "pmp-empty-range",
        section: "Physical Memory Protection: Address Matching",
        about: "a range that ends where it begins, or before, matches nothing; one that ends at address 0 matches everything on QEMU",
        mend: |case, ours, theirs| {
            const TOR: u64 = 1 << 3;
            let begins = |number: u16, test: fn(u64) -> bool| {
                case.csrs
                    .iter()
                    .any(|&(csr, value)| csr == number && test(value))
            };
            let is_empty =
                begins(0x3b0, |end| end == 0) && begins(0x3a0, |config| config & 0x18 == TOR);
            let at = first_apart(ours, theirs);
            let is_fault = |trap: &Taken| matches!(trap.cause, 1 | 5 | 7);
            if is_empty && theirs.traps.get(at).is_some_and(is_fault) {
                part_ways(ours, theirs, at);
            }
        },
    },
    Deviation {
        name: "mprv-keeps-translations",
        section: "Memory Privilege in mstatus Register",
        about: "with MPRV set, accesses are those of the mode in MPP; QEMU goes on with what it kept for another when a return changes MPP",
        mend: |case, ours, theirs| {
            const MPP: u64 = 3 << 11;
            let is_translated = case
                .csrs
                .iter()
                .any(|&(number, value)| number == 0x180 && value != 0);
            if case.mode == Mode::Machine && !case.fences && is_translated && sets(case, 0x300, MPP)
            {
                part_ways(ours, theirs, first_apart(ours, theirs));
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
                part_ways(ours, theirs, at);
            }
        },
    },
];

/// `pmpcfg` with every W that has no R taken away.
fn legal_pmpcfg(value: u64) -> u64 {
    const R: u64 = 0x0101_0101_0101_0101;
    const W: u64 = R << 1;
    value & !W | value & (value & R) << 1
}

fn format(insn: Insn) -> Option<Format> {
    insn.kind.row().map(|row| row.format)
}
