//! What a case left behind on one machine, and how two such differ.

use super::harness::{
    RESULT_CSRS, RESULT_F, RESULT_FCSR, RESULT_LOG, RESULT_SUM, RESULT_TABLES, RESULT_TRAPS, TOLD,
};
use super::layout::LOG_WORDS;
use super::layout::{self, kept};

/// A trap, as its handler saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Whether the handler was that of S-mode.
    pub by_supervisor: bool,
    /// `mcause` or `scause`.
    pub cause: u64,
    /// `mepc` or `sepc`.
    pub epc: u64,
    /// `mtval` or `stval`.
    pub tval: u64,
    /// `mstatus` in the handler; for that of S-mode, after it called M-mode.
    pub mstatus: u64,
    /// The entry of the trap vector.
    pub entry: u64,
}

/// What a case left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// `x0` to `x31`.
    pub x: Vec<u64>,
    /// `f0` to `f31`; all 0 if the case has nothing to do with them.
    pub f: Vec<u64>,
    /// `fcsr`, likewise.
    pub fcsr: u64,
    /// CSRs, as [`TOLD`] lists them.
    pub csrs: Vec<u64>,
    /// A sum of the arena without page tables.
    pub sum: u64,
    /// A sum of the page tables.
    pub tables: u64,
    /// All traps, in order.
    pub traps: Vec<Taken>,
    /// Its memory, if the case ran last.
    pub arena: Option<Vec<u8>>,
}

impl Outcome {
    /// CSR `number` as the case left it, if it is told of.
    pub fn csr(&self, number: u16) -> Option<u64> {
        let at = TOLD.iter().position(|&csr| csr == number)?;
        self.csrs.get(at).copied()
    }

    /// The same, to be put right.
    pub fn csr_mut(&mut self, number: u16) -> Option<&mut u64> {
        let at = TOLD.iter().position(|&csr| csr == number)?;
        self.csrs.get_mut(at)
    }
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It came to an end.
    Done(Box<Outcome>),
    /// It did not.
    Hung,
}

/// Where two outcomes can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Where {
    /// One did not end.
    End,
    /// The number of traps.
    Traps,
    /// The cause, or the handler, of trap `n`.
    Cause(usize),
    /// `epc` of trap `n`.
    Epc(usize),
    /// `tval` of trap `n`.
    Tval(usize),
    /// `mstatus` at trap `n`.
    TrapStatus(usize),
    /// The vector's entry of trap `n`.
    Entry(usize),
    /// Register `xN`.
    X(usize),
    /// Register `fN`.
    F(usize),
    /// `fcsr`.
    Fcsr,
    /// A CSR, by number.
    Csr(u16),
    /// Memory, somewhere.
    Memory,
    /// The page tables, somewhere.
    Tables,
    /// The doubleword of memory at this offset in the arena.
    Doubleword(usize),
}

/// One difference: where, and the two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where.
    pub at: Where,
    /// On our machine.
    pub ours: u64,
    /// On QEMU.
    pub theirs: u64,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = match self.at {
            Where::End => "ended (1) or hung (0)".to_owned(),
            Where::Traps => "number of traps".to_owned(),
            Where::Cause(n) => format!("cause of trap {n} (bit 62: taken in S-mode)"),
            Where::Epc(n) => format!("epc of trap {n}"),
            Where::Tval(n) => format!("tval of trap {n}"),
            Where::TrapStatus(n) => format!("mstatus at trap {n}"),
            Where::Entry(n) => format!("vector entry of trap {n}"),
            Where::X(n) => format!("x{n}"),
            Where::F(n) => format!("f{n}"),
            Where::Fcsr => "fcsr".to_owned(),
            Where::Csr(number) => machine::csr_name(number).unwrap_or(format!("{number:#x}")),
            Where::Memory => "sum of memory".to_owned(),
            Where::Tables => "sum of the page tables".to_owned(),
            Where::Doubleword(at) => format!("memory at {:#x}", layout::ARENA + at as u64),
        };
        let (ours, theirs) = (self.ours, self.theirs);
        write!(to, "{what}: ours {ours:#x}, QEMU's {theirs:#x}")
    }
}

/// Takes the results of `n_cases` out of memory, of which `read` gives the doubleword at an
/// address. Those that are missing hung, or came after one that did.
pub(super) fn collect(n_cases: usize, read: &dyn Fn(u64) -> u64) -> Vec<Outcome> {
    let done = (read(layout::SAVE + kept::DONE) as usize).min(n_cases);
    let mut at = layout::RESULTS;
    let mut outcomes = Vec::new();
    for n in 0..done {
        let word = |nth: u64| read(at + 8 * nth);
        assert_eq!(word(0), n as u64, "the results are out of step");
        let words = |from: u64, len: u64| (from..from + len).map(word).collect::<Vec<_>>();
        let n_traps = word(RESULT_TRAPS);
        let trap = |n: u64| {
            let entry = words(RESULT_LOG + LOG_WORDS * n, LOG_WORDS);
            const BY_SUPERVISOR: u64 = 1 << 62;
            Taken {
                by_supervisor: entry[0] & BY_SUPERVISOR != 0,
                cause: entry[0] & !BY_SUPERVISOR,
                epc: entry[1],
                tval: entry[2],
                mstatus: entry[3],
                entry: entry[4],
            }
        };
        let mut x = words(0, 32);
        x[0] = 0;
        outcomes.push(Outcome {
            x,
            f: words(RESULT_F, 32),
            fcsr: word(RESULT_FCSR),
            csrs: words(RESULT_CSRS, TOLD.len() as u64),
            sum: word(RESULT_SUM),
            tables: word(RESULT_TABLES),
            traps: (0..n_traps).map(trap).collect(),
            arena: None,
        });
        at += 8 * (RESULT_LOG + LOG_WORDS * n_traps);
    }
    outcomes
}

/// Where `ours` and `theirs` differ, the telling differences first.
pub fn differences(ours: &Ending, theirs: &Ending) -> Vec<Difference> {
    let (a, b) = match (ours, theirs) {
        (Ending::Done(a), Ending::Done(b)) => (a, b),
        (Ending::Hung, Ending::Hung) => return Vec::new(),
        _ => {
            let ended = |ending: &Ending| u64::from(*ending != Ending::Hung);
            return vec![Difference {
                at: Where::End,
                ours: ended(ours),
                theirs: ended(theirs),
            }];
        }
    };
    let mut all = Vec::new();
    let mut see = |at: Where, ours: u64, theirs: u64| {
        if ours != theirs {
            all.push(Difference { at, ours, theirs });
        }
    };
    see(Where::Traps, a.traps.len() as u64, b.traps.len() as u64);
    for (n, (a, b)) in a.traps.iter().zip(&b.traps).enumerate() {
        let cause = |trap: &Taken| trap.cause | u64::from(trap.by_supervisor) << 62;
        see(Where::Cause(n), cause(a), cause(b));
        see(Where::Epc(n), a.epc, b.epc);
        see(Where::Tval(n), a.tval, b.tval);
        see(Where::TrapStatus(n), a.mstatus, b.mstatus);
        see(Where::Entry(n), a.entry, b.entry);
    }
    for n in 0..32 {
        see(Where::X(n), a.x[n], b.x[n]);
        see(Where::F(n), a.f[n], b.f[n]);
    }
    see(Where::Fcsr, a.fcsr, b.fcsr);
    for (n, &csr) in TOLD.iter().enumerate() {
        see(Where::Csr(csr), a.csrs[n], b.csrs[n]);
    }
    match (&a.arena, &b.arena) {
        (Some(a), Some(b)) => {
            let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b));
            for (n, (a, b)) in a.chunks(8).zip(b.chunks(8)).enumerate() {
                see(Where::Doubleword(8 * n), word(a), word(b));
            }
        }
        _ => {
            see(Where::Memory, a.sum, b.sum);
            see(Where::Tables, a.tables, b.tables);
        }
    }
    all
}
