//! `orrery snapshot`.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

use super::Guest;

const MAKE_HELP: &str = "\
The file holds the machine with its memory and disk: --load of boot, gdb and this command goes on
from it, with the same state hash as if it had never stopped. With --recording it holds the
beginning and all input too, so that gdb can go back from there.

Examples:
  orrery snapshot make booted.orrery --until 20000000
  orrery snapshot make shell.orrery --script session.txt --recording
  orrery boot --load booted.orrery
  orrery gdb --load shell.orrery

Exit status: as of orrery boot.";

const INFO_HELP: &str = "\
The file is read to its end and checked: what is cut short, damaged or foreign is told in a sentence.

Exit status: 0 it can be loaded; 2 it cannot.";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Snapshot {
    /// Boot, run, and write the machine to a file
    #[command(after_help = MAKE_HELP)]
    Make(Box<MakeSnapshot>),
    /// Tell what a file holds
    #[command(after_help = INFO_HELP)]
    Info {
        /// The file
        file: PathBuf,
    },
}

/// Which machine to write, and when.
#[derive(Debug, Group)]
pub struct MakeSnapshot {
    /// The file to write
    pub file: PathBuf,
    /// What to boot.
    #[command(flatten)]
    pub guest: Guest,
    /// Run until this time
    #[arg(long, value_name = "T", required_unless_present = "script")]
    pub until: Option<u64>,
    /// Run until this script's end
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// Keep the beginning and all input as well
    #[arg(long)]
    pub recording: bool,
}
