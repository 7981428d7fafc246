//! How each view is made: of the machine's memory, through the kernel's symbols where it
//! takes any. The memory is a guest's: whatever it holds, there is a view, and its size
//! has bounds.
//!
//! ```text
//! paging.rs         page tables entry by entry, and the way of an address
//! page_table.rs     the tree and, with map.rs, the map, of a table; subject.rs: which;
//!                   address_space.rs: names for what is in it; sharers.rs: who else has it
//! table.rs          the kernel's process table
//! places.rs         what is where in the kernel's variables, and finding all of a type
//! processes.rs      processes; channels.rs: what they sleep on
//! locks.rs          locks; spinning.rs: which harts spin for one
//! disk.rs           the disk's blocks by what they are for
//! log.rs            the log and the buffer cache
//! stack.rs          call stacks, from the kernel through the trap into the program
//! harts.rs          harts; csr.rs: CSRs in words
//! source.rs         the source where a hart is, or a call
//! ```

mod address_space;
mod channels;
mod csr;
mod disk;
mod harts;
mod locks;
mod log;
mod map;
mod page_table;
mod paging;
mod places;
mod processes;
mod sharers;
mod source;
mod spinning;
mod stack;
mod subject;
mod table;

use machine::Machine;

use crate::guest::{Guest, Memory, Unreadable};
use crate::symbols::Symbols;
use crate::view::{View, ViewRequest};

/// Why most views cannot be had without symbols.
const NO_SYMBOLS: &str = "this needs the kernel's symbols, and there are none";

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
        ViewRequest::Disk => match disk::build(machine.disk(), machine.sectors_written()) {
            Ok(disk) => View::Disk(disk),
            Err(why) => View::Missing { why },
        },
        ViewRequest::Locks => with(guest, |guest| locks::build(guest).map(View::Locks)),
        ViewRequest::Log => with(guest, |guest| match disk::Disk::of(machine.disk()) {
            Ok(disk) => log::build(guest, &disk).map(View::Log),
            Err(why) => Ok(View::Missing { why }),
        }),
        ViewRequest::Harts => View::Harts(harts::build(machine, guest)),
        ViewRequest::Source { hart, call } => match (guest, call) {
            (Some(guest), None) => source::of_hart(guest, *hart).map_or_else(missing, View::Source),
            (Some(guest), Some(call)) => {
                source::of_call(guest, *call).map_or_else(missing, View::Source)
            }
            (None, _) => missing(NO_SYMBOLS),
        },
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
        None => missing(NO_SYMBOLS),
    }
}
