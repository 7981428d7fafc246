//! How each view is made: of the machine's memory, through the kernel's symbols where it
//! takes any. The memory is a guest's: whatever it holds, there is a view, and its size
//! has bounds.
//!
//! ```text
//! sv39.rs           page tables entry by entry, and the way of an address
//! page_table.rs     the tree and, with map.rs, the map, of a table; subject.rs: which;
//!                   address_space.rs: names for what is in it; sharers.rs: who else has it
//! table.rs          the kernel's process table
//! processes.rs      processes
//! disk.rs           the disk's blocks by what they are for
//! ```

mod address_space;
mod disk;
mod map;
mod page_table;
mod processes;
mod sharers;
mod subject;
mod sv39;
mod table;

use machine::Machine;

use crate::guest::{Guest, Memory, Unreadable};
use crate::symbols::Symbols;
use crate::view::{View, ViewRequest};

/// What `request` asks for, of a machine that stands still. Without the symbols of its
/// kernel there are the page table that hart 0 uses, the disk and the harts.
///
/// What cannot be had is [`View::Missing`], with the reason.
pub fn view(machine: &Machine, symbols: Option<&Symbols>, request: &ViewRequest) -> View {
    let guest = symbols.map(|symbols| Guest { machine, symbols });
    match request {
        ViewRequest::PageTable { pid, va } => {
            subject::of(machine, guest, *pid).map_or_else(missing, |(subject, processes)| {
                let va = va.map(|va| va.0);
                let memory = Memory::of(machine);
                View::PageTable(page_table::build(memory, subject, processes, va))
            })
        }
        ViewRequest::Processes { stack_of } => with(guest, |guest| {
            processes::build(guest, *stack_of).map(View::Processes)
        }),
        ViewRequest::Disk => match disk::build(machine.disk()) {
            Ok(disk) => View::Disk(disk),
            Err(why) => View::Missing { why },
        },
        ViewRequest::Locks | ViewRequest::Log | ViewRequest::Harts | ViewRequest::Source { .. } => {
            missing("not there yet")
        }
    }
}

fn missing(why: impl Into<String>) -> View {
    View::Missing { why: why.into() }
}

/// What `make` makes of a guest with symbols.
fn with<'a>(
    guest: Option<Guest<'a>>,
    make: impl FnOnce(Guest<'a>) -> Result<View, Unreadable>,
) -> View {
    match guest {
        Some(guest) => make(guest).unwrap_or_else(View::from),
        None => missing("this needs the kernel's symbols, and there are none"),
    }
}
