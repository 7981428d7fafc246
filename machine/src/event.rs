//! What a host can be told of while the machine runs: what it asks for ([`Watch`]), and
//! what it gets ([`Event`]). No part of the state: a machine that is watched does what
//! one that is not watched does, instruction for instruction.

use crate::hart::Mode;
use crate::watchpoints::{Watchpoint, Watchpoints};

/// What to tell of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// Physical addresses of instructions; each is told of before it is executed.
    pub probes: Vec<u64>,
    /// Whether to tell of what hardware does: every happening but those of `probes` and
    /// `points`.
    pub is_on: bool,
    /// Accesses, and virtual addresses of instructions, to tell of.
    pub points: Vec<Watchpoint>,
}

/// Something that happened.
///
/// The machine stands exactly there when [`crate::Machine::run`] comes back for it, and
/// again whenever it is brought to `t`: just after what happened, or, for [`Happening::Probe`]
/// and [`Happening::Pc`], just before the instruction. Several events may have one `t`: a device and a hart may act
/// at once, and the first instruction after a trap may have a probe.
///
/// For bytes sent to the console the machine comes back at the end of a line only: those of the
/// line are told of with it, or with whatever event is next, each with its own `t`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The machine's time; see [`crate::Machine::t`].
    pub t: u64,
    /// The hart that did it; none for a device.
    pub hart: Option<usize>,
    /// What it was.
    pub what: Happening,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A hart entered a trap handler.
    Trap {
        /// As in `mcause` or `scause`: the highest bit set for an interrupt.
        cause: u64,
        /// The instruction that trapped, or before which the interrupt came.
        epc: u64,
        /// As in `mtval` or `stval`.
        tval: u64,
        /// The mode it was in.
        from: Mode,
        /// The mode that handles it.
        to: Mode,
    },
    /// A hart returned from a trap handler.
    Return {
        /// The mode that handled it.
        from: Mode,
        /// The mode it is in now.
        to: Mode,
        /// The next instruction.
        pc: u64,
    },
    /// A hart turned to another page table, or to the same again.
    Satp {
        /// What `satp` holds now.
        value: u64,
    },
    /// The disk was read.
    DiskRead {
        /// The first sector, of 512 bytes.
        sector: u64,
        /// How many.
        sectors: u32,
    },
    /// The disk was written.
    DiskWrite {
        /// The first sector, of 512 bytes.
        sector: u64,
        /// How many.
        sectors: u32,
    },
    /// The guest had the disk flushed: what it wrote before is there for good.
    DiskFlush,
    /// The guest sent a packet on the network.
    PacketSent {
        /// Bytes of the frame.
        len: u32,
    },
    /// A packet from the network arrived in the guest's memory.
    PacketReceived {
        /// Bytes of the frame.
        len: u32,
    },
    /// A byte was sent to the console.
    Console {
        /// The byte.
        byte: u8,
    },
    /// The instruction at this physical address is about to be executed.
    Probe {
        /// The address.
        address: u64,
    },
    /// The instruction at this virtual address is about to be executed.
    Pc {
        /// The address.
        address: u64,
    },
    /// A hart loaded from a watched address. An access across two pages is one in each.
    Load {
        /// The virtual address.
        address: u64,
        /// The physical address.
        pa: u64,
        /// Bytes: 1 to 8.
        size: u8,
        /// What it found, without sign extension.
        value: u64,
    },
    /// A hart stored to a watched address. An access across two pages is one in each.
    Store {
        /// The virtual address.
        address: u64,
        /// The physical address.
        pa: u64,
        /// Bytes: 1 to 8.
        size: u8,
        /// What was there before; none of a device's register.
        old: Option<u64>,
        /// What is there now.
        new: u64,
    },
    /// A device stored to RAM that is watched.
    Dma {
        /// The physical address.
        address: u64,
        /// How many bytes.
        len: u32,
    },
    /// An instruction read or wrote a watched CSR.
    Csr {
        /// The register's number.
        number: u16,
        /// What it held before.
        old: u64,
        /// What the instruction wrote, if it did; the register may have kept less of it.
        new: Option<u64>,
    },
}

impl Happening {
    /// Whether a device did it by itself, in its own time.
    fn is_devices(self) -> bool {
        matches!(
            self,
            Happening::DiskRead { .. }
                | Happening::DiskWrite { .. }
                | Happening::DiskFlush
                | Happening::PacketSent { .. }
                | Happening::PacketReceived { .. }
                | Happening::Dma { .. }
        )
    }
}

/// Whether this build cannot be watched. The benchmark has one such, to compare with.
pub(crate) const IS_BLIND: bool = cfg!(feature = "blind");

/// Gathers what happens.
#[derive(Debug, Default)]
pub(crate) struct Watcher {
    /// Whether anybody wants to hear of what hardware does.
    pub is_on: bool,
    /// Whether nothing is told of for now.
    pub is_muted: bool,
    /// The accesses that somebody wants to hear of.
    pub points: Watchpoints,
    /// What happened since the machine last looked; with its time, if that is known.
    fresh: Vec<(Option<u64>, Happening)>,
    /// How many of these `run` is to come back for.
    n_urgent: usize,
    /// What nobody took yet.
    events: Vec<Event>,
    /// Whether there are events that no run has come back for.
    is_news: bool,
}

impl Watcher {
    /// Notes that `what` happens now.
    pub fn note(&mut self, what: Happening) {
        if self.is_on {
            self.note_watched(what);
        }
    }

    /// Notes that `byte` is sent to the console by the instruction that ends at `t`. Within a
    /// line nobody comes back for it.
    pub fn note_console(&mut self, t: u64, byte: u8) {
        if byte == b'\n' {
            self.note(Happening::Console { byte });
        } else if !IS_BLIND && self.is_on && !self.is_muted {
            self.fresh.push((Some(t), Happening::Console { byte }));
        }
    }

    /// Notes that `what`, on which there is a watchpoint, happens now.
    pub fn note_watched(&mut self, what: Happening) {
        if !IS_BLIND && !self.is_muted {
            self.fresh.push((None, what));
            self.n_urgent += 1;
        }
    }

    /// How much happened since the last look that is to be told of at once.
    pub fn n_urgent(&self) -> usize {
        self.n_urgent
    }

    /// Puts the time, and the hart that ran, to what happened since the last look.
    pub fn stamp(&mut self, t: u64, running: usize) {
        if IS_BLIND || self.fresh.is_empty() {
            return;
        }
        self.is_news |= std::mem::take(&mut self.n_urgent) > 0;
        let fresh = self.fresh.drain(..);
        self.events.extend(fresh.map(|(at, what)| Event {
            t: at.unwrap_or(t),
            hart: (!what.is_devices()).then_some(running),
            what,
        }));
    }

    /// Adds `event`.
    pub fn push(&mut self, event: Event) {
        self.events.push(event);
        self.is_news = true;
    }

    /// Whether there are events that no run has come back for; asked once, they are old.
    pub fn take_news(&mut self) -> bool {
        !IS_BLIND && std::mem::take(&mut self.is_news)
    }

    /// The events since the last call.
    pub fn take(&mut self) -> Vec<Event> {
        self.is_news = false;
        std::mem::take(&mut self.events)
    }

    /// Forgets what nobody took: the machine stands elsewhere now.
    pub fn clear(&mut self) {
        self.fresh.clear();
        self.n_urgent = 0;
        self.events.clear();
        self.is_news = false;
    }
}
