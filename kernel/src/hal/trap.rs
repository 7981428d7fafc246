//! Traps: what happened, and the way back to where it happened.
//!
//! Source: Privileged ISA, "Supervisor Cause Register (`scause`)" and "Supervisor Status
//! Register (`sstatus`)".

use super::csr;
use crate::mem::layout::{TRAMPOLINE, TRAPFRAME, VirtAddr};
use core::arch::{asm, global_asm};

global_asm!(
    include_str!("trap.S"),
    TRAPFRAME = const TRAPFRAME,
    kerneltrap = sym kernel_entry,
    stack_overflow = sym stack_overflow,
);

const INTERRUPT: usize = 1 << 63;
const SSTATUS_SPIE: usize = 1 << 5;
const SSTATUS_SPP: usize = 1 << 8;

unsafe extern "C" {
    fn kernelvec();
    fn uservec();
    fn userret();
}

/// A program's registers while it is in the kernel, and what the trampoline needs to
/// get there. Offsets known to trap.S; the order is xv6's.
#[repr(C)]
#[derive(Clone, Debug)]
pub struct Trapframe {
    /// The kernel's page table.
    pub kernel_satp: usize,
    /// Top of the process's kernel stack.
    pub kernel_sp: usize,
    /// Where `usertrap` is.
    pub kernel_trap: usize,
    /// The program's counter.
    pub epc: usize,
    /// The hart it runs on.
    pub kernel_hartid: usize,
    pub ra: usize,
    pub sp: usize,
    pub gp: usize,
    pub tp: usize,
    pub t0: usize,
    pub t1: usize,
    pub t2: usize,
    pub s0: usize,
    pub s1: usize,
    pub a0: usize,
    pub a1: usize,
    pub a2: usize,
    pub a3: usize,
    pub a4: usize,
    pub a5: usize,
    pub a6: usize,
    pub a7: usize,
    pub s2: usize,
    pub s3: usize,
    pub s4: usize,
    pub s5: usize,
    pub s6: usize,
    pub s7: usize,
    pub s8: usize,
    pub s9: usize,
    pub s10: usize,
    pub s11: usize,
    pub t3: usize,
    pub t4: usize,
    pub t5: usize,
    pub t6: usize,
}

const _: () = assert!(size_of::<Trapframe>() == 288);

/// What a program or the kernel tried to do with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To run what is there.
    Execute,
    /// To load from there.
    Read,
    /// To store there.
    Write,
}

/// Why there was a trap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The program asks something of the kernel.
    Syscall,
    /// The clock ticks.
    Timer,
    /// By software, in machine mode: the clock ticks, or another hart wants attention.
    Software,
    /// A device wants attention.
    External,
    /// The page table does not allow an access.
    PageFault(Access, VirtAddr),
    /// An instruction that there is not, or that is not allowed.
    Illegal,
    /// Anything else: a mistake.
    Unexpected,
}

/// A trap as the hart tells it.
#[derive(Clone, Copy, Debug)]
pub struct Trap {
    /// Why.
    pub cause: Cause,
    /// Why, as a number.
    pub scause: usize,
    /// Where.
    pub sepc: usize,
    /// About which address.
    pub stval: usize,
}

impl Trap {
    /// The trap that this hart took last.
    pub fn current() -> Trap {
        let (scause, stval) = (csr::read!("scause"), csr::read!("stval"));
        const SOFTWARE: usize = INTERRUPT | 1;
        const TIMER: usize = INTERRUPT | 5;
        const EXTERNAL: usize = INTERRUPT | 9;
        let fault = |access| Cause::PageFault(access, VirtAddr(stval));
        let cause = match scause {
            2 => Cause::Illegal,
            8 => Cause::Syscall,
            12 => fault(Access::Execute),
            13 => fault(Access::Read),
            15 => fault(Access::Write),
            TIMER => Cause::Timer,
            SOFTWARE => Cause::Software,
            EXTERNAL => Cause::External,
            _ => Cause::Unexpected,
        };
        Trap {
            cause,
            scause,
            sepc: csr::read!("sepc"),
            stval,
        }
    }
}

/// Keeps where a program was while others may take traps. With interrupts off, as they have
/// been since the trap.
pub fn save_sepc(frame: &mut Trapframe) {
    frame.epc = csr::read!("sepc");
}

/// Traps of this hart go to `kerneltrap` from now on.
pub fn point_at_kernel() {
    set_stvec(kernelvec as *const () as usize);
}

fn set_stvec(address: usize) {
    // SAFETY: only `kernelvec` and `uservec` come here, each while its mode is the one
    // that can trap.
    unsafe { asm!("csrw stvec, {}", in(reg) address, options(nomem, nostack)) };
}

/// What kernelvec calls: `kerneltrap`, with the state that taking another trap changes
/// kept around it.
extern "C" fn kernel_entry() {
    let (sepc, sstatus) = (csr::read!("sepc"), csr::read!("sstatus"));
    crate::trap::kerneltrap(sstatus & SSTATUS_SPP != 0);
    // SAFETY: puts back what was there; kernelvec's sret leads to where the trap was.
    unsafe {
        asm!(
            "csrw sepc, {}",
            "csrw sstatus, {}",
            in(reg) sepc,
            in(reg) sstatus,
            options(nomem, nostack),
        );
    }
}

extern "C" fn stack_overflow() -> ! {
    let trap = Trap::current();
    panic!("kernel stack overflow at {:#x}", trap.sepc);
}

/// What uservec calls: `usertrap`; gives the `satp` of the program to go on with.
extern "C" fn user_entry() -> usize {
    crate::trap::usertrap()
}

/// Makes everything ready for the trampoline to go to user mode with `frame`, and to
/// come back on the kernel stack below `kernel_sp`. Interrupts are off from here on.
pub fn prepare_return(frame: &mut Trapframe, kernel_sp: usize) {
    // A trap between here and sret would go the wrong way.
    csr::intr_off();
    set_stvec(TRAMPOLINE);
    frame.kernel_satp = csr::read!("satp");
    frame.kernel_sp = kernel_sp;
    frame.kernel_trap = user_entry as *const () as usize;
    frame.kernel_hartid = csr::hart_id();
    // SAFETY: this is what sret is to go by: user mode, interrupts on.
    unsafe {
        asm!(
            "csrc sstatus, {spp}",
            "csrs sstatus, {spie}",
            "csrw sepc, {epc}",
            spp = in(reg) SSTATUS_SPP,
            spie = in(reg) SSTATUS_SPIE,
            epc = in(reg) frame.epc,
            options(nomem, nostack),
        );
    }
}

/// Goes to user mode, under page table `satp`, for the first time: no `usertrap` of
/// this process is there to return. After [`prepare_return`].
pub fn first_return(satp: usize) -> ! {
    let offset = userret as *const () as usize - uservec as *const () as usize;
    // SAFETY: `userret` is mapped there in every page table. It leaves this stack, on
    // which nothing is left to be done.
    unsafe {
        asm!(
            "jr {}",
            in(reg) TRAMPOLINE + offset,
            in("a0") satp,
            options(noreturn),
        );
    }
}
