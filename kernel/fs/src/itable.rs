//! The inode table: which inodes are in memory, and how many references each has.
//!
//! A slot is two things under two locks. `Itable` (short lock) says which inode a slot
//! stands for and counts its references; `Inode` (long lock) is what the inode holds,
//! read when it is first locked. A slot with references never changes its inode.
//!
//! An inode whose last name is gone lives on until its last reference goes. Its slot
//! then is an *orphan*, and the operation that ends next frees it. If the power fails
//! before that, `mount` finds it: an inode in use, with no names.

use abi::Error;
use abi::disk::{Dinode, ROOTINO};
use abi::limits::NINODE;

use crate::blocks::ROOM_TO_FREE;
use crate::host::{Guarded, Host, Lock, Message};
use crate::{FileSystem, Geometry, InodeGuard, Op};

/// Which inode each slot stands for.
pub(crate) struct Itable {
    slots: [Slot; NINODE],
}

#[derive(Clone, Copy)]
struct Slot {
    /// The inode's number.
    inum: u32,
    /// References. The slot is free at 0, unless it is an orphan.
    refcnt: u32,
    /// Counts the inodes this slot stood for. What is behind the long lock is this
    /// inode's if it has the same generation.
    generation: u64,
    /// The inode has no names, as far as it has been read.
    unlinked: bool,
    /// No references, no names, and still to be freed.
    orphan: bool,
}

impl Guarded for Itable {
    const NAME: &'static str = "itable";
    const INIT: Self = Itable {
        slots: [Slot {
            inum: 0,
            refcnt: 0,
            generation: 0,
            unlinked: false,
            orphan: false,
        }; NINODE],
    };
}

/// A counted reference to an inode: a clone counts one more, a drop one less.
///
/// When the last one of an inode without names goes, the inode is freed by the
/// operation that ends next, and keeps its slot of the table until then. So let go
/// inside an [`Op`] when it may be the last.
pub struct InodeRef<'fs, H: Host> {
    pub(crate) fs: &'fs FileSystem<H>,
    pub(crate) slot: usize,
    pub(crate) inum: u32,
    pub(crate) generation: u64,
}

impl<H: Host> InodeRef<'_, H> {
    /// Locks the inode, reading it from the disk if need be.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if it is free or cannot be; [`Error::Io`].
    pub fn lock(&self) -> Result<InodeGuard<'_, H>, Error> {
        self.ilock()
    }

    /// Its number on the disk.
    pub fn inum(&self) -> u32 {
        self.inum
    }

    /// Whether both lead to the same inode.
    pub fn is_same(&self, other: &InodeRef<'_, H>) -> bool {
        self.slot == other.slot
    }
}

impl<H: Host> Clone for InodeRef<'_, H> {
    fn clone(&self) -> Self {
        self.fs.itable.lock().slots[self.slot].refcnt += 1;
        InodeRef { ..*self }
    }
}

impl<H: Host> Drop for InodeRef<'_, H> {
    fn drop(&mut self) {
        self.fs.iput(self.slot);
    }
}

impl<H: Host> FileSystem<H> {
    /// The inode of `/`.
    ///
    /// # Errors
    /// [`Error::TableFull`] if no slot of the inode table is free.
    pub fn root(&self) -> Result<InodeRef<'_, H>, Error> {
        self.iget(ROOTINO)
    }

    /// A reference to inode `inum`, which the caller has found to be in range.
    ///
    /// # Errors
    /// [`Error::TableFull`].
    #[inline(never)]
    pub(crate) fn iget(&self, inum: u32) -> Result<InodeRef<'_, H>, Error> {
        let mut itable = self.itable.lock();
        let slots = &mut itable.slots;
        let known = |slot: &Slot| slot.inum == inum && !slot.is_free();
        let n = match slots.iter().position(known) {
            Some(n) => n,
            None => {
                let n = slots
                    .iter()
                    .position(Slot::is_free)
                    .ok_or(Error::TableFull)?;
                let generation = slots[n].generation + 1;
                slots[n] = Slot {
                    inum,
                    refcnt: 0,
                    generation,
                    unlinked: false,
                    orphan: false,
                };
                n
            }
        };
        // An orphan that is asked for again (a damaged directory names it) waits.
        slots[n].orphan = false;
        slots[n].refcnt += 1;
        Ok(InodeRef {
            fs: self,
            slot: n,
            inum,
            generation: slots[n].generation,
        })
    }

    #[inline(never)]
    fn iput(&self, slot: usize) {
        let slot = &mut self.itable.lock().slots[slot];
        slot.refcnt -= 1;
        slot.orphan = slot.refcnt == 0 && slot.unlinked;
    }

    /// Notes whether a locked inode has names.
    pub(crate) fn set_unlinked(&self, slot: usize, unlinked: bool) {
        self.itable.lock().slots[slot].unlinked = unlinked;
    }

    /// Frees the orphans there are. Called by `op` as it ends: what it unlinked goes in its
    /// own transaction. A big inode may take several, and is an orphan to `mount` in between.
    pub(crate) fn free_orphans(&self, op: &mut Op<'_, H>) {
        while let Some(inode) = self.take_orphan() {
            if let Err(error) = inode.free(op) {
                self.host.report(Message::NotFreed {
                    inum: inode.inum,
                    error,
                });
            }
            // Freed or given up: the slot goes with the reference.
            self.set_unlinked(inode.slot, false);
        }
    }

    fn take_orphan(&self) -> Option<InodeRef<'_, H>> {
        let mut itable = self.itable.lock();
        let n = itable.slots.iter().position(|slot| slot.orphan)?;
        let slot = &mut itable.slots[n];
        slot.orphan = false;
        slot.refcnt += 1;
        Some(InodeRef {
            fs: self,
            slot: n,
            inum: slot.inum,
            generation: slot.generation,
        })
    }

    /// Frees the inodes in use that have no names: a power cut kept them from it.
    ///
    /// # Errors
    /// [`Error::Io`]. An inode that is damaged is left to the checker.
    #[inline(never)]
    pub(crate) fn ireclaim(&self, geometry: &Geometry) -> Result<(), Error> {
        for inum in 1..geometry.superblock().ninodes {
            let (block, slot) = geometry.inode_place(inum);
            let dinode = Dinode::from_block(self.bread(block)?.data(), slot);
            if dinode.kind == 0 || dinode.nlink != 0 {
                continue;
            }
            self.host.report(Message::Orphaned { inum });
            let op = self.begin();
            // Reading it is enough: it is seen to have no names, and goes with the operation.
            let seen = self.iget(inum)?.lock().map(drop);
            drop(op);
            if seen == Err(Error::Io) {
                return seen;
            }
        }
        Ok(())
    }
}

impl<H: Host> InodeRef<'_, H> {
    /// Frees the inode and its blocks, in as many operations as it takes.
    fn free(&self, op: &mut Op<'_, H>) -> Result<(), Error> {
        loop {
            if op.room() < ROOM_TO_FREE {
                op.renew();
            }
            if self.lock()?.ifree(op)? {
                return Ok(());
            }
        }
    }
}

impl Slot {
    fn is_free(&self) -> bool {
        self.refcnt == 0 && !self.orphan
    }
}
