//! The arguments, and what `--help` says of them.

use std::path::PathBuf;

use clap::{Args as Group, Parser, Subcommand};
use machine::Config;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(version, about = "An RV64 machine you can watch", after_help = EXAMPLES)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  orrery boot                            boot target/guest/kernel to its shell; Ctrl-A X leaves
  echo 'ls; poweroff' | orrery boot      type that, print what comes, end when the power goes off
  orrery boot --script session.txt       send and expect; exit status 0 if all came as expected
  orrery boot --harts 1 --seed 7 --stats another interleaving, and what it took
  orrery disasm target/guest/kernel --at start -n 20";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Boot a kernel with a disk, as `qemu-system-riscv64 -machine virt -bios none` would.
    #[command(after_help = BOOT_HELP)]
    Boot(Boot),
    /// Print a kernel's instructions.
    Disasm(Disasm),
}

const BOOT_HELP: &str = "\
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
    /// ELF file of the kernel
    #[arg(long, value_name = "ELF", default_value = "target/guest/kernel")]
    pub kernel: PathBuf,
    /// Disk image; changes to it are kept in memory only
    #[arg(long, value_name = "IMAGE", default_value = "target/guest/fs.img")]
    pub disk: PathBuf,
    /// Boot without a disk
    #[arg(long, conflicts_with = "disk")]
    pub no_disk: bool,
    /// Take the image as it is, whether or not it holds an xv6 file system
    #[arg(long)]
    pub raw_disk: bool,
    /// Number of harts, 1 to 8
    #[arg(long, value_name = "N", default_value_t = Config::default().harts)]
    pub harts: usize,
    /// Size of RAM: 16M to 2G
    #[arg(long, value_name = "SIZE", default_value = "128M", value_parser = parse_size)]
    pub memory: u64,
    /// Which interleaving of the harts
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Boot arguments, such as "fork=cow sched=rr"
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub bootargs: String,
    /// Give virtio the legacy register layout
    #[arg(long)]
    pub virtio_legacy: bool,
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

/// Reads a size such as `128M` or `1G`.
fn parse_size(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is not a size such as 64M or 1G");
    let (digits, unit) = match text.char_indices().last() {
        Some((at, 'K' | 'k')) => (&text[..at], 1 << 10),
        Some((at, 'M' | 'm')) => (&text[..at], 1 << 20),
        Some((at, 'G' | 'g')) => (&text[..at], 1 << 30),
        _ => (text, 1),
    };
    let count: u64 = digits.parse().map_err(|_| wrong())?;
    count.checked_mul(unit).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(parse_size("128M"), Ok(128 << 20));
        assert_eq!(parse_size("2G"), Ok(2 << 30));
        assert_eq!(parse_size("4096"), Ok(4096));
        assert!(parse_size("").is_err());
        assert!(parse_size("M").is_err());
        assert!(parse_size("99999999999G").is_err());
    }
}
