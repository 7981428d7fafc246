//! Which page table is shown, and what is known of it.

use machine::Machine;

use super::address_space::{AddressSpace, Kernel, Parts, Program};
use super::sharers::Sharers;
use super::table::ProcessTable;
use crate::guest::{Guest, Memory};
use crate::view::ProcessRef;

/// `satp`'s number.
const SATP: u16 = 0x180;

/// A table, and what is known of it.
pub(crate) struct Subject {
    /// Whose it is, if a process's.
    pub owner: Option<ProcessRef>,
    /// Where its root is.
    pub root: u64,
    /// Bytes of the program's memory, if it is a program's.
    pub size: Option<u64>,
    /// What lies where.
    pub space: AddressSpace,
    /// Who else has its frames.
    pub sharers: Sharers,
}

/// The table of process `pid`, or the kernel's own; and all processes that have a table.
///
/// # Errors
/// Why there is none, as a sentence.
pub(crate) fn of(
    machine: &Machine,
    guest: Option<Guest>,
    pid: Option<i32>,
) -> Result<(Subject, Vec<ProcessRef>), String> {
    let table = guest.map(ProcessTable::read);
    let processes = match &table {
        Some(Ok(table)) => table.with_memory(),
        Some(Err(_)) | None => Vec::new(),
    };
    let subject = match (table, pid) {
        (Some(Ok(table)), Some(pid)) => of_process(Memory::of(machine), &table, pid)?,
        (Some(Err(why)), Some(_)) => return Err(why.to_string()),
        (None, Some(_)) => {
            return Err("processes cannot be told apart without the kernel's symbols".into());
        }
        (table, None) => {
            let root = kernel_root(machine, guest).ok_or("hart 0 uses no page table yet")?;
            of_kernel(guest, table.and_then(Result::ok).as_ref(), root)
        }
    };
    Ok((subject, processes))
}

/// The table of process `pid`, or why there is none.
fn of_process(memory: Memory, table: &ProcessTable, pid: i32) -> Result<Subject, String> {
    let slot = table.of_pid(pid);
    let slot = slot.ok_or_else(|| format!("there is no process {pid}"))?;
    let own = slot.memory;
    let own =
        own.ok_or_else(|| format!("process {pid} has no memory: it is being made, or over"))?;
    let others = table.used().filter(|other| other.at != slot.at);
    let others = others.filter_map(|other| {
        let memory = other.memory?;
        Some((other.process(), memory.root, memory.size))
    });
    Ok(Subject {
        owner: Some(slot.process()),
        root: own.root,
        size: Some(own.size),
        space: AddressSpace::Program(Program::of(memory, own.root, own.size)),
        sharers: Sharers::among(memory, others),
    })
}

/// The kernel's own table, with as much as is known of it.
fn of_kernel(guest: Option<Guest>, table: Option<&ProcessTable>, root: u64) -> Subject {
    let slots = table.map_or(&[][..], |table| &table.slots);
    let tops = slots.iter().filter_map(|slot| {
        let pid = slot.is_used().then_some(slot.pid);
        Some((slot.stack_top?, pid))
    });
    let mut stacks: Vec<_> = tops.collect();
    stacks.sort_unstable_by_key(|&(top, _)| top);
    Subject {
        owner: None,
        root,
        size: None,
        space: AddressSpace::Kernel(Kernel {
            parts: guest.and_then(|guest| Parts::of(guest.symbols)),
            stacks,
        }),
        sharers: Sharers::default(),
    }
}

/// The root of the kernel's table: what it says, or what hart 0 uses.
pub(crate) fn kernel_root(machine: &Machine, guest: Option<Guest>) -> Option<u64> {
    let by_name = guest.and_then(|guest| {
        let table = guest.var("KERNEL_PAGETABLE").ok()?;
        table.field("value").ok()?.peel().option().ok()??.u64().ok()
    });
    by_name.or_else(|| Memory::root_of(machine.csr(0, SATP)?))
}
