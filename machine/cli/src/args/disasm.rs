//! `orrery disasm`.

use std::path::PathBuf;

use clap::Args as Group;

/// What `--help` says at its end.
pub const HELP: &str = "\
Examples:
  orrery disasm target/guest/kernel --at start -n 20
  orrery disasm target/guest/kernel --at 0x80000000";

/// What to disassemble.
#[derive(Debug, Group)]
pub struct Disasm {
    /// ELF file
    pub file: PathBuf,
    /// Where to begin: an address, or a symbol with or without its path; else the entry point
    #[arg(long, value_name = "ADDRESS")]
    pub at: Option<String>,
    /// How many instructions
    #[arg(short, value_name = "N", default_value_t = 40)]
    pub n: usize,
}
