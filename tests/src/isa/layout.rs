//! Where things lie in the memory of both machines. Nothing lies within the reach of a
//! direct jump around the arena.

/// The first address of RAM.
pub const RAM: u64 = 0x8000_0000;
/// Bytes of RAM. Both machines put their device tree into the last 16 MiB.
pub const RAM_BYTES: u64 = 128 << 20;
/// `msip` of the CLINT, the one device that takes no doublewords. A case may begin with it set.
pub const MSIP: u64 = 0x200_0000;
/// The code that runs cases one after another: the first thing in RAM.
pub(crate) const HARNESS: u64 = RAM;
/// Where `mtvec` points. A case that wants vectors sets the lowest bit.
pub const MACHINE_VECTOR: u64 = RAM + 0x100;
/// What the S-mode trap vector points to: one `ecall` for each entry, then an `sret`. A page of
/// its own, which page tables must map where it is.
pub const SUPERVISOR_PAGE: u64 = RAM + 0x4000;
/// Entries of each trap vector.
pub(crate) const VECTORS: u64 = 64;
/// The `sret` that leaves the S-mode handler.
pub(crate) const SUPERVISOR_RETURN: u64 = SUPERVISOR_PAGE + 4 * VECTORS;
/// What the harness keeps: registers of the case at a trap, and [`Kept`].
pub(crate) const SAVE: u64 = RAM + 0x5000;
/// The traps of the case that runs.
pub(crate) const LOG: u64 = RAM + 0x6000;
/// Traps that fit there.
pub(crate) const LOG_ENTRIES: u64 = 72;
/// Dwords that a trap takes there: cause, epc, tval, `mstatus`, entry of the vector.
pub(crate) const LOG_WORDS: u64 = 5;
/// What cases may touch; cleared before each.
pub const ARENA: u64 = RAM + 0x80_0000;
/// Code of a case, two pages.
pub const CODE: u64 = ARENA;
/// Data of a case, four pages.
pub const DATA: u64 = ARENA + 0x2000;
/// Page tables of a case, ten pages.
pub const TABLES: u64 = ARENA + 0x6000;
/// Bytes of the arena without page tables.
pub const PLAIN_ARENA: u64 = TABLES - ARENA;
/// Bytes of the arena with them.
pub const WHOLE_ARENA: u64 = 0x1_0000;
/// The cases.
pub(crate) const CASES: u64 = RAM + 0x100_0000;
/// Bytes for them.
pub(crate) const CASES_BYTES: u64 = 0x200_0000;
/// What came of them.
pub(crate) const RESULTS: u64 = CASES + CASES_BYTES;
/// Bytes for that.
pub(crate) const RESULTS_BYTES: u64 = 0x400_0000;

/// Offsets from [`SAVE`]: register `xN` lies at `8 * N`, then these.
pub(crate) mod kept {
    /// The record of the case that runs; 0 at the end.
    pub const RECORD: u64 = 0x100;
    /// Where its result goes.
    pub const RESULT: u64 = 0x108;
    /// Where its next trap goes.
    pub const LOG: u64 = 0x110;
    /// How many traps it had.
    pub const TRAPS: u64 = 0x118;
    /// How many cases are done.
    pub const DONE: u64 = 0x120;
}

/// Offsets in the record of a case.
pub(crate) mod record {
    /// Where the next record lies; 0 for none.
    pub const NEXT: u64 = 0;
    /// The first `pc`.
    pub const ENTRY: u64 = 8;
    /// `mstatus` before the `mret` that begins it.
    pub const MSTATUS: u64 = 16;
    /// After so many traps it ends.
    pub const LIMIT: u64 = 24;
    /// Its code's first address, as `pc` sees it: a trap elsewhere ends the case.
    pub const WINDOW: u64 = 32;
    /// The address after its last.
    pub const WINDOW_END: u64 = 40;
    /// Code to be called first.
    pub const PROLOGUE: u64 = 48;
    /// How much of the arena is compared, in bytes.
    pub const ARENA: u64 = 56;
    /// Whether floating-point registers are told of.
    pub const HAS_FLOATS: u64 = 64;
    /// `fcsr`.
    pub const FCSR: u64 = 72;
    /// Whether every return to it forgets translations first.
    pub const FENCES: u64 = 80;
    /// How much of the arena is cleared first, in bytes.
    pub const CLEARED: u64 = 88;
    /// `msip` of the CLINT.
    pub const MSIP: u64 = 96;
    /// `x0` to `x31`.
    pub const X: u64 = 104;
    /// `f0` to `f31`.
    pub const F: u64 = X + 8 * 32;
    /// Address, count and that many dwords, again and again until an address is 0.
    pub const POKES: u64 = F + 8 * 32;
}
