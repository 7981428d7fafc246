//! The hart's counters, which the kernel lets programs read.
//!
//! Source: Unprivileged ISA, "Zicntr Extension for Base Counters and Timers".

/// Reads a counter; 0 on the host, which has others.
macro_rules! counter {
    ($csr:literal) => {{
        let value: u64;
        #[cfg(target_arch = "riscv64")]
        // SAFETY: reading a counter changes nothing. By its number: assemblers know the name
        // only together with the extension.
        unsafe {
            core::arch::asm!(concat!("csrr {}, ", $csr), out(reg) value, options(nomem, nostack));
        }
        #[cfg(not(target_arch = "riscv64"))]
        {
            value = 0;
        }
        value
    }};
}

/// Instructions that this hart has retired, the kernel's and other programs' among them.
/// Exact on a machine that counts them; QEMU, unless it is told to, gives its host's clock.
pub fn rdinstret() -> u64 {
    counter!("0xc02")
}

/// Time since reset, in tenths of a microsecond.
pub fn rdtime() -> u64 {
    counter!("0xc01")
}
