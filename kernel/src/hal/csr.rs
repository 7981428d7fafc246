//! Registers of the hart that supervisor mode works with.
//!
//! Source: Privileged ISA, "Supervisor-Level ISA".

use core::arch::asm;

const SSTATUS_SIE: usize = 1 << 1;

macro_rules! read {
    ($csr:literal) => {{
        let value: usize;
        // SAFETY: reading this register changes nothing.
        unsafe { core::arch::asm!(concat!("csrr {}, ", $csr), out(reg) value, options(nomem, nostack)) };
        value
    }};
}
pub(super) use read;

/// Which hart this is. True only while interrupts are off: afterwards the thread
/// may be on another.
pub fn hart_id() -> usize {
    let id: usize;
    // SAFETY: boot put the number there, the trap code keeps it there, and Rust has no
    // other use for `tp` on this target.
    unsafe { asm!("mv {}, tp", out(reg) id, options(nomem, nostack)) };
    id
}

/// Lets interrupts come.
pub fn intr_on() {
    // SAFETY: taking an interrupt is safe wherever this is called: the handler keeps
    // all registers.
    unsafe { asm!("csrs sstatus, {}", in(reg) SSTATUS_SIE, options(nostack)) };
}

/// Keeps interrupts away. Returns whether they could come before.
pub fn intr_off() -> bool {
    let sstatus: usize;
    // SAFETY: changes nothing but when interrupts come.
    unsafe {
        asm!("csrrci {}, sstatus, {}", out(reg) sstatus, const SSTATUS_SIE, options(nostack));
    }
    sstatus & SSTATUS_SIE != 0
}

/// Whether interrupts may come.
pub fn intr_get() -> bool {
    read!("sstatus") & SSTATUS_SIE != 0
}

/// The clock, in `mtime` counts since reset.
pub fn time() -> usize {
    read!("time")
}

/// Waits until an interrupt is pending, even one kept away by [`intr_off`].
pub fn wfi() {
    // SAFETY: only waits.
    unsafe { asm!("wfi", options(nomem, nostack)) };
}

/// Stops this hart for good.
pub fn freeze() -> ! {
    intr_off();
    // With none that could be pending, `wfi` really waits.
    // SAFETY: keeps interrupts away, as above.
    unsafe { asm!("csrw sie, zero", options(nomem, nostack)) };
    loop {
        wfi();
    }
}

/// Forgets every cached translation of this hart.
pub fn sfence_vma() {
    // SAFETY: translations are read again from the page tables.
    unsafe { asm!("sfence.vma zero, zero", options(nostack)) };
}
