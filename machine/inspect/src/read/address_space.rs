//! What lies where in an address space: the names of its regions.
//!
//! A program's are read off its table: `exec` lays out text, data, a guard page, a stack
//! and, from there on, the heap. The kernel's come from where its linker and its process
//! table say that things are; devices from the machine's memory map.

use std::fmt;
use std::ops::Range;

use super::paging;
use crate::guest::pte::Pte;
use crate::guest::{Memory, PAGE};
use crate::symbols::Symbols;
use abi::limits::USERSTACK;

/// One past the highest address that xv6 uses: half of what Sv39 has.
const MAXVA: u64 = 1 << 38;
/// The page that runs while page tables change.
const TRAMPOLINE: u64 = MAXVA - PAGE;
/// The page a program's registers are saved to.
const TRAPFRAME: u64 = TRAMPOLINE - PAGE;

/// The devices, as on QEMU's `virt`, and as the machine's board places them.
const DEVICES: [(Range<u64>, &str); 6] = [
    (0x0010_0000..0x0010_1000, "test finisher"),
    (0x0010_1000..0x0010_2000, "RTC"),
    (0x0200_0000..0x0201_0000, "CLINT"),
    (0x0c00_0000..0x1000_0000, "PLIC"),
    (0x1000_0000..0x1000_1000, "UART"),
    (0x1000_1000..0x1000_9000, "virtio"),
];

/// What a page is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// As it stands.
    Plain(&'static str),
    /// The kernel stack of the process in a slot, and its number if there is one.
    KernelStack { slot: usize, pid: Option<i32> },
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Name::Plain(name) => f.write_str(name),
            Name::KernelStack { pid: Some(pid), .. } => write!(f, "kernel stack of pid {pid}"),
            Name::KernelStack { slot, pid: None } => write!(f, "kernel stack of slot {slot}"),
        }
    }
}

/// Whose address space it is, and what is known of it.
#[derive(Clone, Debug)]
pub(crate) enum AddressSpace {
    /// A program's.
    Program(Program),
    /// The kernel's, or nobody knows whose: only what is certain has a name then.
    Kernel(Kernel),
}

/// A program's address space.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program {
    /// One past the last address it may use, a multiple of the page size.
    pub end: u64,
    /// The page below its stack, which it may not touch.
    pub guard: Option<u64>,
}

/// The kernel's address space.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kernel {
    /// Where its parts lie, as the linker says.
    pub parts: Option<Parts>,
    /// Tops of the kernel stacks in ascending order, each with the number of the process
    /// in its slot.
    pub stacks: Vec<(u64, Option<i32>)>,
}

/// Where the parts of the kernel end and begin: the linker's symbols.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    /// `_etext`: where text ends.
    pub text_end: u64,
    /// `_erodata`: where read-only data ends.
    pub rodata_end: u64,
    /// `_stack0`: where the boot stacks begin.
    pub boot_stacks: u64,
    /// `_end`: where they end, and free memory begins.
    pub end: u64,
}

impl Parts {
    /// As `symbols` have them.
    pub fn of(symbols: &Symbols) -> Option<Parts> {
        let address = |name| Some(symbols.variable(name).ok()?.address);
        Some(Parts {
            text_end: address("_etext")?,
            rodata_end: address("_erodata")?,
            boot_stacks: address("_stack0")?,
            end: address("_end")?,
        })
    }
}

impl Program {
    /// The address space of `size` bytes whose table is at `root`.
    pub fn of(memory: Memory, root: u64, size: u64) -> Program {
        let end = size.min(MAXVA).next_multiple_of(PAGE);
        let mut guard = None;
        paging::leaves_below(memory, root, end, |leaf| {
            if guard.is_none() && !leaf.pte.has(Pte::U) {
                guard = Some(leaf.va);
            }
        });
        Program { end, guard }
    }

    /// What the page at `va` below the end is called, whose leaf is `pte` if it has one.
    fn name(self, va: u64, pte: Option<Pte>) -> Option<Name> {
        let guard = self.guard.unwrap_or(u64::MAX);
        let stack_end = guard.saturating_add(PAGE * (1 + USERSTACK as u64));
        Some(Name::Plain(match pte {
            _ if va > guard && va < stack_end => "stack",
            _ if va > guard => "heap",
            _ if va == guard => "guard",
            Some(pte) if pte.has(Pte::X) => "text",
            Some(pte) if pte.has(Pte::W | Pte::COW) => "data",
            Some(_) => "read-only data",
            None => return None,
        }))
    }
}

impl Kernel {
    /// What the page at `va` is called, whose leaf `pte` leads to `pa`.
    fn name(&self, va: u64, pa: u64, pte: Pte) -> Option<Name> {
        if va != pa {
            return self.stack(va);
        }
        let device = DEVICES.iter().find(|(range, _)| range.contains(&va));
        if let Some((_, name)) = device {
            return Some(Name::Plain(name));
        }
        Some(Name::Plain(match &self.parts {
            _ if pte.has(Pte::X) => "kernel text",
            Some(parts) if va < parts.text_end => "kernel text",
            Some(parts) if va < parts.rodata_end => "kernel read-only data",
            Some(parts) if va < parts.boot_stacks => "kernel data",
            Some(parts) if va < parts.end => "boot stacks",
            Some(_) => "memory for pages",
            None if pte.has(Pte::W) => "RAM",
            None => "kernel read-only data",
        }))
    }

    /// The kernel stack that `va` belongs to, or the guard below it.
    fn stack(&self, va: u64) -> Option<Name> {
        if !self.stack_area().contains(&va) {
            return None;
        }
        let slot = self.stacks.partition_point(|&(top, _)| top <= va);
        let &(_, pid) = self.stacks.get(slot)?;
        Some(Name::KernelStack { slot, pid })
    }

    /// From the guard of the first kernel stack to the top of the last.
    fn stack_area(&self) -> Range<u64> {
        match self.stacks.as_slice() {
            [(first, _), (second, _), .., (last, _)] => {
                first.saturating_sub(second.saturating_sub(*first))..*last
            }
            _ => 0..0,
        }
    }
}

/// A hole between leaves, or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hole {
    /// The kernel brings a page when it is touched.
    Promised(Option<Name>),
    /// What goes beyond a stack is to be noticed here.
    Guard,
}

impl AddressSpace {
    /// What the page at `va` is called, whose leaf `pte` leads to `pa`.
    pub fn name(&self, va: u64, pa: u64, pte: Pte) -> Option<Name> {
        match (self, va) {
            (_, TRAMPOLINE) => Some(Name::Plain("trampoline")),
            (AddressSpace::Program(program), _) if va < program.end => program.name(va, Some(pte)),
            (AddressSpace::Program(_), TRAPFRAME) => Some(Name::Plain("trapframe")),
            (AddressSpace::Program(_), _) => None,
            (AddressSpace::Kernel(kernel), _) => kernel.name(va, pa, pte),
        }
    }

    /// Whether the page at `va`, whose leaf is `pte`, is a guard: there, but not for the
    /// program.
    pub fn is_guard(&self, va: u64, pte: Pte) -> bool {
        match self {
            AddressSpace::Program(program) => va < program.end && !pte.has(Pte::U),
            AddressSpace::Kernel(_) => false,
        }
    }

    /// Where holes end at the latest: there is nothing to tell of what lies behind.
    pub fn end(&self) -> u64 {
        match self {
            AddressSpace::Program(program) => program.end,
            AddressSpace::Kernel(kernel) => kernel.stack_area().end,
        }
    }

    /// What the hole `from..to` is, as far as that is known, part by part in order.
    pub fn hole(&self, from: u64, to: u64) -> Vec<(Range<u64>, Hole)> {
        match self {
            AddressSpace::Program(program) => {
                let to = to.min(program.end);
                // Before the guard, and after it: other names.
                let cut = program.guard.unwrap_or(to).clamp(from, to.max(from));
                let parts = [from..cut, cut..to].into_iter();
                parts
                    .filter(|part| !part.is_empty())
                    .map(|part| {
                        let name = program.name(part.start, None);
                        (part, Hole::Promised(name))
                    })
                    .collect()
            }
            AddressSpace::Kernel(kernel) => {
                let boot_stacks = kernel.parts.map(|parts| parts.boot_stacks..parts.end);
                let guards = boot_stacks.into_iter().chain([kernel.stack_area()]);
                let clipped = guards.map(|g| g.start.max(from)..g.end.min(to));
                let inside = clipped.filter(|g| !g.is_empty());
                inside.map(|guard| (guard, Hole::Guard)).collect()
            }
        }
    }
}
