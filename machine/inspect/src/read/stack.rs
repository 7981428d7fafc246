//! Call stacks: of the kernel's thread and, through the trap, of the program.
//!
//! What joins them is xv6's: `uservec` and `userret` in the trampoline, `kernelvec`, and the
//! trapframe.

use machine::isa::{Insn, Kind};
use machine::{HartView, Mode};

use super::subject::kernel_root;
use super::table::{ProcessTable, Slot};
use crate::guest::code::{RA, S0, SP, Text};
use crate::guest::unwind::Cursor;
use crate::guest::{Guest, Memory, PAGE};
use crate::symbols::Code;
use crate::view::{Addr, Frame};

/// Frames that are shown at most.
const DEEPEST: usize = 64;
/// The numbers of `satp` and `sepc`.
const SATP: u16 = 0x180;
const SEPC: u16 = 0x141;
/// Where in a trapframe the program's counter is.
const EPC: u64 = 24;
/// `ecall`, which is 4 bytes long.
const ECALL: u64 = 0x73;
/// Bytes that a kernel stack has at most.
const LARGEST_STACK: u64 = 4 * PAGE;
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
    let is_entry = frames.name(&text, view.pc) == "uservec";
    let is_unsaved = frames.kernel(&text, cursor, sepc);
    if let Some(slot) = slot.filter(|slot| is_on(guest, slot, hart)) {
        // The program's registers are its own until the stack pointer is the kernel's.
        let is_own = is_entry && Some(view.x[SP]) != slot.stack_top;
        let pc = sepc.filter(|_| is_unsaved);
        frames.behind_trap(slot, pc, is_own.then_some(view.x));
    }
    frames.found
}

/// The call stack of the process in slot `idx`, innermost first.
pub(crate) fn of_process(guest: Guest, table: &ProcessTable, idx: usize) -> Vec<Frame> {
    let Some(slot) = table.slots.get(idx) else {
        return Vec::new();
    };
    match table.hart_of(idx) {
        Some(hart) if is_on(guest, slot, hart) => of_hart(guest, Some(slot), hart),
        // The scheduler chose it, or takes it down: the hart is not on its stack.
        Some(_) | None => of_sleeper(guest, slot),
    }
}

/// Whether what `hart` does is the process's in `slot`, not the scheduler's.
fn is_on(guest: Guest, slot: &Slot, hart: usize) -> bool {
    let harts = guest.machine.harts();
    let Some(view) = harts.get(hart) else {
        return false;
    };
    let text = text_of_hart(guest, Some(slot), hart, view);
    let name = text.function_at(view.pc).map_or(0, |f| f.name);
    let top = slot.stack_top.unwrap_or(0);
    view.mode == Mode::User
        || is_trampoline(guest.symbols.short_name(name))
        || (top.saturating_sub(LARGEST_STACK)..=top).contains(&view.x[SP])
}

/// Whether `function` is one of those between program and kernel.
fn is_trampoline(function: &str) -> bool {
    matches!(function, "uservec" | "userret")
}

/// The call stack of the process in `slot`, which runs on no hart.
fn of_sleeper(guest: Guest, slot: &Slot) -> Vec<Frame> {
    let mut frames = Frames {
        guest,
        found: Vec::new(),
    };
    let text = kernel_text(guest);
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
    frames.behind_trap(slot, None, None);
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
        Mode::User => slot.and_then(|slot| program(guest, slot)),
        Mode::Supervisor | Mode::Machine => Some(&guest.symbols.kernel),
    };
    Text {
        memory: guest.memory(),
        root: Memory::root_of(satp).filter(|_| view.mode != Mode::Machine),
        code,
    }
}

/// The kernel's code, as its threads see it.
pub(crate) fn kernel_text(guest: Guest) -> Text {
    Text {
        memory: guest.memory(),
        root: kernel_root(guest.machine, Some(guest)),
        code: Some(&guest.symbols.kernel),
    }
}

/// The code of the program in `slot`, if it has memory.
pub(crate) fn program_text<'a>(guest: Guest<'a>, slot: &Slot) -> Option<Text<'a>> {
    Some(Text {
        memory: guest.memory(),
        root: Some(slot.memory?.root),
        code: program(guest, slot),
    })
}

/// The symbols of the program that is in the memory of `slot`'s process: `exec` changes name
/// and memory one after the other.
fn program<'a>(guest: Guest<'a>, slot: &Slot) -> Option<&'a Code> {
    let (memory, root) = (guest.memory(), slot.memory?.root);
    let read = |at, len| memory.bytes_at(root, at, len);
    let found = guest.symbols.program_in(&slot.name, read);
    found.map(|program| &program.code)
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

    /// Adds the kernel's frames from `cursor` on. `sepc` is the register's value, if it is
    /// of this thread. True if they lead to a program whose counter is only there, not yet
    /// in its trapframe.
    fn kernel(&mut self, text: &Text, cursor: Cursor, sepc: Option<u64>) -> bool {
        let (mut at, mut handler, mut is_saved) = (cursor, None, false);
        while self.found.len() < DEEPEST {
            let place = at.place(text);
            self.add(text, &at, place, false);
            let next = match self.name(text, place) {
                name if is_trampoline(name) => return !is_saved,
                "kernelvec" => interrupted(text, &at, handler.as_ref(), sepc),
                name => {
                    is_saved |= name == "usertrap" && has_saved_sepc(text, &at);
                    at.caller(text)
                }
            };
            handler = Some(at);
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        false
    }

    /// Adds the frames of a program that is in the kernel, from its trapframe; `pc` and `x`
    /// are its counter and its registers if that does not hold them.
    fn behind_trap(&mut self, slot: &Slot, pc: Option<u64>, x: Option<[u64; 32]>) {
        let (Some(memory), Some(text)) = (slot.memory, program_text(self.guest, slot)) else {
            return;
        };
        let Some(mut cursor) = saved_registers(self.guest.memory(), memory.trapframe) else {
            return;
        };
        cursor.pc = pc.unwrap_or(cursor.pc);
        cursor.x = x.unwrap_or(cursor.x);
        // Before its first `exec` it has no program to return to.
        if text.insn(cursor.pc).is_some() {
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
            self.add(text, &at, at.place(text), true);
        }
    }
}

/// The registers in the trapframe at `at`: `epc`, and `x1` to `x31` from 40 on.
fn saved_registers(memory: Memory, at: u64) -> Option<Cursor> {
    let word = |offset: u64| memory.u64(at.checked_add(offset)?);
    let mut x = [0; 32];
    for (n, register) in (0..).zip(&mut x[1..]) {
        *register = word(40 + 8 * n)?;
    }
    Some(Cursor {
        pc: word(EPC)?,
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
    let function = text.function_at(at.place(text))?;
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

/// Whether `handler` has stored `sepc` in the trapframe.
fn has_saved_sepc(text: &Text, handler: &Cursor) -> bool {
    let mut sepc = None;
    for (pc, insn) in handler_code(text, handler) {
        match insn.kind {
            Kind::csrrs if insn.fields.imm == i32::from(SEPC) => sepc = Some(insn.fields.rd),
            Kind::sd if Some(insn.fields.rs2) == sepc && insn.fields.imm == EPC as i32 => {
                return pc < handler.pc;
            }
            _ => {}
        }
    }
    false
}

/// The instructions of the function that `handler` is in.
fn handler_code<'t>(text: &'t Text, handler: &Cursor) -> impl Iterator<Item = (u64, Insn)> + 't {
    let function = text.function_at(handler.place(text)).unwrap_or_default();
    let mut pc = function.start;
    let code = std::iter::from_fn(move || {
        let insn = text.insn(pc).filter(|_| pc < function.end)?;
        let at = pc;
        pc += u64::from(insn.len);
        Some((at, insn))
    });
    code.take(LONGEST_HANDLER)
}

/// Where `handler` keeps the interrupted address while others may take traps: in the register
/// from which it puts `sepc` back.
fn kept_sepc(text: &Text, handler: &Cursor) -> Option<u64> {
    let mut is_kept = false;
    for (pc, insn) in handler_code(text, handler) {
        let is_sepc = insn.fields.imm == i32::from(SEPC);
        match insn.kind {
            Kind::csrrs if is_sepc => is_kept = pc < handler.pc,
            Kind::csrrw if is_sepc && is_kept => {
                return Some(handler.x[usize::from(insn.fields.rs1)]);
            }
            _ => {}
        }
    }
    None
}
