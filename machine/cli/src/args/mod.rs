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
  orrery disasm target/guest/kernel --at start -n 20
  orrery scene web/scenes/fork.scene.json play a scene and check what it expects";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Boot a kernel with a disk, as `qemu-system-riscv64 -machine virt -bios none` would.
    #[command(after_help = BOOT_HELP)]
    Boot(Boot),
    /// Print a kernel's instructions.
    Disasm(Disasm),
    /// Play a scene as the page would, and check what it expects at each stop.
    #[command(after_help = SCENE_HELP)]
    Scene(Scene),
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

const SCENE_HELP: &str = "\
A scene is a file such as web/scenes/fork.scene.json; docs/scenes.md tells how to write one.
Each stop is printed with its number, its time, its state hash and its title, and, below it, what
it expects and did not find. With a kernel and a disk of your own it shows whether they do what
the scene teaches.

Examples:
  orrery scene web/scenes/fork.scene.json --variant cow
  orrery scene web/scenes/fork.scene.json --words en --step 3
  orrery scene mine.scene.json --kernel my/kernel --disk my/fs.img --symbols my/symbols --junit out.xml

Exit status: 0 all stops came, and were as expected; 1 an expectation failed, or files that cannot
be used; 2 wrong usage, or a scene that cannot be read; 42 a stop did not come.";

/// Which scene to play, and on what.
#[derive(Debug, Group)]
pub struct Scene {
    /// The scene
    #[arg(value_name = "FILE")]
    pub scene: PathBuf,
    /// ELF file of the kernel
    #[arg(long, value_name = "ELF", default_value = "target/guest/kernel")]
    pub kernel: PathBuf,
    /// Disk image; changes to it are kept in memory only
    #[arg(long, value_name = "IMAGE", default_value = "target/guest/fs.img")]
    pub disk: PathBuf,
    /// Symbols of kernel and programs
    #[arg(long, value_name = "FILE", default_value = "target/guest/symbols")]
    pub symbols: PathBuf,
    /// Go without symbols: only what hardware does is known
    #[arg(long, conflicts_with = "symbols")]
    pub no_symbols: bool,
    /// Play only this variant; by default all, one after another
    #[arg(long, value_name = "ID")]
    pub variant: Option<String>,
    /// Stop at this step, from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub step: Option<u32>,
    /// Print the words of each stop too, in this language: en or zh-Hans
    #[arg(long, value_name = "LANG")]
    pub words: Option<Language>,
    /// Print all there is to know of each stop as JSON, and nothing else
    #[arg(long, conflicts_with = "words")]
    pub json: bool,
    /// Write a JUnit report, for machines that grade
    #[arg(long, value_name = "OUT")]
    pub junit: Option<PathBuf>,
}

/// A language of a scene's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// English.
    En,
    /// Chinese, simplified.
    #[value(name = "zh-Hans")]
    ZhHans,
}

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
