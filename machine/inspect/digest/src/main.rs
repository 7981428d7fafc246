//! The program `inspect-digest`: makes a symbols file of ELF files, and the file of source
//! text that belongs to it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use inspect_digest::{Guest, digest};

/// Makes the symbols file of a kernel and its programs, and beside it, with `.sources` behind its
/// name, the text of their source files. The same files give the same bytes.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The symbols file to write
    symbols: PathBuf,
    /// The kernel that boots
    #[arg(long)]
    kernel: PathBuf,
    /// The same with its debug information
    #[arg(long)]
    debug: PathBuf,
    /// The folder of the programs with their debug information
    #[arg(long)]
    programs: Option<PathBuf>,
    /// The folder of the sources
    #[arg(long)]
    sources: PathBuf,
    /// A folder in there whose text is not to be shown
    #[arg(long)]
    without_text: Vec<String>,
    /// What the compiler was told that folder is
    #[arg(long)]
    compiled_at: String,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let symbols = digest(Guest {
        kernel: &read(&arguments.kernel)?,
        kernel_debug: &read(&arguments.debug)?,
        programs: match &arguments.programs {
            Some(dir) => programs(dir)?,
            None => Vec::new(),
        },
        root: &arguments.compiled_at,
        text: &|path| {
            let is_left_out = arguments
                .without_text
                .iter()
                .any(|dir| path.starts_with(dir));
            let text = || fs::read_to_string(arguments.sources.join(path)).ok();
            if is_left_out { None } else { text() }
        },
    })?;
    let path = &arguments.symbols;
    write(path, &symbols.to_bytes())?;
    let sources = symbols.sources.unwrap_or_default();
    write(&path.with_added_extension("sources"), &sources.to_bytes())
}

fn programs(dir: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut programs = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("no programs in {}", dir.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        programs.push((name.into_owned(), read(&path)?));
    }
    Ok(programs)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
