//! Physical memory protection: layouts of entries drawn at random, small ones that cut
//! through words, against the manual's rule spelt out byte by byte.
//! Source: Privileged ISA, "Physical Memory Protection".

mod guest;

use guest::*;
use machine::isa::Kind::{self, *};

/// The bytes that entries are drawn for; a return instruction in each halfword.
const REGION: u64 = 0x8020_0000;
const LEN: u64 = 64;
const OUT: i64 = 0x8040_0000;
const ENTRIES: usize = 8;
const LOCK: u8 = 0x80;

const ACCESSES: [(Kind, u64, Access); 7] = [
    (lb, 1, Access::Load),
    (lh, 2, Access::Load),
    (ld, 8, Access::Load),
    (sb, 1, Access::Store),
    (sw, 4, Access::Store),
    (sd, 8, Access::Store),
    (jalr, 2, Access::Fetch),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Access {
    Load,
    Store,
    Fetch,
}

/// Draws numbers: SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % n
    }
}

/// `pmpcfg` and `pmpaddr` of an entry.
type Entry = (u8, u64);

/// Entries over the region and nothing else: the first is off, and the lower end of the next.
fn draw(random: &mut Random) -> Vec<Entry> {
    let mut entries = vec![(0, REGION / 4)];
    while entries.len() < ENTRIES {
        let mode = random.below(4) as u8;
        let word = REGION / 4 + random.below(LEN / 4);
        let addr = match mode {
            3 => {
                let ones = random.below(4);
                word & !((1 << (ones + 1)) - 1) | ((1 << ones) - 1)
            }
            _ => word,
        };
        let lock = if random.below(3) == 0 { LOCK } else { 0 };
        entries.push((lock | mode << 3 | random.below(8) as u8, addr));
    }
    entries
}

/// Whether entry `n` is about the byte at `pa`.
fn holds(entries: &[Entry], n: usize, pa: u64) -> bool {
    let (cfg, addr) = entries[n];
    match cfg >> 3 & 3 {
        0 => false,
        1 => {
            let from = if n == 0 { 0 } else { entries[n - 1].1 };
            from * 4 <= pa && pa < addr * 4
        }
        2 => pa / 4 == addr,
        _ => {
            let ones = addr.trailing_ones() + 1;
            (pa / 4) >> ones == addr >> ones
        }
    }
}

/// Whether `mode` may access the `size` bytes at `pa`.
fn is_allowed(entries: &[Entry], pa: u64, size: u64, mode: i64, access: Access) -> bool {
    let touched = |n: &usize| (pa..pa + size).any(|pa| holds(entries, *n, pa));
    let Some(n) = (0..entries.len()).find(touched) else {
        // The last entry of all allows the rest.
        return true;
    };
    let cfg = entries[n].0;
    // Writable and not readable is reserved: such a write is read only as neither.
    let cfg = if cfg & 3 == 2 { cfg & !2 } else { cfg };
    let bit = match access {
        Access::Load => 1,
        Access::Store => 2,
        Access::Fetch => 4,
    };
    let is_bound = mode < 3 || cfg & LOCK != 0;
    (pa..pa + size).all(|pa| holds(entries, n, pa)) && (!is_bound || cfg & bit != 0)
}

/// A program in `mode`, with those entries and one after them that allows everything. A trap
/// leaves its cause in `a0`, and goes on after the instruction, or at the call of it.
fn begin(entries: &[Entry], mode: i64) -> Program {
    let mut program = Program::new();
    program.jump(ZERO, "start").align(8);
    program.label("handler");
    program.csrr(A0, MCAUSE).csrr(T1, MEPC);
    program.imm(addi, T1, T1, 4).imm(addi, T2, ZERO, 1);
    program.branch(bne, A0, T2, "access").imm(addi, T1, RA, 0);
    program.label("access").csrw(MEPC, T1).plain(mret);
    program.label("start");
    let handler = program.address("handler");
    program.li(T0, handler as i64).csrw(MTVEC, T0);
    program
        .li(T0, REGION as i64)
        .li(T1, 0x8082_8082_8082_8082_u64 as i64);
    for at in (0..LEN as i32 + 8).step_by(8) {
        program.store(sd, T1, T0, at);
    }
    program.li(S1, 0x8082_8082_8082_8082_u64 as i64);
    for (n, &(_, addr)) in entries.iter().enumerate() {
        program.li(T0, addr as i64).csrw(PMPADDR0 + n as i32, T0);
    }
    program.li(T0, -1).csrw(PMPADDR0 + 15, T0);
    let bytes: Vec<u8> = entries.iter().map(|&(cfg, _)| cfg).collect();
    let cfg = bytes
        .first_chunk()
        .map_or(0, |bytes| i64::from_le_bytes(*bytes));
    program.li(T0, cfg).csrw(PMPCFG0, T0);
    program.li(T0, 0x1f << 56).csrw(PMPCFG0 + 2, T0);
    program.li(S0, OUT).li(T0, mode << 11).csrw(MSTATUS, T0);
    let next = program.here() + 4 * (11 + 2);
    program.li(T0, next as i64).csrw(MEPC, T0).plain(mret);
    program
}

#[test]
fn the_first_entry_that_is_touched_decides() {
    let mut random = Random(1);
    let mut denied = 0;
    for layout in 0..80 {
        let entries = draw(&mut random);
        for mode in [0, 1, 3] {
            let mut program = begin(&entries, mode);
            let mut expected = Vec::new();
            for _ in 0..60 {
                let (kind, size, access) = ACCESSES[random.below(7) as usize];
                // Stores put back what is there, if they begin where an instruction does.
                let align = if access == Access::Load { 1 } else { 2 };
                let pa = REGION + random.below(LEN / align) * align;
                program.li(A1, pa as i64).imm(addi, A0, ZERO, 0);
                match access {
                    Access::Load => program.imm(kind, A2, A1, 0),
                    Access::Store => program.store(kind, S1, A1, 0),
                    Access::Fetch => program.imm(kind, RA, A1, 0),
                };
                program.store(sb, A0, S0, 0).imm(addi, S0, S0, 1);
                let cause = match access {
                    Access::Load => 5,
                    Access::Store => 7,
                    Access::Fetch => 1,
                };
                let is_allowed = is_allowed(&entries, pa, size, mode, access);
                denied += u32::from(!is_allowed);
                let case = format!("{access:?} of {size} at {pa:#x} by {mode} in {layout}");
                expected.push((if is_allowed { 0 } else { cause }, case));
            }
            let machine = program.power_off(0).run();
            let found = machine
                .read_ram(OUT as u64, expected.len())
                .expect("in RAM");
            for (&found, (expected, case)) in found.iter().zip(expected) {
                assert_eq!(found, expected, "{case}: {entries:x?}");
            }
        }
    }
    assert!(
        denied > 2000,
        "too few layouts that deny something: {denied}"
    );
}

#[test]
fn locks_hold_their_neighbour_too() {
    /// What `pmpaddr0`, `pmpaddr1` and `pmpcfg0` hold after `cfg` was written, all else tried.
    fn after(cfg: i64) -> (u64, u64, u64) {
        let mut program = Program::new();
        program.li(T0, 0x3000_0000).csrw(PMPADDR0, T0);
        program.li(T0, 0x3000_0010).csrw(PMPADDR0 + 1, T0);
        program.li(T0, cfg).csrw(PMPCFG0, T0);
        program.csrw(PMPADDR0, ZERO).csrw(PMPADDR0 + 1, ZERO);
        program.csrw(PMPCFG0, ZERO);
        program
            .csrr(S2, PMPADDR0)
            .csrr(S3, PMPADDR0 + 1)
            .csrr(S4, PMPCFG0);
        let x = program.power_off(0).run().harts()[0].x;
        (x[18], x[19], x[20])
    }
    const FIRST: u64 = 0x3000_0000;
    const SECOND: u64 = 0x3000_0010;
    assert_eq!(after(0x0f0f), (0, 0, 0), "nothing is locked");
    assert_eq!(
        after(0x8f00),
        (FIRST, SECOND, 0x8f00),
        "TOR needs both ends"
    );
    assert_eq!(after(0x9700), (0, SECOND, 0x9700), "NA4 needs its own");
    assert_eq!(
        after(0x8000),
        (0, SECOND, 0x8000),
        "so does one that is off"
    );
    assert_eq!(after(0x0080), (FIRST, 0, 0x0080));
}
