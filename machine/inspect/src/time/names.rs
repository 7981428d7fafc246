//! What the recorder asks the kernel's memory at an event, found once by name.

use machine::Machine;

use crate::guest::{Guest, Unreadable, Value};
use crate::symbols::Symbols;

/// Functions whose calls are always recorded: those that tell more than the system calls and
/// traps around them, and are not called for nothing most of the time, as `wakeup` is. A
/// kernel that lacks one goes without.
const CALLS: [&str; 6] = ["exit", "sleep", "vmfault", "cow_fault", "uvmcopy", "commit"];

/// Equal things in a row.
#[derive(Clone, Copy, Debug)]
struct Row {
    start: u64,
    stride: u64,
    count: u64,
}

impl Row {
    fn of(array: Value) -> Result<Row, Unreadable> {
        Ok(Row {
            start: array.index(0)?.address(),
            stride: array.index(0)?.size(),
            count: array.len()?,
        })
    }

    /// Where element `n` is, or something `offset` bytes from its start.
    fn at(&self, n: u64, offset: u64) -> Option<u64> {
        let is_there = n < self.count;
        is_there.then(|| {
            self.start
                .wrapping_add(n.wrapping_mul(self.stride))
                .wrapping_add(offset)
        })
    }

    fn holds(&self, address: u64) -> bool {
        let bytes = self.count.saturating_mul(self.stride);
        address.wrapping_sub(self.start) < bytes
    }
}

/// Where the kernel keeps which process a hart runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Processes {
    cpus: Row,
    /// Of the slot's number in a hart's own data.
    slot_offset: u64,
    procs: Row,
    pid_offset: u64,
    name_offset: u64,
}

/// Bytes of a process's name, a NUL among them.
const NAME_BYTES: usize = 16;

impl Processes {
    /// Finds it by the names `CPUS[].proc`, `PROC[].pid` and `PROC[].lock.data.name`.
    ///
    /// # Errors
    /// The name that is missing.
    pub fn find(guest: Guest) -> Result<Processes, Unreadable> {
        let (cpus, procs) = (guest.var("CPUS")?, guest.var("PROC")?);
        let offset = |row: &Row, field: Value| field.peel().address().wrapping_sub(row.start);
        let (cpu_row, proc_row) = (Row::of(cpus)?, Row::of(procs)?);
        let locked = procs.index(0)?.field("lock")?.field("data")?.peel();
        Ok(Processes {
            name_offset: offset(&proc_row, locked.field("name")?),
            slot_offset: offset(&cpu_row, cpus.index(0)?.field("proc")?),
            pid_offset: offset(&proc_row, procs.index(0)?.field("pid")?),
            cpus: cpu_row,
            procs: proc_row,
        })
    }

    /// The number of the process that `hart` runs; 0 if it runs none.
    pub fn pid_on(&self, machine: &Machine, hart: usize) -> i32 {
        let pid = self.field_on(machine, hart, self.pid_offset, 4);
        pid.and_then(|bytes| bytes.try_into().ok())
            .map_or(0, i32::from_le_bytes)
    }

    /// The name of the program that `hart` runs; none if it runs none.
    pub fn program_on<'a>(&self, machine: &'a Machine, hart: usize) -> Option<&'a str> {
        let bytes = self.field_on(machine, hart, self.name_offset, NAME_BYTES)?;
        let name = bytes.split(|&byte| byte == 0).next()?;
        std::str::from_utf8(name).ok()
    }

    /// `len` bytes at `offset` of the slot of the process that `hart` runs.
    fn field_on<'a>(
        &self,
        machine: &'a Machine,
        hart: usize,
        offset: u64,
        len: usize,
    ) -> Option<&'a [u8]> {
        let at = self.cpus.at(hart as u64, self.slot_offset)?;
        let slot = u64::from_le_bytes(machine.read_ram(at, 8)?.try_into().ok()?);
        machine.read_ram(self.procs.at(slot, offset)?, len)
    }

    /// Whether a context at `address` is a hart's own: its scheduler's.
    pub fn is_scheduler(&self, address: u64) -> bool {
        self.cpus.holds(address)
    }
}

/// What a probed instruction begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Probed {
    /// `swtch`.
    Switch,
    /// The function of this number among [`Names::functions`].
    Call(u16),
}

/// What is known of a kernel by name.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// None without symbols, or if the kernel has other names.
    pub processes: Option<Processes>,
    /// Address and meaning of each probe, by address. Kernels run at their physical
    /// addresses.
    probes: Vec<(u64, Probed)>,
    /// The functions whose calls are recorded.
    pub functions: Vec<String>,
}

impl Names {
    /// What `symbols` tells.
    pub fn of(machine: &Machine, symbols: Option<&Symbols>) -> Names {
        let mut names = Names::default();
        let Some(symbols) = symbols else {
            return names;
        };
        names.processes = Processes::find(Guest { machine, symbols }).ok();
        if names.processes.is_some() {
            names.probe(symbols, "swtch", Probed::Switch);
        }
        for name in CALLS {
            let number = names.functions.len() as u16;
            names.functions.push(name.to_owned());
            names.probe(symbols, name, Probed::Call(number));
        }
        names.probes.sort_by_key(|probe| probe.0);
        names
    }

    fn probe(&mut self, symbols: &Symbols, name: &str, what: Probed) {
        let probes = symbols.functions(name).map(|f| (f.start, what));
        self.probes.extend(probes);
    }

    /// The addresses to watch.
    pub fn addresses(&self) -> impl Iterator<Item = u64> {
        self.probes.iter().map(|probe| probe.0)
    }

    /// What begins at `address`.
    pub fn at(&self, address: u64) -> Option<Probed> {
        let found = self.probes.binary_search_by_key(&address, |probe| probe.0);
        Some(self.probes[found.ok()?].1)
    }

    /// Whether calls of `function` are recorded.
    pub fn records(&self, function: &str) -> bool {
        self.functions.iter().any(|name| name == function)
    }
}
