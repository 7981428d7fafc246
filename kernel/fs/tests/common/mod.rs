//! What the tests share: operations as data, and what a file system holds as data.
#![allow(dead_code, reason = "each test uses its part")]

pub mod model;

use std::collections::BTreeMap;
use std::sync::Mutex;

use abi::Error;
use abi::disk::{BSIZE, Block, Indirection};
use fs::{FileSystem, Guarded, Host, InodeRef, Kind, MAX_WRITE, Message};
use fsimg::{Layout, MemDisk, Source, StdLock};
use proptest::prelude::*;

/// A file system small enough to copy at every write, and with room for what the tests write.
pub const SMALL: Layout = Layout {
    blocks: 640,
    inodes: 48,
    ..Layout::CLASSIC
};

/// The same with doubly indirect blocks, and room for files that have some.
pub const LARGE: Layout = Layout {
    blocks: 1800,
    inodes: 48,
    indirection: Indirection::Double,
};

/// What `/c` holds on a disk that `large` makes: it fills all but two of the blocks there are
/// before the doubly indirect one.
pub fn large_file() -> Vec<u8> {
    pattern(5, 265 * BSIZE)
}

/// A disk with a large file.
pub fn large() -> Vec<u8> {
    let file = Source {
        name: "c".into(),
        bytes: large_file(),
    };
    fsimg::build(LARGE, &[file]).unwrap()
}

/// An operation on a file system. Paths are from `PATHS`.
#[derive(Clone, Debug)]
pub enum Operation {
    Create(String, Kind),
    /// Writes `len` bytes made from `seed`, at `at` per mille of the size, in as many
    /// transactions as it takes.
    Write {
        path: String,
        at: u32,
        len: usize,
        seed: u8,
    },
    Truncate(String),
    Link(String, String),
    Unlink(String),
    /// Goes to a directory; it stays in use even when its name goes.
    Chdir(String),
    /// Opens a file; it stays in use even when its name goes.
    Hold(String),
    /// Lets go of the file opened first.
    Release,
}

/// Names that make collisions likely, and all that is special about names.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(vec!["a", "b", "c"]),
        1 => prop::sample::select(vec![".", "..", "fourteen-bytes", "fourteen-bytes-and-more"]),
    ]
    .prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = String> {
    let names = prop::collection::vec(name(), 1..4);
    (any::<bool>(), names).prop_map(|(absolute, names)| {
        if absolute {
            format!("/{}", names.join("/"))
        } else {
            names.join("//")
        }
    })
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        4 => Just(Kind::File),
        4 => Just(Kind::Dir),
        1 => Just(Kind::Device { major: 1, minor: 7 }),
    ]
}

/// Lengths about every boundary there is: of a byte, of a block, of a transaction, of the
/// direct blocks.
fn len() -> impl Strategy<Value = usize> {
    prop_oneof![
        0..40usize,
        1000..1050usize,
        3000..3100usize,
        10_000..14_000usize,
        Just(40_000)
    ]
}

pub fn operation() -> impl Strategy<Value = Operation> {
    let at = prop_oneof![Just(0), Just(1000), 0..1001u32];
    prop_oneof![
        6 => (path(), kind()).prop_map(|(path, kind)| Operation::Create(path, kind)),
        6 => (path(), at, len(), any::<u8>())
            .prop_map(|(path, at, len, seed)| Operation::Write { path, at, len, seed }),
        1 => path().prop_map(Operation::Truncate),
        3 => (path(), path()).prop_map(|(old, new)| Operation::Link(old, new)),
        5 => path().prop_map(Operation::Unlink),
        2 => path().prop_map(Operation::Chdir),
        2 => path().prop_map(Operation::Hold),
        1 => Just(Operation::Release),
    ]
}

/// The bytes a `Write` writes.
pub fn pattern(seed: u8, len: usize) -> Vec<u8> {
    (0..len)
        .map(|n| (n as u8).wrapping_mul(31) ^ (n >> 8) as u8 ^ seed)
        .collect()
}

/// A file system with what a process would hold of it.
pub struct Process<'fs, H: Host> {
    pub fs: &'fs FileSystem<H>,
    pub cwd: InodeRef<'fs, H>,
    pub held: Vec<InodeRef<'fs, H>>,
}

impl<'fs, H: Host> Process<'fs, H> {
    pub fn new(fs: &'fs FileSystem<H>) -> Process<'fs, H> {
        Process {
            fs,
            cwd: fs.root().unwrap(),
            held: Vec::new(),
        }
    }

    /// Does `operation`; each transaction in it begins with a call of `step`.
    pub fn run(&mut self, operation: &Operation, mut step: impl FnMut()) -> Result<(), Error> {
        let fs = self.fs;
        let (path, len) = match operation {
            Operation::Write { path, len, .. } => (path.as_bytes(), *len),
            _ => (b"".as_slice(), 0),
        };
        if let Operation::Write { at, seed, .. } = operation {
            let inode = fs.resolve(&self.cwd, path)?;
            let start = (u64::from(inode.lock()?.size()) * u64::from(*at) / 1000) as usize;
            let bytes = pattern(*seed, len);
            let result = bytes
                .chunks(MAX_WRITE)
                .enumerate()
                .try_for_each(|(n, piece)| {
                    step();
                    write_at(fs, &inode, start + n * MAX_WRITE, piece)
                });
            let _op = fs.begin();
            drop(inode);
            return result;
        }
        step();
        let op = fs.begin();
        match operation {
            Operation::Create(path, kind) => {
                fs.create(&op, &self.cwd, path.as_bytes(), *kind).map(drop)
            }
            Operation::Truncate(path) => fs
                .resolve(&self.cwd, path.as_bytes())?
                .lock()?
                .truncate(&op)
                .map(drop),
            Operation::Link(old, new) => fs.link(&op, &self.cwd, old.as_bytes(), new.as_bytes()),
            Operation::Unlink(path) => fs.unlink(&op, &self.cwd, path.as_bytes()),
            Operation::Chdir(path) => {
                let inode = fs.resolve(&self.cwd, path.as_bytes())?;
                if inode.lock()?.kind() != Kind::Dir {
                    return Err(Error::NotADirectory);
                }
                self.cwd = inode;
                Ok(())
            }
            Operation::Hold(path) => {
                let inode = fs.resolve(&self.cwd, path.as_bytes())?;
                let kind = inode.lock()?.kind();
                if kind == Kind::Dir {
                    return Err(Error::IsADirectory);
                }
                self.held.push(inode);
                Ok(())
            }
            Operation::Release if self.held.is_empty() => Ok(()),
            Operation::Release => {
                self.held.remove(0);
                Ok(())
            }
            Operation::Write { .. } => unreachable!("done above"),
        }
    }
}

/// Makes `path`, in a transaction of its own.
pub fn create<'fs>(
    fs: &'fs FileSystem<MemDisk>,
    path: &str,
    kind: Kind,
) -> Result<InodeRef<'fs, MemDisk>, Error> {
    let op = fs.begin();
    fs.create(&op, &fs.root()?, path.as_bytes(), kind)
}

/// Writes `len` bytes to the start of `file`.
pub fn fill(
    fs: &FileSystem<MemDisk>,
    file: &InodeRef<'_, MemDisk>,
    len: usize,
) -> Result<(), Error> {
    let bytes = pattern(1, len);
    bytes
        .chunks(MAX_WRITE)
        .enumerate()
        .try_for_each(|(n, piece)| write_at(fs, file, n * MAX_WRITE, piece))
}

/// Writes `bytes`, at most `MAX_WRITE` of them: as one transaction, unless their blocks are under
/// so many bitmap blocks that it takes another.
pub fn write_at<H: Host>(
    fs: &FileSystem<H>,
    inode: &InodeRef<'_, H>,
    offset: usize,
    bytes: &[u8],
) -> Result<(), Error> {
    let op = fs.begin();
    let mut rest = bytes;
    let n = inode
        .lock()?
        .write(&op, offset as u32, bytes.len(), |into| {
            let (here, after) = rest.split_at(into.len());
            into.copy_from_slice(here);
            rest = after;
            Ok(())
        })?;
    drop(op);
    if n < bytes.len() {
        assert!(n > 0);
        return write_at(fs, inode, offset + n, &bytes[n..]);
    }
    Ok(())
}

/// All of a file.
pub fn contents<H: Host>(inode: &InodeRef<'_, H>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let inode = inode.lock()?;
    let n = inode.read(0, usize::MAX, |piece| {
        bytes.extend_from_slice(piece);
        Ok(())
    })?;
    assert_eq!(n, inode.size() as usize);
    Ok(bytes)
}

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub kind: Kind,
    pub nlink: i16,
    pub bytes: Vec<u8>,
}

/// What a file system holds, by path; a directory's bytes are left out.
pub type Tree = BTreeMap<String, State>;

/// Reads everything there is.
pub fn tree<H: Host>(fs: &FileSystem<H>) -> Tree {
    let mut tree = Tree::new();
    let mut waiting = vec!["/".to_owned()];
    while let Some(path) = waiting.pop() {
        let root = fs.root().unwrap();
        let inode = fs.resolve(&root, path.as_bytes()).unwrap();
        let guard = inode.lock().unwrap();
        let (kind, nlink) = (guard.kind(), guard.nlink());
        let mut below = Vec::new();
        if kind == Kind::Dir {
            let names = guard.entries(|entry| {
                below.push(String::from_utf8(entry.name().to_vec()).unwrap());
                Ok(())
            });
            names.unwrap();
            below.retain(|name| name != "." && name != "..");
        }
        drop(guard);
        let bytes = if kind == Kind::Dir {
            Vec::new()
        } else {
            contents(&inode).unwrap()
        };
        waiting.extend(
            below
                .iter()
                .map(|name| format!("{path}{}{name}", if path == "/" { "" } else { "/" })),
        );
        tree.insert(path, State { kind, nlink, bytes });
    }
    tree
}

/// A mounted file system in memory.
pub fn mounted(bytes: Vec<u8>) -> Box<FileSystem<MemDisk>> {
    mounted_as(bytes, false)
}

/// The same, with a buffer cache of one bucket or of several.
pub fn mounted_as(bytes: Vec<u8>, is_hashed: bool) -> Box<FileSystem<MemDisk>> {
    let fs = Box::new(FileSystem::new(MemDisk::new(bytes)));
    if is_hashed {
        fs.hash_buffers();
    }
    fs.mount().unwrap();
    fs
}

/// Fails with what the checker finds.
#[track_caller]
pub fn assert_clean(bytes: &[u8]) {
    let report = fsimg::check(bytes);
    let lines: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "the checker finds:\n{}", lines.join("\n"));
}

/// A disk in memory that keeps every write, in order, or fails from one on.
pub struct Recorder {
    pub disk: MemDisk,
    pub writes: Mutex<Vec<(u32, Block)>>,
    pub fail_from: usize,
    pub slow: bool,
}

impl Recorder {
    pub fn new(bytes: Vec<u8>, fail_from: usize) -> Recorder {
        Recorder {
            disk: MemDisk::new(bytes),
            writes: Mutex::default(),
            fail_from,
            slow: false,
        }
    }

    pub fn n_writes(&self) -> usize {
        self.writes.lock().unwrap().len()
    }
}

impl Host for Recorder {
    type Lock<T: Guarded> = StdLock<T>;
    type SleepLock<T: Guarded> = StdLock<T>;

    fn read(&self, block: u32, into: &mut Block) -> Result<(), Error> {
        self.disk.read(block, into)
    }

    fn write(&self, block: u32, from: &Block) -> Result<(), Error> {
        let mut writes = self.writes.lock().unwrap();
        if writes.len() >= self.fail_from {
            return Err(Error::Io);
        }
        writes.push((block, *from));
        drop(writes);
        if self.slow {
            // Other threads get a chance to do what they must not do meanwhile.
            std::thread::sleep(std::time::Duration::from_micros(20));
        }
        self.disk.write(block, from)
    }

    fn flush(&self) -> Result<(), Error> {
        Ok(())
    }

    fn report(&self, message: Message) {
        self.disk.report(message);
    }
}

/// Puts `block` into an image.
pub fn put(image: &mut [u8], (block, bytes): &(u32, Block)) {
    let start = *block as usize * BSIZE;
    image[start..start + BSIZE].copy_from_slice(bytes);
}
