//! The clock interrupt of each hart: by Sstc where there is one, else from the CLINT by
//! way of machine mode.
//!
//! Source: Privileged ISA, "Sstc Extension for Supervisor-mode Timer Interrupts".

use super::board::TICK;
use super::{clint, csr};
use core::arch::asm;
use core::sync::atomic::{AtomicBool, Ordering};

/// `menvcfg.STCE`: supervisor mode may use `stimecmp`.
const MENVCFG_STCE: usize = 1 << 63;

/// Whether the harts have Sstc. All have or none has.
static HAS_SSTC: AtomicBool = AtomicBool::new(false);

/// Starts the clock of this hart, and lets other harts interrupt it.
///
/// # Safety
/// Called in machine mode, once for each hart; `mtvec` is not changed afterwards.
pub unsafe fn start(hart: usize) {
    // SAFETY: as the caller says.
    let has_sstc = unsafe { probe_sstc() };
    HAS_SSTC.store(has_sstc, Ordering::Relaxed);
    next_tick();
    // SAFETY: as the caller says.
    unsafe { clint::start(hart, !has_sstc) };
}

/// Whether `stimecmp` can be used: tries, and lands at `2:` if that traps.
///
/// # Safety
/// Called in machine mode; changes `mtvec`, and on a trap the fields of `mstatus`
/// that hold the state before it.
unsafe fn probe_sstc() -> bool {
    let enabled: usize;
    // SAFETY: the caller expects these registers to change. By their numbers, because
    // assemblers know the names only together with the extension.
    unsafe {
        asm!(
            "la   {scratch}, 2f",
            "csrw mtvec, {scratch}",
            "li   {enabled}, 0",
            "csrs 0x30a, {stce}",
            "csrw 0x14d, {never}",
            "csrr {enabled}, 0x30a",
            ".balign 4",
            "2:",
            scratch = out(reg) _,
            enabled = out(reg) enabled,
            stce = in(reg) MENVCFG_STCE,
            never = in(reg) usize::MAX,
            options(nostack),
        );
    }
    enabled & MENVCFG_STCE != 0
}

/// Asks for this hart's next clock interrupt, a tick from now. From the CLINT they come
/// unasked.
pub fn next_tick() {
    if HAS_SSTC.load(Ordering::Relaxed) {
        let deadline = csr::time() + TICK;
        // SAFETY: `stimecmp` is there; it only says when the interrupt comes.
        unsafe { asm!("csrw 0x14d, {}", in(reg) deadline, options(nomem, nostack)) };
    }
}
