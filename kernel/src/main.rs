//! The kernel: an xv6-class system for RISC-V. This file is the story of its boot.
//!
//! ```text
//! hal/       the machine: entry, traps, the switch, registers of devices   ┐
//! sync/      locks, harts, tables of counted objects                       ├ unsafe here
//! mem/       pages, page tables, programs' memory                          ┘
//! proc/      processes: the table, the scheduler, sleep and wakeup, fork, exec, exit, wait
//! trap.rs    what happens on a trap, from programs and from the kernel
//! syscall/   the system calls, one function each
//! file.rs    what a descriptor leads to; pipe.rs, console.rs, statistics.rs, fs.rs: the kinds of it
//! mmap.rs     what is behind the pages of mapped files
//! uart.rs, virtio_disk.rs   the two drivers
//! lib.rs     what needs no machine: device tree, boot arguments, ELF, line editing
//! ```
//!
//! Start with `main` below, then `proc/mod.rs`, `trap.rs`, `syscall/mod.rs`.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

mod backtrace;
mod console;
mod file;
mod fs;
#[expect(unsafe_code, reason = "registers, traps and the switch")]
mod hal;
#[expect(unsafe_code, reason = "pages and what programs' addresses lead to")]
mod mem;
mod mmap;
mod pipe;
mod printk;
mod proc;
mod statistics;
#[expect(unsafe_code, reason = "locks hand out exclusive access")]
mod sync;
mod syscall;
mod trap;
mod uart;
mod virtio_disk;

use core::hint::spin_loop;
use core::sync::atomic::{AtomicUsize, Ordering};
use hal::boot::BootFacts;
use hal::{board, csr, plic, timer};
use kernel::policy::Policy;
use mem::kvm;
use printk::printk;
use sync::Once;

/// What `bootargs` chose.
static POLICY: Once<Policy> = Once::new();

/// Harts that are set up, or [`ALL`]. They come one after another, and none runs a process
/// before the last has spoken, so that boot always reads the same.
static N_STARTED: AtomicUsize = AtomicUsize::new(0);

/// Every hart is set up.
const ALL: usize = usize::MAX;

/// Where every hart comes to from machine mode, on its boot stack, without paging.
fn main() -> ! {
    let hart = csr::hart_id();
    if hart == 0 {
        let n_harts = first_hart();
        N_STARTED.store(1, Ordering::Release);
        wait_for(n_harts);
        N_STARTED.store(ALL, Ordering::Release);
    } else {
        wait_for(hart);
        kvm::kvminithart();
        trap::trapinithart();
        printk!("hart {hart} starting\n");
        N_STARTED.store(hart + 1, Ordering::Release);
        wait_for(ALL);
    }
    proc::scheduler()
}

/// Waits until `n_harts` harts are set up.
fn wait_for(n_harts: usize) {
    while N_STARTED.load(Ordering::Acquire) < n_harts {
        printk::freeze_if_panicked();
        spin_loop();
    }
}

/// Sets up all that the harts share. Returns how many there are.
fn first_hart() -> usize {
    let facts = BootFacts::read();
    uart::uartinit();
    printk!("\nxv6 kernel is booting\n\n");
    let policy = Policy::parse(facts.bootargs(), |word| {
        printk!("bootargs: {word} is not understood\n");
    });
    POLICY.set(policy);
    if let Some(bug) = policy.bug {
        printk!("bug={bug}: a mistake made on purpose\n");
    }
    timer::set_slice(policy.quantum);

    kvm::kvminit(&facts.ram);
    kvm::kvminithart();
    proc::procinit();
    plic::plicinit(board::UART0_IRQ);
    plic::plicinit(virtio_disk::virtio_disk_init());
    trap::trapinithart();
    proc::userinit();
    facts.n_harts
}

/// The policies that hold.
fn policy() -> Policy {
    POLICY.get().copied().unwrap_or(Policy::DEFAULT)
}
