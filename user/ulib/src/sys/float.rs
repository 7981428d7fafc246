//! The floating-point registers as they are, for programs that test whether the kernel keeps
//! them. No other program of ours has floating-point instructions.

use core::arch::asm;

/// All of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registers {
    /// `f0` to `f31`, bits and all.
    pub f: [u64; 32],
    /// Rounding mode and flags.
    pub fcsr: usize,
}

macro_rules! for_all {
    ($insn:literal) => {
        concat!(
            ".option push\n.option arch, +d\n",
            ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n",
            $insn, " f\\n, 8 * \\n({f})\n",
            ".endr\n",
        )
    };
}

/// What they hold.
pub fn read() -> Registers {
    let mut f = [0; 32];
    let fcsr: usize;
    // SAFETY: there is room for all; nobody has declared to use them.
    unsafe {
        asm!(
            for_all!("fsd"),
            "frcsr {fcsr}",
            ".option pop",
            f = in(reg) f.as_mut_ptr(),
            fcsr = out(reg) fcsr,
            options(nostack),
        );
    }
    Registers { f, fcsr }
}

/// Makes them hold something else.
pub fn write(registers: &Registers) {
    // SAFETY: the compiler is told of no floating-point registers, and keeps nothing there.
    unsafe {
        asm!(
            for_all!("fld"),
            "fscsr {fcsr}",
            ".option pop",
            f = in(reg) registers.f.as_ptr(),
            fcsr = in(reg) registers.fcsr,
            options(nostack, readonly),
        );
    }
}
