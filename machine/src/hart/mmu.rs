//! Address translation: Sv39, with the accessed and dirty bits set by the hart.
//! Source: Privileged ISA, "Virtual Address Translation Process", "Sv39".

use super::pmp::Verdict;
use super::{Exception, Hart, Mode, Trap, status};
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
    /// Bits of extensions the machine lacks, which must be zero.
    pub const RESERVED: u64 = !0 << 54;
    pub const PPN_SHIFT: u32 = 10;
    pub const PPN: u64 = (1 << 44) - 1;
}

pub(super) const MODE_SHIFT: u32 = 60;
pub(super) const BARE: u64 = 0;
pub(super) const SV39: u64 = 8;
const LEVELS: u32 = 3;
const PAGE_SHIFT: u32 = 12;
const VPN_BITS: u32 = 9;
const VA_BITS: u32 = PAGE_SHIFT + LEVELS * VPN_BITS;

/// A leaf of a page table that an access reached.
#[derive(Clone, Copy, Debug)]
struct Leaf {
    pa: u64,
    /// Where the entry lies, and what it must become, if the access has to be marked in it.
    mark: Option<(u64, u64)>,
    /// Where the entries lie that led there; 0 for those that were not needed.
    path: [u64; LEVELS as usize],
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
        if mode == Mode::Machine || self.csr.satp >> MODE_SHIFT == BARE {
            return Ok(Leaf {
                pa: va,
                mark: None,
                path: [0; LEVELS as usize],
            });
        }
        let unused = 64 - VA_BITS;
        if (va as i64) << unused >> unused != va as i64 {
            return Err(access.page_fault(va));
        }
        let mut table = (self.csr.satp & pte::PPN) << PAGE_SHIFT;
        let mut path = [0; LEVELS as usize];
        for level in (0..LEVELS).rev() {
            let shift = PAGE_SHIFT + level * VPN_BITS;
            let vpn = va >> shift & ((1 << VPN_BITS) - 1);
            let entry_at = table + vpn * 8;
            let fault = access.access_fault(va);
            if !self
                .csr
                .pmp
                .allows(entry_at, 8, Mode::Supervisor, Access::Load)
            {
                return Err(fault);
            }
            let entry = board.ram.read_u64(entry_at).ok_or(fault)?;
            if entry & pte::V == 0 || entry & pte::RESERVED != 0 {
                return Err(access.page_fault(va));
            }
            path[level as usize] = entry_at;
            let ppn = entry >> pte::PPN_SHIFT & pte::PPN;
            if entry & (pte::R | pte::W | pte::X) == 0 {
                if entry & (pte::U | pte::A | pte::D) != 0 {
                    return Err(access.page_fault(va));
                }
                table = ppn << PAGE_SHIFT;
                continue;
            }
            let below = (1 << shift) - 1;
            let base = ppn << PAGE_SHIFT;
            if base & below != 0 || !self.may(entry, access, mode) {
                return Err(access.page_fault(va));
            }
            let marked = match access {
                Access::Store => entry | pte::A | pte::D,
                Access::Fetch | Access::Load => entry | pte::A,
            };
            let is_marked = marked == entry;
            let pmp = &self.csr.pmp;
            if !is_marked && !pmp.allows(entry_at, 8, Mode::Supervisor, Access::Store) {
                return Err(fault);
            }
            return Ok(Leaf {
                pa: base | va & below,
                mark: (!is_marked).then_some((entry_at, marked)),
                path,
            });
        }
        Err(access.page_fault(va))
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
