//! Locks: who holds each, and who waits.

use serde::Serialize;

use super::{Addr, ProcessRef};

/// All locks of the kernel that are held, waited for, or asked for by name.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct LocksView {
    /// Every lock, held and waited-for ones first.
    pub locks: Vec<LockView>,
}

/// A lock.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct LockView {
    /// Where it is.
    pub at: Addr,
    /// What the kernel calls it.
    pub name: String,
    /// The variable it is part of, as `PROC[3].lock`.
    pub path: String,
    /// Which sort.
    pub kind: LockKind,
    /// Whether somebody has it.
    pub held: bool,
    /// The hart that holds a spin lock.
    pub hart: Option<u32>,
    /// The process that holds it; of a spin lock, the process on that hart.
    pub holder: Option<ProcessRef>,
    /// Harts that spin for it.
    pub spinning: Vec<u32>,
    /// Processes that sleep for it.
    pub sleeping: Vec<ProcessRef>,
}

/// Which sort of lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum LockKind {
    /// Who waits burns its hart.
    Spin,
    /// Who waits sleeps.
    Sleep,
}
