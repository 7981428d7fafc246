//! What the file system holds after each system call, found by making the calls here, on a
//! disk in memory, one after the other.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use fs::{Error, FileSystem, Kind};
use fsimg::{Image, ImageError, MemDisk};

use super::workload::{Call, Step, Workload, Writer};

/// What a file system holds, by path: of directories that they are there, of files a hash of
/// their contents.
pub(crate) type Tree = BTreeMap<String, u64>;

/// All that `image` holds, once mounted.
///
/// # Errors
/// Something cannot be read.
pub(crate) fn tree(image: &Image) -> Result<Tree, ImageError> {
    let mut tree = Tree::new();
    for line in image.list("/")? {
        let path = String::from_utf8_lossy(&line.path).into_owned();
        let state = line.state.map_err(|error| ImageError::Path {
            path: path.clone(),
            error,
        })?;
        let mut hasher = DefaultHasher::new();
        match state {
            (Kind::Dir, _) => "directory".hash(&mut hasher),
            (Kind::Device { major, minor }, _) => (major, minor).hash(&mut hasher),
            (Kind::File | Kind::Symlink, _) => image.read(&path)?.hash(&mut hasher),
        }
        tree.insert(path, hasher.finish());
    }
    Ok(tree)
}

/// The part of the tree that one shell changes: what it holds at first and after each call that
/// changed something.
#[derive(Debug, Default)]
pub(crate) struct Course {
    /// What its paths begin with.
    within: String,
    /// What the paths of others begin with.
    without: Vec<String>,
    /// What its part holds, one state after the other.
    pub states: Vec<Tree>,
    /// The last state of each step, by its place in `states`.
    pub ends: Vec<usize>,
}

/// What the typed lines do, and what each writer does.
#[derive(Debug)]
pub(crate) struct Courses {
    /// The first step is the boot; that in which the writers run is one, too.
    pub typed: Course,
    /// Each begins and ends in the step of the typed lines that runs them all.
    pub writers: Vec<Course>,
    /// Which step that is.
    pub writers_step: usize,
}

impl Courses {
    /// Does all of `workload` on `image`.
    ///
    /// # Panics
    /// If the image is not sound.
    pub fn of(workload: &Workload, image: &[u8]) -> Courses {
        let disk = Box::new(FileSystem::new(MemDisk::new(image.to_vec())));
        disk.mount().expect("a fresh image mounts");
        let inside = |writer: &Writer| format!("{}/", writer.within);
        let mut typed = Course::new("", workload.writers.iter().map(inside).collect(), &disk);
        let boot = Step::new("", vec![Call::Console]);
        typed.take(&boot, &disk);
        workload
            .before
            .iter()
            .for_each(|step| typed.take(step, &disk));
        let writers_step = typed.ends.len();
        let run = |writer: &Writer| {
            let mut course = Course::new(&inside(writer), Vec::new(), &disk);
            writer
                .steps
                .iter()
                .for_each(|step| course.take(step, &disk));
            course
        };
        let writers: Vec<Course> = workload.writers.iter().map(run).collect();
        if !writers.is_empty() {
            typed.take(&Step::quiet(""), &disk);
        }
        workload
            .after
            .iter()
            .for_each(|step| typed.take(step, &disk));
        Courses {
            typed,
            writers,
            writers_step,
        }
    }
}

impl Course {
    /// What is there now of the part with paths that begin so and not so.
    fn new(within: &str, without: Vec<String>, disk: &FileSystem<MemDisk>) -> Course {
        let mut course = Course {
            within: within.into(),
            without,
            ..Course::default()
        };
        course.states.push(course.part_of(&now(disk)));
        course
    }

    /// Its part of `tree`.
    pub fn part_of(&self, tree: &Tree) -> Tree {
        let is_others = |path: &str| self.without.iter().any(|other| path.starts_with(other));
        let is_ours = |path: &str| path.starts_with(&self.within) && !is_others(path);
        let ours = tree.iter().filter(|(path, _)| is_ours(path));
        ours.map(|(path, &state)| (path.clone(), state)).collect()
    }

    /// Does `step`, and notes what comes of it.
    fn take(&mut self, step: &Step, disk: &FileSystem<MemDisk>) {
        for call in &step.calls {
            let result = make(call, disk);
            let seen = self.part_of(&now(disk));
            if self.states.last() != Some(&seen) {
                self.states.push(seen);
            }
            if result.is_err() {
                break;
            }
        }
        self.ends.push(self.states.len() - 1);
    }
}

fn now(disk: &FileSystem<MemDisk>) -> Tree {
    let image = Image::open(disk.host().bytes()).expect("it is sound");
    tree(&image).expect("it is sound")
}

/// Makes `call` in a transaction of its own.
fn make(call: &Call, disk: &FileSystem<MemDisk>) -> Result<(), Error> {
    let root = disk.root()?;
    let op = disk.begin();
    match call {
        Call::Open { path, truncate } => {
            let inode = disk.create(&op, &root, path.as_bytes(), Kind::File)?;
            let mut file = inode.lock()?;
            if *truncate {
                file.truncate(&op).map(drop)
            } else {
                Ok(())
            }
        }
        Call::Write { path, bytes } => {
            let inode = disk.resolve(&root, path.as_bytes())?;
            let mut file = inode.lock()?;
            let mut rest = bytes.as_slice();
            let end = file.size();
            let written = file.write(&op, end, bytes.len(), |into| {
                let (here, after) = rest.split_at(into.len());
                into.copy_from_slice(here);
                rest = after;
                Ok(())
            });
            written.map(drop)
        }
        Call::Mkdir(path) => disk
            .create(&op, &root, path.as_bytes(), Kind::Dir)
            .map(drop),
        Call::Link(old, new) => disk.link(&op, &root, old.as_bytes(), new.as_bytes()),
        Call::Unlink(path) => disk.unlink(&op, &root, path.as_bytes()),
        Call::Console => {
            let console = Kind::Device { major: 1, minor: 0 };
            disk.create(&op, &root, b"console", console).map(drop)
        }
    }
}
