//! What stays in machine mode: the CLINT's interrupts come there, and are passed on to
//! supervisor mode as its software interrupt. So one hart interrupts another, and so the
//! clock ticks where there is no Sstc.
//!
//! Source: ACLINT, "Machine-level Timer Device (MTIMER)" and "Machine-level Software
//! Interrupt Device (MSWI)"; Privileged ISA, "Machine Interrupt Registers (`mip` and `mie`)".

use super::board::{CLINT, TICK};
use super::{Reg, csr};
use abi::limits::NCPU;
use core::arch::asm;
use core::mem::offset_of;
use core::sync::atomic::{AtomicUsize, Ordering};

const MTIMECMP: usize = CLINT + 0x4000;
const MTIME: usize = CLINT + 0xbff8;
/// Machine software and timer interrupts, in `mie`.
const MIE_MSIE: usize = 1 << 3;
const MIE_MTIE: usize = 1 << 7;
/// Supervisor software interrupt, in `sip`.
const SIP_SSIP: usize = 1 << 1;

/// What `machinevec` in entry.S works with: its `mscratch` leads here.
#[repr(C)]
struct Scratch {
    /// Room for three registers.
    registers: [AtomicUsize; 3],
    /// Where this hart's `msip` is.
    msip: AtomicUsize,
    /// Where its `mtimecmp` is.
    mtimecmp: AtomicUsize,
    /// From one tick of the clock to the next.
    interval: AtomicUsize,
    /// 1 when the clock has ticked, until the supervisor sees it.
    has_ticked: AtomicUsize,
}

static SCRATCH: [Scratch; NCPU] = [const {
    Scratch {
        registers: [const { AtomicUsize::new(0) }; 3],
        msip: AtomicUsize::new(0),
        mtimecmp: AtomicUsize::new(0),
        interval: AtomicUsize::new(0),
        has_ticked: AtomicUsize::new(0),
    }
}; NCPU];

// entry.S has the numbers.
const _: () = assert!(
    offset_of!(Scratch, msip) == 24
        && offset_of!(Scratch, mtimecmp) == 32
        && offset_of!(Scratch, interval) == 40
        && offset_of!(Scratch, has_ticked) == 48
);

fn msip(hart: usize) -> usize {
    CLINT + 4 * hart
}

/// Lets the CLINT interrupt this hart: for other harts, and for the clock if `has_clock`.
///
/// # Safety
/// Called in machine mode, once for each hart; `mtvec` is not changed afterwards.
pub unsafe fn start(hart: usize, has_clock: bool) {
    let mtimecmp = MTIMECMP + 8 * hart;
    let scratch = &SCRATCH[hart];
    scratch.msip.store(msip(hart), Ordering::Relaxed);
    scratch.mtimecmp.store(mtimecmp, Ordering::Relaxed);
    // Unless hart 0 was faster and has chosen.
    let _ = scratch
        .interval
        .compare_exchange(0, TICK, Ordering::Relaxed, Ordering::Relaxed);
    let clock = if has_clock { MIE_MTIE } else { 0 };
    // SAFETY: these are the CLINT's registers and this hart's own; `machinevec` finds in
    // mscratch what it expects, and keeps every register.
    unsafe {
        if has_clock {
            let now = (MTIME as *const usize).read_volatile();
            (mtimecmp as *mut usize).write_volatile(now + TICK);
        }
        asm!(
            "csrw mscratch, {scratch}",
            "la   {vector}, machinevec",
            "csrw mtvec, {vector}",
            "csrs mie, {mie}",
            scratch = in(reg) core::ptr::from_ref(scratch),
            vector = out(reg) _,
            mie = in(reg) MIE_MSIE | clock,
            options(nostack),
        );
    }
}

/// Has the clock interrupt every so many `mtime` counts, where it does so from here.
pub fn set_interval(interval: usize) {
    for scratch in &SCRATCH {
        scratch.interval.store(interval, Ordering::Relaxed);
    }
}

/// Interrupts `hart`, below [`NCPU`]; one that is not there does not mind.
pub fn interrupt(hart: usize) {
    // SAFETY: that hart's msip, which is mapped.
    unsafe { Reg::<u32>::at(msip(hart)) }.write(1);
}

/// Takes this hart's software interrupt back. Returns whether the clock has ticked; if
/// not, another hart wanted attention.
pub fn take_back() -> bool {
    // SAFETY: only says that the interrupt has been seen.
    unsafe { asm!("csrc sip, {}", in(reg) SIP_SSIP, options(nomem, nostack)) };
    // After that: what comes now interrupts again.
    SCRATCH[csr::hart_id()]
        .has_ticked
        .swap(0, Ordering::Relaxed)
        != 0
}
