//! The checker: reads an image's records one by one and holds them against each other.
//! It changes nothing, and no bytes make it panic.
//!
//! A transaction that a power cut left in the log is applied first, in memory: that is
//! what mounting would find. Inodes whose last name went while they were open are noted,
//! not found fault with: mounting frees them.

mod finding;
mod tree;

pub use finding::{Finding, Note, Report};

use std::collections::HashMap;

use abi::disk::{BSIZE, Block, Dinode, NINDIRECT, span};
use abi::file::T_DIR;
use fs::{Geometry, Kind};

use crate::image;

/// Checks an image.
pub fn check(bytes: &[u8]) -> Report {
    let mut report = Report::default();
    match image::geometry(bytes) {
        Err(error) => report.findings.push(Finding::Image(error)),
        Ok(geometry) => {
            let (blocks, _) = bytes.as_chunks::<BSIZE>();
            let mut disk = Disk {
                geometry,
                blocks: blocks.to_vec(),
            };
            disk.apply_log(&mut report);
            let mut usage = Usage::new(&disk);
            usage.claim_all(&disk, &mut report);
            usage.compare_bitmap(&disk, &mut report);
            tree::check(&disk, &usage, &mut report);
        }
    }
    report
}

/// The image as mounting would find it.
struct Disk {
    geometry: Geometry,
    /// At least as many as the superblock says.
    blocks: Vec<Block>,
}

impl Disk {
    fn word(&self, block: u32, n: usize) -> u32 {
        let bytes = &self.blocks[block as usize][n * 4..n * 4 + 4];
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }

    fn inums(&self) -> std::ops::Range<u32> {
        1..self.geometry.superblock().ninodes
    }

    fn dinode(&self, inum: u32) -> Dinode {
        let (block, slot) = self.geometry.inode_place(inum);
        Dinode::from_block(&self.blocks[block as usize], slot)
    }

    /// Applies what is committed in the log and not yet home.
    fn apply_log(&mut self, report: &mut Report) {
        let logstart = self.geometry.superblock().logstart;
        let n = self.word(logstart, 0);
        if n >= self.geometry.superblock().nlog || n as usize > BSIZE / 4 - 1 {
            report
                .findings
                .push(Finding::LogLength { block: logstart, n });
            return;
        }
        let homes: Vec<u32> = (1..=n as usize).map(|i| self.word(logstart, i)).collect();
        for &home in &homes {
            if !self.geometry.is_home(home) {
                report.findings.push(Finding::LogHome {
                    block: logstart,
                    home,
                });
                return;
            }
        }
        for (from, &home) in (logstart + 1..).zip(&homes) {
            self.blocks[home as usize] = self.blocks[from as usize];
        }
        if n > 0 {
            report.notes.push(Note::Recovered { n });
        }
    }
}

/// What belongs to whom.
struct Usage {
    /// Which inode each block belongs to; 0 for none.
    owner: Vec<u32>,
    /// The blocks of each directory's contents that are its own: which one of them, and where
    /// it is.
    directories: HashMap<u32, Vec<(usize, u32)>>,
}

impl Usage {
    fn new(disk: &Disk) -> Usage {
        Usage {
            owner: vec![0; disk.geometry.superblock().size as usize],
            directories: HashMap::new(),
        }
    }

    fn claim_all(&mut self, disk: &Disk, report: &mut Report) {
        for inum in disk.inums() {
            let dinode = disk.dinode(inum);
            if dinode.kind == 0 {
                continue;
            }
            check_dinode(disk, inum, &dinode, report);
            let (block, _) = disk.geometry.inode_place(inum);
            let mut walk = Walk {
                inum,
                below: (dinode.size as usize).div_ceil(BSIZE),
                ..Walk::default()
            };
            for (slot, &named) in dinode.addrs.iter().enumerate() {
                let depth = disk.geometry.indirection().depth(slot);
                self.claim_tree(disk, &mut walk, (named, depth), block, report);
            }
            if dinode.kind == T_DIR {
                self.directories.insert(inum, walk.own);
            }
            if let Some((n, block)) = walk.first_hole {
                let more = walk.n_holes - 1;
                report.findings.push(Finding::Hole {
                    inum,
                    n,
                    more,
                    block,
                });
            }
        }
    }

    /// Claims a block that `found_in` names, and what is behind it, with so many indirect
    /// blocks in between.
    fn claim_tree(
        &mut self,
        disk: &Disk,
        walk: &mut Walk,
        (block, depth): (u32, usize),
        found_in: u32,
        report: &mut Report,
    ) {
        if block == 0 {
            walk.lacks(span(depth), found_in);
        } else if !self.claim(disk, walk.inum, block, found_in, report) {
            // What is behind a block of another's has been claimed.
            walk.next += span(depth);
        } else if depth == 0 {
            walk.own.push((walk.next, block));
            walk.next += 1;
        } else {
            for n in 0..NINDIRECT {
                let next = (disk.word(block, n), depth - 1);
                self.claim_tree(disk, walk, next, block, report);
            }
        }
    }

    /// Notes that `inum` names `block`, in `found_in`. Returns whether it may have it.
    fn claim(
        &mut self,
        disk: &Disk,
        inum: u32,
        block: u32,
        found_in: u32,
        report: &mut Report,
    ) -> bool {
        if !disk.geometry.is_data(block) {
            report.findings.push(Finding::NotData {
                inum,
                block,
                found_in,
            });
            return false;
        }
        let owner = &mut self.owner[block as usize];
        let is_free = *owner == 0;
        if is_free {
            *owner = inum;
        } else {
            report.findings.push(Finding::ClaimedTwice {
                inum,
                block,
                other: *owner,
            });
        }
        is_free
    }

    fn compare_bitmap(&self, disk: &Disk, report: &mut Report) {
        for (block, &owner) in (0..).zip(&self.owner) {
            let (bitmap, bit) = disk.geometry.bitmap_place(block);
            let in_use = disk.blocks[bitmap as usize][bit / 8] & 1 << (bit % 8) != 0;
            let is_data = disk.geometry.is_data(block);
            let finding = match (in_use, owner) {
                (false, 0) if is_data => continue,
                (true, 0) if is_data => Finding::Lost { block, bitmap },
                (true, _) => continue,
                (false, 0) => Finding::MetadataFree { block, bitmap },
                (false, inum) => Finding::UsedButFree {
                    inum,
                    block,
                    bitmap,
                },
            };
            report.findings.push(finding);
        }
    }
}

/// Goes through the blocks of an inode's contents, in order.
#[derive(Default)]
struct Walk {
    inum: u32,
    /// Blocks that it has bytes in.
    below: usize,
    /// Which one is next.
    next: usize,
    /// Those that are its own.
    own: Vec<(usize, u32)>,
    /// The first that is not there though it has bytes in it, and the block that should name it.
    first_hole: Option<(usize, u32)>,
    /// How many are not there.
    n_holes: usize,
}

impl Walk {
    /// The next `n` blocks are not there: `found_in` names none.
    fn lacks(&mut self, n: usize, found_in: u32) {
        let n_holes = n.min(self.below.saturating_sub(self.next));
        if n_holes > 0 {
            self.first_hole = self.first_hole.or(Some((self.next, found_in)));
            self.n_holes += n_holes;
        }
        self.next += n;
    }
}

fn check_dinode(disk: &Disk, inum: u32, dinode: &Dinode, report: &mut Report) {
    let (block, _) = disk.geometry.inode_place(inum);
    report.inodes += 1;
    if Kind::of(dinode).is_none() {
        report.findings.push(Finding::Kind {
            inum,
            block,
            kind: dinode.kind,
        });
    }
    if dinode.size as usize > disk.geometry.indirection().max_blocks() * BSIZE {
        report.findings.push(Finding::Size {
            inum,
            block,
            size: dinode.size,
        });
    }
}
