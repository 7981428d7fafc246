//! Which process a hart runs: each in turn, until it sleeps, ends, or the clock ticks.

use super::{Locked, PROC, State, caller};
use crate::hal::csr;
use crate::printk;
use crate::sync::{SpinGuard, cpu};

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
            let mut locked = proc.lock.acquire();
            if locked.state == State::Runnable {
                locked.state = State::Running;
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
pub(super) fn sched(locked: &mut SpinGuard<Locked>) {
    assert!(locked.state != State::Running, "sched running");
    cpu::sched(&mut locked.thread);
}

/// Lets others run for once.
#[inline(never)]
pub fn yield_() {
    let mut locked = caller().lock.acquire();
    locked.state = State::Runnable;
    sched(&mut locked);
}
