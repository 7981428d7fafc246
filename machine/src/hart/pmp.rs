//! Physical memory protection: 16 entries.
//! Source: Privileged ISA, "Physical Memory Protection".

use serde::{Deserialize, Serialize};

use super::Mode;
use super::mmu::Access;
use crate::memory::PAGE;

const ENTRIES: usize = 16;
const R: u8 = 1;
const W: u8 = 2;
const X: u8 = 4;
const LOCK: u8 = 0x80;
const WRITABLE: u8 = LOCK | 0x18 | X | W | R;
/// Addresses are kept without their lowest 2 bits; 54 bits are left.
const ADDR_MASK: u64 = (1 << 54) - 1;

/// The registers `pmpcfg` and `pmpaddr`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pmp {
    cfg: [u8; ENTRIES],
    addr: [u64; ENTRIES],
}

/// What the entries say of a whole page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Allowed,
    Denied,
    /// A border runs through the page: ask for each access.
    Mixed,
}

impl Pmp {
    /// `pmpcfg` number `n` (even): the settings of entries 4n to 4n + 7.
    pub fn read_cfg(&self, n: usize) -> u64 {
        let mut bytes = [0; 8];
        for (byte, entry) in bytes.iter_mut().zip(n * 4..) {
            *byte = self.cfg.get(entry).copied().unwrap_or(0);
        }
        u64::from_le_bytes(bytes)
    }

    /// Writes what of `pmpcfg` number `n` is not locked. W without R is reserved: it
    /// becomes neither.
    pub fn write_cfg(&mut self, n: usize, value: u64) {
        for (byte, entry) in value.to_le_bytes().into_iter().zip(n * 4..) {
            match self.cfg.get_mut(entry) {
                Some(cfg) if *cfg & LOCK == 0 => {
                    let byte = byte & WRITABLE;
                    *cfg = if byte & (R | W) == W { byte & !W } else { byte };
                }
                _ => {}
            }
        }
    }

    /// `pmpaddr` number `n`.
    pub fn read_addr(&self, n: usize) -> u64 {
        self.addr.get(n).copied().unwrap_or(0)
    }

    /// Writes `pmpaddr` number `n` unless it is locked, itself or as the lower end of a
    /// locked range.
    pub fn write_addr(&mut self, n: usize, value: u64) {
        let is_locked = |entry: usize| self.cfg.get(entry).is_some_and(|cfg| cfg & LOCK != 0);
        let bounds_next = self.cfg.get(n + 1).is_some_and(|cfg| cfg >> 3 & 3 == 1);
        if is_locked(n) || (bounds_next && is_locked(n + 1)) {
            return;
        }
        if let Some(addr) = self.addr.get_mut(n) {
            *addr = value & ADDR_MASK;
        }
    }

    /// What `mode` may do by `access` in the page that holds `pa`.
    pub fn page(&self, pa: u64, mode: Mode, access: Access) -> Verdict {
        let page = pa & !(PAGE as u64 - 1);
        self.check(page, PAGE as u64, mode, access)
    }

    /// Whether `mode` may access the `size` bytes at `pa`.
    pub fn allows(&self, pa: u64, size: u64, mode: Mode, access: Access) -> bool {
        self.check(pa, size, mode, access) == Verdict::Allowed
    }

    /// The first entry that touches the range decides, and must hold all of it.
    fn check(&self, pa: u64, size: u64, mode: Mode, access: Access) -> Verdict {
        let end = pa.saturating_add(size);
        for entry in 0..ENTRIES {
            let cfg = self.cfg[entry];
            let Some((low, high)) = self.range(entry) else {
                continue;
            };
            if end <= low || high <= pa {
                continue;
            }
            if pa < low || high < end {
                return Verdict::Mixed;
            }
            if mode == Mode::Machine && cfg & LOCK == 0 {
                return Verdict::Allowed;
            }
            let wanted = match access {
                Access::Fetch => X,
                Access::Load => R,
                Access::Store => W,
            };
            return Verdict::from(cfg & wanted != 0);
        }
        Verdict::from(mode == Mode::Machine)
    }

    /// The addresses entry `entry` is about; `None` if it is about none.
    fn range(&self, entry: usize) -> Option<(u64, u64)> {
        let addr = self.addr[entry];
        match self.cfg[entry] >> 3 & 3 {
            0 => None,
            1 => {
                let low = entry.checked_sub(1).map_or(0, |before| self.addr[before]);
                (low < addr).then_some((low << 2, addr << 2))
            }
            2 => Some((addr << 2, (addr << 2) + 4)),
            _ => {
                let size = 8_u64 << addr.trailing_ones().min(54);
                let low = (addr << 2) & !(size - 1);
                Some((low, low.saturating_add(size)))
            }
        }
    }
}

impl From<bool> for Verdict {
    fn from(is_allowed: bool) -> Verdict {
        if is_allowed {
            Verdict::Allowed
        } else {
            Verdict::Denied
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUPERVISOR: Mode = Mode::Supervisor;

    fn pmp(entries: &[(u8, u64)]) -> Pmp {
        let mut pmp = Pmp::default();
        for (n, &(cfg, addr)) in entries.iter().enumerate() {
            (pmp.cfg[n], pmp.addr[n]) = (cfg, addr);
        }
        pmp
    }

    #[test]
    fn ranges_have_three_forms() {
        let pmp = pmp(&[
            (0x10, 0x1000 >> 2),
            (0x08, 0x3000 >> 2),
            (0x18, 0x4fff >> 2),
            (0x18, ADDR_MASK),
        ]);
        assert_eq!(pmp.range(0), Some((0x1000, 0x1004)));
        assert_eq!(pmp.range(1), Some((0x1000, 0x3000)));
        assert_eq!(pmp.range(2), Some((0x4000, 0x6000)));
        assert_eq!(pmp.range(3).map(|(low, _)| low), Some(0));
        assert_eq!(pmp.range(4), None);
    }

    #[test]
    fn the_first_entry_that_touches_decides() {
        // 0x1000 to 0x1800 read only, all else everything.
        let pmp = pmp(&[
            (0, 0x1000 >> 2),
            (0x08 | R, 0x1800 >> 2),
            (0x18 | R | W | X, ADDR_MASK),
        ]);
        assert_eq!(pmp.page(0x1000, SUPERVISOR, Access::Load), Verdict::Mixed);
        assert_eq!(
            pmp.page(0x2000, SUPERVISOR, Access::Store),
            Verdict::Allowed
        );
        assert!(pmp.allows(0x17f8, 8, SUPERVISOR, Access::Load));
        assert!(!pmp.allows(0x17f8, 8, SUPERVISOR, Access::Store));
        assert!(pmp.allows(0x1800, 8, SUPERVISOR, Access::Store));
        assert!(
            !pmp.allows(0x17fc, 8, SUPERVISOR, Access::Load),
            "across the border"
        );
        assert!(pmp.allows(0x1000, 8, Mode::Machine, Access::Store));
    }
}
