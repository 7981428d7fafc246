//! The interrupt controller: which device wants attention.
//!
//! Source: PLIC, "Memory Map"; QEMU virt gives hart `h`'s supervisor mode context `2h + 1`.

use super::{Reg, board, csr};

fn reg(offset: usize) -> Reg<u32> {
    // SAFETY: a register of the PLIC: every offset used below lies in its range.
    unsafe { Reg::at(board::PLIC + offset) }
}

fn context() -> usize {
    2 * csr::hart_id() + 1
}

/// Lets device `irq` interrupt, at the one priority there is.
pub fn plicinit(irq: u32) {
    reg(4 * irq as usize).write(1);
}

/// Makes this hart listen to the devices in `irqs` (a bit each, numbers below 32).
pub fn plicinithart(irqs: u32) {
    reg(0x2000 + 0x80 * context()).write(irqs);
    reg(0x20_0000 + 0x1000 * context()).write(0);
}

/// The device to be served next by this hart, which no other hart is given until
/// [`plic_complete`].
pub fn plic_claim() -> Option<u32> {
    match reg(0x20_0004 + 0x1000 * context()).read() {
        0 => None,
        irq => Some(irq),
    }
}

/// Says that `irq` has been served.
pub fn plic_complete(irq: u32) {
    reg(0x20_0004 + 0x1000 * context()).write(irq);
}
