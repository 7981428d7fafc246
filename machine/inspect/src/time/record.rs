//! Makes entries of the index from what the machine tells, at the moment it tells it: the
//! machine stands where it happened, so that its memory and registers can be asked.

use std::collections::BTreeMap;

use machine::{Happening as Hardware, Machine, Mode};

use super::event::Kind;
use super::index::{Entry, Index, NO_HART, pair, stretch};
use super::modes::{Doing, Modes};
use super::names::{Names, Probed};

/// Sectors of the disk in a block of the file system.
const SECTORS: u64 = (abi::disk::BSIZE / abi::disk::SECTOR) as u64;
const INTERRUPT: u64 = 1 << 63;
/// What a shell prints before it reads.
const PROMPT: &[u8] = b"$ ";
/// Registers by the names of the calling convention.
const A0: usize = 10;
const A1: usize = 11;
const A7: usize = 17;

/// Blocks of one disk request that become events: a guest may ask for a million at once.
const MOST_BLOCKS: usize = 64;
/// The first process: nobody forked it.
const INIT: i32 = 1;

/// Why a process is in the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entered {
    /// For the system call of this number.
    Call(u16),
    /// Because of the exception of this code.
    Trap(u16),
}

/// Writes the index.
#[derive(Debug)]
pub(super) struct Recorder {
    pub index: Index,
    pub modes: Modes,
    pub names: Names,
    /// Why each process is in the kernel, by its number; of a hart whose process is unknown,
    /// by -1 - its number.
    entered: BTreeMap<i32, Entered>,
    /// When the program of each process first ran.
    seen: BTreeMap<i32, u64>,
    /// Where in what was printed the unfinished line begins.
    line: usize,
    /// How much was printed when the guest was last found waiting.
    ready_at: usize,
}

impl Recorder {
    pub fn new(names: Names) -> Recorder {
        let mut index = Index::default();
        index.functions.clone_from(&names.functions);
        Recorder {
            index,
            modes: Modes::default(),
            names,
            entered: BTreeMap::new(),
            seen: BTreeMap::from([(INIT, 0)]),
            line: 0,
            ready_at: 0,
        }
    }

    /// Records `event`, which happened just now.
    pub fn note(&mut self, machine: &Machine, event: &machine::Event) {
        let hart = event.hart;
        let mut entry = Entry {
            t: event.t,
            what: 0,
            pid: 0,
            code: 0,
            hart: hart.map_or(NO_HART, |hart| hart as u8),
            kind: Kind::Trap,
        };
        if let (Some(hart), Some(processes)) = (hart, &self.names.processes) {
            entry.pid = processes.pid_on(machine, hart);
        }
        let hart = hart.unwrap_or(0);
        match event.what {
            Hardware::Return { to: Mode::User, .. } => {
                self.modes.note(event.t, hart, Doing::Program);
            }
            Hardware::Trap {
                from: Mode::User, ..
            } => self.modes.note(event.t, hart, Doing::Kernel),
            _ => {}
        }
        match event.what {
            Hardware::Trap {
                cause, tval, from, ..
            } => self.trap(machine, hart, entry, cause, tval, from),
            Hardware::Return { to: Mode::User, .. } => self.back(machine, hart, entry),
            Hardware::Return { .. }
            | Hardware::Satp { .. }
            | Hardware::DiskFlush
            | Hardware::PacketSent { .. }
            | Hardware::PacketReceived { .. }
            | Hardware::Pc { .. }
            | Hardware::Load { .. }
            | Hardware::Store { .. }
            | Hardware::Dma { .. }
            | Hardware::Csr { .. } => {}
            Hardware::DiskRead { sector, sectors } => {
                self.disk(entry, Kind::DiskRead, sector, sectors);
            }
            Hardware::DiskWrite { sector, sectors } => {
                self.disk(entry, Kind::DiskWrite, sector, sectors);
            }
            Hardware::Console { byte } => self.console(entry, byte),
            Hardware::Probe { address } => self.probe(machine, hart, entry, address),
        }
    }

    fn trap(
        &mut self,
        machine: &Machine,
        hart: usize,
        entry: Entry,
        cause: u64,
        tval: u64,
        from: Mode,
    ) {
        const ECALL_FROM_USER: u64 = 8;
        if cause & INTERRUPT != 0 {
            let (kind, code) = (Kind::Interrupt, cause as u16);
            self.index.push(Entry {
                kind,
                code,
                ..entry
            });
        } else if cause == ECALL_FROM_USER && from == Mode::User {
            let number = register(machine, hart, A7);
            let short = u16::try_from(number).unwrap_or(u16::MAX);
            self.entered.insert(caller(&entry), Entered::Call(short));
            let (kind, what) = (Kind::Syscall, number & 0xffff_ffff);
            self.index.push(Entry {
                kind,
                what,
                ..entry
            });
        } else {
            let (kind, code) = (Kind::Trap, cause as u16);
            let what = tval;
            if from == Mode::User {
                self.entered.insert(caller(&entry), Entered::Trap(code));
            }
            self.index.push(Entry {
                kind,
                code,
                what,
                ..entry
            });
        }
    }

    /// A program goes on: with an answer, if it asked something; or it tries again what
    /// raised an exception.
    fn back(&mut self, machine: &Machine, hart: usize, entry: Entry) {
        let caller = caller(&entry);
        let is_new = caller > 0 && !self.seen.contains_key(&caller);
        if is_new {
            self.seen.insert(caller, entry.t);
        }
        let (kind, code, what) = match self.entered.remove(&caller) {
            Some(Entered::Call(code)) => (Kind::Return, code, register(machine, hart, A0)),
            Some(Entered::Trap(code)) => (Kind::Resume, code, 0),
            // A forked child begins with the answer to a call that its parent made.
            None if is_new && register(machine, hart, A7) == u64::from(FORK) => {
                (Kind::Return, FORK, register(machine, hart, A0))
            }
            // After an interrupt, or what was asked before the recording began.
            None => return,
        };
        self.index.push(Entry {
            kind,
            code,
            what,
            ..entry
        });
    }

    fn disk(&mut self, entry: Entry, kind: Kind, sector: u64, sectors: u32) {
        let end = sector.saturating_add(u64::from(sectors));
        let blocks = sector / SECTORS..end.div_ceil(SECTORS);
        for what in blocks.take(MOST_BLOCKS) {
            self.index.push(Entry {
                kind,
                what,
                ..entry
            });
        }
    }

    fn console(&mut self, entry: Entry, byte: u8) {
        self.index.print(entry.t, byte);
        if byte == b'\n' {
            let end = self.index.n_printed() - 1;
            let (kind, what) = (Kind::Print, stretch(self.line, end));
            self.index.push(Entry {
                kind,
                what,
                ..entry
            });
            self.line = end + 1;
        }
    }

    fn probe(&mut self, machine: &Machine, hart: usize, entry: Entry, address: u64) {
        match self.names.at(address) {
            Some(Probed::Call(code)) => {
                let kind = Kind::Call;
                self.index.push(Entry {
                    kind,
                    code,
                    ..entry
                });
            }
            Some(Probed::Switch) => {
                let to = register(machine, hart, A1);
                let processes = self.names.processes.as_ref();
                let leaves = processes.is_some_and(|processes| processes.is_scheduler(to));
                let (from, to) = if leaves {
                    (entry.pid, 0)
                } else {
                    (0, entry.pid)
                };
                let doing = if leaves {
                    Doing::Nothing
                } else {
                    Doing::Kernel
                };
                self.modes.note(entry.t, hart, doing);
                let (kind, what) = (Kind::Switch, pair(from, to));
                self.index.push(Entry {
                    kind,
                    what,
                    ..entry
                });
            }
            None => {}
        }
    }

    /// Records that `bytes` were typed at `t`.
    pub fn typed(&mut self, t: u64, bytes: &[u8]) {
        let from = self.index.typed.len();
        self.index.typed.extend(bytes);
        let what = stretch(from, self.index.typed.len());
        self.index.push(device(t, Kind::Input, what));
    }

    /// Records, at `t`, that every hart waits: if the prompt was printed since the last time.
    pub fn waits(&mut self, t: u64) {
        let printed = self.index.n_printed();
        let last = self
            .index
            .printed(printed.saturating_sub(PROMPT.len()), printed);
        if printed != self.ready_at && last == PROMPT {
            self.ready_at = printed;
            self.index.push(device(t, Kind::Ready, 0));
        }
    }

    /// Forgets what happened after `t`, and is as it was then.
    pub fn truncate(&mut self, t: u64) {
        self.index.truncate(t);
        self.modes.truncate(t);
        self.entered.clear();
        self.seen.retain(|_, at| *at <= t);
        self.line = self.index.line();
        self.ready_at = 0;
        for entry in self.index.entries() {
            let caller = caller(entry);
            match entry.kind {
                Kind::Syscall => {
                    let short = u16::try_from(entry.what).unwrap_or(u16::MAX);
                    self.entered.insert(caller, Entered::Call(short));
                }
                Kind::Trap => {
                    self.entered.insert(caller, Entered::Trap(entry.code));
                }
                Kind::Return | Kind::Resume => {
                    self.entered.remove(&caller);
                }
                Kind::Ready => self.ready_at = self.index.printed_by(entry.t),
                Kind::Interrupt
                | Kind::Switch
                | Kind::Call
                | Kind::DiskRead
                | Kind::DiskWrite
                | Kind::Print
                | Kind::Input => {}
            }
        }
    }
}

const FORK: u16 = abi::Syscall::Fork as u16;

/// Who makes a system call, or gets its answer.
fn caller(entry: &Entry) -> i32 {
    match entry.pid {
        0 => -1 - i32::from(entry.hart),
        pid => pid,
    }
}

fn register(machine: &Machine, hart: usize, number: usize) -> u64 {
    machine.hart(hart).map_or(0, |hart| hart.x[number])
}

fn device(t: u64, kind: Kind, what: u64) -> Entry {
    Entry {
        t,
        what,
        pid: 0,
        code: 0,
        hart: NO_HART,
        kind,
    }
}
