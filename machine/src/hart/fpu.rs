//! The floating-point unit as the hart sees it: when it is on, how it rounds, and what of
//! its use is noted in `mstatus.FS`.
//!
//! The manual lets a hart say Dirty too often, never too seldom. Ours is as exact as QEMU's
//! is: writing a float register or one of its CSRs makes it Dirty, whatever is written.
//! QEMU overlooks the flags that comparisons and conversions to integers raise; ours is
//! Dirty if they raise one that was not raised yet.
//!
//! Source: Privileged ISA, "Extension Context Status in mstatus Register"; Unprivileged
//! ISA, "Floating-Point Control and Status Register".

use super::{Hart, status};
use crate::float::{Fpu, Round};

/// The rounding mode of an instruction that takes it from `frm`.
const DYNAMIC: u8 = 7;

impl Hart {
    /// Whether the unit is on.
    #[inline(always)]
    pub fn has_fpu(&self) -> bool {
        self.csr.mstatus & status::FS != 0
    }

    /// The unit, for an instruction whose rounding mode is in the last bits of `imm`; `None`
    /// if it is off, or the mode reserved.
    #[inline(always)]
    pub fn fpu(&self, imm: i32) -> Option<Fpu> {
        let number = match imm as u8 & 7 {
            DYNAMIC => self.csr.frm,
            number => number,
        };
        let round = Round::from_number(number).filter(|_| self.has_fpu())?;
        let flags = self.csr.fflags;
        Some(Fpu { round, flags })
    }

    /// Whether a float register can be written without a note that it was.
    #[inline(always)]
    pub fn has_dirty_fpu(&self) -> bool {
        self.csr.mstatus & status::FS == status::FS
    }

    /// After an instruction that wrote a float register.
    #[inline(always)]
    pub fn note_float_written(&mut self, fpu: Fpu) {
        self.csr.fflags = fpu.flags;
        self.csr.mstatus |= status::FS;
    }

    /// After an instruction that only read float registers.
    #[inline(always)]
    pub fn note_float_read(&mut self, fpu: Fpu) {
        if self.csr.fflags != fpu.flags {
            self.note_float_written(fpu);
        }
    }

    /// After a load of a float register.
    #[inline(always)]
    pub fn note_float_loaded(&mut self) {
        self.csr.mstatus |= status::FS;
    }

    /// `fcsr`: the rounding mode above the flags.
    pub(super) fn fcsr(&self) -> u64 {
        u64::from(self.csr.frm) << 5 | u64::from(self.csr.fflags)
    }

    pub(super) fn write_fcsr(&mut self, value: u64) {
        self.csr.fflags = value as u8 & 0x1f;
        self.csr.frm = (value >> 5) as u8 & 7;
        self.csr.mstatus |= status::FS;
    }
}
