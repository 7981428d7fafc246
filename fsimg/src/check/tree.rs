//! Checks the tree: every directory from the root down, then the link counts.

use std::collections::{HashMap, HashSet};

use abi::disk::{BSIZE, DIRENT_SIZE, Dinode, Dirent, ROOTINO};
use abi::file::T_DIR;

use super::{Disk, Finding, Note, Report, Usage};

/// Checks directories, names, link counts and that every inode in use can be reached.
pub(super) fn check(disk: &Disk, usage: &Usage, report: &mut Report) {
    let (block, _) = disk.geometry.inode_place(ROOTINO);
    if disk.dinode(ROOTINO).kind != T_DIR {
        report.findings.push(Finding::NoRoot { block });
        return;
    }
    let mut tree = Tree::default();
    // The root is its own parent, and counts one name though it has none.
    tree.names.insert(ROOTINO, 1);
    tree.waiting.push((ROOTINO, ROOTINO));
    while let Some((inum, parent)) = tree.waiting.pop() {
        tree.enter((disk, usage), inum, parent, report);
    }
    tree.check_links(disk, report);
}

#[derive(Default)]
struct Tree {
    /// Names that lead to each inode, by what link counts count: `..` too, `.` not.
    names: HashMap<u32, usize>,
    /// Directories found and not entered yet, with their parents.
    waiting: Vec<(u32, u32)>,
}

impl Tree {
    /// Checks the entries of directory `inum`.
    fn enter(
        &mut self,
        (disk, usage): (&Disk, &Usage),
        inum: u32,
        parent: u32,
        report: &mut Report,
    ) {
        let dinode = disk.dinode(inum);
        if !(dinode.size as usize).is_multiple_of(DIRENT_SIZE) {
            let (block, _) = disk.geometry.inode_place(inum);
            report.findings.push(Finding::DirSize {
                inum,
                block,
                size: dinode.size,
            });
        }
        let mut seen = HashSet::new();
        let mut dots = [0, 0];
        for (block, entry) in entries(disk, usage, inum, &dinode) {
            let bytes_after_end = entry.name[entry.name().len()..]
                .iter()
                .any(|&byte| byte != 0);
            if entry.name().is_empty() || entry.name().contains(&b'/') || bytes_after_end {
                report.findings.push(Finding::Name { inum, block, entry });
            }
            if !seen.insert(entry.name) {
                report
                    .findings
                    .push(Finding::SameName { inum, block, entry });
            }
            match entry.name() {
                b"." => dots[0] = u32::from(entry.inum),
                b".." => dots[1] = u32::from(entry.inum),
                _ => self.follow(disk, inum, block, entry, report),
            }
        }
        for (name, leads_to, should) in [(".", dots[0], inum), ("..", dots[1], parent)] {
            if leads_to != should {
                report.findings.push(Finding::Dots {
                    inum,
                    name,
                    leads_to,
                    should,
                });
            }
        }
        if inum != ROOTINO {
            *self.names.entry(parent).or_default() += 1;
        }
    }

    /// Counts the name `entry` that directory `inum` has.
    fn follow(&mut self, disk: &Disk, inum: u32, block: u32, entry: Dirent, report: &mut Report) {
        let to = u32::from(entry.inum);
        if !disk.geometry.is_inode(to) || disk.dinode(to).kind == 0 {
            report
                .findings
                .push(Finding::Dangling { inum, block, entry });
            return;
        }
        let is_dir = disk.dinode(to).kind == T_DIR;
        if is_dir && self.names.contains_key(&to) {
            report
                .findings
                .push(Finding::SecondName { inum, block, entry });
            return;
        }
        *self.names.entry(to).or_default() += 1;
        if is_dir {
            self.waiting.push((to, inum));
        }
    }

    fn check_links(&self, disk: &Disk, report: &mut Report) {
        for inum in disk.inums() {
            let dinode = disk.dinode(inum);
            let (block, _) = disk.geometry.inode_place(inum);
            match self.names.get(&inum) {
                None if dinode.kind == 0 => {}
                None if dinode.nlink == 0 => report.notes.push(Note::Orphan { inum }),
                None => report.findings.push(Finding::Unreachable { inum, block }),
                Some(&names) if usize::try_from(dinode.nlink) == Ok(names) => {}
                Some(&names) => {
                    report.findings.push(Finding::Links {
                        inum,
                        block,
                        nlink: dinode.nlink,
                        names,
                    });
                }
            }
        }
    }
}

/// The entries in use of a directory, each with the block it is in. Blocks that are not
/// there, or another's, are passed over; they have been found fault with.
fn entries(disk: &Disk, usage: &Usage, inum: u32, dinode: &Dinode) -> Vec<(u32, Dirent)> {
    let mut entries = Vec::new();
    let size = dinode.size as usize;
    let own = usage.directories.get(&inum).map_or(&[][..], Vec::as_slice);
    for &(n, block) in own.iter().filter(|(n, _)| n * BSIZE < size) {
        let bytes = &disk.blocks[block as usize][..BSIZE.min(size - n * BSIZE)];
        let (chunks, _) = bytes.as_chunks::<DIRENT_SIZE>();
        let all = chunks.iter().map(Dirent::from_bytes);
        entries.extend(
            all.filter(|entry| entry.inum != 0)
                .map(|entry| (block, entry)),
        );
    }
    entries
}
