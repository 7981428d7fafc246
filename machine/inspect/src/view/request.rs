//! Which view is wanted, and a view of whichever sort.

use serde::{Deserialize, Serialize};

use super::{
    Addr, DiskView, HartsView, LocksView, LogView, PageTableView, ProcessesView, SourceView,
};

/// Which view is wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum ViewRequest {
    /// The page table of a process.
    PageTable {
        /// Whose; none for the kernel's own.
        #[serde(default)]
        #[cfg_attr(feature = "ts", tsify(optional))]
        pid: Option<i32>,
        /// An address whose walk is wanted too.
        #[serde(default)]
        #[cfg_attr(feature = "ts", tsify(optional))]
        va: Option<Addr>,
    },
    /// Processes.
    Processes {
        /// The process whose call stack is wanted too.
        #[serde(default)]
        #[cfg_attr(feature = "ts", tsify(optional))]
        stack_of: Option<i32>,
    },
    /// Locks.
    Locks,
    /// The log and the buffer cache.
    Log,
    /// The disk.
    Disk,
    /// Harts.
    Harts,
    /// The source where a hart is, or where a call is on a process's stack.
    Source {
        /// The hart's number.
        hart: u32,
        /// The call, if it is that.
        #[serde(default)]
        #[cfg_attr(feature = "ts", tsify(optional))]
        call: Option<Call>,
    },
}

/// A frame of a process's call stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Call {
    /// Whose.
    pub pid: i32,
    /// Which, from 0, the innermost.
    pub frame: u32,
}

/// A view, of the sort that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum View {
    /// See there.
    PageTable(PageTableView),
    /// See there.
    Processes(ProcessesView),
    /// See there.
    Locks(LocksView),
    /// See there.
    Log(LogView),
    /// See there.
    Disk(DiskView),
    /// See there.
    Harts(HartsView),
    /// See there.
    Source(SourceView),
    /// It cannot be had.
    Missing {
        /// Why, in a sentence: which symbol is missing, which process is not there.
        why: String,
    },
}
