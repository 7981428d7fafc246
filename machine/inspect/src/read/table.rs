//! The kernel's process table, as it stands in memory.

use crate::guest::{Guest, Unreadable, Value};
use crate::view::{ProcessRef, ProcessState};

/// Slots that are read at most: as many as any xv6 has, and a table's mask has bits.
const MOST_SLOTS: usize = 64;

/// The process table and what each hart runs.
pub(crate) struct ProcessTable {
    /// All slots, those that stand for nothing too.
    pub slots: Vec<Slot>,
    /// The slot whose process each hart runs.
    pub running: Vec<Option<usize>>,
}

/// A slot of the process table.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    /// Where it is.
    pub at: u64,
    /// What its process is doing; none if there is no process.
    pub state: Option<ProcessState>,
    pub pid: i32,
    pub name: String,
    /// What it sleeps on; 0 for nothing.
    pub chan: u64,
    /// The slot of its parent.
    pub parent: Option<usize>,
    pub killed: bool,
    pub exit_status: i32,
    /// Top of its kernel stack.
    pub stack_top: Option<u64>,
    /// Where its kernel thread's registers are saved while it does not run.
    pub context: Option<u64>,
    /// Its memory, while it has any.
    pub memory: Option<Memory>,
}

/// A process's memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// Root of its page table.
    pub root: u64,
    /// Bytes of it.
    pub size: u64,
    /// Where its saved registers are.
    pub trapframe: u64,
}

impl Slot {
    /// Its process by number and name.
    pub fn process(&self) -> ProcessRef {
        ProcessRef {
            pid: self.pid,
            name: self.name.clone(),
        }
    }

    /// Whether it stands for a process.
    pub fn is_used(&self) -> bool {
        self.state.is_some()
    }
}

impl ProcessTable {
    /// The table of the kernel that `guest` runs.
    ///
    /// # Errors
    /// [`Unreadable`], with the name that is missing or what is not as it should be.
    pub fn read(guest: Guest) -> Result<ProcessTable, Unreadable> {
        let slots = guest.var("PROC")?.elements()?;
        let slots: Result<_, _> = slots.take(MOST_SLOTS).map(read_slot).collect();
        let n_harts = guest.machine.harts().len();
        let cpus = guest.var("CPUS")?.elements()?.take(n_harts);
        let running: Result<_, _> = cpus
            .map(|cpu| cpu.field("proc").and_then(slot_idx))
            .collect();
        Ok(ProcessTable {
            slots: slots?,
            running: running?,
        })
    }

    /// The slots that stand for a process.
    pub fn used(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(|slot| slot.is_used())
    }

    /// The processes that have memory.
    pub fn with_memory(&self) -> Vec<ProcessRef> {
        let with_memory = self.used().filter(|slot| slot.memory.is_some());
        with_memory.map(Slot::process).collect()
    }

    /// The slot of process `pid`.
    pub fn of_pid(&self, pid: i32) -> Option<&Slot> {
        self.used().find(|slot| slot.pid == pid)
    }

    /// The slot whose process `hart` runs.
    pub fn on_hart(&self, hart: usize) -> Option<&Slot> {
        let slot = (*self.running.get(hart)?)?;
        self.slots.get(slot).filter(|slot| slot.is_used())
    }

    /// The hart that runs the process in slot `idx`.
    pub fn hart_of(&self, idx: usize) -> Option<usize> {
        self.running.iter().position(|&slot| slot == Some(idx))
    }
}

/// The number of a slot; the kernel writes none as all ones.
fn slot_idx(value: Value) -> Result<Option<usize>, Unreadable> {
    let idx = usize::try_from(value.u64()?).unwrap_or(usize::MAX);
    Ok((idx < MOST_SLOTS).then_some(idx))
}

fn read_slot(slot: Value) -> Result<Slot, Unreadable> {
    let locked = slot.field("lock")?.field("data")?.peel();
    let state = match locked.field("state")?.word()? {
        "Used" => Some(ProcessState::Used),
        "Sleeping" => Some(ProcessState::Sleeping),
        "Runnable" => Some(ProcessState::Runnable),
        "Running" => Some(ProcessState::Running),
        "Zombie" => Some(ProcessState::Zombie),
        _ => None,
    };
    let thread = locked.field("thread")?;
    let stack = thread.field("kstack")?.option()?;
    let stack_top = stack.map(|stack| stack.u64()).transpose()?;
    let mut read = Slot {
        at: slot.address(),
        state,
        pid: 0,
        name: String::new(),
        chan: 0,
        parent: None,
        killed: false,
        exit_status: 0,
        stack_top,
        context: Some(thread.field("context")?.address()),
        memory: None,
    };
    if state.is_some() {
        read.pid = slot.field("pid")?.i64()? as i32;
        read.name = locked.field("name")?.text()?;
        read.chan = slot.field("chan")?.u64()?;
        read.parent = slot_idx(slot.field("parent")?)?;
        read.killed = locked.field("killed")?.bool()?;
        read.exit_status = locked.field("xstate")?.i64()? as i32;
        let own = slot.field("own")?.field("data")?.peel().option()?;
        read.memory = own.map(read_memory).transpose()?;
    }
    Ok(read)
}

fn read_memory(own: Value) -> Result<Memory, Unreadable> {
    let memory = own.field("memory")?;
    Ok(Memory {
        root: memory.field("pagetable")?.u64()?,
        size: memory.field("size")?.u64()?,
        trapframe: memory.field("trapframe")?.u64()?,
    })
}
