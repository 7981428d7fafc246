//! What cache-block instructions do where there is no cache: check, and write zeros.
//! Source: Unprivileged ISA, "\"CMO\" Extensions for Base Cache Management Operation".

use super::mmu::Access;
use super::{Exception, Hart, Mode, Op, Trap, envcfg};
use crate::board::Board;

/// Bytes of a cache block; the device tree says so too.
pub(crate) const BLOCK: u64 = 64;

impl Hart {
    /// `cbo.clean` and `cbo.flush` of the block that holds `va`: what it holds is in memory
    /// already. Gives nothing of use.
    pub fn cbo_clean(&mut self, board: &mut Board, op: &Op, va: u64) -> Result<u64, Trap> {
        self.need(envcfg::CBCFE, op)?;
        self.reach_block(board, va)
    }

    /// `cbo.inval` of the block that holds `va`: a cache without a copy has none to lose,
    /// whether the environment makes a flush of it or not. Gives nothing of use.
    pub fn cbo_inval(&mut self, board: &mut Board, op: &Op, va: u64) -> Result<u64, Trap> {
        self.need(envcfg::CBIE, op)?;
        self.reach_block(board, va)
    }

    /// `cbo.zero` of the block that holds `va`, which must be in RAM. Gives nothing of use.
    pub fn cbo_zero(&mut self, board: &mut Board, op: &Op, va: u64) -> Result<u64, Trap> {
        self.need(envcfg::CBZE, op)?;
        let block = va & !(BLOCK - 1);
        let place = self
            .translate(board, block, BLOCK, Access::Store)
            .map_err(|trap| of_block(trap, va))?;
        for at in (0..BLOCK).step_by(8) {
            board.tell_store(block + at, place.pa + at, 8, 0);
            let written = board.ram.store(place.pa + at, &[0; 8]);
            written.ok_or(Access::Store.access_fault(va))?;
        }
        Ok(0)
    }

    /// Whether `op` is allowed by `field` of the environment of its mode.
    fn need(&self, field: u64, op: &Op) -> Result<(), Trap> {
        let by_machine = self.mode == Mode::Machine || self.csr.menvcfg & field != 0;
        let by_supervisor = self.mode != Mode::User || self.csr.senvcfg & field != 0;
        if by_machine && by_supervisor {
            Ok(())
        } else {
            Err(Trap::illegal(op))
        }
    }

    /// A block may be managed by whoever may load from it or store to it. A store is allowed
    /// nowhere that a load is not.
    fn reach_block(&mut self, board: &mut Board, va: u64) -> Result<u64, Trap> {
        let block = va & !(BLOCK - 1);
        let place = self
            .translate(board, block, BLOCK, Access::Load)
            .map_err(|trap| of_block(trap, va))?;
        if board.has(place.pa) {
            Ok(0)
        } else {
            Err(Access::Store.access_fault(va))
        }
    }
}

/// The fault of a block as software is told of it: as of a store, at the address the
/// instruction named rather than the block's.
fn of_block(trap: Trap, va: u64) -> Trap {
    match trap.exception {
        Exception::LoadPage | Exception::StorePage => Access::Store.page_fault(va),
        _ => Access::Store.access_fault(va),
    }
}
