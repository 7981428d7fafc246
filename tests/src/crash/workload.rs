//! Workloads: lines typed to the shell, and the system calls that each makes.

use fsimg::{Layout, Source};

/// What the file of that name holds on every workload's disk.
const README: &[u8] = &{
    let mut bytes = [b'r'; 2500];
    bytes[bytes.len() - 1] = b'\n';
    bytes
};

/// A system call that changes the file system, made in one transaction. Paths are from the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Makes the file if it is not there; empties it if so asked.
    Open {
        /// Which.
        path: String,
        /// Whether to empty it.
        truncate: bool,
    },
    /// Writes at the end of a file.
    Write {
        /// Which.
        path: String,
        /// What.
        bytes: Vec<u8>,
    },
    /// Makes a directory.
    Mkdir(String),
    /// Gives the first the second as a further name.
    Link(String, String),
    /// Takes a name away.
    Unlink(String),
    /// Makes the console's file, as `init` does on a fresh disk.
    Console,
}

/// A line, and the calls that it makes, one after the other: the first that fails ends it.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is typed.
    pub line: String,
    /// What it does.
    pub calls: Vec<Call>,
}

impl Step {
    /// `line`, which makes `calls`.
    pub fn new(line: impl Into<String>, calls: Vec<Call>) -> Step {
        Step {
            line: line.into(),
            calls,
        }
    }

    /// `line`, which changes nothing.
    pub fn quiet(line: &str) -> Step {
        Step::new(line, Vec::new())
    }

    /// Writes a line of `text` to the file `path`, which is emptied first.
    pub fn echo(text: &str, path: &str) -> Step {
        let line = format!("echo {text} > {path}");
        Step::new(line, output(path, true, &[format!("{text}\n").as_bytes()]))
    }

    /// Adds a line of `text` to the file `path`.
    pub fn append(text: &str, path: &str) -> Step {
        let line = format!("echo {text} >> {path}");
        Step::new(line, output(path, false, &[format!("{text}\n").as_bytes()]))
    }

    /// Copies `README`, `n` times, to the file `path`.
    pub fn copy(n: usize, path: &str) -> Step {
        let line = format!("cat{} > {path}", " README".repeat(n));
        let calls = output(path, true, &[README; 9][..n]);
        Step::new(line, calls)
    }

    /// Adds a copy of `README` to the file `path`.
    pub fn append_copy(path: &str) -> Step {
        let line = format!("cat README >> {path}");
        Step::new(line, output(path, false, &[README]))
    }

    /// Empties the file `path`.
    pub fn truncate(path: &str) -> Step {
        Step::new(format!("> {path}"), output(path, true, &[]))
    }

    /// Gives the file `old` the further name `new`.
    pub fn link(old: &str, new: &str) -> Step {
        let call = Call::Link(old.into(), new.into());
        Step::new(format!("ln {old} {new}"), vec![call])
    }

    /// Makes directories.
    pub fn mkdir(paths: &[&str]) -> Step {
        let calls = paths.iter().map(|&path| Call::Mkdir(path.into()));
        Step::new(format!("mkdir {}", paths.join(" ")), calls.collect())
    }

    /// Takes names away.
    pub fn remove(paths: &[&str]) -> Step {
        let calls = paths.iter().map(|&path| Call::Unlink(path.into()));
        Step::new(format!("rm {}", paths.join(" ")), calls.collect())
    }
}

/// What a program does whose output goes to `path`: opens it, and writes each of `files` to it,
/// as `cat` does.
fn output(path: &str, truncate: bool, files: &[&[u8]]) -> Vec<Call> {
    const AT_ONCE: usize = 512;
    let open = Call::Open {
        path: path.into(),
        truncate,
    };
    let pieces = files.iter().flat_map(|bytes| bytes.chunks(AT_ONCE));
    let writes = pieces.map(|bytes| Call::Write {
        path: path.into(),
        bytes: bytes.into(),
    });
    [open].into_iter().chain(writes).collect()
}

/// Lines that a shell of its own runs while others run theirs. They touch nothing outside their
/// directory.
#[derive(Clone, Debug)]
pub struct Writer {
    /// The directory, which an earlier step made.
    pub within: String,
    /// The lines; the shell reads them from a file, and stands in the root.
    pub steps: Vec<Step>,
}

/// Something to do while the power fails.
#[derive(Clone, Debug)]
pub struct Workload {
    /// What it is called.
    pub name: String,
    /// Harts of the machine.
    pub harts: usize,
    /// Chooses how they interleave.
    pub seed: u64,
    /// How large the disk is. The programs take about 70 blocks.
    pub layout: Layout,
    /// What the disk holds besides the programs.
    pub files: Vec<Source>,
    /// Typed first, one after the other.
    pub before: Vec<Step>,
    /// Then run at once.
    pub writers: Vec<Writer>,
    /// Then typed.
    pub after: Vec<Step>,
}

impl Workload {
    /// Steps on one hart, one after the other, on a disk with some room and a `README`.
    pub fn alone(name: &str, steps: Vec<Step>) -> Workload {
        Workload {
            name: name.into(),
            harts: 1,
            seed: 0,
            layout: Layout {
                blocks: 320,
                inodes: 48,
                ..Layout::CLASSIC
            },
            files: vec![Source {
                name: "README".into(),
                bytes: README.into(),
            }],
            before: steps,
            writers: Vec::new(),
            after: Vec::new(),
        }
    }

    /// The line that runs the writers, and what is shown once all are done.
    pub(crate) fn line_of_writers(&self) -> (String, &'static str) {
        let shells = (0..self.writers.len()).map(|n| format!("sh < script{n} & "));
        let last = "writers done";
        let line = format!("{}wait; echo {last}", shells.collect::<String>());
        (line, last)
    }

    /// What is on the disk besides the programs: the files, and the writers' scripts.
    pub(crate) fn sources(&self) -> Vec<Source> {
        let scripts = self.writers.iter().enumerate().map(|(n, writer)| {
            let lines = writer.steps.iter().map(|step| step.line.clone() + "\n");
            Source {
                name: format!("script{n}"),
                bytes: lines.collect::<String>().into_bytes(),
            }
        });
        self.files.iter().cloned().chain(scripts).collect()
    }
}
