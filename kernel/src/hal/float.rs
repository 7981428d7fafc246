//! The floating-point registers of programs; the kernel itself has no use for them.
//!
//! A program gets them when it first tries to use them (`sstatus.FS` is Off until then, and
//! the instruction traps). From then on they are put back whenever it is returned to, and
//! saved at a trap if they were written (`FS` is Dirty). Others never pay for them.
//!
//! Source: Privileged ISA, "Extension Context Status in `mstatus` Register".

use super::csr;
use core::arch::{asm, global_asm};

global_asm!(include_str!("float.S"));

/// `sstatus.FS`: Initial is its lower bit, Clean its upper, Dirty both, Off none.
const FS: usize = 3 << 13;
const FS_INITIAL: usize = 1 << 13;

/// A program's floating-point registers, and whether it uses them. Order known to float.S.
#[repr(C)]
#[derive(Clone, Debug)]
pub struct Float {
    registers: [u64; 32],
    fcsr: usize,
    /// 0 until the program has used them.
    is_used: usize,
}

unsafe extern "C" {
    fn float_save(registers: *mut u64);
    fn float_restore(registers: *const u64);
}

fn set_fs(fs: usize) {
    // SAFETY: says only whether floating-point instructions trap.
    unsafe {
        asm!("csrc sstatus, {}", "csrs sstatus, {}", in(reg) FS, in(reg) fs, options(nomem, nostack));
    }
}

impl Float {
    /// On a trap from the program: saves the registers if they were written.
    pub fn save(&mut self) {
        if csr::read!("sstatus") & FS == FS {
            // SAFETY: FS is not Off, so the registers are there; there is room for all.
            unsafe { float_save(self.registers.as_mut_ptr()) };
        }
    }

    /// Before going back to the program: puts its registers back if it uses them, and keeps
    /// it from them if not.
    pub fn restore(&self) {
        set_fs(0);
        if self.is_used != 0 {
            set_fs(FS_INITIAL);
            // SAFETY: as above. That leaves FS Dirty; Clean it is.
            unsafe { float_restore(self.registers.as_ptr()) };
            set_fs(FS_INITIAL << 1);
        }
    }

    /// The program has made an illegal instruction: gives it the registers, if that may be
    /// the reason. Returns whether it is to try again.
    pub fn begin(&mut self) -> bool {
        if self.is_used != 0 {
            return false;
        }
        // Without the extensions FS stays Off.
        set_fs(FS_INITIAL);
        let is_there = csr::read!("sstatus") & FS != 0;
        self.is_used = usize::from(is_there);
        is_there
    }
}
