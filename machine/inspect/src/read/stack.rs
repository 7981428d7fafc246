//! Call stacks: of the kernel's thread and, through the trap, of the program.
//!
//! What joins them is xv6's: `uservec` and `userret` in the trampoline, `kernelvec`, and the
//! trapframe.

use machine::isa::Kind;
use machine::{HartView, Mode};

use super::subject::kernel_root;
use super::table::{ProcessTable, Slot};
use crate::guest::code::{RA, S0, SP, Text};
use crate::guest::unwind::Cursor;
use crate::guest::{Guest, Memory, PAGE};
use crate::symbols::{Code, Symbols};
use crate::view::{Addr, Frame};

/// Frames that are shown at most.
const DEEPEST: usize = 64;
/// The numbers of `satp` and `sepc`.
const SATP: u16 = 0x180;
const SEPC: u16 = 0x141;
/// `ecall`, which is 4 bytes long.
const ECALL: u64 = 0x73;
/// Instructions of a trap handler that are looked at.
const LONGEST_HANDLER: usize = 512;

/// Frames as they are found, innermost first.
struct Frames<'a> {
    guest: Guest<'a>,
    found: Vec<Frame>,
}

/// The call stack of what `hart` does, innermost first; `slot` is its process's.
pub(crate) fn of_hart(guest: Guest, slot: Option<&Slot>, hart: usize) -> Vec<Frame> {
    let mut frames = Frames {
        guest,
        found: Vec::new(),
    };
    let Some(view) = guest.machine.harts().into_iter().nth(hart) else {
        return Vec::new();
    };
    let cursor = Cursor {
        pc: view.pc,
        x: view.x,
        is_stopped: true,
    };
    if view.mode == Mode::User {
        frames.program(&text_of_hart(guest, slot, hart, &view), cursor);
        return frames.found;
    }
    let text = text_of_hart(guest, slot, hart, &view);
    let sepc = guest.machine.csr(hart, SEPC);
    let in_trampoline = frames.is_trampoline(&text, view.pc);
    if frames.kernel(&text, cursor, sepc)
        && let Some(slot) = slot
    {
        // The program's counter is still, or already, in `sepc` there.
        let pc = sepc.filter(|_| in_trampoline);
        frames.behind_trap(slot, pc, cursor.x);
    }
    frames.found
}

/// The call stack of the process in slot `idx`, innermost first.
pub(crate) fn of_process(guest: Guest, table: &ProcessTable, idx: usize) -> Vec<Frame> {
    match (table.hart_of(idx), table.slots.get(idx)) {
        (Some(hart), slot) => of_hart(guest, slot, hart),
        (None, Some(slot)) => of_sleeper(guest, slot),
        (None, None) => Vec::new(),
    }
}

/// The call stack of the process in `slot`, which runs on no hart.
fn of_sleeper(guest: Guest, slot: &Slot) -> Vec<Frame> {
    let mut frames = Frames {
        guest,
        found: Vec::new(),
    };
    let text = Text {
        memory: guest.memory(),
        root: kernel_root(guest.machine, Some(guest)),
        code: Some(&guest.symbols.kernel),
    };
    if let Some(mut cursor) = slot
        .context
        .and_then(|at| saved_context(guest.memory(), at))
    {
        // A new thread is to begin there: nothing was called.
        let function = text.function_at(cursor.pc);
        cursor.is_stopped = function.is_some_and(|f| f.start == cursor.pc);
        frames.kernel(&text, cursor, None);
    }
    // Whatever it does in the kernel, and if it has not begun to: it returns to its program.
    frames.behind_trap(slot, None, [0; 32]);
    frames.found
}

/// Where `hart` is: its function, and those that it is inlined into.
pub(crate) fn place_of_hart(guest: Guest, text: &Text, hart: &HartView) -> Vec<Frame> {
    let mut frames = Frames {
        guest,
        found: Vec::new(),
    };
    let cursor = Cursor {
        pc: hart.pc,
        x: hart.x,
        is_stopped: true,
    };
    frames.add(text, &cursor, hart.pc, hart.mode == Mode::User);
    frames.found
}

/// Where `view`'s code is, and what it is: the kernel's, or that of the program in `slot`.
pub(crate) fn text_of_hart<'a>(
    guest: Guest<'a>,
    slot: Option<&Slot>,
    hart: usize,
    view: &HartView,
) -> Text<'a> {
    let satp = guest.machine.csr(hart, SATP).unwrap_or(0);
    let code = match view.mode {
        Mode::User => slot.and_then(|slot| program(guest.symbols, slot)),
        Mode::Supervisor | Mode::Machine => Some(&guest.symbols.kernel),
    };
    Text {
        memory: guest.memory(),
        root: Memory::root_of(satp).filter(|_| view.mode != Mode::Machine),
        code,
    }
}

/// The symbols of the program that `slot`'s process runs.
fn program<'a>(symbols: &'a Symbols, slot: &Slot) -> Option<&'a Code> {
    symbols.program(&slot.name)
}

/// A thread in the middle of `swtch`, its registers saved at `at`: `ra`, `sp`, `s0` to `s11`.
fn saved_context(memory: Memory, at: u64) -> Option<Cursor> {
    let mut x = [0; 32];
    let order = [RA, SP, S0, 9].into_iter().chain(18..28);
    for (n, register) in (0..).zip(order) {
        x[register] = memory.u64(at.checked_add(8 * n)?)?;
    }
    Some(Cursor {
        pc: x[RA],
        x,
        // It goes on behind its call of `swtch`.
        is_stopped: false,
    })
    .filter(|cursor| cursor.pc != 0)
}

impl Frames<'_> {
    /// Adds the places that `cursor` is in.
    fn add(&mut self, text: &Text, cursor: &Cursor, place: u64, is_user: bool) {
        let symbols = self.guest.symbols;
        let pc = Addr(cursor.pc);
        let places = text
            .code
            .map(|code| code.places(text.known_as(place), symbols));
        let places = places.unwrap_or_default();
        if places.is_empty() {
            self.found.push(Frame {
                pc,
                function: None,
                file: None,
                line: None,
                user: is_user,
            });
        }
        self.found.extend(places.iter().map(|place| Frame {
            pc,
            function: Some(place.function.to_owned()),
            file: place.line.map(|(file, _)| file.to_owned()),
            line: place.line.map(|(_, line)| line),
            user: is_user,
        }));
    }

    /// The name of the function that `address` is in.
    fn name(&self, text: &Text, address: u64) -> &str {
        let function = text.function_at(address);
        function.map_or("", |f| self.guest.symbols.short_name(f.name))
    }

    fn is_trampoline(&self, text: &Text, address: u64) -> bool {
        matches!(self.name(text, address), "uservec" | "userret")
    }

    /// Adds the kernel's frames from `cursor` on. `sepc` is the register's value, if it is
    /// of this thread. True if they lead to a program's trap.
    fn kernel(&mut self, text: &Text, cursor: Cursor, sepc: Option<u64>) -> bool {
        let (mut at, mut handler) = (cursor, None);
        while self.found.len() < DEEPEST {
            self.add(text, &at, at.place(), false);
            if self.is_trampoline(text, at.place()) {
                return true;
            }
            let next = if self.name(text, at.place()) == "kernelvec" {
                interrupted(text, &at, handler.as_ref(), sepc)
            } else {
                at.caller(text)
            };
            handler = Some(at);
            match next {
                Some(next) => at = next,
                None => return false,
            }
        }
        false
    }

    /// Adds the frames of a program that is in the kernel, from its trapframe. In the
    /// trampoline, `pc` says where it is, and `x` are its registers until they are saved.
    fn behind_trap(&mut self, slot: &Slot, pc: Option<u64>, x: [u64; 32]) {
        let Some(memory) = slot.memory else { return };
        let Some(mut cursor) = saved_registers(self.guest.memory(), memory.trapframe) else {
            return;
        };
        if let Some(pc) = pc {
            cursor.pc = pc;
            // `uservec` clears `s0` when all registers are saved.
            if x[S0] != 0 {
                cursor.x = x;
            }
        }
        let text = Text {
            memory: self.guest.memory(),
            root: Some(memory.root),
            code: program(self.guest.symbols, slot),
        };
        if cursor.pc != 0 || text.function_at(0).is_some() {
            self.program(&text, cursor);
        }
    }

    /// Adds a program's frames from `cursor` on.
    fn program(&mut self, text: &Text, cursor: Cursor) {
        let mut at = cursor;
        // Behind an `ecall` it is, in the source, still at the call.
        let called = text.insn(at.pc.wrapping_sub(4)).map(|insn| insn.word());
        let place = match called {
            Some(word) if u64::from(word) == ECALL => at.pc.wrapping_sub(4),
            _ => at.pc,
        };
        self.add(text, &at, place, true);
        while self.found.len() < DEEPEST {
            let Some(caller) = at.caller(text) else { break };
            at = caller;
            self.add(text, &at, at.place(), true);
        }
    }
}

/// The registers in the trapframe at `at`: `epc` at 24, `x1` to `x31` from 40 on.
fn saved_registers(memory: Memory, at: u64) -> Option<Cursor> {
    let word = |offset: u64| memory.u64(at.checked_add(offset)?);
    let mut x = [0; 32];
    for (n, register) in (0..).zip(&mut x[1..]) {
        *register = word(40 + 8 * n)?;
    }
    Some(Cursor {
        pc: word(24)?,
        x,
        is_stopped: true,
    })
}

/// What `kernelvec` interrupted: `at` is in `kernelvec`, and `handler`, if it was called, in
/// the function it called.
fn interrupted(
    text: &Text,
    at: &Cursor,
    handler: Option<&Cursor>,
    sepc: Option<u64>,
) -> Option<Cursor> {
    let function = text.function_at(at.place())?;
    let is_left = text.insn(at.pc).is_some_and(|insn| insn.kind == Kind::sret);
    let mut x = at.x;
    if !is_left {
        let done = text.start(function.start, at.pc);
        x[SP] = at.x[SP].wrapping_sub(done.sp as u64);
        for &(register, offset) in &done.saved {
            x[register] = text.u64(x[SP].wrapping_add(offset as u64))?;
        }
    }
    let kept = handler.and_then(|handler| kept_sepc(text, handler));
    Some(Cursor {
        pc: kept.or(sepc)?,
        x,
        is_stopped: true,
    })
    .filter(|cursor| cursor.x[SP] / PAGE != 0)
}

/// Where `handler` keeps the interrupted address while others may take traps: in the register
/// from which it puts `sepc` back.
fn kept_sepc(text: &Text, handler: &Cursor) -> Option<u64> {
    let function = text.function_at(handler.place())?;
    let (mut pc, mut is_kept) = (function.start, false);
    for _ in 0..LONGEST_HANDLER {
        let insn = text.insn(pc).filter(|_| pc < function.end)?;
        let is_sepc = insn.fields.imm == i32::from(SEPC);
        match insn.kind {
            Kind::csrrs if is_sepc && insn.fields.rs1 == 0 => is_kept = pc < handler.pc,
            Kind::csrrw if is_sepc && is_kept => {
                return Some(handler.x[usize::from(insn.fields.rs1)]);
            }
            _ => {}
        }
        pc += u64::from(insn.len);
    }
    None
}
