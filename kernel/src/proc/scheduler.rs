//! Which process a hart runs: each in turn, until it sleeps, ends, or the clock ticks.

use super::{Locked, PROC, Proc, State, caller, slot_of};
use crate::hal::csr;
use crate::printk;
use crate::sync::{SpinGuard, cpu};
use abi::limits::NPROC;
use core::sync::atomic::{AtomicU64, Ordering};

/// The slots whose process is runnable, a bit each. Changed under the lock of the slot;
/// looked at without, to pass over the others. A hart that looks too early sees it when it
/// looks again. Taking all 64 locks instead costs 3,500 instructions for each switch.
static RUNNABLE: AtomicU64 = AtomicU64::new(0);

const _: () = assert!(NPROC <= 64);

/// Lets the scheduler have a process.
pub(super) fn make_runnable(proc: &'static Proc, locked: &mut Locked) {
    locked.state = State::Runnable;
    RUNNABLE.fetch_or(1 << slot_of(proc), Ordering::Relaxed);
}

/// What every hart does from boot on: looks for a process that can run, and runs it.
pub fn scheduler() -> ! {
    loop {
        // Lets interrupts in that came while everybody slept; off again, so that none
        // comes between finding nothing and waiting.
        csr::intr_on();
        csr::intr_off();
        printk::freeze_if_panicked();
        let mut found = false;
        for (slot, proc) in PROC.iter().enumerate() {
            if RUNNABLE.load(Ordering::Relaxed) & (1 << slot) == 0 {
                continue;
            }
            let mut locked = proc.lock.acquire();
            if locked.state == State::Runnable {
                locked.state = State::Running;
                RUNNABLE.fetch_and(!(1 << slot), Ordering::Relaxed);
                // It lets go of its lock, and takes it again before it comes back.
                cpu::run(slot, &mut locked.thread);
                found = true;
            }
        }
        if !found {
            // Until the next interrupt, which may make somebody runnable. What another
            // hart does is seen after the next clock tick at the latest.
            csr::wfi();
        }
    }
}

/// Leaves the hart to its scheduler. The state has been changed; no other lock is held.
#[inline(never)]
pub(super) fn sched(locked: &mut SpinGuard<Locked>) {
    assert!(locked.state != State::Running, "sched running");
    cpu::leave(&mut locked.thread);
}

/// Lets others run for once.
#[inline(never)]
pub fn yield_() {
    let proc = caller();
    let mut locked = proc.lock.acquire();
    make_runnable(proc, &mut locked);
    sched(&mut locked);
}
