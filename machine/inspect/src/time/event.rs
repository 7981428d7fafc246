//! What happened: the entries of the timeline.

use serde::{Deserialize, Serialize};

/// Something that happened, and when.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Event {
    /// Its number, from 0; rises with `t`.
    pub n: u64,
    /// The time at which it has just happened; of a call, at which it is about to begin.
    pub t: u64,
    /// The hart it happened on; none for a device.
    pub hart: Option<u32>,
    /// The process that hart ran.
    pub pid: Option<i32>,
    /// What happened.
    pub what: Happening,
}

impl Event {
    /// Whether process `pid` did it, or it was done to it: of a switch, either side.
    pub fn is_about(&self, pid: i32) -> bool {
        match self.what {
            Happening::Switch { from, to } => from == Some(pid) || to == Some(pid),
            _ => self.pid == Some(pid),
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum Happening {
    /// A program asked something of the kernel.
    Syscall {
        /// Its name, or its number in digits if the kernel has none of that number.
        name: String,
        /// Its number.
        number: u32,
    },
    /// The kernel gave a program its answer.
    Return {
        /// The system call's name.
        name: String,
        /// What it answered, as the program reads it: -1 for failure.
        value: i64,
    },
    /// An exception other than a system call.
    Trap {
        /// In words with dashes: `store-fault`, `load-fault`, `illegal-instruction`, ….
        cause: String,
        /// `scause` or `mcause`.
        code: u32,
        /// The address or bits it is about.
        value: crate::view::Addr,
    },
    /// After an exception, a program goes on at the instruction that raised it.
    Resume {
        /// The exception, as in [`Happening::Trap`].
        cause: String,
    },
    /// A hart was interrupted.
    Interrupt {
        /// `timer`, `external` or `software`.
        cause: String,
    },
    /// A hart turned to another process.
    Switch {
        /// The process it left; none for the scheduler's loop.
        from: Option<i32>,
        /// The process it turned to.
        to: Option<i32>,
    },
    /// A kernel function that is watched is about to begin.
    Call {
        /// Its name: `kalloc`, `sleep`, ….
        function: String,
    },
    /// A block of the disk was read.
    DiskRead {
        /// Its number, in blocks of 1024 bytes.
        block: u32,
    },
    /// A block of the disk was written.
    DiskWrite {
        /// Its number, in blocks of 1024 bytes.
        block: u32,
    },
    /// A line was printed.
    Print {
        /// The line, without its end.
        text: String,
    },
    /// Something was typed.
    Input {
        /// What.
        text: String,
    },
    /// The prompt was printed and every hart waits: for input, very likely.
    Ready,
}

/// What sort of thing happened: a [`Happening`] without what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum Kind {
    /// See there.
    Syscall,
    /// See there.
    Return,
    /// See there.
    Trap,
    /// See there.
    Interrupt,
    /// See there.
    Switch,
    /// See there.
    Call,
    /// See there.
    DiskRead,
    /// See there.
    DiskWrite,
    /// See there.
    Print,
    /// See there.
    Input,
    /// See there.
    Ready,
    /// See there.
    Resume,
}

impl Happening {
    /// Whether a program asked something of the kernel, or got its answer.
    pub fn is_syscall(&self) -> bool {
        matches!(self.kind(), Kind::Syscall | Kind::Return)
    }

    /// What sort of thing it is.
    pub fn kind(&self) -> Kind {
        match self {
            Happening::Syscall { .. } => Kind::Syscall,
            Happening::Return { .. } => Kind::Return,
            Happening::Trap { .. } => Kind::Trap,
            Happening::Resume { .. } => Kind::Resume,
            Happening::Interrupt { .. } => Kind::Interrupt,
            Happening::Switch { .. } => Kind::Switch,
            Happening::Call { .. } => Kind::Call,
            Happening::DiskRead { .. } => Kind::DiskRead,
            Happening::DiskWrite { .. } => Kind::DiskWrite,
            Happening::Print { .. } => Kind::Print,
            Happening::Input { .. } => Kind::Input,
            Happening::Ready => Kind::Ready,
        }
    }
}

/// What a step goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum Unit {
    /// The next event that the filter shows.
    Event,
    /// The next system call, or return from one.
    Syscall,
    /// The next context switch.
    Switch,
    /// Another source line of the hart in focus.
    Line,
    /// One instruction of the hart in focus.
    Insn,
}

/// Where in time the machine stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Position {
    /// Now.
    pub t: u64,
    /// The last moment that was reached: behind `t` begins what has not happened yet.
    pub end: u64,
    /// The event at `t`, or the last one before.
    pub event: Option<Event>,
    /// How many events there are.
    pub n_events: u64,
    /// How many snapshots are kept, and their bytes.
    pub snapshots: u32,
    /// Bytes the recording takes.
    pub bytes: u64,
}
