//! Builds an image from files, by the file system's own operations: the same files give
//! the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use abi::Error;
use abi::disk::{BSIZE, DIRENT_SIZE, DIRSIZ, Indirection, Superblock};
use fs::{FileSystem, Flaw, InodeRef, Kind, MAX_WRITE};
use thiserror::Error;

use crate::{Layout, MemDisk};

/// A file to put into an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its path in the image, from the root; directories on the way are made.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Why an image could not be built.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BuildError {
    /// No such layout.
    #[error("no such layout: {0}")]
    Layout(Flaw),
    /// A name no directory can hold.
    #[error("{name:?}: a name is 1 to {DIRSIZ} bytes, not `.` or `..`; name it with NAME=PATH")]
    Name {
        /// The whole path in the image.
        name: String,
    },
    /// Two files of the same name.
    #[error("{name:?} is given twice")]
    Twice {
        /// The path in the image.
        name: String,
    },
    /// A file longer than an inode can name blocks for.
    #[error("{name:?} is {len} bytes long, a file holds at most {most}")]
    TooLong {
        /// The path in the image.
        name: String,
        /// Its length.
        len: usize,
        /// The greatest length.
        most: usize,
    },
    /// Too few blocks.
    #[error("the files do not fit in {blocks} blocks; try --blocks {enough}")]
    Blocks {
        /// Blocks of the layout.
        blocks: u32,
        /// Blocks that will do.
        enough: u32,
    },
    /// Too few inodes.
    #[error("the files do not fit in {inodes} inodes; try --inodes {enough}")]
    Inodes {
        /// Inodes of the layout.
        inodes: u32,
        /// Inodes that will do.
        enough: u32,
    },
    /// The file system would not take a file.
    #[error("{name:?}: {error}")]
    File {
        /// The path in the image.
        name: String,
        /// What it said.
        error: Error,
    },
}

/// Builds an image of `layout` with `files` in its root, in their order.
///
/// # Errors
/// See [`BuildError`].
pub fn build(layout: Layout, files: &[Source]) -> Result<Vec<u8>, BuildError> {
    for file in files {
        check_source(layout, file)?;
    }
    check_fit(layout, files)?;
    let bytes = layout.format().map_err(BuildError::Layout)?;
    let fs = Box::new(FileSystem::new(MemDisk::new(bytes)));
    let mounted = fs.mount().and_then(|()| fs.root());
    let root = mounted.map_err(|error| BuildError::File {
        name: "/".into(),
        error,
    })?;
    for file in files {
        add(&fs, &root, file)?;
    }
    drop(root);
    let mut bytes = fs.into_host().into_bytes();
    clear_log(&mut bytes, &layout.superblock());
    Ok(bytes)
}

/// Wipes what building left in the log's blocks: of no account, and a burden to who
/// compresses the image.
fn clear_log(image: &mut [u8], superblock: &Superblock) {
    let start = superblock.logstart as usize * BSIZE;
    image[start..start + superblock.nlog as usize * BSIZE].fill(0);
}

fn check_source(layout: Layout, file: &Source) -> Result<(), BuildError> {
    let name = || file.name.clone();
    let good = |part: &str| (1..=DIRSIZ).contains(&part.len()) && part != "." && part != "..";
    if !file.name.split('/').all(good) {
        return Err(BuildError::Name { name: name() });
    }
    let most = layout.indirection.max_blocks() * BSIZE;
    if file.bytes.len() > most {
        return Err(BuildError::TooLong {
            name: name(),
            len: file.bytes.len(),
            most,
        });
    }
    Ok(())
}

/// Finds out whether the files fit before they are written, so that the advice given is right.
fn check_fit(layout: Layout, files: &[Source]) -> Result<(), BuildError> {
    let directories = directories(files);
    // One more: the inode that is none.
    let inodes = (1 + directories.len() + files.len()) as u32;
    if inodes > layout.inodes {
        let enough = inodes.next_multiple_of(100);
        return Err(BuildError::Inodes {
            inodes: layout.inodes,
            enough,
        });
    }
    let of_files = files.iter().map(|file| file.bytes.len());
    let of_directories = directories
        .values()
        .map(|names| (names.len() + 2) * DIRENT_SIZE);
    let blocks_of = |len| blocks_of(layout.indirection, len);
    let data: usize = of_files.chain(of_directories).map(blocks_of).sum();
    let data = data as u32;
    if data > layout.superblock().nblocks {
        let enough = layout.blocks_for(data);
        return Err(BuildError::Blocks {
            blocks: layout.blocks,
            enough,
        });
    }
    Ok(())
}

/// The directories the files need, by path, and the names in each. The root is `""`.
fn directories(files: &[Source]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut directories = BTreeMap::from([("", BTreeSet::new())]);
    for file in files {
        let mut directory = "";
        for path in parents(&file.name).chain([file.name.as_str()]) {
            directories.entry(directory).or_default().insert(path);
            directory = path;
        }
    }
    directories
}

/// Blocks a file of `len` bytes takes, the indirect ones included.
fn blocks_of(indirection: Indirection, len: usize) -> usize {
    let blocks = len.div_ceil(BSIZE);
    // Each is new with the first block that is behind it.
    let is_first = |entries: &[usize], level: usize| entries[level..].iter().all(|&n| n == 0);
    let new_for = |n: usize| {
        let route = indirection.route(n);
        route.map_or(0, |route| {
            let entries = route.entries();
            (0..entries.len())
                .filter(|&level| is_first(entries, level))
                .count()
        })
    };
    blocks + (0..blocks).map(new_for).sum::<usize>()
}

/// The directories above `name`: of `a/b/c`, `a` and `a/b`.
fn parents(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('/').map(|(at, _)| &name[..at])
}

fn add(
    fs: &FileSystem<MemDisk>,
    root: &InodeRef<'_, MemDisk>,
    file: &Source,
) -> Result<(), BuildError> {
    let failed = |error| BuildError::File {
        name: file.name.clone(),
        error,
    };
    for parent in parents(&file.name) {
        let op = fs.begin();
        match fs.create(&op, root, parent.as_bytes(), Kind::Dir) {
            Ok(_) | Err(Error::Exists) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    if fs.resolve(root, file.name.as_bytes()).is_ok() {
        return Err(BuildError::Twice {
            name: file.name.clone(),
        });
    }
    let inode = {
        let op = fs.begin();
        fs.create(&op, root, file.name.as_bytes(), Kind::File)
            .map_err(failed)?
    };
    let mut done = 0;
    while done < file.bytes.len() {
        let op = fs.begin();
        let mut rest = &file.bytes[done..];
        let written = inode.lock().and_then(|mut inode| {
            inode.write(&op, done as u32, rest.len().min(MAX_WRITE), |into| {
                let (here, after) = rest.split_at(into.len());
                into.copy_from_slice(here);
                rest = after;
                Ok(())
            })
        });
        done += written.map_err(failed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use abi::disk::MAXFILE;

    fn source(name: &str, len: usize) -> Source {
        Source {
            name: name.into(),
            bytes: vec![7; len],
        }
    }

    fn refused(layout: Layout, files: &[Source]) -> String {
        build(layout, files).unwrap_err().to_string()
    }

    #[test]
    fn the_same_files_give_the_same_bytes() {
        let files = [
            source("README", 2000),
            source("bin/ls", 40_000),
            source("bin/cat", 0),
        ];
        let image = build(Layout::CLASSIC, &files).unwrap();
        assert_eq!(image.len(), 2000 * BSIZE);
        assert_eq!(image, build(Layout::CLASSIC, &files).unwrap());
    }

    #[test]
    fn what_does_not_fit_is_refused_with_advice() {
        let full: Vec<Source> = (0..8)
            .map(|n| source(&format!("f{n}"), MAXFILE * BSIZE))
            .collect();
        assert_eq!(
            refused(Layout::CLASSIC, &full),
            "the files do not fit in 2000 blocks; try --blocks 3000"
        );
        assert!(
            build(
                Layout {
                    blocks: 3000,
                    ..Layout::CLASSIC
                },
                &full
            )
            .is_ok()
        );
        let many: Vec<Source> = (0..199).map(|n| source(&format!("f{n}"), 0)).collect();
        assert_eq!(
            refused(Layout::CLASSIC, &many),
            "the files do not fit in 200 inodes; try --inodes 300"
        );
        assert!(build(Layout::CLASSIC, &many[1..]).is_ok());
        let files = [source("big", MAXFILE * BSIZE + 1)];
        assert_eq!(
            refused(Layout::CLASSIC, &files),
            "\"big\" is 274433 bytes long, a file holds at most 274432"
        );
        let large = Layout {
            blocks: 2000,
            ..Layout::BIG
        };
        assert!(build(large, &files).is_ok());
    }

    #[test]
    fn names_are_checked() {
        for name in ["", "a//b", "..", "fifteen-letters", "a/./b"] {
            assert!(
                refused(Layout::CLASSIC, &[source(name, 1)]).contains("a name is 1 to 14 bytes"),
                "{name}"
            );
        }
        let twice = [source("a", 1), source("a", 1)];
        assert_eq!(refused(Layout::CLASSIC, &twice), "\"a\" is given twice");
        let under_a_file = [source("a", 1), source("a/b", 1)];
        assert!(refused(Layout::CLASSIC, &under_a_file).contains("not a directory"));
    }
}
