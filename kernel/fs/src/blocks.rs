//! Which blocks a file's contents are in: the first `NDIRECT` named by the inode itself,
//! the rest by its indirect block.
//!
//! Below its size a file has no holes. Beyond it, it may own blocks (a write that
//! failed, a cut too big for one transaction): they are used when the file grows, and
//! freed with it; what they hold is never read.

use abi::Error;
use abi::disk::{Block, NDIRECT, NINDIRECT};

use crate::host::Host;
use crate::{InodeGuard, InodeRef, Op};

/// Blocks that freeing one more block may log: the bitmap's, the indirect, the inode's.
pub(crate) const ROOM_TO_FREE: usize = 3;

impl<H: Host> InodeGuard<'_, H> {
    /// The data block that holds the file's block `n`, if it has one.
    #[inline(never)]
    pub(crate) fn bmap(&self, n: usize) -> Result<Option<u32>, Error> {
        let addrs = &self.inode.dinode.addrs;
        let (named, found_in) = if n < NDIRECT {
            (addrs[n], self.place().0)
        } else {
            let Some(indirect) = self.sound_block(addrs[NDIRECT], self.place().0)? else {
                return Ok(None);
            };
            (
                entry(self.of.fs.bread(indirect)?.data(), n - NDIRECT),
                indirect,
            )
        };
        self.sound_block(named, found_in)
    }

    /// As `bmap`, but gives the file a block if it has none there.
    pub(crate) fn bmap_or_balloc(&mut self, op: &Op<'_, H>, n: usize) -> Result<u32, Error> {
        if let Some(block) = self.bmap(n)? {
            return Ok(block);
        }
        let fs = self.of.fs;
        if n < NDIRECT {
            self.inode.dinode.addrs[n] = fs.balloc(op)?;
            return Ok(self.inode.dinode.addrs[n]);
        }
        if self.inode.dinode.addrs[NDIRECT] == 0 {
            self.inode.dinode.addrs[NDIRECT] = fs.balloc(op)?;
        }
        let indirect = self.inode.dinode.addrs[NDIRECT];
        let block = fs.balloc(op)?;
        match set_entry(self.of, op, indirect, n - NDIRECT, block) {
            Ok(()) => Ok(block),
            Err(error) => fs.bfree(op, block).and(Err(error)),
        }
    }

    /// Makes the file empty and frees its blocks, the last first, as far as `op` has room
    /// for. Returns whether all are freed.
    ///
    /// What is damaged is passed over, and noted in `damage`: a block lost is better than
    /// a block that two files share.
    #[inline(never)]
    pub(crate) fn itrunc(
        &mut self,
        op: &Op<'_, H>,
        damage: &mut Result<(), Error>,
    ) -> Result<bool, Error> {
        self.inode.dinode.size = 0;
        let mut done = self.free_indirect(op, damage)?;
        for n in (0..NDIRECT).rev() {
            done = done && op.room() >= ROOM_TO_FREE;
            if done {
                let block = core::mem::take(&mut self.inode.dinode.addrs[n]);
                self.free_block(op, block, damage);
            }
        }
        self.iupdate(op).and(Ok(done))
    }

    fn free_indirect(
        &mut self,
        op: &Op<'_, H>,
        damage: &mut Result<(), Error>,
    ) -> Result<bool, Error> {
        let indirect = match self.sound_block(self.inode.dinode.addrs[NDIRECT], self.place().0) {
            Ok(None) => return Ok(true),
            Ok(Some(block)) => block,
            Err(error) => {
                *damage = damage.and(Err(error));
                self.inode.dinode.addrs[NDIRECT] = 0;
                return Ok(true);
            }
        };
        for n in (0..NINDIRECT).rev() {
            let block = match self.of.fs.bread(indirect) {
                Ok(buffer) => entry(buffer.data(), n),
                Err(error) => {
                    *damage = damage.and(Err(error));
                    break;
                }
            };
            if block != 0 && op.room() < ROOM_TO_FREE {
                forget_entries(self.of, op, indirect, n + 1)?;
                return Ok(false);
            }
            self.free_block(op, block, damage);
        }
        self.inode.dinode.addrs[NDIRECT] = 0;
        self.free_block(op, indirect, damage);
        Ok(true)
    }

    fn free_block(&self, op: &Op<'_, H>, block: u32, damage: &mut Result<(), Error>) {
        if block != 0 {
            *damage = damage.and(self.of.fs.bfree(op, block));
        }
    }

    /// `block`, if it is not 0, which stands for none.
    ///
    /// # Errors
    /// [`Error::Corrupt`] with `found_in`, if it is no data block.
    fn sound_block(&self, block: u32, found_in: u32) -> Result<Option<u32>, Error> {
        match block {
            0 => Ok(None),
            block if self.geometry().is_data(block) => Ok(Some(block)),
            _ => Err(Error::Corrupt { block: found_in }),
        }
    }
}

/// Entry `n` of an indirect block.
fn entry(block: &Block, n: usize) -> u32 {
    let bytes = &block[n * 4..n * 4 + 4];
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

/// Makes entry `n` of the block `indirect` name `block`.
fn set_entry<H: Host>(
    of: &InodeRef<'_, H>,
    op: &Op<'_, H>,
    indirect: u32,
    n: usize,
    block: u32,
) -> Result<(), Error> {
    let mut buffer = of.fs.bread(indirect)?;
    op.log_write(&mut buffer)?[n * 4..n * 4 + 4].copy_from_slice(&block.to_le_bytes());
    Ok(())
}

/// Makes the entries of the block `indirect` name nothing, from entry `from` on.
fn forget_entries<H: Host>(
    of: &InodeRef<'_, H>,
    op: &Op<'_, H>,
    indirect: u32,
    from: usize,
) -> Result<(), Error> {
    let mut buffer = of.fs.bread(indirect)?;
    op.log_write(&mut buffer)?[from * 4..].fill(0);
    Ok(())
}
