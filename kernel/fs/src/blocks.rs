//! Which blocks a file's contents are in: named by the inode itself, or by indirect blocks
//! between it and them. [`Indirection`](abi::disk::Indirection) has the way to each.
//!
//! Below its size a file has no holes. Beyond it, it may own blocks (a write that
//! failed, a cut too big for one transaction): they are used when the file grows, and
//! freed with it; what they hold is never read.

use abi::Error;
use abi::disk::{Block, NADDRS, NINDIRECT};

use crate::host::Host;
use crate::{InodeGuard, InodeRef, Op};

/// Blocks that freeing one more block may log: the bitmap's, the indirect one that named it, the
/// one that named that, the inode's.
pub(crate) const ROOM_TO_FREE: usize = 4;

impl<H: Host> InodeGuard<'_, H> {
    /// The data block that holds the file's block `n`, if it has one.
    #[inline(never)]
    pub(crate) fn bmap(&self, n: usize) -> Result<Option<u32>, Error> {
        let Some(route) = self.geometry().indirection().route(n) else {
            return Ok(None);
        };
        let mut named = self.sound_block(self.inode.dinode.addrs[route.slot], self.place().0)?;
        for &n in route.entries() {
            let Some(indirect) = named else { break };
            named = self.named_by(indirect, n)?;
        }
        Ok(named)
    }

    /// As `bmap`, but gives the file a block if it has none there.
    pub(crate) fn bmap_or_balloc(&mut self, op: &Op<'_, H>, n: usize) -> Result<u32, Error> {
        let fs = self.of.fs;
        let route = self.geometry().indirection().route(n);
        let route = route.ok_or(Error::FileTooLarge)?;
        let named = self.sound_block(self.inode.dinode.addrs[route.slot], self.place().0)?;
        let mut block = match named {
            Some(block) => block,
            None => {
                self.inode.dinode.addrs[route.slot] = fs.balloc(op)?;
                self.inode.dinode.addrs[route.slot]
            }
        };
        for &n in route.entries() {
            let indirect = block;
            block = match self.named_by(indirect, n)? {
                Some(block) => block,
                None => {
                    let new = fs.balloc(op)?;
                    match set_entry(self.of, op, indirect, n, new) {
                        Ok(()) => new,
                        Err(error) => return fs.bfree(op, new).and(Err(error)),
                    }
                }
            };
        }
        Ok(block)
    }

    /// Blocks that `op` may still have to log to write to the file's block `n`: the inode's; the
    /// block itself, or all that are new on the way to it, with the bitmap's for each; the
    /// indirect block that names the first of those.
    pub(crate) fn room_to_write(&self, op: &Op<'_, H>, n: usize) -> Result<usize, Error> {
        let geometry = self.geometry();
        let route = geometry.indirection().route(n);
        let route = route.ok_or(Error::FileTooLarge)?;
        let mut named = self.sound_block(self.inode.dinode.addrs[route.slot], self.place().0)?;
        let (mut n_new, mut named_by) = (route.entries().len() + 1, None);
        for &n in route.entries() {
            let Some(indirect) = named else { break };
            (n_new, named_by) = (n_new - 1, Some(indirect));
            named = self.named_by(indirect, n)?;
        }
        if named.is_some() {
            return Ok(2);
        }
        let changes_indirect = named_by.is_some_and(|indirect| !op.has_logged(indirect));
        let n_bitmaps = n_new.min(geometry.bitmap_blocks() as usize);
        Ok(1 + n_new + n_bitmaps + usize::from(changes_indirect))
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
        let mut is_done = true;
        for slot in (0..NADDRS).rev() {
            let block = self.inode.dinode.addrs[slot];
            let depth = self.geometry().indirection().depth(slot);
            is_done = is_done && self.free_tree(op, block, depth, damage)?;
            if is_done {
                self.inode.dinode.addrs[slot] = 0;
            }
        }
        self.iupdate(op).and(Ok(is_done))
    }

    /// Frees `block` and what is behind it, with `depth` indirect blocks in between, as far as
    /// `op` has room for. Returns whether all is freed; if not, `block` stays, and names what is
    /// left.
    fn free_tree(
        &self,
        op: &Op<'_, H>,
        block: u32,
        depth: usize,
        damage: &mut Result<(), Error>,
    ) -> Result<bool, Error> {
        if block == 0 {
            return Ok(true);
        }
        if !self.geometry().is_data(block) {
            *damage = damage.and(Err(Error::Corrupt { block }));
            return Ok(true);
        }
        if op.room() < ROOM_TO_FREE {
            return Ok(false);
        }
        for n in (0..if depth > 0 { NINDIRECT } else { 0 }).rev() {
            let named = match self.of.fs.bread(block) {
                Ok(buffer) => entry(buffer.data(), n),
                Err(error) => {
                    *damage = damage.and(Err(error));
                    break;
                }
            };
            if !self.free_tree(op, named, depth - 1, damage)? {
                forget_entries(self.of, op, block, n + 1)?;
                return Ok(false);
            }
        }
        *damage = damage.and(self.of.fs.bfree(op, block));
        Ok(true)
    }

    /// The block that entry `n` of the block `indirect` names.
    fn named_by(&self, indirect: u32, n: usize) -> Result<Option<u32>, Error> {
        let named = entry(self.of.fs.bread(indirect)?.data(), n);
        self.sound_block(named, indirect)
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
