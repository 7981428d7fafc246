//! The clock interrupt of each hart: by Sstc where there is one, else from the CLINT by
//! way of machine mode.
//!
//! Source: Privileged ISA, "Sstc Extension for Supervisor-mode Timer Interrupts".

use super::board::TICK;
use super::{clint, csr};
use abi::limits::NCPU;
use core::arch::asm;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// `menvcfg.STCE`: supervisor mode may use `stimecmp`.
const MENVCFG_STCE: usize = 1 << 63;

/// `mtime` counts from one clock interrupt of a hart to the next: a tick, or less.
static SLICE: AtomicUsize = AtomicUsize::new(TICK);

/// When each hart's tick is over, if slices are shorter.
static TICK_ENDS: [AtomicUsize; NCPU] = [const { AtomicUsize::new(0) }; NCPU];

/// Has every hart interrupted by its clock every so many milliseconds, at least 1 and at most a tick.
pub fn set_slice(milliseconds: usize) {
    let slice = TICK / 100 * milliseconds;
    SLICE.store(slice, Ordering::Relaxed);
    clint::set_interval(slice);
}

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
    next_slice();
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

/// Asks for this hart's next clock interrupt, a slice from now. From the CLINT they come
/// unasked. Returns whether a tick is over for this hart.
pub fn next_slice() -> bool {
    let slice = SLICE.load(Ordering::Relaxed);
    if HAS_SSTC.load(Ordering::Relaxed) {
        let deadline = csr::time() + slice;
        // SAFETY: `stimecmp` is there; it only says when the interrupt comes.
        unsafe { asm!("csrw 0x14d, {}", in(reg) deadline, options(nomem, nostack)) };
    }
    if slice == TICK {
        return true;
    }
    let (now, tick_ends) = (csr::time(), &TICK_ENDS[csr::hart_id()]);
    let is_over = now >= tick_ends.load(Ordering::Relaxed);
    if is_over {
        tick_ends.store(now + TICK, Ordering::Relaxed);
    }
    is_over
}
