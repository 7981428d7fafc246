//! A hart: registers, privilege, and what the instructions that touch them do.
//!
//! [`Hart`] holds architectural state ([`HartState`] when saved) and its TLB, which
//! is only a cache of the page tables and never saved.

pub(crate) mod access;
pub(crate) mod block;
mod counter;
pub(crate) mod csr;
mod csr_rows;
mod envcfg;
mod fpu;
mod mmu;
mod pmp;
mod status;
mod tlb;
mod trap;

use serde::{Deserialize, Serialize};

use crate::board::Board;
use crate::form::Form;
use crate::input::Register;
use crate::isa::{Bank, Insn};
use csr::Csrs;
pub(crate) use tlb::Tlb;
pub(crate) use trap::Exception;
pub(crate) use trap::{Trap, irq};

/// Privilege modes, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum Mode {
    /// User.
    User = 0,
    /// Supervisor.
    Supervisor = 1,
    /// Machine.
    Machine = 3,
}

/// Where writes to `x0` go.
const SINK: u8 = 32;
/// Where `f0` stands among the registers; the others follow.
pub(crate) const F0: u8 = 64;
/// Registers of a bank.
const BANK: u8 = 32;

/// A decoded instruction as the interpreter wants it: 12 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Op {
    /// What to do, perhaps together with the instruction that follows.
    pub form: Form,
    /// Destination, as an index to [`Hart::x`]: 1 to 31, [`SINK`], or a float register's.
    pub rd: u8,
    pub rs1: u8,
    pub rs2: u8,
    /// Bytes from the start of its block.
    pub at: u8,
    /// Its length in bytes.
    pub len: u8,
    /// Its place in its block.
    pub nth: u8,
    pub imm: i32,
}

impl Op {
    pub fn new(insn: Insn, at: u8, nth: u8) -> Op {
        let fields = insn.fields;
        let banks = insn.kind.row().map(|row| row.format.banks());
        let [rd_bank, rs1_bank, rs2_bank] = banks.unwrap_or([Bank::Integer; 3]);
        let place = |bank, number| match bank {
            Bank::Integer => number,
            Bank::Float => F0 + number,
        };
        Op {
            form: insn.kind.into(),
            rd: match place(rd_bank, fields.rd) {
                0 => SINK,
                rd => rd,
            },
            rs1: place(rs1_bank, fields.rs1),
            rs2: place(rs2_bank, fields.rs2),
            imm: fields.imm,
            at,
            len: insn.len,
            nth,
        }
    }

    /// The instruction's 32-bit word.
    pub fn word(&self) -> u32 {
        let [rd, rs1, rs2] = [self.rd, self.rs1, self.rs2].map(|place| place % BANK);
        Insn::new(self.form.kind(), rd, rs1, rs2, self.imm).word()
    }
}

/// Where the float registers stand among the registers.
const FLOATS: std::ops::Range<usize> = F0 as usize..(F0 + BANK) as usize;

/// One hart.
#[derive(Debug)]
pub(crate) struct Hart {
    /// `x0` to `x31`, the sink for writes to `x0`, and from [`F0`] on `f0` to `f31`. As long
    /// as a `u8` reaches, so that no access needs a bounds check; the rest is never touched.
    pub x: [u64; 256],
    pub pc: u64,
    pub mode: Mode,
    /// Whether it sits in WFI.
    pub waiting: bool,
    /// Instructions retired.
    pub retired: u64,
    pub csr: Csrs,
    /// The interrupts that devices and timers now assert, as bits of `mip`. Derived
    /// from the board and the time; see [`crate::Machine`].
    pub lines: u64,
    pub tlb: Tlb,
}

/// A hart's architectural state, as saved and hashed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HartState {
    x: [u64; 32],
    f: [u64; 32],
    pc: u64,
    mode: Mode,
    waiting: bool,
    retired: u64,
    csr: Csrs,
}

impl Hart {
    /// Hart `hartid` at reset, about to run at `reset_vector`.
    pub fn new(hartid: u64, reset_vector: u64) -> Hart {
        let mut hart = Hart {
            x: [0; 256],
            pc: reset_vector,
            mode: Mode::Machine,
            waiting: false,
            retired: 0,
            csr: Csrs::new(hartid),
            lines: 0,
            tlb: Tlb::new(),
        };
        hart.retag();
        hart
    }

    /// A copy of the architectural state.
    pub fn save(&self) -> HartState {
        HartState {
            x: self.registers(),
            f: self.float_registers(),
            pc: self.pc,
            mode: self.mode,
            waiting: self.waiting,
            retired: self.retired,
            csr: self.csr.clone(),
        }
    }

    /// Takes on `state`; the interrupt lines are the caller's to refresh.
    pub fn load(&mut self, state: &HartState) {
        self.x[..32].copy_from_slice(&state.x);
        self.x[FLOATS].copy_from_slice(&state.f);
        self.pc = state.pc;
        self.mode = state.mode;
        self.waiting = state.waiting;
        self.retired = state.retired;
        self.csr = state.csr.clone();
        self.tlb.flush();
        self.enter_space();
    }

    /// The registers `x0` to `x31`.
    pub fn registers(&self) -> [u64; 32] {
        let mut x = [0; 32];
        x.copy_from_slice(&self.x[..32]);
        x
    }

    /// The registers `f0` to `f31`.
    pub fn float_registers(&self) -> [u64; 32] {
        let mut f = [0; 32];
        f.copy_from_slice(&self.x[FLOATS]);
        f
    }

    /// Whether it sits in WFI with nothing to wake it.
    pub fn is_asleep(&self) -> bool {
        self.waiting && self.csr.mie & self.mip() == 0
    }

    /// `wfi`: waits until an enabled interrupt is pending, globally enabled or not.
    pub fn wfi(&mut self, op: &Op) -> Result<(), Trap> {
        let is_forbidden = self.mode == Mode::User
            || (self.mode == Mode::Supervisor && self.csr.mstatus & status::TW != 0);
        if is_forbidden {
            return Err(Trap::illegal(op));
        }
        self.waiting = true;
        Ok(())
    }

    /// `sfence.vma`: the TLB knows nothing but what the page tables say now, so there is
    /// nothing to forget; see [`tlb`].
    pub fn sfence_vma(&self, op: &Op) -> Result<(), Trap> {
        let is_forbidden = self.mode == Mode::User
            || (self.mode == Mode::Supervisor && self.csr.mstatus & status::TVM != 0);
        if is_forbidden {
            return Err(Trap::illegal(op));
        }
        Ok(())
    }

    /// `sfence.w.inval` and `sfence.inval.ir`: stores and invalidations are in order already.
    pub fn order_invalidation(&self, op: &Op) -> Result<(), Trap> {
        if self.mode == Mode::User {
            return Err(Trap::illegal(op));
        }
        Ok(())
    }

    /// Forgets every translation.
    pub fn flush_tlb(&mut self) {
        self.tlb.flush();
        self.retag();
    }

    /// After `satp` was written: goes over to what is known under it.
    fn enter_space(&mut self) {
        self.tlb.enter(self.csr.satp);
        self.retag();
    }

    /// Lets the TLB match what the present mode may use; after every change of mode,
    /// or of the bits of `mstatus` that accesses depend on.
    fn retag(&mut self) {
        let data = self.data_mode();
        self.tlb.retag(self.mode, data);
    }

    /// Puts `value` into `register`, if there is such a one.
    pub fn set(&mut self, register: Register, value: u64) {
        match register {
            Register::X(n @ 1..=31) => self.x[usize::from(n)] = value,
            Register::F(n @ 0..=31) => self.x[usize::from(F0 + n)] = value,
            Register::X(_) | Register::F(_) => {}
            Register::Pc => self.pc = value & !1,
        }
    }

    /// The mode loads and stores are made in: `mstatus.MPRV` lends them that of `MPP`.
    fn data_mode(&self) -> Mode {
        if self.csr.mstatus & status::MPRV != 0 {
            status::mpp(self.csr.mstatus)
        } else {
            self.mode
        }
    }

    /// Drops what the TLB knows, or its leave to write, when the board has asked for it since
    /// last time.
    pub fn heed(&mut self, board: &Board) {
        if self.tlb.table_epoch != board.ram.table_epoch() {
            self.tlb.table_epoch = board.ram.table_epoch();
            self.flush_tlb();
        }
        if self.tlb.write_epoch != board.ram.write_epoch() {
            self.tlb.write_epoch = board.ram.write_epoch();
            self.tlb.flush_writes();
            self.retag();
        }
    }
}
