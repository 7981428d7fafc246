//! What happens on a trap: a system call, a page fault or a mistake of a program, or an
//! interrupt.

use crate::console;
use crate::hal::trap::{self, Access, Cause, Trap};
use crate::hal::{board, clint, csr, plic, timer};
use crate::mem::layout::{VirtAddr, kstack_top};
use crate::printk::{self, printk};
use crate::proc::{self, Chan, Current};
use crate::sync::{Rank, SpinLock};
use crate::syscall;
use crate::virtio_disk;
use abi::Error;

/// Ticks of the clock since boot. Who waits for time sleeps on it.
pub static TICKS: SpinLock<u32> = SpinLock::new("time", Rank::Time, 0);

/// The devices each hart listens to: the serial port and every virtio slot.
const IRQS: u32 = 1 << board::UART0_IRQ | ((1 << board::N_VIRTIO) - 1) << board::VIRTIO0_IRQ;

/// Makes this hart take traps and listen to the devices.
pub fn trapinithart() {
    trap::point_at_kernel();
    plic::plicinithart(IRQS);
}

/// What an interrupt was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Interrupt {
    Timer {
        /// A tick is over, not just a slice of it.
        is_tick: bool,
    },
    Device,
    /// Another hart has made a process runnable; to come here is all there is to do.
    Wake,
}

/// Serves a trap from a program, on the process's kernel stack with interrupts off.
/// Returns the `satp` of the program to go on with.
#[inline(never)]
pub fn usertrap() -> usize {
    trap::point_at_kernel();
    let trap = Trap::current();
    let mut p = Current::enter();
    trap::save_sepc(p.trapframe());
    p.memory.float().save();
    let mut interrupt = None;
    match trap.cause {
        Cause::Syscall => {
            // To the instruction behind ecall; and only now may the registers change.
            p.trapframe().epc += 4;
            csr::intr_on();
            syscall::syscall(&mut p);
        }
        Cause::PageFault(access, va) => usertrap_fault(&mut p, &trap, access, va),
        Cause::Timer | Cause::Software | Cause::External => interrupt = devintr(trap.cause),
        Cause::Illegal if p.memory.float().begin() => {}
        Cause::Illegal | Cause::Unexpected => usertrap_unexpected(&p, &trap),
    }
    if let Some(status) = p.is_leaving() {
        proc::exit(p, status);
    }
    if let Some(Interrupt::Timer { is_tick }) = interrupt {
        if is_tick {
            let own = &mut *p;
            own.alarm.tick(&mut own.memory);
        }
        proc::yield_();
    }
    prepare_return(p)
}

fn usertrap_fault(p: &mut Current, trap: &Trap, access: Access, va: VirtAddr) {
    match p.memory.vmfault(va, access) {
        Ok(()) => {}
        // No program may take `init` down by using up memory. It tries again when others
        // have run: who uses it up ends, sooner or later, by the next arm.
        Err(Error::OutOfMemory) if p.is_init() => proc::yield_(),
        Err(_) => usertrap_unexpected(p, trap),
    }
}

fn usertrap_unexpected(p: &Current, trap: &Trap) {
    printk!(
        "usertrap(): unexpected scause {:#x} pid={}\n            sepc={:#x} stval={:#x}\n",
        trap.scause,
        p.pid(),
        trap.sepc,
        trap.stval
    );
    p.set_killed();
}

/// Makes everything ready to go back to the process's program. Returns its `satp`.
/// Interrupts are off from here on.
pub fn prepare_return(mut p: Current) -> usize {
    p.publish_size();
    let kernel_sp = kstack_top(p.slot());
    trap::prepare_return(p.trapframe(), kernel_sp);
    p.memory.float().restore();
    p.memory.satp()
}

/// Serves a trap from the kernel, on whatever stack it was, with interrupts off.
#[inline(never)]
pub fn kerneltrap(was_kernel: bool) {
    let trap = Trap::current();
    assert!(was_kernel, "kerneltrap: not from supervisor mode");
    match devintr(trap.cause) {
        Some(Interrupt::Timer { .. }) if proc::myproc().is_some() => proc::yield_(),
        Some(_) => {}
        None => {
            let Trap {
                scause,
                sepc,
                stval,
                ..
            } = trap;
            printk!("scause={scause:#x} sepc={sepc:#x} stval={stval:#x}\n");
            panic!("kerneltrap");
        }
    }
}

/// Serves an interrupt; `None` if it was none.
fn devintr(cause: Cause) -> Option<Interrupt> {
    printk::freeze_if_panicked();
    match cause {
        Cause::Timer => {
            let is_tick = clockintr();
            Some(Interrupt::Timer { is_tick })
        }
        Cause::Software if clint::take_back() => {
            let is_tick = clockintr();
            Some(Interrupt::Timer { is_tick })
        }
        Cause::Software => Some(Interrupt::Wake),
        Cause::External => {
            // None: another hart was faster.
            if let Some(irq) = plic::plic_claim() {
                serve_device(irq);
                plic::plic_complete(irq);
            }
            Some(Interrupt::Device)
        }
        Cause::Syscall | Cause::PageFault(..) | Cause::Illegal | Cause::Unexpected => None,
    }
}

fn serve_device(irq: u32) {
    match irq {
        board::UART0_IRQ => console::consoleintr(),
        irq if Some(irq) == virtio_disk::irq() => virtio_disk::virtio_disk_intr(),
        irq => printk!("unexpected interrupt irq={irq}\n"),
    }
}

/// Returns whether a tick is over.
#[inline(never)]
fn clockintr() -> bool {
    let is_tick = timer::next_slice();
    // One hart counts for all.
    if is_tick && csr::hart_id() == 0 {
        let mut ticks = TICKS.acquire();
        *ticks = ticks.wrapping_add(1);
        proc::wakeup(Chan::of(&TICKS));
        drop(ticks);
        console::tick();
    }
    is_tick
}
