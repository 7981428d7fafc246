//! What each hart keeps for itself: which process it runs, how many spin locks it
//! holds, and where its scheduler stands.

use super::rank::Held;
use super::spinlock::RawSpinLock;
use crate::hal::context::{Context, swtch};
use crate::hal::csr;
use crate::mem::kvm::KernelStack;
use abi::limits::NCPU;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// A hart's own data. Only that hart touches it, with interrupts off; the atomics are
/// plain loads and stores then.
pub struct Cpu {
    /// The slot of the process that runs, or [`NO_PROC`].
    proc: AtomicUsize,
    /// The scheduler, while a process runs.
    context: Context,
    /// Depth of [`push_off`].
    noff: AtomicUsize,
    /// Whether interrupts were on before the first of them.
    intena: AtomicBool,
    /// Ranks of the spin locks held.
    pub(super) held: Held,
}

const NO_PROC: usize = usize::MAX;

static CPUS: [Cpu; NCPU] = [const {
    Cpu {
        proc: AtomicUsize::new(NO_PROC),
        context: Context::none(),
        noff: AtomicUsize::new(0),
        intena: AtomicBool::new(false),
        held: Held::none(),
    }
}; NCPU];

/// This hart's data. With interrupts off.
pub(super) fn mycpu() -> &'static Cpu {
    // Harts from NCPU on never come here (`park`); so says the remainder, for nothing.
    &CPUS[csr::hart_id() % NCPU]
}

/// Turns interrupts off until the matching [`pop_off`]; calls nest.
pub fn push_off() {
    let were_on = csr::intr_off();
    let cpu = mycpu();
    let noff = cpu.noff.load(Relaxed);
    if noff == 0 {
        cpu.intena.store(were_on, Relaxed);
    }
    cpu.noff.store(noff + 1, Relaxed);
}

/// Takes one [`push_off`] back; the last one puts interrupts as they were.
pub fn pop_off() {
    let cpu = mycpu();
    let noff = cpu.noff.load(Relaxed);
    assert!(!csr::intr_get(), "pop_off - interruptible");
    assert!(noff > 0, "pop_off");
    cpu.noff.store(noff - 1, Relaxed);
    if noff == 1 && cpu.intena.load(Relaxed) {
        csr::intr_on();
    }
}

/// The slot of the process this hart runs.
pub fn current_slot() -> Option<usize> {
    push_off();
    let slot = mycpu().proc.load(Relaxed);
    pop_off();
    (slot != NO_PROC).then_some(slot)
}

/// A process's kernel thread, kept under the process's lock, and the stack it runs on.
pub struct Thread {
    context: Context,
    kstack: Option<KernelStack>,
}

impl Thread {
    /// None, and no stack.
    pub const fn none() -> Thread {
        Thread {
            context: Context::none(),
            kstack: None,
        }
    }

    /// None yet, but a stack.
    pub fn on(kstack: KernelStack) -> Thread {
        Thread {
            context: Context::none(),
            kstack: Some(kstack),
        }
    }

    /// Makes this a new thread of the process whose lock is `lock`: when the scheduler
    /// first runs it, it lets go of that lock, as every thread does that comes back from
    /// [`leave`], and calls `main`. What ran on its stack before is given up, as if it
    /// slept for ever.
    ///
    /// # Panics
    /// If it has no stack.
    pub fn restart(&mut self, lock: &'static RawSpinLock, main: fn() -> !) {
        let kstack = self
            .kstack
            .as_ref()
            .expect("procinit gave every slot a stack");
        let lock = core::ptr::from_ref(lock).expose_provenance();
        // SAFETY: 1. `&mut self`: nobody is switching. 2. The stack is ours alone, and who
        // could go on there is overwritten. 3. The arguments are what `thread_main` takes.
        unsafe {
            self.context
                .restart(kstack.top(), thread_main, lock, main as usize)
        };
    }
}

/// Where a new thread begins.
///
/// # Safety
/// The arguments are those of [`Thread::restart`], and the lock is held for us.
unsafe extern "C" fn thread_main(lock: usize, main: usize) -> ! {
    // SAFETY: `restart` made these numbers of a reference and of a function.
    let (lock, main) = unsafe {
        let lock: *const RawSpinLock = core::ptr::with_exposed_provenance(lock);
        (&*lock, core::mem::transmute::<usize, fn() -> !>(main))
    };
    // SAFETY: the scheduler took the lock and left it to us; no guard of this thread
    // stands for it.
    unsafe { lock.release() };
    main()
}

/// The scheduler's side: runs `thread`, of the process in `slot`, on this hart until it
/// calls [`leave`]. Its process's lock is held, which the `&mut` shows, and is held
/// again on return.
pub fn run(slot: usize, thread: &mut Thread) {
    let cpu = mycpu();
    cpu.proc.store(slot, Relaxed);
    // SAFETY: the lock that guards `thread` is held and interrupts are off. It was
    // started, or saved by `leave`; in between `proc` only lets runnable ones come here.
    unsafe { swtch(&cpu.context, &thread.context) };
    cpu.proc.store(NO_PROC, Relaxed);
    // What it says was the process's; the scheduler keeps them off until it asks for them.
    cpu.intena.store(false, Relaxed);
}

/// The process's side: leaves this hart to its scheduler, holding the lock of the process
/// whose `thread` this is and no other, and comes back when it is run again, maybe on
/// another hart.
///
/// # Panics
/// If another lock is held, or interrupts are on.
pub fn leave(thread: &mut Thread) {
    let cpu = mycpu();
    assert!(cpu.noff.load(Relaxed) == 1, "sched locks");
    assert!(!csr::intr_get(), "sched interruptible");
    // Whether interrupts were on is the thread's business, not the hart's.
    let intena = cpu.intena.load(Relaxed);
    // SAFETY: the lock that guards `thread` is held and interrupts are off. The
    // scheduler was saved by `run` on this hart, and waits there.
    unsafe { swtch(&thread.context, &cpu.context) };
    mycpu().intena.store(intena, Relaxed);
}
