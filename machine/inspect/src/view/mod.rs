//! What panels show, as data: one file a view. The types cross to the page as they are.

mod address;
mod disk;
mod harts;
mod locks;
mod page_table;
mod processes;
mod request;

pub use address::Addr;
pub use disk::{BlockRole, BlockRun, CachedBlock, DiskView, LogState, LogView};
pub use harts::{
    Csr, Field, Frame, HartDetail, HartsView, Instruction, Mode, Register, SourceView,
};
pub use locks::{LockKind, LockView, LocksView};
pub use page_table::{Entry, Flag, Flaw, PageTableView, Region, RegionKind, Walk, WalkStep};
pub use processes::{Process, ProcessRef, ProcessState, ProcessesView, WaitsFor};
pub use request::{Call, View, ViewRequest};
