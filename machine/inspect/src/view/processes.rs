//! Processes, from the kernel's table.

use serde::Serialize;

use super::{Addr, Frame};

/// All processes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct ProcessesView {
    /// Slots in use, in the order of the table.
    pub processes: Vec<Process>,
    /// Frames of memory that are free, if the kernel can be asked.
    pub free_frames: Option<u32>,
}

/// A process by number and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct ProcessRef {
    /// Its number.
    pub pid: i32,
    /// Which program it runs.
    pub name: String,
}

/// A process.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// Which program it runs.
    pub name: String,
    /// What it is doing.
    pub state: ProcessState,
    /// What it sleeps on, in the words of the source: `TICKS`, `PROC[3]`, `inode FS.inodes[2]`;
    /// else an address.
    pub chan: Option<String>,
    /// What that means, if it is known.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub waits_for: Option<WaitsFor>,
    /// The hart it runs on.
    pub hart: Option<u32>,
    /// Bytes of its memory.
    pub size: Addr,
    /// Root of its page table.
    pub root: Option<Addr>,
    /// Its parent's number.
    pub parent: Option<i32>,
    /// It is to end when it next leaves the kernel.
    pub killed: bool,
    /// What it gave to `exit`, once it is a zombie.
    pub exit_status: Option<i32>,
    /// Program counter and registers saved when it entered the kernel: name and value.
    pub trapframe: Vec<super::Register>,
    /// Its call stack, innermost first: of the kernel if it is in the kernel, then, through
    /// the trap, of the program. Empty unless asked for (`stack_of`).
    pub stack: Vec<Frame>,
}

/// What a process is doing; the words are the kernel's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum ProcessState {
    /// Being made.
    Used,
    /// Waits on its channel.
    Sleeping,
    /// Would run if a hart were free.
    Runnable,
    /// On a hart.
    Running,
    /// Over, and its parent does not know yet.
    Zombie,
}

/// What a process waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum WaitsFor {
    /// A child to end.
    Child,
    /// The clock.
    Time,
    /// A line to be typed.
    Input,
    /// The transmitter of the console.
    Output,
    /// The disk.
    Disk,
    /// A commit, or room in the log.
    Log,
    /// A free buffer of the cache.
    Buffer,
    /// A sleep lock.
    Lock,
    /// Something in a pipe.
    PipeData,
    /// Room in a pipe.
    PipeRoom,
}
