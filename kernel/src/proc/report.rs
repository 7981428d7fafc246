//! What the kernel tells about processes.

use super::{PROC, State, WAIT_LOCK};
use crate::hal::board;
use crate::printk::printk;
use abi::info::ProcInfo;
use abi::limits::NPROC;
use core::sync::atomic::Ordering;
use kernel::policy::Bug;

impl State {
    /// As `procdump` shows it.
    fn words(self) -> &'static str {
        match self {
            State::Unused => "unused",
            State::Used => "used",
            State::Sleeping => "sleep ",
            State::Runnable => "runble",
            State::Running => "run   ",
            State::Zombie => "zombie",
        }
    }
}

/// Prints the table, for the key ^P.
pub fn procdump() {
    printk!("\n");
    for proc in &PROC {
        let (state, name) = {
            let locked = proc.lock.acquire();
            (locked.state, locked.name)
        };
        if state != State::Unused {
            printk!("{} {} {name}\n", proc.pid(), state.words());
        }
    }
}

/// How many processes there are.
pub fn nproc() -> usize {
    let is_used = |proc: &&super::Proc| proc.lock.acquire().state != State::Unused;
    PROC.iter().filter(is_used).count()
}

/// Fills in a record for each process, in the order of the slots. Returns how many.
pub fn procs(infos: &mut [ProcInfo; NPROC]) -> usize {
    let mut n_procs = 0;
    let is_wrong = crate::policy().bug == Some(Bug::Badlockorder);
    for proc in &PROC {
        let (wait, locked) = if is_wrong {
            let locked = proc.lock.acquire();
            (WAIT_LOCK.acquire(), locked)
        } else {
            let wait = WAIT_LOCK.acquire();
            (wait, proc.lock.acquire())
        };
        let parent = proc.parent(&wait).map_or(0, |slot| PROC[slot].pid().0);
        if locked.state == State::Unused {
            continue;
        }
        infos[n_procs] = ProcInfo {
            pid: proc.pid().0,
            parent,
            state: locked.state as u32,
            ran: (locked.ran / (board::TICK / 100)) as u32,
            size: proc.size.load(Ordering::Relaxed) as u64,
            name: locked.name.bytes,
        };
        n_procs += 1;
    }
    n_procs
}
