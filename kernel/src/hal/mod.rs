//! The machine: everything that names a register, an address or an instruction.
//!
//! One of the three folders where `unsafe` may stand (with `sync` and `mem`); what it
//! offers to the rest of the kernel is safe to call.

pub mod board;
pub mod boot;
pub mod clint;
pub mod context;
pub mod csr;
pub mod finisher;
pub mod float;
pub mod frames;
pub mod names;
pub mod plic;
pub mod rtc;
pub mod timer;
pub mod trap;
pub mod uart;
pub mod virtio_mmio;
pub mod virtqueue;

use core::arch::global_asm;
use core::marker::PhantomData;

global_asm!(include_str!("memory.S"));

/// A device register that holds a `T`.
pub struct Reg<T: Copy> {
    addr: usize,
    holds: PhantomData<T>,
}

impl<T: Copy> Reg<T> {
    /// The register at `addr`.
    ///
    /// # Safety
    /// `addr` is that of a device register as wide as `T`, aligned for it, and neither
    /// reading nor writing it changes memory that Rust knows of.
    pub const unsafe fn at(addr: usize) -> Reg<T> {
        Reg {
            addr,
            holds: PhantomData,
        }
    }

    /// Asks the device.
    pub fn read(&self) -> T {
        // SAFETY: by the contract of `at`.
        unsafe { (self.addr as *const T).read_volatile() }
    }

    /// Tells the device.
    pub fn write(&self, value: T) {
        // SAFETY: by the contract of `at`.
        unsafe { (self.addr as *mut T).write_volatile(value) }
    }
}
