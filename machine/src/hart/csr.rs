//! Control and status registers: who may touch which, and what an access does. The
//! registers themselves are rows in `csr_rows.rs`.
//! Source: Privileged ISA, "Control and Status Registers (CSRs)".

use serde::{Deserialize, Serialize};

use super::counter::Counter;
use super::csr_rows::{ROWS, Row};
use super::envcfg::{self, STCE};
use super::pmp::Pmp;
use super::trap::irq;
use super::{Hart, Mode, Op, Trap, mmu, status};
use crate::board::Board;
use crate::event::Happening;

pub(super) const MIP: u16 = 0x344;

/// What the registers hold. Fields that need no thought are what software last wrote.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Csrs {
    /// Accrued floating-point exceptions, and the rounding mode.
    pub(super) fflags: u8,
    pub(super) frm: u8,
    pub(super) mhartid: u64,
    pub(super) mstatus: u64,
    pub(super) medeleg: u64,
    pub(super) mideleg: u64,
    pub(super) mie: u64,
    /// The bits of `mip` that software writes; devices' are in [`Hart::lines`].
    pub(super) mip: u64,
    pub(super) mtvec: u64,
    pub(super) mcounteren: u64,
    pub(super) mscratch: u64,
    pub(super) mepc: u64,
    pub(super) mcause: u64,
    pub(super) mtval: u64,
    pub(super) menvcfg: u64,
    pub(super) pmp: Pmp,
    pub(super) stvec: u64,
    pub(super) scounteren: u64,
    pub(super) senvcfg: u64,
    pub(super) sscratch: u64,
    pub(super) sepc: u64,
    pub(super) scause: u64,
    pub(super) stval: u64,
    pub(super) satp: u64,
    pub(super) stimecmp: u64,
    /// Follows the machine's time.
    pub(super) mcycle: Counter,
    /// Follows the instructions the hart retired.
    pub(super) minstret: Counter,
}

impl Csrs {
    /// The registers of hart `hartid` at reset.
    pub fn new(hartid: u64) -> Csrs {
        Csrs {
            mhartid: hartid,
            mstatus: status::RESET,
            menvcfg: envcfg::RESET,
            stimecmp: u64::MAX,
            ..Csrs::default()
        }
    }

    /// The time at which `stimecmp` raises STIP, if it is enabled.
    pub fn supervisor_deadline(&self) -> Option<u64> {
        (self.menvcfg & STCE != 0).then_some(self.stimecmp)
    }
}

/// The row of CSR `number`.
fn row(number: u16) -> Option<&'static Row> {
    let after = ROWS.partition_point(|row| row.first <= number);
    let row = &ROWS[after.checked_sub(1)?];
    (number <= row.last).then_some(row)
}

/// The name of CSR `number`, as in the manual, if the machine has it.
pub fn name(number: u16) -> Option<String> {
    let row = row(number)?;
    Some(if row.first == row.last {
        row.name.to_owned()
    } else {
        format!("{}{}", row.name, number - row.first + row.counted_from)
    })
}

/// The number of the CSR called `name`, if the machine has it.
pub fn number(name: &str) -> Option<u16> {
    let number_in = |row: &Row| {
        let nth = match name.strip_prefix(row.name)? {
            "" if row.first == row.last => 0,
            digits => digits.parse::<u16>().ok()?.checked_sub(row.counted_from)?,
        };
        let number = row.first.checked_add(nth)?;
        (number <= row.last).then_some(number)
    };
    ROWS.iter().find_map(number_in)
}

impl Hart {
    /// What CSR `number` holds, whatever mode may read it; `None` if there is none.
    pub fn csr_value(&self, board: &Board, number: u16) -> Option<u64> {
        let row = row(number)?;
        Some((row.read)(self, board, number - row.first))
    }

    /// `csrrw`: writes `value`, and what was there to `rd`.
    pub fn csr_swap(&mut self, board: &mut Board, op: &Op, value: u64) -> Result<(), Trap> {
        let row = self.csr_row(op, true)?;
        let n = op.imm as u16 - row.first;
        let old = (row.read)(self, board, n);
        (row.write)(self, board, n, value);
        board.tell_csr(op.imm as u16, old, Some(value));
        self.x[usize::from(op.rd)] = old;
        Ok(())
    }

    /// `csrrs` and `csrrc`: writes what `change` makes of the register, unless the operand
    /// is `x0` or the immediate 0, which only reads.
    pub fn csr_change(
        &mut self,
        board: &mut Board,
        op: &Op,
        change: impl FnOnce(u64) -> u64,
    ) -> Result<(), Trap> {
        let is_written = op.rs1 != 0;
        let row = self.csr_row(op, is_written)?;
        let n = op.imm as u16 - row.first;
        let old = (row.read)(self, board, n);
        let mut new = None;
        if is_written {
            // An interrupt that a device asserts must not become one software asserts.
            let own = match op.imm as u16 {
                MIP => old & !(self.lines & irq::ALL) | self.csr.mip,
                _ => old,
            };
            let value = change(own);
            (row.write)(self, board, n, value);
            new = Some(value);
        }
        board.tell_csr(op.imm as u16, old, new);
        self.x[usize::from(op.rd)] = old;
        Ok(())
    }

    /// The row `op` names, if it may be accessed so now.
    fn csr_row(&self, op: &Op, is_written: bool) -> Result<&'static Row, Trap> {
        let number = op.imm as u16;
        let is_read_only = number >> 10 & 3 == 3;
        let least_mode = number >> 8 & 3;
        row(number)
            .filter(|_| self.mode as u16 >= least_mode && !(is_written && is_read_only))
            .filter(|row| (row.is_open)(self, number - row.first))
            .ok_or_else(|| Trap::illegal(op))
    }

    /// Whether the counter with bit `n` of `mcounteren` and `scounteren` may be read.
    pub(super) fn may_count(&self, n: u16) -> bool {
        let by_machine = self.mode == Mode::Machine || self.csr.mcounteren >> n & 1 != 0;
        let by_supervisor = self.mode != Mode::User || self.csr.scounteren >> n & 1 != 0;
        by_machine && by_supervisor
    }

    /// Whether `stimecmp` may be accessed.
    pub(super) fn may_compare_time(&self) -> bool {
        const TIME: u64 = 1 << 1;
        self.mode == Mode::Machine
            || (self.csr.mcounteren & TIME != 0 && self.csr.menvcfg & STCE != 0)
    }

    pub(super) fn write_mstatus(&mut self, value: u64) {
        let old = self.csr.mstatus;
        self.csr.mstatus = status::write(old, value);
        self.heed_status(old);
    }

    pub(super) fn write_sstatus(&mut self, value: u64) {
        let old = self.csr.mstatus;
        self.csr.mstatus = status::write_supervisor(old, value);
        self.heed_status(old);
    }

    /// Lets accesses be what `mstatus` says now that it was `old`: SUM and MXR change what is
    /// allowed, MPRV and MPP whose accesses they are.
    fn heed_status(&mut self, old: u64) {
        if (old ^ self.csr.mstatus) & (status::SUM | status::MXR) != 0 {
            self.flush_tlb();
        } else {
            self.retag();
        }
    }

    pub(super) fn mcycle(&self, board: &Board) -> u64 {
        self.csr.mcycle.value(board.now)
    }

    pub(super) fn minstret(&self) -> u64 {
        self.csr.minstret.value(self.retired)
    }

    pub(super) fn write_minstret(&mut self, value: u64) {
        // The write itself is not counted: the next instruction reads `value`.
        self.csr.minstret.set(value, self.retired.wrapping_add(1));
    }

    pub(super) fn mcountinhibit(&self) -> u64 {
        let (cycle, instret) = (&self.csr.mcycle, &self.csr.minstret);
        u64::from(cycle.is_stopped()) | u64::from(instret.is_stopped()) << 2
    }

    pub(super) fn write_mcountinhibit(&mut self, board: &Board, value: u64) {
        let csr = &mut self.csr;
        csr.mcycle.stop(value & 1 != 0, board.now);
        // The write itself is counted if instructions were before.
        let retired = self.retired.wrapping_add(1);
        csr.minstret.stop(value & 4 != 0, retired);
    }

    pub(super) fn write_menvcfg(&mut self, board: &mut Board, value: u64) {
        let old = self.csr.menvcfg;
        self.csr.menvcfg = envcfg::write(old, value);
        if value & STCE != 0 {
            self.csr.mip &= !irq::STIP;
        }
        if (old ^ value) & (envcfg::ADUE | envcfg::PBMTE) != 0 {
            self.flush_tlb();
        }
        // There may be a deadline more or less.
        board.touched = true;
    }

    /// Writes `pmpcfg` number `n`, which is even.
    pub(super) fn write_pmpcfg(&mut self, n: usize, value: u64) {
        self.csr.pmp.write_cfg(n, value);
        self.flush_tlb();
    }

    pub(super) fn write_satp(&mut self, board: &mut Board, value: u64) {
        // A write that asks for a mode the hart lacks has no effect at all.
        if mmu::levels(value).is_some() {
            self.csr.satp = value;
            self.enter_space();
            board.watcher.note(Happening::Satp { value });
        }
    }
}
