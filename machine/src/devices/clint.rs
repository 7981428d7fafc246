//! The CLINT: the clock, each hart's timer, and interrupts between harts.
//! Source: SiFive FU540-C000 manual, "Core-Local Interruptor (CLINT)".

use serde::{Deserialize, Serialize};

/// The clock ticks once in so many cycles of the machine: 10 MHz as on QEMU `virt`, if
/// the machine ran at 100 MHz.
pub(crate) const CYCLES_PER_TICK: u64 = 10;
/// Ticks in a second, as the device tree says.
pub(crate) const TIMEBASE: u32 = 10_000_000;

const MTIMECMP: u64 = 0x4000;
const MTIME: u64 = 0xbff8;
const END: u64 = 0xc000;

/// The registers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Clint {
    msip: Vec<bool>,
    mtimecmp: Vec<u64>,
    /// `mtime` less the ticks since reset: what software set it ahead by.
    ahead: u64,
}

impl Clint {
    /// Whether it has the harts that `other` has.
    pub fn is_like(&self, other: &Clint) -> bool {
        let shape = |clint: &Clint| (clint.msip.len(), clint.mtimecmp.len());
        shape(self) == shape(other)
    }

    /// Registers of `harts` harts at reset: every timer is over, as on QEMU.
    pub fn new(harts: usize) -> Clint {
        Clint {
            msip: vec![false; harts],
            mtimecmp: vec![0; harts],
            ahead: 0,
        }
    }

    /// The clock at time `now`.
    pub fn mtime(&self, now: u64) -> u64 {
        (now / CYCLES_PER_TICK).wrapping_add(self.ahead)
    }

    /// When the clock will show `mtime`; `None` if it does already, or never will.
    pub fn time_of(&self, mtime: u64, now: u64) -> Option<u64> {
        let ticks = mtime
            .checked_sub(self.mtime(now))
            .filter(|&ticks| ticks > 0)?;
        (now / CYCLES_PER_TICK)
            .checked_add(ticks)?
            .checked_mul(CYCLES_PER_TICK)
    }

    /// Whether software interrupts hart `n`.
    pub fn has_msip(&self, n: usize) -> bool {
        self.msip[n]
    }

    /// What hart `n`'s timer waits for.
    pub fn mtimecmp(&self, n: usize) -> u64 {
        self.mtimecmp[n]
    }

    /// Whether `size` bytes at `offset`, a multiple of it, can be accessed: words, and the
    /// doublewords of the timers. Others are access faults, as on QEMU.
    pub fn accepts(offset: u64, size: usize) -> bool {
        match offset {
            0..MTIMECMP => size == 4,
            MTIMECMP..END => size == 4 || size == 8,
            _ => false,
        }
    }

    /// Reads `size` bytes at `offset`.
    pub fn read(&self, offset: u64, size: usize, now: u64) -> u64 {
        let in_register = offset % 8;
        let register = match offset {
            0..MTIMECMP => {
                let is_set = self.msip.get(offset as usize / 4).copied().unwrap_or(false);
                return u64::from(is_set && offset.is_multiple_of(4));
            }
            MTIMECMP..MTIME => {
                let n = (offset - MTIMECMP) as usize / 8;
                self.mtimecmp.get(n).copied().unwrap_or(0)
            }
            _ if offset - in_register == MTIME => self.mtime(now),
            _ => 0,
        };
        low_bytes(register >> (8 * in_register), size)
    }

    /// Writes the low `size` bytes of `value` at `offset`.
    pub fn write(&mut self, offset: u64, size: usize, value: u64, now: u64) {
        let in_register = offset % 8;
        let insert = |old: u64| {
            let mask = low_bytes(u64::MAX, size) << (8 * in_register);
            old & !mask | value << (8 * in_register) & mask
        };
        match offset {
            0..MTIMECMP => {
                if let Some(msip) = self.msip.get_mut(offset as usize / 4) {
                    *msip = value & 1 != 0;
                }
            }
            MTIMECMP..MTIME => {
                if let Some(compare) = self.mtimecmp.get_mut((offset - MTIMECMP) as usize / 8) {
                    *compare = insert(*compare);
                }
            }
            _ if offset - in_register == MTIME => {
                let mtime = insert(self.mtime(now));
                self.ahead = mtime.wrapping_sub(now / CYCLES_PER_TICK);
            }
            _ => {}
        }
    }
}

fn low_bytes(value: u64, size: usize) -> u64 {
    if size >= 8 {
        value
    } else {
        value & ((1 << (8 * size)) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_runs_and_can_be_set() {
        let mut clint = Clint::new(1);
        assert_eq!(clint.read(MTIME, 8, 1_234), 123);
        clint.write(MTIME, 8, 1_000_000, 1_234);
        assert_eq!(clint.mtime(1_240), 1_000_001);
        assert_eq!(clint.time_of(1_000_001, 1_234), Some(1_240));
        assert_eq!(clint.time_of(1_000_000, 1_234), None);
        assert_eq!(clint.time_of(u64::MAX, 1_234), None);
    }

    #[test]
    fn registers_have_halves() {
        let mut clint = Clint::new(2);
        clint.write(MTIMECMP + 12, 4, 0x1122_3344, 0);
        clint.write(MTIMECMP + 8, 4, 0x5566_7788, 0);
        assert_eq!(clint.mtimecmp(1), 0x1122_3344_5566_7788);
        assert_eq!(clint.read(MTIMECMP + 12, 4, 0), 0x1122_3344);
        clint.write(4, 4, u64::MAX, 0);
        assert_eq!((clint.read(4, 4, 0), clint.read(0, 4, 0)), (1, 0));
        // Harts that do not exist.
        clint.write(MTIMECMP + 800, 8, 1, 0);
        assert_eq!(clint.read(MTIMECMP + 800, 8, 0), 0);
    }
}
