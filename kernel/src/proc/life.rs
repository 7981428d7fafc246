//! How processes begin and end.

use super::scheduler::{make_runnable, sched};
use super::sleep::{Chan, wakeup};
use super::{
    Alarm, Argv, Current, INIT, Locked, Name, Own, PROC, Pid, Proc, State, WAIT_LOCK, WaitGuard,
    caller, exec, slot_of,
};
use crate::fs::{FS, KeptInode};
use crate::hal::trap;
use crate::mem::UserMemory;
use crate::mem::layout::VirtAddr;
use crate::printk::printk;
use crate::sync::{Rank, SpinLock};
use crate::trap::prepare_return;
use abi::Error;
use abi::limits::PIDMAX;
use core::sync::atomic::Ordering;
use kernel::policy::{Bcache, Bug};

/// The number of the next process.
static NEXT_PID: SpinLock<i32> = SpinLock::new("nextpid", Rank::Pid, 1);

/// Gives the process in a slot the next number that nobody has.
fn allocpid(slot: &Proc) {
    let mut next = NEXT_PID.acquire();
    // Numbers come again after the last; there are more of them than processes.
    while PROC.iter().any(|other| other.pid() == Pid(*next)) {
        *next = *next % PIDMAX + 1;
    }
    slot.pid.store(*next, Ordering::Relaxed);
    *next = *next % PIDMAX + 1;
}

/// A process being made: a slot that is nobody else's. Dropped instead of launched, the
/// slot is free again.
struct NewProc {
    proc: &'static Proc,
}

/// Takes a free slot for a process whose thread will call `main`.
///
/// # Errors
/// [`Error::TableFull`].
fn allocproc(main: fn() -> !) -> Result<NewProc, Error> {
    for proc in &PROC {
        let mut locked = proc.lock.acquire();
        if locked.state == State::Unused {
            locked.state = State::Used;
            allocpid(proc);
            locked.thread.restart(proc.lock.raw(), main);
            return Ok(NewProc { proc });
        }
    }
    Err(Error::TableFull)
}

impl NewProc {
    /// Lets the scheduler have it.
    fn launch(self, name: Name) -> Pid {
        let pid = self.proc.pid();
        let mut locked = self.proc.lock.acquire();
        locked.name = name;
        make_runnable(self.proc, &mut locked);
        core::mem::forget(self);
        pid
    }
}

impl Drop for NewProc {
    fn drop(&mut self) {
        *self.proc.own.take() = None;
        freeproc(self.proc, &WAIT_LOCK.acquire());
    }
}

/// Makes a slot free whose process is over, or never was.
fn freeproc(proc: &Proc, wait: &WaitGuard) {
    proc.set_parent(wait, None);
    let mut locked = proc.lock.acquire();
    proc.pid.store(0, Ordering::Relaxed);
    proc.size.store(0, Ordering::Relaxed);
    proc.job.store(0, Ordering::Relaxed);
    locked.name = Name::EMPTY;
    locked.killed = false;
    locked.xstate = 0;
    locked.ran = 0;
    locked.state = State::Unused;
}

/// Makes the first process.
///
/// # Panics
/// When called again.
pub fn userinit() {
    match allocproc(first_process) {
        Ok(init) if slot_of(init.proc) == INIT => init.launch(Name::new(b"init")),
        _ => panic!("userinit"),
    };
}

/// Where the first process begins: mounts the file system, which sleeps and so needs a
/// process, and becomes `/init`.
fn first_process() -> ! {
    if crate::policy().bug == Some(Bug::Nolog) {
        FS.forgo_log();
    }
    if crate::policy().bcache == Bcache::Hashed {
        FS.hash_buffers();
    }
    if let Err(error) = FS.mount() {
        printk!("mount: {error}\n");
        panic!("invalid file system");
    }
    let own = UserMemory::new(caller().pid().0).and_then(|memory| {
        Ok(Own {
            memory,
            ofile: [const { None }; _],
            cwd: KeptInode::new(FS.root()?),
            root: None,
            seccomp: u64::MAX,
            traced: 0,
            alarm: Alarm::NONE,
        })
    });
    match own {
        Ok(own) => *caller().own.take() = Some(own),
        Err(error) => panic!("first process: {error}"),
    }
    let mut p = Current::enter();
    match exec(&mut p, b"/init", &Argv::Kernel(&[b"/init"])) {
        Ok(argc) => p.trapframe().a0 = argc,
        Err(error) => panic!("exec /init: {error}"),
    }
    return_to_program(p)
}

/// Where a forked process begins.
fn forkret() -> ! {
    return_to_program(Current::enter())
}

fn return_to_program(p: Current) -> ! {
    let satp = prepare_return(p);
    trap::first_return(satp)
}

/// Makes a copy of the process, which returns 0 from the same system call.
///
/// # Errors
/// [`Error::TableFull`], [`Error::OutOfMemory`].
#[inline(never)]
pub fn fork(p: &mut Current) -> Result<Pid, Error> {
    let child = allocproc(forkret)?;
    let mut memory = p.memory.uvmcopy(crate::policy().fork, child.proc.pid().0)?;
    memory.trapframe().a0 = 0;
    child.proc.size.store(memory.size(), Ordering::Relaxed);
    let job = p.proc.job.load(Ordering::Relaxed);
    child.proc.job.store(job, Ordering::Relaxed);
    *child.proc.own.take() = Some(Own {
        memory,
        ofile: p.ofile.clone(),
        cwd: p.cwd.clone(),
        root: p.root.clone(),
        seccomp: p.seccomp,
        traced: p.traced,
        alarm: Alarm::NONE,
    });
    child.proc.set_parent(&WAIT_LOCK.acquire(), Some(p.slot()));
    Ok(child.launch(p.name()))
}

/// Ends the process. Its parent is told `status`.
///
/// # Panics
/// If it is `init`.
#[inline(never)]
pub fn exit(mut p: Current, status: i32) -> ! {
    let proc = p.proc;
    assert!(slot_of(proc) != INIT, "init exiting");
    // Files, directory and memory go now; the thread and the slot live on until `wait`.
    drop(p.own.take());
    drop(p);
    proc.size.store(0, Ordering::Relaxed);

    let wait = WAIT_LOCK.acquire();
    reparent(proc, &wait);
    if let Some(parent) = proc.parent(&wait) {
        wakeup(Chan::of(&PROC[parent]));
    }
    let mut locked = proc.lock.acquire();
    locked.xstate = status;
    locked.state = State::Zombie;
    drop(wait);
    sched(&mut locked);
    panic!("zombie exit");
}

/// Gives the children of a process that ends to `init`.
fn reparent(proc: &'static Proc, wait: &WaitGuard) {
    let slot = slot_of(proc);
    for child in &PROC {
        if child.parent(wait) == Some(slot) {
            child.set_parent(wait, Some(INIT));
            wakeup(Chan::of(&PROC[INIT]));
        }
    }
}

/// Waits until a child is over, and tells its number. Its exit status goes to `status`,
/// unless that is null.
///
/// # Errors
/// [`Error::NotFound`] if there are no children; [`Error::Killed`];
/// [`Error::BadAddress`] if the program may not write to `status`: the child then waits on.
#[inline(never)]
pub fn wait(p: &mut Current, status: VirtAddr) -> Result<Pid, Error> {
    let (child, xstate) = wait_for_zombie(p)?;
    // It is nobody else's to wait for, so it stays while no lock is held.
    if status.0 != 0 {
        p.memory.copyout(status, &xstate.to_le_bytes())?;
    }
    let pid = child.pid();
    freeproc(child, &WAIT_LOCK.acquire());
    Ok(pid)
}

fn wait_for_zombie(p: &Current) -> Result<(&'static Proc, i32), Error> {
    let mut wait = WAIT_LOCK.acquire();
    loop {
        let mut has_children = false;
        for child in &PROC {
            if child.parent(&wait) != Some(p.slot()) {
                continue;
            }
            has_children = true;
            // Its lock also waits for it to have left its stack.
            let locked = child.lock.acquire();
            if locked.state == State::Zombie {
                return Ok((child, locked.xstate));
            }
        }
        if !has_children {
            return Err(Error::NotFound);
        }
        wait = wait.sleep_unless_killed(Chan::of(p.proc))?;
    }
}

/// Makes the process `pid` end when it next leaves the kernel, and wakes it for that.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::InvalidArgument`] for `init`: in xv6 that ends in a panic,
/// and here no program can have one.
#[inline(never)]
pub fn kill(pid: Pid) -> Result<(), Error> {
    for proc in &PROC {
        let mut locked = proc.lock.acquire();
        if proc.pid() == pid && locked.state != State::Unused {
            if slot_of(proc) == INIT {
                return Err(Error::InvalidArgument);
            }
            set_killed(proc, &mut locked);
            return Ok(());
        }
    }
    Err(Error::NotFound)
}

fn set_killed(proc: &'static Proc, locked: &mut Locked) {
    locked.killed = true;
    if locked.state == State::Sleeping {
        make_runnable(proc, locked);
    }
}

/// Kills all that belong to a job.
pub fn killjob(job: i32) {
    for proc in &PROC[INIT + 1..] {
        let mut locked = proc.lock.acquire();
        let is_in = locked.state != State::Unused && proc.job.load(Ordering::Relaxed) == job;
        if is_in && job != 0 {
            set_killed(proc, &mut locked);
        }
    }
}

/// Makes the process `pid`, and those it makes from now on, belong to a job.
///
/// # Errors
/// [`Error::NotFound`].
pub fn setjob(pid: Pid, job: i32) -> Result<(), Error> {
    for proc in &PROC {
        let locked = proc.lock.acquire();
        if proc.pid() == pid && locked.state != State::Unused {
            proc.job.store(job, Ordering::Relaxed);
            return Ok(());
        }
    }
    Err(Error::NotFound)
}
