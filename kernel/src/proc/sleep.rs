//! Waiting for something to happen, and making it known.
//!
//! Who waits holds the lock under which it looked, and gives it up by going to sleep;
//! who makes it happen takes that same lock before `wakeup`. So nothing is missed.

use super::scheduler::{make_runnable, sched, yield_};
use super::slots::SlotSet;
use super::{Locked, PROC, Proc, State, caller, slot_of};
use crate::sync::SpinGuard;
use abi::Error;
use core::sync::atomic::Ordering;

/// What is waited for: the address of the thing that will change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chan(usize);

impl Chan {
    /// The channel of `thing`, which stays where it is.
    pub fn of<T>(thing: &T) -> Chan {
        Chan(core::ptr::from_ref(thing).addr())
    }
}

/// The slots whose process has announced what it waits for, and has not gone on yet.
static WAITING: SlotSet = SlotSet::new();

impl<'a, T> SpinGuard<'a, T> {
    /// Lets go of the lock, sleeps until `chan` is woken, takes the lock again.
    /// By a process that holds no other spin lock.
    pub fn sleep(self, chan: Chan) -> SpinGuard<'a, T> {
        let lock = self.lock();
        let (proc, locked) = announce(chan);
        // From here on a wakeup finds us; it waits for our own lock until we sleep.
        drop(self);
        sleep(proc, locked);
        lock.acquire()
    }

    /// As [`sleep`](Self::sleep), for a wait that `kill` ends.
    ///
    /// # Errors
    /// [`Error::Killed`], before or after; the lock is free then.
    pub fn sleep_unless_killed(self, chan: Chan) -> Result<SpinGuard<'a, T>, Error> {
        let lock = self.lock();
        let (proc, locked) = announce(chan);
        drop(self);
        // Looked at under the lock that `kill` takes: it comes before or finds us asleep.
        if locked.killed {
            go_on(proc);
            return Err(Error::Killed);
        }
        if sleep(proc, locked) {
            return Err(Error::Killed);
        }
        Ok(lock.acquire())
    }
}

impl<'a, T> SpinGuard<'a, T> {
    /// As [`sleep_unless_killed`](Self::sleep_unless_killed), and wrong on purpose
    /// (`bug=lostwakeup`): others may go on between the lock and the channel, and nobody
    /// hears their wakeup.
    ///
    /// # Errors
    /// [`Error::Killed`].
    pub fn sleep_carelessly(self, chan: Chan) -> Result<SpinGuard<'a, T>, Error> {
        let lock = self.lock();
        drop(self);
        yield_();
        // What was waited for may have happened by now; nobody looks.
        lock.acquire().sleep_unless_killed(chan)
    }
}

/// Says what this process is about to wait for. While the lock that comes back is held,
/// nobody wakes it.
fn announce(chan: Chan) -> (&'static Proc, SpinGuard<'static, Locked>) {
    let proc = caller();
    let locked = proc.lock.acquire();
    proc.chan.store(chan.0, Ordering::Relaxed);
    WAITING.insert(slot_of(proc));
    (proc, locked)
}

/// It waits no more.
fn go_on(proc: &'static Proc) {
    proc.chan.store(0, Ordering::Relaxed);
    WAITING.remove(slot_of(proc));
}

/// Sleeps on the channel announced. Returns whether the process has been killed.
#[inline(never)]
fn sleep(proc: &'static Proc, mut locked: SpinGuard<Locked>) -> bool {
    locked.state = State::Sleeping;
    sched(&mut locked);
    go_on(proc);
    locked.killed
}

/// Makes all that sleep on `chan` runnable. The lock under which they looked is held, or
/// was since the change.
#[inline(never)]
pub fn wakeup(chan: Chan) {
    // Without the lock: a sleeper announces its channel before it lets go of the lock that we
    // had after it, so we see it. Taking all 64 locks instead costs 3,000 instructions, for
    // each buffer that the file system lets go of.
    for proc in WAITING.iter().map(|slot| &PROC[slot]) {
        if proc.chan.load(Ordering::Relaxed) == chan.0 {
            let mut locked = proc.lock.acquire();
            if locked.state == State::Sleeping && proc.chan.load(Ordering::Relaxed) == chan.0 {
                make_runnable(proc, &mut locked);
            }
        }
    }
}
