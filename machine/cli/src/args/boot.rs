//! `orrery boot`.

use std::path::PathBuf;

use clap::Args as Group;

use super::Guest;

/// What `--help` says at its end.
pub const HELP: &str = "\
With a terminal, keys go to the guest; Ctrl-A X leaves, Ctrl-A H helps, Ctrl-A Ctrl-A sends Ctrl-A.
Otherwise standard input is typed line by line while the guest waits; the run ends when the
guest switches off, or when input is used up and the guest has been quiet for a minute of its time.

A script is lines of
  send TEXT       type TEXT; \\n \\r \\t \\\\ \\xHH are understood (end a command with \\n)
  expect TEXT     wait until TEXT comes, after what was last expected
  expect /REGEX/  the same with a regular expression
  # …             a comment

Time is counted in cycles: one for each instruction of any hart, and those skipped while all
wait; the guest's clock takes 100 million of them for a second.

A trace tells of traps and returns, page tables, the disk, packets, console bytes, and calls of
chosen functions, each with its time and hart:
  orrery boot --trace out.jsonl --trace-calls kalloc,swtch
  orrery boot --trace out.json --trace-format perfetto     then open it at ui.perfetto.dev

Firmware such as OpenSBI starts a kernel for S-mode at 0x80200000:
  orrery boot --bios fw_dynamic.bin --kernel my/kernel.elf --no-disk

A snapshot goes on where it was:
  orrery boot --until 20000000 --save booted.orrery
  orrery boot --load booted.orrery                         goes on there, with the same state hash

Exit status: the guest's own when it switches off (0 to 255); 0 when a script ran to its end;
1 failed expectation; 2 wrong usage, or a script or files that cannot be used; 42 --until was
reached before the script's end.";

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
    /// At the end, write the machine to this file, for --load
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Write what comes out of the virtio console (--device console) to this file, not to
    /// standard error
    #[arg(long, value_name = "FILE")]
    pub virtio_console: Option<PathBuf>,
    /// Write what hardware does to this file
    #[arg(long, value_name = "OUT")]
    pub trace: Option<PathBuf>,
    /// How to write it
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "json",
        requires = "trace"
    )]
    pub trace_format: TraceFormat,
    /// Write calls of these functions too, by the names in the kernel, or in the file
    /// beside it that ends in .debug
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', requires = "trace")]
    pub trace_calls: Vec<String>,
    /// At the end, print time, instructions, state hash, seconds and MIPS
    #[arg(long)]
    pub stats: bool,
}

/// How a trace is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum TraceFormat {
    /// A JSON object a line, for each event
    Json,
    /// Chrome's trace events, for ui.perfetto.dev
    Perfetto,
}
