//! `orrery boot`.

use std::path::PathBuf;

use clap::Args as Group;

use super::Guest;

/// What `--help` says at its end.
pub const HELP: &str = "\
With a terminal, keys go to the guest; Ctrl-A X leaves, Ctrl-A Ctrl-A sends Ctrl-A.
Otherwise standard input is typed line by line while the guest waits; the run ends when the
guest switches off, or when input is used up and the guest has been quiet for a minute of its time.

A script is lines of
  send TEXT       type TEXT; \\n \\r \\t \\\\ \\xHH are understood (end a command with \\n)
  expect TEXT     wait until TEXT comes, after what was last expected
  expect /REGEX/  the same with a regular expression
  # …             a comment

Time is counted in cycles: one for each instruction of any hart, and those skipped while all
wait; the guest's clock takes 100 million of them for a second.

Exit status: the guest's own when it switches off (0 to 255); 0 when a script ran to its end;
1 failed expectation, or files the machine cannot run; 2 wrong usage or script; 42 --until
was reached before the script's end.";

/// How to boot.
#[derive(Debug, Group)]
pub struct Boot {
    /// What to boot.
    #[command(flatten)]
    pub guest: Guest,
    /// Play this script instead of the keyboard
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// Stop at this time
    #[arg(long, value_name = "T")]
    pub until: Option<u64>,
    /// Print the state's hash at this time
    #[arg(long, value_name = "T")]
    pub hash_at: Option<u64>,
    /// At the end, print time, instructions, state hash, seconds and MIPS
    #[arg(long)]
    pub stats: bool,
}
