//! Processes: the kernel's table in words.

use super::channels::Channels;
use super::stack;
use super::table::ProcessTable;
use crate::guest::{Guest, PAGE, Unreadable};
use crate::view::{Addr, Process, ProcessState, ProcessesView, Register};

/// What of a trapframe is the program's: its registers from `epc` on, each 8 bytes, in
/// xv6's order, which the trampoline knows too. Nameless ones are the kernel's.
const TRAPFRAME: [&str; 36] = [
    "", "", "", "epc", "", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2",
    "a3", "a4", "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11",
    "t3", "t4", "t5", "t6",
];

/// Shows all processes, and the call stack of `stack_of`.
///
/// # Errors
/// [`Unreadable`], if the process table is.
pub(crate) fn build(guest: Guest, stack_of: Option<i32>) -> Result<ProcessesView, Unreadable> {
    let table = ProcessTable::read(guest)?;
    let channels = Channels::of(guest);
    let used = table.slots.iter().enumerate().filter(|(_, s)| s.is_used());
    let processes = used.map(|(idx, slot)| {
        let is_asked = stack_of == Some(slot.pid);
        let stack = is_asked.then(|| stack::of_process(guest, &table, idx));
        Process {
            stack: stack.unwrap_or_default(),
            ..process(guest, &table, &channels, idx)
        }
    });
    Ok(ProcessesView {
        processes: processes.collect(),
        free_frames: free_frames(guest).ok(),
    })
}

fn process(guest: Guest, table: &ProcessTable, channels: &Channels, idx: usize) -> Process {
    let slot = &table.slots[idx];
    let parent = slot.parent.and_then(|parent| table.slots.get(parent));
    let state = slot.state.unwrap_or(ProcessState::Used);
    let memory = slot.memory;
    let channel = (slot.chan != 0).then(|| channels.channel(slot.chan));
    Process {
        pid: slot.pid,
        name: slot.name.clone(),
        state,
        waits_for: channel.as_ref().and_then(|channel| channel.waits_for),
        chan: channel.map(|channel| channel.name),
        hart: table.hart_of(idx).map(|hart| hart as u32),
        size: Addr(memory.map_or(0, |memory| memory.size)),
        root: memory.map(|memory| Addr(memory.root)),
        parent: parent.map(|parent| parent.pid),
        killed: slot.killed,
        exit_status: (state == ProcessState::Zombie).then_some(slot.exit_status),
        trapframe: memory.map_or_else(Vec::new, |memory| registers(guest, memory.trapframe)),
        stack: Vec::new(),
    }
}

/// The program's registers in the trapframe at `at`; none if it is not in memory.
fn registers(guest: Guest, at: u64) -> Vec<Register> {
    let words = guest.memory().bytes(at, 8 * TRAPFRAME.len() as u64);
    let words = words.unwrap_or_default().as_chunks().0.iter();
    let named = TRAPFRAME
        .iter()
        .zip(words)
        .filter(|(name, _)| !name.is_empty());
    let registers = named.map(|(&name, &word)| Register {
        name: name.to_owned(),
        value: Addr(u64::from_le_bytes(word)),
    });
    registers.collect()
}

/// Frames that are free: those in the allocator's lists, and those nobody has had yet.
fn free_frames(guest: Guest) -> Result<u32, Unreadable> {
    let mut n_free = 0_u64;
    for list in guest.var("KMEM")?.elements()? {
        let kmem = list.field("data")?.peel();
        let fresh = kmem.field("fresh")?;
        let (start, end) = (fresh.field("start")?.u64()?, fresh.field("end")?.u64()?);
        let n_listed = kmem.field("n_listed")?.u64()?;
        let n_in_list = n_listed.saturating_add(end.saturating_sub(start) / PAGE);
        n_free = n_free.saturating_add(n_in_list);
    }
    Ok(n_free as u32)
}
