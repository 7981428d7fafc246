//! Address translation: Sv39, Sv48 and Sv57, with Svnapot, Svpbmt, and the accessed and
//! dirty bits as `menvcfg.ADUE` says: set by the hart (Svadu), or a page fault (Svade).
//!
//! Page tables lie in RAM: a walk that leads to a device, to the ROM or to nothing ends in
//! an access fault.
//!
//! Where the manual is clear, QEMU 7.2 does otherwise in these: bits 54 to 60 of an entry,
//! and PBMT whatever `menvcfg.PBMTE` says, are not looked at; a table that lies nowhere gives
//! a page fault; the store that marks an entry is not checked by PMP; and there is no ADUE.
//! Cases in `tests/cases/deviations` show it.
//!
//! Source: Privileged ISA, "Virtual Address Translation Process", "Sv39", "Sv48", "Sv57",
//! "\"Svnapot\" Extension", "\"Svpbmt\" Extension", "\"Svadu\" Extension".

use super::pmp::Verdict;
use super::{Exception, Hart, Mode, Trap, envcfg, status};
use crate::board::Board;

/// What memory is accessed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Fetch,
    Load,
    Store,
}

/// Bits of a page-table entry.
mod pte {
    pub const V: u64 = 1;
    pub const R: u64 = 1 << 1;
    pub const W: u64 = 1 << 2;
    pub const X: u64 = 1 << 3;
    pub const U: u64 = 1 << 4;
    pub const A: u64 = 1 << 6;
    pub const D: u64 = 1 << 7;
    pub const PPN_SHIFT: u32 = 10;
    pub const PPN: u64 = (1 << 44) - 1;
    /// No extension gave these a meaning: they must be zero.
    pub const RESERVED: u64 = 0x7f << 54;
    /// The memory type, of Svpbmt. All memory here is as it is, whatever this says.
    pub const PBMT: u64 = 3 << 61;
    /// The entry is one of several alike, of Svnapot.
    pub const N: u64 = 1 << 63;
    /// What must be zero in an entry that leads to another table.
    pub const OF_LEAVES: u64 = U | A | D | PBMT | N;
}

/// The field MODE of `satp`.
pub(super) const MODE_SHIFT: u32 = 60;
const BARE: u64 = 0;
const SV39: u64 = 8;
const SV57: u64 = 10;
/// Of Sv57, the deepest.
const MOST_LEVELS: usize = 5;
const PAGE_SHIFT: u32 = 12;
const VPN_BITS: u32 = 9;
/// How many pages, as a power of 2, a leaf with the bit N is about: 64 KiB is the one size
/// there is.
const NAPOT_BITS: u32 = 4;

/// The levels of the tables that `satp` selects: 3, 4 or 5, or 0 for no translation; `None`
/// if its mode is none the hart has.
pub(super) fn levels(satp: u64) -> Option<u32> {
    match satp >> MODE_SHIFT {
        BARE => Some(0),
        mode @ SV39..=SV57 => Some((mode - SV39) as u32 + 3),
        _ => None,
    }
}

/// A leaf of a page table that an access reached.
#[derive(Clone, Copy, Debug)]
struct Leaf {
    pa: u64,
    /// Where the entry lies, and what it must become, if the access has to be marked in it.
    mark: Option<(u64, u64)>,
    /// Where the entries lie that led there; 0 for those that were not needed.
    path: [u64; MOST_LEVELS],
}

/// Where an address leads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub pa: u64,
    /// Whether what holds for this access holds for its whole page.
    pub whole_page: bool,
}

impl Hart {
    /// Translates `va` for an access of `size` bytes that stays within its page.
    ///
    /// # Errors
    /// The page fault that belongs to `access` (cause 12, 13 or 15), with `va` as its value,
    /// or the access fault (1, 5 or 7) if physical memory protection forbids the access or
    /// a page-table entry cannot be reached.
    pub(super) fn translate(
        &mut self,
        board: &mut Board,
        va: u64,
        size: u64,
        access: Access,
    ) -> Result<Place, Trap> {
        let mode = self.mode_of(access);
        let leaf = self.find_leaf(board, va, access, mode)?;
        for entry_at in leaf.path {
            board.ram.note_table(entry_at);
        }
        self.heed(board);
        if let Some((entry_at, marked)) = leaf.mark {
            board.ram.mark_entry(entry_at, marked);
        }
        let pa = leaf.pa;
        match self.csr.pmp.page(pa, mode, access) {
            Verdict::Allowed => Ok(Place {
                pa,
                whole_page: true,
            }),
            Verdict::Mixed if self.csr.pmp.allows(pa, size, mode, access) => Ok(Place {
                pa,
                whole_page: false,
            }),
            Verdict::Mixed | Verdict::Denied => Err(access.access_fault(va)),
        }
    }

    /// Where the next instruction lies, if it can be fetched. Leaves no trace: neither in the
    /// page table nor in the TLB.
    pub fn locate_pc(&self, board: &Board) -> Option<u64> {
        let (va, access) = (self.pc, Access::Fetch);
        let pa = self.find_leaf(board, va, access, self.mode).ok()?.pa;
        let is_allowed = match self.csr.pmp.page(pa, self.mode, access) {
            Verdict::Allowed => true,
            Verdict::Mixed => self.csr.pmp.allows(pa, 2, self.mode, access),
            Verdict::Denied => false,
        };
        is_allowed.then_some(pa)
    }

    /// Where `va` leads, whoever may access it and for whatever: what a debugger asks. Leaves
    /// no trace.
    pub fn locate(&self, board: &Board, va: u64) -> Option<u64> {
        let modes = [self.mode, Mode::User];
        let accesses = [Access::Load, Access::Fetch];
        let mut tries = modes
            .into_iter()
            .flat_map(|mode| accesses.map(|access| (mode, access)));
        tries.find_map(|(mode, access)| {
            let leaf = self.find_leaf(board, va, access, mode);
            leaf.ok().map(|leaf| leaf.pa)
        })
    }

    /// The mode in which `access` is made.
    fn mode_of(&self, access: Access) -> Mode {
        match access {
            Access::Fetch => self.mode,
            Access::Load | Access::Store => self.data_mode(),
        }
    }

    /// Steps 1 to 10 of the translation process for the table rooted at `satp`, but for the
    /// store that marks the entry.
    fn find_leaf(&self, board: &Board, va: u64, access: Access, mode: Mode) -> Result<Leaf, Trap> {
        let levels = match mode {
            Mode::Machine => 0,
            Mode::User | Mode::Supervisor => levels(self.csr.satp).unwrap_or(0),
        };
        let mut path = [0; MOST_LEVELS];
        if levels == 0 {
            let (pa, mark) = (va, None);
            return Ok(Leaf { pa, mark, path });
        }
        let unused = 64 - (PAGE_SHIFT + levels * VPN_BITS);
        if (va as i64) << unused >> unused != va as i64 {
            return Err(access.page_fault(va));
        }
        let mut table = (self.csr.satp & pte::PPN) << PAGE_SHIFT;
        for level in (0..levels).rev() {
            let shift = PAGE_SHIFT + level * VPN_BITS;
            let vpn = va >> shift & ((1 << VPN_BITS) - 1);
            let entry_at = table + vpn * 8;
            let entry = self
                .read_entry(board, entry_at)
                .ok_or(access.access_fault(va))?;
            if entry & pte::V == 0 || entry & pte::RESERVED != 0 {
                return Err(access.page_fault(va));
            }
            path[level as usize] = entry_at;
            if entry & (pte::R | pte::W | pte::X) == 0 {
                if entry & pte::OF_LEAVES != 0 {
                    return Err(access.page_fault(va));
                }
                table = (entry >> pte::PPN_SHIFT & pte::PPN) << PAGE_SHIFT;
                continue;
            }
            let pa = self
                .target(entry, level, va)
                .filter(|_| self.may(entry, access, mode))
                .ok_or(access.page_fault(va))?;
            let mark = self.mark(entry_at, entry, access, va)?;
            return Ok(Leaf { pa, mark, path });
        }
        Err(access.page_fault(va))
    }

    /// The page-table entry at `pa`, if it lies in RAM that the walk may read.
    fn read_entry(&self, board: &Board, pa: u64) -> Option<u64> {
        let is_allowed = self.csr.pmp.allows(pa, 8, Mode::Supervisor, Access::Load);
        is_allowed.then(|| board.ram.read_u64(pa)).flatten()
    }

    /// The physical address that `entry`, a leaf at `level`, gives to `va`; `None` if the
    /// entry is of no form there is.
    fn target(&self, entry: u64, level: u32, va: u64) -> Option<u64> {
        let pbmt = entry & pte::PBMT;
        if pbmt == pte::PBMT || (pbmt != 0 && self.csr.menvcfg & envcfg::PBMTE == 0) {
            return None;
        }
        let base = (entry >> pte::PPN_SHIFT & pte::PPN) << PAGE_SHIFT;
        let (base, below) = if entry & pte::N == 0 {
            (base, (1 << (PAGE_SHIFT + level * VPN_BITS)) - 1)
        } else {
            // The low bits of the page number say how many pages: half as many.
            let below = (1 << (PAGE_SHIFT + NAPOT_BITS)) - 1;
            let size = 1 << (PAGE_SHIFT + NAPOT_BITS - 1);
            if level != 0 || base & below != size {
                return None;
            }
            (base - size, below)
        };
        (base & below == 0).then_some(base | va & below)
    }

    /// What must be stored where to mark `access` of `va` in the leaf `entry`, if it is not
    /// marked yet.
    ///
    /// # Errors
    /// The page fault of `access` if software marks, its access fault if the entry may not
    /// be written.
    fn mark(
        &self,
        entry_at: u64,
        entry: u64,
        access: Access,
        va: u64,
    ) -> Result<Option<(u64, u64)>, Trap> {
        let marked = match access {
            Access::Store => entry | pte::A | pte::D,
            Access::Fetch | Access::Load => entry | pte::A,
        };
        if marked == entry {
            return Ok(None);
        }
        if self.csr.menvcfg & envcfg::ADUE == 0 {
            return Err(access.page_fault(va));
        }
        let pmp = &self.csr.pmp;
        if !pmp.allows(entry_at, 8, Mode::Supervisor, Access::Store) {
            return Err(access.access_fault(va));
        }
        Ok(Some((entry_at, marked)))
    }

    /// Whether the leaf `entry` lets `mode` do `access`.
    fn may(&self, entry: u64, access: Access, mode: Mode) -> bool {
        let status = self.csr.mstatus;
        let is_users = entry & pte::U != 0;
        let by_mode = match mode {
            Mode::User => is_users,
            Mode::Supervisor | Mode::Machine => {
                !is_users || (access != Access::Fetch && status & status::SUM != 0)
            }
        };
        let by_kind = match access {
            Access::Fetch => entry & pte::X != 0,
            Access::Load if status & status::MXR != 0 => entry & (pte::R | pte::X) != 0,
            Access::Load => entry & pte::R != 0,
            Access::Store => entry & pte::W != 0,
        };
        // W without R is reserved.
        by_mode && by_kind && entry & (pte::R | pte::W) != pte::W
    }
}

impl Access {
    #[cold]
    pub(super) fn page_fault(self, va: u64) -> Trap {
        let exception = match self {
            Access::Fetch => Exception::FetchPage,
            Access::Load => Exception::LoadPage,
            Access::Store => Exception::StorePage,
        };
        exception.at(va)
    }

    #[cold]
    pub(super) fn access_fault(self, va: u64) -> Trap {
        let exception = match self {
            Access::Fetch => Exception::FetchAccess,
            Access::Load => Exception::LoadAccess,
            Access::Store => Exception::StoreAccess,
        };
        exception.at(va)
    }
}
