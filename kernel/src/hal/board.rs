//! Where things are on QEMU's `virt` machine, and on ours.
//!
//! Source: QEMU virt, `virt_memmap` and the interrupt numbers beside it.

use core::ops::Range;

/// The test finisher, through which a guest ends the run.
pub const FINISHER: usize = 0x10_0000;
/// The clock that knows the time of day, a goldfish RTC.
pub const RTC: usize = 0x10_1000;
/// The CLINT: each hart's `msip`, then each one's `mtimecmp`, and `mtime`.
pub const CLINT: usize = 0x0200_0000;
/// The interrupt controller.
pub const PLIC: usize = 0x0c00_0000;
/// Bytes of addresses the PLIC answers to.
pub const PLIC_SIZE: usize = 0x400_0000;
/// The first serial port, a 16550.
pub const UART0: usize = 0x1000_0000;
/// Its interrupt.
pub const UART0_IRQ: u32 = 10;
/// The first virtio slot.
pub const VIRTIO0: usize = 0x1000_1000;
/// The first virtio slot's interrupt; the others' follow.
pub const VIRTIO0_IRQ: u32 = 1;
/// Virtio slots, a page each.
pub const N_VIRTIO: usize = 8;
/// Where RAM starts and the kernel is loaded.
pub const KERNBASE: usize = 0x8000_0000;
/// RAM, if the device tree does not say.
pub const DEFAULT_RAM: Range<usize> = KERNBASE..KERNBASE + (128 << 20);
/// `mtime` counts per tick of the kernel's clock: a tenth of a second at 10 MHz.
pub const TICK: usize = 1_000_000;
