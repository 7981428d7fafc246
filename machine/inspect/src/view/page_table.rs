//! A page table: the tree as the hart walks it, and the address space it makes.
//! Source: Privileged ISA, "Virtual Address Translation Process".

use serde::Serialize;

use super::{Addr, ProcessRef};

/// A page table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct PageTableView {
    /// Whose it is; `null` for the kernel's own.
    pub owner: Option<ProcessRef>,
    /// Where its root page is.
    pub root: Addr,
    /// Its levels: 3 of Sv39, 4 of Sv48, 5 of Sv57.
    pub levels: u8,
    /// Bytes of the program's memory as the kernel counts them, whether there or promised;
    /// `null` for the kernel's own.
    pub size: Option<Addr>,
    /// The root's entries that are in use, with those below them.
    pub tree: Vec<Entry>,
    /// The address space, in order of address.
    pub map: Vec<Region>,
    /// Pages that hold the tree itself, the root included.
    pub table_pages: u32,
    /// Pages mapped, in pages of 4 KiB.
    pub mapped_pages: u32,
    /// Mapped pages whose frame another process's table maps too.
    pub shared_pages: u32,
    /// The way of the address that was asked for.
    pub walk: Option<Walk>,
    /// Processes that have a page table, in the order of the kernel's table: whose else could be
    /// asked for.
    pub processes: Vec<ProcessRef>,
    /// There is more of the tree, or of the map, than is shown: thousands of rows are.
    pub is_cut: bool,
}

/// An entry of a table, or a run of leaves that differ only in where they are: frames that
/// follow each other, with equal flags.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Entry {
    /// 2 for the root's entries (of Sv48 3, of Sv57 4), 0 for the last level's.
    pub level: u8,
    /// 0 to 511: which of its table; of a run, the first.
    pub index: u16,
    /// How many entries the run has; 1 for most.
    pub count: u32,
    /// First virtual address it is about.
    pub va: Addr,
    /// Where the entry itself is in memory.
    pub at: Addr,
    /// The entry's 64 bits.
    pub pte: Addr,
    /// The frame or the next table it leads to.
    pub pa: Addr,
    /// Its flags that are set, in the order of the bits.
    pub flags: Vec<Flag>,
    /// What is there, if it has a name: `trampoline`, `trapframe`, `text`, ….
    pub name: Option<String>,
    /// Other processes whose tables lead to this frame too.
    pub shared_with: Vec<ProcessRef>,
    /// Why a hart does not follow it, if it does not.
    pub flaw: Option<Flaw>,
    /// The entries in use of the table it leads to; empty for a leaf.
    pub children: Vec<Entry>,
}

/// Why an address leads nowhere, or an entry that is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum Flaw {
    /// The address's highest bits are not all equal to the highest that is translated: for
    /// Sv39, 63 to 39 to bit 38.
    NotCanonical,
    /// The entry's V is clear.
    NotValid,
    /// Bits 63 to 54 of the entry are set in a way that means nothing, or not here.
    ReservedBits,
    /// W without R.
    WriteOnly,
    /// A superpage that does not start at a multiple of its size.
    Misaligned,
    /// Neither R nor W nor X, on the last level: no table can follow.
    NoLevelLeft,
    /// U, A or D on an entry that leads to a table.
    TableFlags,
    /// The table it leads to is not in RAM.
    NotRam,
}

/// A flag of a page-table entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum Flag {
    /// Valid.
    V,
    /// May be read.
    R,
    /// May be written.
    W,
    /// May be executed.
    X,
    /// User mode may.
    U,
    /// Global.
    G,
    /// Accessed since it was last cleared.
    A,
    /// Dirty: written since it was last cleared.
    D,
    /// Reserved for software, lower bit: this kernel's mark for copy-on-write.
    Cow,
    /// Reserved for software, upper bit.
    Rsw1,
    /// The memory type (PBMT): main memory that is not cached.
    Nc,
    /// The memory type (PBMT): that of devices, neither cached nor reordered.
    Io,
    /// One of sixteen entries for 64 KiB (Svnapot).
    N,
}

/// A stretch of the address space that is one thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Region {
    /// Its first address.
    pub start: Addr,
    /// One past its last.
    pub end: Addr,
    /// Pages of 4 KiB.
    pub pages: u32,
    /// What sort of thing.
    pub kind: RegionKind,
    /// What it is called, if it has a name: `text`, `stack`, `kernel stack of pid 3`, `UART`, ….
    pub name: Option<String>,
    /// Its first frame, if mapped.
    pub pa: Option<Addr>,
    /// Flags that all of its leaves have; they differ in A and D at most.
    pub flags: Vec<Flag>,
    /// Other processes that share all of its frames.
    pub shared_with: Vec<ProcessRef>,
}

/// What sort of thing a region is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum RegionKind {
    /// Mapped.
    Mapped,
    /// Not to be touched, so that an overflow is noticed.
    Guard,
    /// Promised by the kernel, and not there yet.
    Promised,
}

/// The way of one address through the table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Walk {
    /// The address.
    pub va: Addr,
    /// One step for each level reached, the root's first.
    pub steps: Vec<WalkStep>,
    /// Where it ends: the physical address, or `null` if no leaf was reached.
    pub pa: Option<Addr>,
    /// Why no leaf was reached.
    pub flaw: Option<Flaw>,
}

/// A step of a walk.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct WalkStep {
    /// 2, 1 or 0; of Sv48 and Sv57 also those above.
    pub level: u8,
    /// The nine bits of the address that choose the entry.
    pub index: u16,
    /// Where the entry is.
    pub at: Addr,
    /// The entry.
    pub pte: Addr,
    /// Its flags.
    pub flags: Vec<Flag>,
}
