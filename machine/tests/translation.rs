//! Sv39, Sv48 and Sv57 at every level: what a walk finds, and how it fails, for loads, stores
//! and fetches. What a leaf's permissions mean stands in `paging.rs`.

mod guest;

use guest::*;
use machine::isa::Kind::*;

const V: i64 = 1;
const R: i64 = 2;
const W: i64 = 4;
const X: i64 = 8;
const U: i64 = 16;
const A: i64 = 64;
const D: i64 = 128;
const N: i64 = 1 << 63;
const PBMT: u32 = 61;
const LEAF: i64 = V | R | W | X | A | D;

/// Page tables, that of level `n` in page `n`.
const TABLES: i64 = 0x8010_0000;
/// What the tables lead to, a multiple of 2 MiB.
const PAGE: i64 = 0x8020_0000;
const MPRV: i64 = 1 << 17;
const MENVCFG: i32 = 0x30a;
const ADUE: i64 = 1 << 61;
const PBMTE: i64 = 1 << 62;

/// The modes of `satp` that translate, each with its levels.
const SCHEMES: [(i64, usize); 3] = [(8, 3), (9, 4), (10, 5)];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Access {
    Load,
    Store,
    Fetch,
}
use Access::*;

const ACCESSES: [Access; 3] = [Load, Store, Fetch];

impl Access {
    fn page_fault(self) -> u64 {
        [13, 15, 12][self as usize]
    }

    fn access_fault(self) -> u64 {
        [5, 7, 1][self as usize]
    }

    /// What is seen when it succeeds: nothing, or the call that lies in the page.
    fn success(self) -> u64 {
        [0, 0, 9][self as usize]
    }
}

/// A walk to set up.
#[derive(Clone, Debug)]
struct Walk {
    mode: i64,
    /// The entry it comes to at each level, 0 for the lowest.
    entries: Vec<i64>,
    va: i64,
    /// Where the page of [`PAGE`]'s data is, which is read and run.
    pa: i64,
    menvcfg: i64,
    /// Entries of PMP that go before the one that allows everything: `pmpcfg` and `pmpaddr`.
    pmp: Vec<(i64, i64)>,
}

/// What came of it.
#[derive(Debug, PartialEq)]
struct Outcome {
    cause: u64,
    entries: Vec<i64>,
}

fn pte(pa: i64, bits: i64) -> i64 {
    pa >> 12 << 10 | bits
}

fn table(level: usize) -> i64 {
    TABLES + level as i64 * 0x1000
}

/// The index into the table of `level`: another one for each.
fn index(level: usize) -> i64 {
    5 + 7 * level as i64
}

impl Walk {
    /// To a page of 4 KiB that everything may be done to.
    fn new((mode, levels): (i64, usize)) -> Walk {
        let mut entries = vec![pte(PAGE, LEAF)];
        entries.extend((1..levels).map(|level| pte(table(level - 1), V)));
        Walk {
            mode,
            va: (0..levels).fold(0x9a8, |va, level| va | index(level) << (12 + 9 * level)),
            entries,
            pa: PAGE + 0x9a8,
            menvcfg: ADUE,
            pmp: Vec::new(),
        }
    }

    /// Where the entry lies that the walk comes to at `level`.
    fn entry_at(&self, level: usize) -> i64 {
        table(level) + 8 * (self.va >> (12 + 9 * level) & 511)
    }

    fn with(&self, change: impl FnOnce(&mut Walk)) -> Walk {
        let mut walk = self.clone();
        change(&mut walk);
        walk
    }

    fn run(&self, access: Access) -> Outcome {
        let mut program = Program::new();
        program.jump(ZERO, "start").align(8);
        program.label("handler");
        // Loads and stores of the handler are M-mode's again.
        program.csrw(MSTATUS, ZERO);
        program.csrr(A0, MCAUSE).csrr(A2, MTVAL).power_off(0);
        program.label("start");
        let handler = program.address("handler");
        program.li(T0, handler as i64).csrw(MTVEC, T0);
        let mut poke = |at: i64, value: i64| {
            program.li(T0, at).li(T1, value).store(sd, T1, T0, 0);
        };
        for (level, &entry) in self.entries.iter().enumerate() {
            poke(self.entry_at(level), entry);
        }
        poke(self.pa, 0x73); // ecall
        for (n, &(_, addr)) in self.pmp.iter().chain(&[(0x1f, -1)]).enumerate() {
            program.li(T0, addr).csrw(PMPADDR0 + n as i32, T0);
        }
        let cfgs = self.pmp.iter().chain(&[(0x1f, -1)]).enumerate();
        let cfg = cfgs.fold(0, |all, (n, &(cfg, _))| all | cfg << (8 * n));
        program.li(T0, cfg).csrw(PMPCFG0, T0);
        program.li(T0, self.menvcfg).csrw(MENVCFG, T0);
        let root = table(self.entries.len() - 1);
        program.li(T0, self.mode << 60 | root >> 12).csrw(SATP, T0);
        program.li(A1, self.va).csrw(MEPC, A1);
        match access {
            Fetch => program.li(T0, 1 << 11).csrw(MSTATUS, T0).plain(mret),
            Load | Store => program.li(T0, MPRV | 1 << 11).csrw(MSTATUS, T0),
        };
        match access {
            Load => program.imm(ld, A3, A1, 0),
            Store => program.store(sd, T1, A1, 0),
            Fetch => &mut program,
        };
        program.csrw(MSTATUS, ZERO).li(A0, 0).power_off(0);
        let machine = program.run();
        let x = machine.harts()[0].x;
        match x[10] {
            0 if access == Load => assert_eq!(x[13], 0x73, "another page: {self:x?}"),
            0 | 9 => {}
            _ => assert_eq!(x[12], self.va as u64, "tval is the address: {self:x?}"),
        }
        let entry = |level: usize| {
            let at = self.entry_at(level);
            let bytes = machine.read_ram(at as u64, 8);
            let bytes = bytes.and_then(|bytes| bytes.first_chunk());
            i64::from_le_bytes(*bytes.expect("tables lie in RAM"))
        };
        Outcome {
            cause: x[10],
            entries: (0..self.entries.len()).map(entry).collect(),
        }
    }

    /// Checks that every access comes to `cause`, and leaves the tables as they were.
    fn check(&self, cause: impl Fn(Access) -> u64) {
        for access in ACCESSES {
            let expected = Outcome {
                cause: cause(access),
                entries: self.entries.clone(),
            };
            assert_eq!(self.run(access), expected, "{access:?} {self:x?}");
        }
    }
}

/// Every scheme with every level of it.
fn every_level() -> impl Iterator<Item = (Walk, usize)> {
    let schemes = SCHEMES.into_iter();
    schemes.flat_map(|scheme| (0..scheme.1).map(move |level| (Walk::new(scheme), level)))
}

#[test]
fn a_leaf_may_lie_at_any_level() {
    for (walk, level) in every_level() {
        // RAM lies at 2 GiB: larger leaves lead to where there is none but at their end.
        let size = 1_i64 << (12 + 9 * level);
        let base = PAGE / size * size;
        let walk = walk.with(|walk| {
            walk.entries[level] = pte(base, LEAF);
            walk.va = walk.va / size * size + (PAGE - base) + 0x9a8;
        });
        walk.check(Access::success);
        if level > 0 {
            let crooked = walk.with(|walk| walk.entries[level] |= 1 << 10);
            crooked.check(Access::page_fault);
        }
    }
}

#[test]
fn every_level_may_be_missing_or_malformed() {
    for (walk, level) in every_level() {
        let missing = walk.with(|walk| walk.entries[level] &= !V);
        missing.check(Access::page_fault);
        let write_only = walk.with(|walk| walk.entries[level] = pte(PAGE, V | W | A | D));
        write_only.check(Access::page_fault);
        for bit in 54..=60 {
            let reserved = walk.with(|walk| walk.entries[level] |= 1 << bit);
            reserved.check(Access::page_fault);
        }
        if level > 0 {
            for bit in [U, A, D, 1 << PBMT, 2 << PBMT, N] {
                let reserved = walk.with(|walk| {
                    walk.menvcfg = ADUE | PBMTE;
                    walk.entries[level] |= bit;
                });
                reserved.check(Access::page_fault);
            }
        } else {
            // There is no level below to lead to.
            let too_deep = walk.with(|walk| walk.entries[0] = pte(PAGE, V));
            too_deep.check(Access::page_fault);
        }
    }
}

#[test]
fn a_table_must_lie_in_memory() {
    for (walk, level) in every_level().filter(|&(_, level)| level > 0) {
        // Nothing, a device, the ROM, and the highest address there is.
        for pa in [0x4000_0000, UART, 0x1000, ((1 << 44) - 1) << 12] {
            let lost = walk.with(|walk| walk.entries[level] = pte(pa, V));
            lost.check(Access::access_fault);
        }
    }
}

#[test]
fn a_leaf_may_lead_to_nothing() {
    for scheme in SCHEMES {
        for pa in [0x4000_0000, ((1 << 44) - 1) << 12] {
            let lost = Walk::new(scheme).with(|walk| walk.entries[0] = pte(pa, LEAF));
            lost.check(Access::access_fault);
        }
    }
}

#[test]
fn protection_covers_the_tables() {
    /// With an address whose lowest bit is 0: 8 bytes.
    const NAPOT: i64 = 0x18;
    for (walk, level) in every_level() {
        let at = walk.entry_at(level);
        let forbidden = walk.with(|walk| walk.pmp = vec![(NAPOT, at >> 2)]);
        forbidden.check(Access::access_fault);
        let readable = walk.with(|walk| walk.pmp = vec![(NAPOT | R >> 1, at >> 2)]);
        readable.check(Access::success);
    }
    // To mark the leaf is to write to it.
    for scheme in SCHEMES {
        let walk = Walk::new(scheme);
        let at = walk.entry_at(0);
        let walk = walk.with(|walk| {
            walk.pmp = vec![(NAPOT | R >> 1, at >> 2)];
            walk.entries[0] &= !A;
        });
        walk.check(Access::access_fault);
    }
}

#[test]
fn addresses_must_be_canonical() {
    for (mode, levels) in SCHEMES {
        let walk = Walk::new((mode, levels));
        let bits = 12 + 9 * levels;
        for bit in bits - 1..64 {
            // The highest bit that is translated counts for all above it.
            let crooked = walk.with(|walk| walk.va ^= 1 << bit);
            crooked.check(Access::page_fault);
        }
        let upper = walk.with(|walk| walk.va |= -1 << (bits - 1));
        upper.check(Access::success);
    }
}

#[test]
fn either_the_hart_marks_or_software_does() {
    for scheme in SCHEMES {
        for (bits, marked_by) in [(0, [A, A | D, A]), (A, [A, A | D, A]), (D, [A | D; 3])] {
            let entry = LEAF & !(A | D) | bits;
            for access in ACCESSES {
                let walk = Walk::new(scheme).with(|walk| walk.entries[0] = pte(PAGE, entry));
                let needed = [A, A | D, A][access as usize];
                let by_hart = walk.run(access);
                assert_eq!(by_hart.cause, access.success());
                let marked = LEAF & !(A | D) | marked_by[access as usize];
                assert_eq!(
                    by_hart.entries[0],
                    pte(PAGE, marked),
                    "{access:?} {bits:#x}"
                );
                assert_eq!(by_hart.entries[1..], walk.entries[1..]);

                let by_software = walk.with(|walk| walk.menvcfg = 0);
                let is_marked = bits & needed == needed;
                let cause = if is_marked {
                    access.success()
                } else {
                    access.page_fault()
                };
                let entries = walk.entries.clone();
                assert_eq!(by_software.run(access), Outcome { cause, entries });
            }
        }
    }
}

#[test]
fn memory_types_need_leave() {
    for (walk, level) in every_level().filter(|&(_, level)| level < 2) {
        for pbmt in 0..4 {
            let typed = walk.with(|walk| walk.entries[level] = pte(PAGE, LEAF) | pbmt << PBMT);
            let typed = typed.with(|walk| walk.va &= !((1 << (12 + 9 * level)) - 1) | 0xfff);
            let without = typed.with(|walk| walk.menvcfg = ADUE);
            let with = typed.with(|walk| walk.menvcfg = ADUE | PBMTE);
            without.check(if pbmt == 0 {
                Access::success
            } else {
                Access::page_fault
            });
            with.check(if pbmt < 3 {
                Access::success
            } else {
                Access::page_fault
            });
        }
    }
}

#[test]
fn sixteen_pages_may_be_one() {
    for scheme in SCHEMES {
        // The sixth of the 16 entries that are alike, which lead to 64 KiB from PAGE on.
        let walk = Walk::new(scheme).with(|walk| {
            walk.entries[0] = pte(PAGE + 0x8000, LEAF) | N;
            walk.pa = PAGE + (index(0) % 16) * 0x1000 + 0x9a8;
        });
        walk.check(Access::success);
        for size in [0, 0x1000, 0x2000, 0x4000, 0x1_0000, 0x18000 - 0x4000] {
            let other = walk.with(|walk| walk.entries[0] = pte(PAGE + size, LEAF) | N);
            other.check(Access::page_fault);
        }
        let large = walk.with(|walk| walk.entries[1] = pte(PAGE + 0x8000, LEAF) | N);
        large.check(Access::page_fault);
    }
}

#[test]
fn satp_keeps_only_modes_there_are() {
    for mode in 0..16 {
        let mut program = Program::new();
        let first = 8 << 60 | 0x1234 << 44 | TABLES >> 12;
        let second = mode << 60 | 0x4321 << 44 | PAGE >> 12;
        program.li(T0, first).csrw(SATP, T0);
        program.li(T0, second).csrw(SATP, T0);
        let machine = program.csrr(S1, SATP).power_off(0).run();
        let is_kept = mode == 0 || (8..=10).contains(&mode);
        let expected = if is_kept { second } else { first };
        assert_eq!(machine.harts()[0].x[9], expected as u64, "mode {mode}");
    }
}
