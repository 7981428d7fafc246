//! Processes: the table, and what is known of each.
//!
//! ```text
//! scheduler.rs   which process a hart runs
//! sleep.rs       waiting for something to happen, and making it known
//! life.rs        fork, exit, wait, kill; the first process
//! alarm.rs       what interrupts a program every so often
//! exec.rs        another program in the same process
//! slots.rs       which slots run, or wait
//! report.rs      what is told about them: ^P, `ps`
//! ```
//!
//! A process in the kernel is a [`Current`]: it alone reaches its own memory and files,
//! without locks. What others may see of it is [`Locked`], under its lock.

mod alarm;
mod exec;
mod life;
mod report;
mod scheduler;
mod sleep;
mod slots;

pub use alarm::Alarm;
pub use exec::{Argv, exec};
pub use life::{exit, fork, kill, killjob, setjob, userinit, wait};
pub use report::{nproc, procdump, procs};
pub use scheduler::{scheduler, yield_};
pub use sleep::{Chan, wakeup};

use crate::file::FileRef;
use crate::fs::{Base, KeptInode};
use crate::hal::trap::Trapframe;
use crate::mem::{UserMemory, kvm};
use crate::sync::cpu::{self, Thread};
use crate::sync::{Owned, OwnedGuard, Rank, SpinGuard, SpinLock};
use abi::Error;
use abi::limits::{NOFILE, NPROC};
use core::fmt;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicI32, AtomicUsize, Ordering};

/// A process's number. 0 is nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pid(pub i32);

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a slot of the table stands for. The numbers are xv6's, and `ps` gets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum State {
    /// Nothing.
    Unused,
    /// A process being made.
    Used,
    /// A process that waits on its channel.
    Sleeping,
    /// A process that would run if a hart were free.
    Runnable,
    /// A process on a hart.
    Running,
    /// A process that is over, and whose parent does not know yet.
    Zombie,
}

/// A program's name: up to 15 bytes.
#[derive(Clone, Copy)]
pub struct Name {
    bytes: [u8; 16],
}

impl Name {
    const EMPTY: Name = Name { bytes: [0; 16] };

    /// `name`, cut to 15 bytes.
    fn new(name: &[u8]) -> Name {
        let mut bytes = [0; 16];
        let len = name.len().min(15);
        bytes[..len].copy_from_slice(&name[..len]);
        Name { bytes }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.bytes.split(|&byte| byte == 0).next().unwrap_or(&[]);
        name.utf8_chunks()
            .try_for_each(|chunk| f.write_str(chunk.valid()))
    }
}

/// A slot of the process table.
pub struct Proc {
    /// The process's lock: held across every switch to and from it.
    lock: SpinLock<Locked>,
    /// Its number; 0 if the slot is free. Changed under `lock` while nothing runs here,
    /// so the process itself reads it without.
    pid: AtomicI32,
    /// What it sleeps on; 0 if it does not. Changed under `lock`. `wakeup` looks at it
    /// without: see there.
    chan: AtomicUsize,
    /// The job it belongs to; 0 for none.
    job: AtomicI32,
    /// Bytes of its memory when it last left the kernel, for others to see.
    size: AtomicUsize,
    /// The slot of its parent, or [`NO_PARENT`]. Reached with a [`WaitGuard`].
    parent: AtomicUsize,
    /// The process's own: of whoever runs as it, or of who makes it.
    own: Owned<Option<Own>>,
}

const NO_PARENT: usize = usize::MAX;

/// What a process's lock guards.
pub struct Locked {
    /// What the slot stands for.
    state: State,
    /// It is to end when it next leaves the kernel.
    killed: bool,
    /// What it gave to `exit`.
    xstate: i32,
    /// Which program it runs.
    name: Name,
    /// `mtime` counts for which it has run.
    ran: usize,
    /// Its kernel thread, while it does not run.
    thread: Thread,
}

/// What only the process itself touches.
pub struct Own {
    /// Its program's memory and registers.
    pub memory: UserMemory,
    /// What its descriptors lead to.
    pub ofile: [Option<FileRef>; NOFILE],
    /// Where its relative paths start.
    pub cwd: KeptInode,
    /// What `/` is to it, if not the disk's own root.
    pub root: Option<KeptInode>,
    /// The system calls below 64 that it may make, a bit each.
    pub seccomp: u64,
    /// The system calls that are printed when they return, a bit each.
    pub traced: u64,
    /// What is to interrupt the program.
    pub alarm: Alarm,
}

static PROC: [Proc; NPROC] = [const {
    Proc {
        lock: SpinLock::new(
            "proc",
            Rank::Proc,
            Locked {
                state: State::Unused,
                killed: false,
                xstate: 0,
                name: Name::EMPTY,
                ran: 0,
                thread: Thread::none(),
            },
        ),
        pid: AtomicI32::new(0),
        chan: AtomicUsize::new(0),
        job: AtomicI32::new(0),
        size: AtomicUsize::new(0),
        parent: AtomicUsize::new(NO_PARENT),
        own: Owned::new(None),
    }
}; NPROC];

/// The slot of the first process, `init`, to which orphans go.
const INIT: usize = 0;

/// Who is whose parent: taken before any process's lock, and held while a parent looks
/// for children that are over, so that it misses none.
static WAIT_LOCK: SpinLock<WaitToken> = SpinLock::new("wait_lock", Rank::Wait, WaitToken);

/// What [`WAIT_LOCK`] guards is in the slots: [`Proc::parent`].
pub struct WaitToken;

/// Proof that [`WAIT_LOCK`] is held.
type WaitGuard = SpinGuard<'static, WaitToken>;

impl Proc {
    /// Its number.
    pub fn pid(&self) -> Pid {
        Pid(self.pid.load(Ordering::Relaxed))
    }

    /// The slot of its parent.
    fn parent(&self, _: &WaitGuard) -> Option<usize> {
        let slot = self.parent.load(Ordering::Relaxed);
        (slot != NO_PARENT).then_some(slot)
    }

    fn set_parent(&self, _: &WaitGuard, slot: Option<usize>) {
        self.parent
            .store(slot.unwrap_or(NO_PARENT), Ordering::Relaxed);
    }
}

/// Gives every slot its kernel stack.
pub fn procinit() {
    for (proc, kstack) in PROC.iter().zip(kvm::kstacks()) {
        proc.lock.acquire().thread = Thread::on(kstack);
    }
}

/// The process this hart runs, if it runs one.
pub fn myproc() -> Option<&'static Proc> {
    PROC.get(cpu::current_slot()?)
}

/// The process in whose name this is called.
///
/// # Panics
/// If no process is running: a mistake, for only processes sleep and make system calls.
fn caller() -> &'static Proc {
    myproc().expect("only a process does this")
}

/// The number of the process in whose name this is called.
///
/// # Panics
/// If no process is running.
pub fn current_pid() -> Pid {
    caller().pid()
}

/// The job of the process in whose name this is called; 0 for none.
///
/// # Panics
/// If no process is running.
pub fn current_job() -> i32 {
    caller().job.load(Ordering::Relaxed)
}

/// Whether the process in whose name this is called is to end: for what takes long and never
/// sleeps.
///
/// # Panics
/// If no process is running.
pub fn is_killed() -> bool {
    caller().lock.acquire().killed
}

/// The process that runs here, in the kernel: the way to what is its own.
pub struct Current {
    proc: &'static Proc,
    own: OwnedGuard<Option<Own>>,
    /// It called `exit` with this.
    pub exit_status: Option<i32>,
}

impl Current {
    /// The process this hart runs. Dropped before it goes back to its program, or ends.
    ///
    /// # Panics
    /// If there is none, or this was called before and the value is still there.
    pub fn enter() -> Current {
        let proc = caller();
        Current {
            proc,
            own: proc.own.take(),
            exit_status: None,
        }
    }

    /// Its number.
    pub fn pid(&self) -> Pid {
        self.proc.pid()
    }

    /// Which program it runs.
    pub fn name(&self) -> Name {
        self.proc.lock.acquire().name
    }

    /// Where its paths start.
    pub fn base(&self) -> Base<'_> {
        Base {
            root: self.root.as_ref().map(KeptInode::inode),
            cwd: self.cwd.inode(),
        }
    }

    /// Its program's registers.
    pub fn trapframe(&mut self) -> &mut Trapframe {
        self.memory.trapframe()
    }

    /// The slot it has.
    pub fn slot(&self) -> usize {
        slot_of(self.proc)
    }

    /// Lets others see how large its memory is.
    pub fn publish_size(&self) {
        self.proc.size.store(self.memory.size(), Ordering::Relaxed);
    }

    /// Whether it is `init`, which must not end.
    pub fn is_init(&self) -> bool {
        self.slot() == INIT
    }

    /// Whether, and with which status, it is to end instead of going on.
    pub fn is_leaving(&self) -> Option<i32> {
        let killed = self.proc.lock.acquire().killed;
        self.exit_status.or(killed.then_some(-1))
    }

    /// Makes it end when it next leaves the kernel.
    pub fn set_killed(&self) {
        self.proc.lock.acquire().killed = true;
    }
}

impl Deref for Current {
    type Target = Own;

    fn deref(&self) -> &Own {
        self.own.as_ref().expect("a running process has its own")
    }
}

impl DerefMut for Current {
    fn deref_mut(&mut self) -> &mut Own {
        self.own.as_mut().expect("a running process has its own")
    }
}

/// Where in the table `proc` is.
fn slot_of(proc: &'static Proc) -> usize {
    let offset = core::ptr::from_ref(proc).addr() - PROC.as_ptr().addr();
    offset / size_of::<Proc>()
}

/// An open file of this process.
///
/// # Errors
/// [`Error::BadDescriptor`].
pub fn file_at(own: &Own, fd: i32) -> Result<&FileRef, Error> {
    let place = usize::try_from(fd).ok().and_then(|fd| own.ofile.get(fd));
    place.and_then(Option::as_ref).ok_or(Error::BadDescriptor)
}
