//! Where gdb wants to stop, as watchpoints of the machine.

use gdbstub::target::ext::breakpoints::WatchKind;
use machine::{Accesses, Event, Happening, Machine, Watchpoint};

/// A breakpoint or watchpoint of gdb's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An instruction; whether gdb asked for hardware to watch it, which is all the same here.
    Code { at: u64, is_hardware: bool },
    /// Accesses to `len` bytes.
    Data { at: u64, len: u64, kind: WatchKind },
}

/// Those that are set. A place may be in it twice.
#[derive(Debug, Default)]
pub struct Stops(Vec<Place>);

impl Stops {
    pub fn add(&mut self, place: Place) {
        self.0.push(place);
    }

    /// Takes `place` out once; says whether it was there.
    pub fn remove(&mut self, place: Place) -> bool {
        let at = self.0.iter().position(|other| *other == place);
        at.map(|at| self.0.swap_remove(at)).is_some()
    }

    /// What the machine must watch. What is written to is watched where it is now in physical
    /// memory too: other addresses may lead there, and devices know no others.
    pub fn watchpoints(&self, machine: &Machine, hart: usize) -> Vec<Watchpoint> {
        let mut points = Vec::new();
        for place in &self.0 {
            match *place {
                Place::Code { at, .. } => points.push(Watchpoint::Pc(at)),
                Place::Data { at, len, kind } => {
                    let more = len.max(1) - 1;
                    let on = accesses(kind);
                    points.push(Watchpoint::Virtual(at..=at.saturating_add(more), on));
                    let pa = machine.locate(hart, at);
                    if let Some(pa) = pa.filter(|_| kind == WatchKind::Write) {
                        points.push(Watchpoint::Physical(pa..=pa.saturating_add(more), on));
                    }
                }
            }
        }
        points
    }

    /// The place that `event` is at.
    pub fn of(&self, event: &Event) -> Option<Place> {
        let find = |is_it: &dyn Fn(&Place) -> bool| self.0.iter().copied().find(is_it);
        match event.what {
            Happening::Pc { address } => {
                find(&|place| matches!(place, Place::Code { at, .. } if *at == address))
            }
            Happening::Load { address, size, .. } => {
                find(&|place| place.has(address, size.into(), false))
            }
            Happening::Store { address, size, .. } => {
                let by_name = find(&|place| place.has(address, size.into(), true));
                by_name.or_else(|| find(&Place::is_written))
            }
            Happening::Dma { .. } => find(&Place::is_written),
            Happening::Trap { .. }
            | Happening::Return { .. }
            | Happening::Satp { .. }
            | Happening::DiskRead { .. }
            | Happening::DiskWrite { .. }
            | Happening::DiskFlush
            | Happening::PacketSent { .. }
            | Happening::PacketReceived { .. }
            | Happening::Console { .. }
            | Happening::Probe { .. }
            | Happening::Csr { .. } => None,
        }
    }
}

impl Place {
    /// Whether an access of `size` bytes at the virtual address `address` is meant.
    fn has(&self, address: u64, size: u64, is_write: bool) -> bool {
        let Place::Data { at, len, kind } = *self else {
            return false;
        };
        let is_meant = match kind {
            WatchKind::Write => is_write,
            WatchKind::Read => !is_write,
            WatchKind::ReadWrite => true,
        };
        is_meant && address < at.saturating_add(len) && at < address.saturating_add(size)
    }

    fn is_written(&self) -> bool {
        let is_meant = |kind: &WatchKind| *kind == WatchKind::Write;
        matches!(self, Place::Data { kind, .. } if is_meant(kind))
    }
}

fn accesses(kind: WatchKind) -> Accesses {
    match kind {
        WatchKind::Write => Accesses::Writes,
        WatchKind::Read => Accesses::Reads,
        WatchKind::ReadWrite => Accesses::All,
    }
}
