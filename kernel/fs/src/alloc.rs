//! Free blocks, by the bitmap, and free inodes, by their kind.

use core::sync::atomic::Ordering;

use abi::Error;
use abi::disk::{BPB, Dinode, IPB};
use abi::info::FsInfo;

use crate::host::{Host, Message};
use crate::{FileSystem, InodeRef, Kind, Op};

impl<H: Host> FileSystem<H> {
    /// Takes the first free data block and fills it with zeros.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if there is none; [`Error::Io`].
    #[inline(never)]
    pub(crate) fn balloc(&self, op: &Op<'_, H>) -> Result<u32, Error> {
        let start = self.geometry.load().data_start();
        let hint = self.none_free_before.load(Ordering::Relaxed).max(start);
        let mut found = self.balloc_between(op, hint, u32::MAX)?;
        if found.is_none() {
            // Somebody freed a block in front while another took the hint further.
            found = self.balloc_between(op, start, hint)?;
        }
        let Some(block) = found else {
            self.host.report(Message::OutOfBlocks);
            return Err(Error::NoSpace);
        };
        self.none_free_before.store(block + 1, Ordering::Relaxed);
        let zeroed = self
            .bzero(block)
            .and_then(|mut buffer| op.log_write(&mut buffer).map(drop));
        match zeroed {
            Ok(()) => Ok(block),
            Err(error) => self.bfree(op, block).and(Err(error)),
        }
    }

    /// Takes the first free block from `block` on and before `end`.
    fn balloc_between(
        &self,
        op: &Op<'_, H>,
        mut block: u32,
        end: u32,
    ) -> Result<Option<u32>, Error> {
        let geometry = self.geometry.load();
        let end = end.min(geometry.superblock().size);
        while block < end {
            let (bitmap, first) = geometry.bitmap_place(block);
            let base = block - first as u32;
            let bits = (end - base).min(BPB) as usize;
            let mut buffer = self.bread(bitmap)?;
            if let Some(bit) = first_clear(buffer.data(), first, bits) {
                op.log_write(&mut buffer)?[bit / 8] |= 1 << (bit % 8);
                return Ok(Some(base + bit as u32));
            }
            block = base.saturating_add(BPB);
        }
        Ok(None)
    }

    /// Gives a data block back.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if it is free already, with the bitmap block that says so, or no
    /// data block at all; [`Error::Io`].
    #[inline(never)]
    pub(crate) fn bfree(&self, op: &Op<'_, H>, block: u32) -> Result<(), Error> {
        let geometry = self.geometry.load();
        if !geometry.is_data(block) {
            return Err(Error::Corrupt { block });
        }
        let (bitmap, bit) = geometry.bitmap_place(block);
        let mut buffer = self.bread(bitmap)?;
        if buffer.data()[bit / 8] & 1 << (bit % 8) == 0 {
            return Err(Error::Corrupt { block: bitmap });
        }
        op.log_write(&mut buffer)?[bit / 8] &= !(1 << (bit % 8));
        self.none_free_before.fetch_min(block, Ordering::Relaxed);
        Ok(())
    }

    /// Takes a free inode for `kind`. It has no name yet: if it gets none, it is freed
    /// when its last reference goes.
    ///
    /// # Errors
    /// [`Error::NoSpace`] if there is none; [`Error::TableFull`]; [`Error::Io`].
    #[inline(never)]
    pub(crate) fn ialloc(&self, op: &Op<'_, H>, kind: Kind) -> Result<InodeRef<'_, H>, Error> {
        let geometry = self.geometry.load();
        let ninodes = geometry.superblock().ninodes;
        for first in (0..ninodes).step_by(IPB) {
            let mut buffer = self.bread(geometry.inode_place(first).0)?;
            let here = first.max(1)..ninodes.min(first + IPB as u32);
            let free = |&inum: &u32| {
                let (_, slot) = geometry.inode_place(inum);
                Dinode::is_free(buffer.data(), slot)
            };
            if let Some(inum) = here.clone().find(free) {
                // The reference first: without one nobody would free the inode again.
                let inode = self.iget(inum)?;
                let (major, minor) = kind.device_numbers();
                let dinode = Dinode {
                    kind: kind.number(),
                    major,
                    minor,
                    ..Dinode::default()
                };
                dinode.write_to(op.log_write(&mut buffer)?, geometry.inode_place(inum).1);
                return Ok(inode);
            }
        }
        self.host.report(Message::NoInodes);
        Err(Error::NoSpace)
    }
}

impl<H: Host> FileSystem<H> {
    /// Counts the blocks and inodes that are free. While others work it may count some too many
    /// or too few.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn info(&self) -> Result<FsInfo, Error> {
        let geometry = self.geometry.load();
        let superblock = geometry.superblock();
        let mut info = FsInfo {
            blocks: superblock.size.saturating_sub(geometry.data_start()),
            inodes: superblock.ninodes.saturating_sub(1),
            ..FsInfo::default()
        };
        let mut block = geometry.data_start();
        while block < superblock.size {
            let (bitmap, first) = geometry.bitmap_place(block);
            let base = block - first as u32;
            let bits = first..(superblock.size - base).min(BPB) as usize;
            let buffer = self.bread(bitmap)?;
            let is_free = |bit: &usize| buffer.data()[bit / 8] & 1 << (bit % 8) == 0;
            info.free_blocks += bits.filter(is_free).count() as u32;
            block = base.saturating_add(BPB);
        }
        for first in (0..superblock.ninodes).step_by(IPB) {
            let buffer = self.bread(geometry.inode_place(first).0)?;
            let here = first.max(1)..superblock.ninodes.min(first + IPB as u32);
            let is_free = |&inum: &u32| {
                let (_, slot) = geometry.inode_place(inum);
                Dinode::from_block(buffer.data(), slot).kind == 0
            };
            info.free_inodes += here.filter(is_free).count() as u32;
        }
        Ok(info)
    }
}

/// The first clear bit of `bitmap` from bit `from` to before bit `end`.
fn first_clear(bitmap: &[u8], from: usize, end: usize) -> Option<usize> {
    let mut bit = from;
    while bit < end {
        if bit.is_multiple_of(8) && bitmap[bit / 8] == 0xff {
            bit += 8;
        } else if bitmap[bit / 8] & 1 << (bit % 8) != 0 {
            bit += 1;
        } else {
            return Some(bit);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::first_clear;

    #[test]
    fn the_first_clear_bit_is_found_within_bounds() {
        assert_eq!(first_clear(&[0xff, 0b0111, 0xff], 0, 24), Some(11));
        assert_eq!(first_clear(&[0xff, 0b0111, 0xff], 12, 24), Some(12));
        assert_eq!(first_clear(&[0xff, 0xff, 0x7f], 0, 24), Some(23));
        assert_eq!(first_clear(&[0xff, 0xff, 0x7f], 3, 23), None);
        assert_eq!(first_clear(&[0], 4, 4), None);
    }
}
