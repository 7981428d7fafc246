//! Kernel threads: what is kept of one while another runs, and the switch between them.

use core::arch::global_asm;
use core::cell::UnsafeCell;

global_asm!(include_str!("swtch.S"));

/// The registers a function keeps for its caller: all that a thread in the middle of
/// [`swtch`] needs to go on. Order known to swtch.S.
#[repr(C)]
#[derive(Clone, Copy)]
struct Registers {
    ra: usize,
    sp: usize,
    s: [usize; 12],
}

/// A thread that does not run.
pub struct Context(UnsafeCell<Registers>);

// SAFETY: read and written only by `swtch` and `restart`, whose callers promise that
// nobody else does at the same time.
unsafe impl Sync for Context {}

unsafe extern "C" {
    fn thread_entry();
    #[link_name = "swtch"]
    fn swtch_registers(from: *mut Registers, to: *const Registers);
}

impl Context {
    /// No thread; to be saved into.
    pub const fn none() -> Context {
        Context(UnsafeCell::new(Registers {
            ra: 0,
            sp: 0,
            s: [0; 12],
        }))
    }

    /// Makes this a thread that calls `entry(a0, a1)` on the empty stack below `stack_top`.
    ///
    /// # Safety
    /// Nobody runs on that stack or will go on with what ran there, nobody is switching
    /// from or to this context, and `entry` may be called with these arguments.
    pub unsafe fn restart(
        &self,
        stack_top: usize,
        entry: unsafe extern "C" fn(usize, usize) -> !,
        a0: usize,
        a1: usize,
    ) {
        let mut registers = Registers {
            ra: thread_entry as *const () as usize,
            sp: stack_top,
            s: [0; 12],
        };
        registers.s[1] = a0;
        registers.s[2] = entry as usize;
        registers.s[3] = a1;
        // SAFETY: nobody else has a hand on it, says the caller.
        unsafe { *self.0.get() = registers };
    }
}

/// Saves this thread in `from` and goes on with `to`. Returns when somebody goes on
/// with `from`.
///
/// # Safety
/// `to` was [restarted](Context::restart) or saved here, and has not gone on since; nobody
/// else touches either meanwhile; interrupts are off.
pub unsafe fn swtch(from: &Context, to: &Context) {
    // SAFETY: as the caller says; swtch.S keeps what a C function keeps.
    unsafe { swtch_registers(from.0.get(), to.0.get()) }
}
