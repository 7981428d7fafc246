//! Traps: exceptions and interrupts, how they enter and how they return.
//! Source: Privileged ISA, "Machine Cause Register (mcause)", "Machine Trap Delegation
//! Registers", "Machine Interrupt Registers", "Trap-Return Instructions".

use super::{Hart, Mode, Op, status};
use crate::board::Board;
use crate::event::Happening;
use crate::isa;

/// The synchronous causes, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exception {
    /// Fetch from where there is no memory, or none that may be executed.
    FetchAccess = 1,
    /// No instruction, or one not allowed now.
    IllegalInstruction = 2,
    /// `ebreak`.
    Breakpoint = 3,
    /// `lr` from an address that is not a multiple of its width.
    LoadMisaligned = 4,
    /// Load from where nothing answers.
    LoadAccess = 5,
    /// Atomic at an address that is not a multiple of its width.
    StoreMisaligned = 6,
    /// Store to where nothing answers.
    StoreAccess = 7,
    /// `ecall` from U-mode; the modes above have the next numbers.
    EcallFromUser = 8,
    /// `ecall` from S-mode.
    EcallFromSupervisor = 9,
    /// `ecall` from M-mode.
    EcallFromMachine = 11,
    /// No translation, or one that forbids, for a fetch.
    FetchPage = 12,
    /// The same for a load.
    LoadPage = 13,
    /// The same for a store or an atomic.
    StorePage = 15,
}

impl Exception {
    /// A trap by this cause with `tval` as its value.
    pub(crate) fn at(self, tval: u64) -> Trap {
        Trap {
            exception: self,
            tval,
        }
    }
}

/// An exception on its way to a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trap {
    pub exception: Exception,
    /// What `mtval` or `stval` will hold: the faulting address, or the instruction's 32 bits,
    /// which become the 16 it has in memory if it is short.
    pub tval: u64,
}

impl Trap {
    /// `op` is not allowed here and now.
    #[cold]
    pub fn illegal(op: &Op) -> Trap {
        Exception::IllegalInstruction.at(u64::from(op.word()))
    }
}

/// Bits of `mip`, `mie` and `mideleg`; the numbers are also the causes.
pub(crate) mod irq {
    pub const SSI: u32 = 1;
    pub const MSI: u32 = 3;
    pub const STI: u32 = 5;
    pub const MTI: u32 = 7;
    pub const SEI: u32 = 9;
    pub const MEI: u32 = 11;

    pub const SSIP: u64 = 1 << SSI;
    pub const MSIP: u64 = 1 << MSI;
    pub const STIP: u64 = 1 << STI;
    pub const MTIP: u64 = 1 << MTI;
    pub const SEIP: u64 = 1 << SEI;
    pub const MEIP: u64 = 1 << MEI;

    /// What S-mode may be given.
    pub const SUPERVISOR: u64 = SSIP | STIP | SEIP;
    pub const ALL: u64 = SUPERVISOR | MSIP | MTIP | MEIP;
    /// Of several pending, the first of these is taken.
    pub const BY_PRIORITY: [u32; 6] = [MEI, MSI, MTI, SEI, SSI, STI];
}

const INTERRUPT: u64 = 1 << 63;

impl Hart {
    /// `mip`: what devices assert, and what software wrote.
    pub fn mip(&self) -> u64 {
        self.lines | self.csr.mip
    }

    /// The interrupt to take before the next instruction.
    pub fn pending_interrupt(&self) -> Option<u32> {
        let pending = self.mip() & self.csr.mie;
        if pending == 0 {
            return None;
        }
        let status = self.csr.mstatus;
        let machine = self.mode < Mode::Machine || status & status::MIE != 0;
        let supervisor = self.mode < Mode::Supervisor
            || (self.mode == Mode::Supervisor && status & status::SIE != 0);
        let mut allowed = 0;
        if machine {
            allowed |= pending & !self.csr.mideleg;
        }
        if allowed == 0 && supervisor {
            allowed |= pending & self.csr.mideleg;
        }
        irq::BY_PRIORITY
            .into_iter()
            .find(|&number| allowed >> number & 1 != 0)
    }

    /// Enters the handler of interrupt `number`.
    pub fn take_interrupt(&mut self, board: &mut Board, number: u32) {
        self.waiting = false;
        let is_delegated = self.mode < Mode::Machine && self.csr.mideleg >> number & 1 != 0;
        self.enter_handler(board, INTERRUPT | u64::from(number), 0, is_delegated);
    }

    /// Enters the handler of `trap`, which the instruction at `pc` raised.
    #[cold]
    pub fn take_trap(&mut self, board: &mut Board, trap: Trap) {
        let cause = trap.exception as u64;
        let is_delegated = self.mode < Mode::Machine && self.csr.medeleg >> cause & 1 != 0;
        let tval = match trap.exception {
            Exception::IllegalInstruction => self.short_insn(board).unwrap_or(trap.tval),
            _ => trap.tval,
        };
        self.enter_handler(board, cause, tval, is_delegated);
    }

    /// The instruction at `pc`, if it is of 16 bits: what it was decoded to does not tell.
    fn short_insn(&self, board: &Board) -> Option<u64> {
        let half = board.fetch(self.locate_pc(board)?)?;
        (isa::length(half) == 2).then_some(half.into())
    }

    fn enter_handler(&mut self, board: &mut Board, cause: u64, tval: u64, to_supervisor: bool) {
        let (from, epc) = (self.mode, self.pc);
        let csr = &mut self.csr;
        board.ram.reservations().release();
        let tvec = if to_supervisor {
            csr.sepc = self.pc;
            csr.scause = cause;
            csr.stval = tval;
            csr.mstatus = status::enter_supervisor(csr.mstatus, self.mode);
            self.mode = Mode::Supervisor;
            csr.stvec
        } else {
            csr.mepc = self.pc;
            csr.mcause = cause;
            csr.mtval = tval;
            csr.mstatus = status::enter_machine(csr.mstatus, self.mode);
            self.mode = Mode::Machine;
            csr.mtvec
        };
        let is_vectored = tvec & 1 != 0 && cause & INTERRUPT != 0;
        let offset = if is_vectored { 4 * (cause & 0xff) } else { 0 };
        self.pc = (tvec & !3).wrapping_add(offset);
        self.retag();
        let to = self.mode;
        board.watcher.note(Happening::Trap {
            cause,
            epc,
            tval,
            from,
            to,
        });
    }

    /// `mret`: back to the mode in `MPP`. Gives the next `pc`.
    pub fn mret(&mut self, board: &mut Board, op: &Op) -> Result<u64, Trap> {
        if self.mode < Mode::Machine {
            return Err(Trap::illegal(op));
        }
        let left = status::leave_machine(self.csr.mstatus);
        Ok(self.leave_handler(board, left, self.csr.mepc))
    }

    /// `sret`: back to the mode in `SPP`. Gives the next `pc`.
    pub fn sret(&mut self, board: &mut Board, op: &Op) -> Result<u64, Trap> {
        let is_forbidden = self.mode == Mode::User
            || (self.mode == Mode::Supervisor && self.csr.mstatus & status::TSR != 0);
        if is_forbidden {
            return Err(Trap::illegal(op));
        }
        let left = status::leave_supervisor(self.csr.mstatus);
        Ok(self.leave_handler(board, left, self.csr.sepc))
    }

    /// Takes on `left`, the status and the mode after a return; the handler's reservation, if
    /// it has one, is nothing to who goes on now. Gives the next `pc`.
    fn leave_handler(&mut self, board: &mut Board, left: (u64, Mode), pc: u64) -> u64 {
        let from = self.mode;
        board.ram.reservations().release();
        (self.csr.mstatus, self.mode) = left;
        self.retag();
        let to = self.mode;
        board.watcher.note(Happening::Return { from, to, pc });
        pc
    }

    /// `ecall`: a trap by its mode's own cause.
    pub fn ecall(&self) -> Result<u64, Trap> {
        let exception = match self.mode {
            Mode::User => Exception::EcallFromUser,
            Mode::Supervisor => Exception::EcallFromSupervisor,
            Mode::Machine => Exception::EcallFromMachine,
        };
        Err(exception.at(0))
    }
}
