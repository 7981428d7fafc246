//! Which process a hart runs: each in turn, until it sleeps, ends, or the clock ticks.

use super::slots::SlotSet;
use super::{Locked, PROC, Proc, State, caller, slot_of};
use crate::hal::{clint, csr};
use crate::printk;
use crate::sync::{SpinGuard, cpu};
use core::sync::atomic::{AtomicUsize, Ordering};

/// The slots whose process is runnable. Changed under the lock of the slot; looked at without,
/// to pass over the others. A hart that looks too early sees it when it looks again.
static RUNNABLE: SlotSet = SlotSet::new();

/// The harts that found nothing to run and wait for an interrupt, a bit each.
static IDLE: AtomicUsize = AtomicUsize::new(0);

/// Lets the schedulers have a process: one that is idle is told.
pub(super) fn make_runnable(proc: &'static Proc, locked: &mut Locked) {
    set_runnable(proc, locked);
    // A hart that runs nothing is about to look for itself.
    if cpu::current_slot().is_some() {
        wake_idle_hart();
    }
}

fn set_runnable(proc: &'static Proc, locked: &mut Locked) {
    locked.state = State::Runnable;
    RUNNABLE.insert(slot_of(proc));
}

/// Interrupts one of the harts that wait, if one does. With interrupts off.
fn wake_idle_hart() {
    let idle = IDLE.load(Ordering::SeqCst);
    let hart = idle.trailing_zeros() as usize;
    // Not if somebody else is waking that one.
    if idle != 0 && IDLE.fetch_and(!(1 << hart), Ordering::SeqCst) & 1 << hart != 0 {
        clint::interrupt(hart);
    }
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
        for slot in RUNNABLE.iter() {
            let mut locked = PROC[slot].lock.acquire();
            if locked.state == State::Runnable {
                locked.state = State::Running;
                // There may be more than this hart can run.
                if RUNNABLE.remove(slot) {
                    wake_idle_hart();
                }
                // It lets go of its lock, and takes it again before it comes back.
                let begun = csr::time();
                cpu::run(slot, &mut locked.thread);
                locked.ran += csr::time() - begun;
                found = true;
            }
        }
        if !found {
            wait_for_interrupt();
        }
    }
}

/// Waits until an interrupt is there: it may make somebody runnable, or say that another
/// hart has.
fn wait_for_interrupt() {
    let me = 1 << csr::hart_id();
    IDLE.fetch_or(me, Ordering::SeqCst);
    // Who makes a process runnable before this look is seen here; who does it after sees
    // that this hart is idle.
    if RUNNABLE.is_empty() {
        csr::wfi();
    }
    IDLE.fetch_and(!me, Ordering::SeqCst);
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
    // This hart's scheduler is next to look; nobody else needs to be told.
    set_runnable(proc, &mut locked);
    sched(&mut locked);
}
