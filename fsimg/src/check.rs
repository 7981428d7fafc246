//! The checker: reads an image's records one by one and holds them against each other.
//! It changes nothing, and no bytes make it panic.
//!
//! A transaction that a power cut left in the log is applied first, in memory: that is
//! what mounting would find. Inodes whose last name went while they were open are noted,
//! not found fault with: mounting frees them.

mod finding;
mod tree;

pub use finding::{Finding, Note, Report};

use abi::disk::{BSIZE, Block, Dinode, MAXFILE, NDIRECT, NINDIRECT};
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
            tree::check(&disk, &mut report);
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

    /// The blocks of an inode's contents, in order, 0 for those it lacks. Those of an
    /// indirect block that is none are lacking.
    fn contents(&self, dinode: &Dinode) -> Vec<u32> {
        let mut blocks = dinode.addrs[..NDIRECT].to_vec();
        let indirect = dinode.addrs[NDIRECT];
        if self.geometry.is_data(indirect) {
            blocks.extend((0..NINDIRECT).map(|n| self.word(indirect, n)));
        }
        blocks
    }
}

/// Which inode each block belongs to; 0 for none.
struct Usage {
    owner: Vec<u32>,
}

impl Usage {
    fn new(disk: &Disk) -> Usage {
        Usage {
            owner: vec![0; disk.geometry.superblock().size as usize],
        }
    }

    fn claim_all(&mut self, disk: &Disk, report: &mut Report) {
        for inum in disk.inums() {
            let dinode = disk.dinode(inum);
            if dinode.kind == 0 {
                continue;
            }
            check_dinode(disk, inum, &dinode, report);
            let (found_in, _) = disk.geometry.inode_place(inum);
            self.claim(disk, inum, dinode.addrs[NDIRECT], found_in, report);
            for (n, block) in disk.contents(&dinode).into_iter().enumerate() {
                let found_in = if n < NDIRECT {
                    found_in
                } else {
                    dinode.addrs[NDIRECT]
                };
                self.claim(disk, inum, block, found_in, report);
                if block == 0 && n * BSIZE < dinode.size as usize {
                    report.findings.push(Finding::Hole {
                        inum,
                        n,
                        block: found_in,
                    });
                }
            }
        }
    }

    /// Notes that `inum` names `block`, in `found_in`.
    fn claim(&mut self, disk: &Disk, inum: u32, block: u32, found_in: u32, report: &mut Report) {
        if block == 0 {
            return;
        }
        if !disk.geometry.is_data(block) {
            report.findings.push(Finding::NotData {
                inum,
                block,
                found_in,
            });
            return;
        }
        let owner = &mut self.owner[block as usize];
        if *owner == 0 {
            *owner = inum;
        } else {
            report.findings.push(Finding::ClaimedTwice {
                inum,
                block,
                other: *owner,
            });
        }
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
    if dinode.size as usize > MAXFILE * BSIZE {
        report.findings.push(Finding::Size {
            inum,
            block,
            size: dinode.size,
        });
    }
}
