//! What can go wrong, in one sentence each, and the exit status that goes with it.

use std::io;
use std::path::PathBuf;

use machine::SetupError;
use thiserror::Error;

/// Why the program gave up.
#[derive(Debug, Error)]
pub enum Failure {
    /// A guest file is missing, very likely because nothing was built yet.
    #[error("{0} does not exist; run `cargo xtask build` to make it, or name another")]
    NotBuilt(PathBuf),
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file that cannot be what it is taken for.
    #[error("{path} is longer than {most} bytes, more than any kernel or disk the machine takes")]
    TooLong {
        /// Which file.
        path: PathBuf,
        /// How long it may be.
        most: u64,
    },
    /// A machine cannot be built of this.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The image is cut short, or damaged at its very beginning.
    #[error(
        "{path} is no disk our kernel can use: {source} (--raw-disk boots with it all the same)"
    )]
    Image {
        /// The image.
        path: PathBuf,
        /// What is wrong with it.
        source: fsimg::ImageError,
    },
    /// A script that cannot be read.
    #[error("{path}:{line}: {what}")]
    Script {
        /// The script.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// A script's expectation did not come true.
    #[error("{path}:{line}: expected {wanted}, but {why}")]
    Expected {
        /// The script.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What was expected.
        wanted: String,
        /// Why it will not come.
        why: String,
    },
    /// `--until` came before the script's end.
    #[error("{path}:{line}: time is up at t = {t}")]
    TimeUp {
        /// The script.
        path: PathBuf,
        /// The line it was at, from 1.
        line: usize,
        /// The time.
        t: u64,
    },
    /// A scene that cannot be read.
    #[error("{0}")]
    Scene(#[from] inspect::scene::BadScene),
    /// A variant that the scene does not have.
    #[error("{0}")]
    Variant(String),
    /// Symbols that cannot be read.
    #[error("{path}: {source}")]
    Symbols {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: inspect::symbols::BadSymbols,
    },
    /// Symbols of another kernel.
    #[error(
        "{symbols} belongs to another kernel than {kernel}; make both by one build, or go without by --no-symbols"
    )]
    OtherKernel {
        /// The symbols.
        symbols: PathBuf,
        /// The kernel.
        kernel: PathBuf,
    },
    /// A report that cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The guest asked for a reset, which would begin everything anew.
    #[error("the guest asked for a reset")]
    Reset,
    /// Nothing to disassemble there.
    #[error("{0}")]
    Disasm(String),
    /// Arguments that do not go together.
    #[error("{0}")]
    Usage(String),
    /// A test program that cannot be run, or does not have what is asked for.
    #[error("{path}: {what}")]
    Program {
        /// The program.
        path: PathBuf,
        /// Why not.
        what: String,
    },
    /// A snapshot file that cannot be read.
    #[error("{path} cannot be loaded: {source}")]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: machine::BadFile,
    },
    /// A port that cannot be listened at.
    #[error("cannot wait for gdb on port {port}: {source} (--port chooses another)")]
    Listen {
        /// The port.
        port: u16,
        /// Why not.
        source: io::Error,
    },
    /// The terminal, or standard input or output, failed.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
}

impl Failure {
    /// The exit status: 1 for what was expected and did not come, 42 for time-outs, 2 for all that
    /// keeps a run from being made: arguments and files.
    pub fn exit_status(&self) -> u8 {
        match self {
            Failure::Expected { .. } | Failure::Reset => 1,
            Failure::TimeUp { .. } => 42,
            Failure::NotBuilt(_)
            | Failure::Read { .. }
            | Failure::TooLong { .. }
            | Failure::Setup(_)
            | Failure::Image { .. }
            | Failure::Script { .. }
            | Failure::Scene(_)
            | Failure::Variant(_)
            | Failure::Symbols { .. }
            | Failure::OtherKernel { .. }
            | Failure::Write { .. }
            | Failure::Disasm(_)
            | Failure::Usage(_)
            | Failure::Program { .. }
            | Failure::Snapshot { .. }
            | Failure::Listen { .. }
            | Failure::Terminal(_) => 2,
        }
    }
}
