//! The clock interrupt of each hart: by Sstc where there is one, else from the CLINT by
//! way of machine mode.
//!
//! Source: Privileged ISA, "Sstc Extension for Supervisor-mode Timer Interrupts"; ACLINT,
//! "Machine-level Timer Device (MTIMER)".

use super::board::{CLINT, TICK};
use super::csr;
use abi::limits::NCPU;
use core::arch::asm;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const MTIMECMP: usize = CLINT + 0x4000;
const MTIME: usize = CLINT + 0xbff8;
/// `menvcfg.STCE`: supervisor mode may use `stimecmp`.
const MENVCFG_STCE: usize = 1 << 63;
/// Machine timer interrupt, in `mie`.
const MIE_MTIE: usize = 1 << 7;
/// Supervisor software interrupt, in `sip`.
const SIP_SSIP: usize = 1 << 1;

/// Whether the harts have Sstc. All have or none has.
static HAS_SSTC: AtomicBool = AtomicBool::new(false);

/// What `timervec` in entry.S works with, by hart.
static SCRATCH: [[AtomicUsize; 5]; NCPU] = [const { [const { AtomicUsize::new(0) }; 5] }; NCPU];

/// Starts the clock of this hart.
///
/// # Safety
/// Called in machine mode, once for each hart, before `mtvec` is relied on.
pub unsafe fn start(hart: usize) {
    // SAFETY: as the caller says.
    let has_sstc = unsafe { probe_sstc() };
    HAS_SSTC.store(has_sstc, Ordering::Relaxed);
    if has_sstc {
        next_tick();
        // SAFETY: nothing in machine mode is to run any more.
        unsafe { asm!("la {0}, park", "csrw mtvec, {0}", out(reg) _, options(nostack)) };
        return;
    }
    let mtimecmp = MTIMECMP + 8 * hart;
    let scratch = &SCRATCH[hart];
    scratch[2].store(mtimecmp, Ordering::Relaxed);
    scratch[3].store(TICK, Ordering::Relaxed);
    // SAFETY: these are the CLINT's registers and this hart's own; `timervec` finds in
    // mscratch what it expects, and keeps every register.
    unsafe {
        let now = (MTIME as *const usize).read_volatile();
        (mtimecmp as *mut usize).write_volatile(now + TICK);
        asm!(
            "csrw mscratch, {scratch}",
            "la   {vector}, timervec",
            "csrw mtvec, {vector}",
            "csrs mie, {mtie}",
            scratch = in(reg) scratch.as_ptr(),
            vector = out(reg) _,
            mtie = in(reg) MIE_MTIE,
            options(nostack),
        );
    }
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

/// Answers this hart's clock interrupt: asks for the next one, a tick from now.
pub fn next_tick() {
    if HAS_SSTC.load(Ordering::Relaxed) {
        let deadline = csr::time() + TICK;
        // SAFETY: `stimecmp` is there; it only says when the interrupt comes.
        unsafe { asm!("csrw 0x14d, {}", in(reg) deadline, options(nomem, nostack)) };
    } else {
        // SAFETY: takes back the interrupt that `timervec` posted; it posts the next.
        unsafe { asm!("csrc sip, {}", in(reg) SIP_SSIP, options(nomem, nostack)) };
    }
}
