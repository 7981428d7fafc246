//! The goldfish RTC: the time of day.
//!
//! Source: Android emulator, "GOLDFISH-VIRTUAL-HARDWARE", section "Goldfish timer".

use super::{Reg, board};

fn reg(offset: usize) -> Reg<u32> {
    // SAFETY: one of the clock's registers: every offset used below is.
    unsafe { Reg::at(board::RTC + offset) }
}

/// Nanoseconds since 1970.
pub fn nanoseconds() -> u64 {
    let (low, high) = (reg(0), reg(4));
    loop {
        // The upper half is that of the last time anybody read the lower one.
        let (before, upper) = (low.read(), high.read());
        if low.read() >= before {
            return u64::from(upper) << 32 | u64::from(before);
        }
    }
}
