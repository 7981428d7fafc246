//! `orrery test`.

use std::path::PathBuf;

use clap::Args as Group;

use super::guest::parse_size;

/// What `--help` says at its end.
pub const HELP: &str = "\
Each program is loaded as a kernel is, on a machine of its own, and reports by a store to its symbol
`tohost`, as those of riscv-tests do: 1 for success, 2 N + 1 for the failure of test N. One that
switches off through the test finisher has succeeded if its status is 0. What a program prints to
the console follows its line.

With --signature, what lies from `begin_signature` to `end_signature` when the program ends is
written as hexadecimal numbers, one a line, as RISCOF compares them.

Examples:
  orrery test isa/rv64ui-p-*
  orrery test isa/rv64mi-p-illegal --limit 1000000
  orrery test add-01.elf --signature add-01.signature --granularity 8
  orrery test isa/rv64u* --junit out.xml

Exit status: 0 all passed; 1 one failed; 2 wrong usage, or files that cannot be used; 42 one did
not end in time.";

/// Which programs, and how.
#[derive(Debug, Group)]
pub struct Test {
    /// The programs
    #[arg(value_name = "ELF", required = true)]
    pub programs: Vec<PathBuf>,
    /// Instructions that each may take, of all harts
    #[arg(long, value_name = "N", default_value_t = 100_000_000)]
    pub limit: u64,
    /// Number of harts, 1 to 8
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub harts: usize,
    /// Size of RAM: 16M to 2G
    #[arg(long, value_name = "SIZE", default_value = "128M", value_parser = parse_size)]
    pub memory: u64,
    /// Write the signature of the one program that is given
    #[arg(long, value_name = "OUT")]
    pub signature: Option<PathBuf>,
    /// Bytes in each line of the signature: 1, 2, 4, 8 or 16
    #[arg(long, value_name = "BYTES", default_value_t = 4, value_parser = parse_granularity)]
    pub granularity: usize,
    /// Write a JUnit report, for machines that grade
    #[arg(long, value_name = "OUT")]
    pub junit: Option<PathBuf>,
}

fn parse_granularity(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(bytes @ (1 | 2 | 4 | 8 | 16)) => Ok(bytes),
        _ => Err("a line has 1, 2, 4, 8 or 16 bytes".to_owned()),
    }
}
