//! The program `fsimg`: file-system images from the shell.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ::fs::Kind;
use clap::{Parser, Subcommand, ValueEnum};
use fsimg::{Image, Layout, Listed, Source};

/// Builds, lists, extracts from and checks file-system images in xv6's format.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes an image from files. The same files give the same bytes.
    Build {
        /// The image to write.
        image: PathBuf,
        /// Files to put in: PATH, which keeps its last name (less a leading `_`), or NAME=PATH.
        files: Vec<String>,
        /// Where the sizes start from.
        #[arg(long, value_enum, default_value = "classic")]
        layout: Preset,
        /// Blocks of 1024 bytes, everything included.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=MAX_BLOCKS))]
        blocks: Option<u32>,
        /// Inodes: files and directories, and one more that is none.
        #[arg(long, value_name = "N")]
        inodes: Option<u32>,
    },
    /// Lists what is in an image: type, inode, size, name.
    List {
        /// The image.
        image: PathBuf,
        /// Where to start.
        #[arg(default_value = "/")]
        path: String,
    },
    /// Copies a file out of an image.
    Extract {
        /// The image.
        image: PathBuf,
        /// The file in it.
        path: String,
        /// Where to write it, instead of to standard output.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Looks for damage: a line for each finding. Status 0 if there is none, else 1.
    Check {
        /// The image.
        image: PathBuf,
    },
    /// Shows where everything lies.
    Dump {
        /// The image.
        image: PathBuf,
    },
}

/// Blocks of the largest image this makes: 4 GiB.
const MAX_BLOCKS: i64 = 1 << 22;

#[derive(Clone, Copy, ValueEnum)]
enum Preset {
    /// xv6's own: 2000 blocks, 200 inodes, files of up to 268 blocks.
    Classic,
    /// MIT's fs lab's: 200000 blocks, 200 inodes, files of up to 65803 blocks. It takes a kernel of
    /// that lab to read it.
    Big,
}

impl Preset {
    fn layout(self) -> Layout {
        match self {
            Preset::Classic => Layout::CLASSIC,
            Preset::Big => Layout::BIG,
        }
    }
}

/// What went wrong, as a person reads it.
type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        // Whoever reads our output has seen enough.
        Err(failure) if is_broken_pipe(&failure) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("fsimg: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(failure: &Failure) -> bool {
    let error = failure.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    match command {
        Command::Build {
            image,
            files,
            layout,
            blocks,
            inodes,
        } => {
            let preset = layout.layout();
            let layout = Layout {
                blocks: blocks.unwrap_or(preset.blocks),
                inodes: inodes.unwrap_or(preset.inodes),
                ..preset
            };
            let sources: Result<Vec<_>, _> = files.iter().map(|file| source(file)).collect();
            write(&image, &fsimg::build(layout, &sources?)?)?;
            writeln!(out, "{}", summary(layout))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::List { image, path } => {
            let lines = open(&image).and_then(|opened| at(&image, opened.list(&path)))?;
            for line in &lines {
                writeln!(out, "{}", listed(line))?;
            }
            Ok(success_if(lines.iter().all(|line| line.state.is_ok())))
        }
        Command::Extract {
            image,
            path,
            output,
        } => {
            let bytes = open(&image).and_then(|opened| at(&image, opened.read(&path)))?;
            match output {
                Some(output) => write(&output, &bytes)?,
                None => out.write_all(&bytes)?,
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Check { image } => check(&mut out, &image),
        Command::Dump { image } => {
            let geometry = at(&image, fsimg::geometry(&read(&image)?))?;
            out.write_all(dump(&geometry).as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Prints what the checker finds, a line each.
fn check(out: &mut impl Write, image: &Path) -> Result<ExitCode, Failure> {
    let report = fsimg::check(&read(image)?);
    let image = image.display();
    for note in &report.notes {
        writeln!(out, "{image}: note: {note}")?;
    }
    for finding in &report.findings {
        writeln!(out, "{image}: {finding}")?;
    }
    if report.is_clean() {
        writeln!(out, "{image}: clean, {} inodes in use", report.inodes)?;
    }
    Ok(success_if(report.is_clean()))
}

fn success_if(is_good: bool) -> ExitCode {
    if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn open(image: &Path) -> Result<Image, Failure> {
    at(image, Image::open(read(image)?))
}

/// The file that an argument of `build` names.
fn source(argument: &str) -> Result<Source, Failure> {
    let (name, path) = match argument.split_once('=') {
        Some((name, path)) => (name.to_owned(), path),
        None => {
            let last = Path::new(argument)
                .file_name()
                .and_then(|name| name.to_str());
            let last = last.ok_or_else(|| format!("{argument}: names no file"))?;
            (last.strip_prefix('_').unwrap_or(last).to_owned(), argument)
        }
    };
    Ok(Source {
        name,
        bytes: read(Path::new(path))?,
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    at(path, fs::read(path))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    at(path, fs::write(path, bytes))
}

/// Says in which file an error was met.
fn at<T>(path: &Path, result: Result<T, impl std::fmt::Display>) -> Result<T, Failure> {
    result.map_err(|error| format!("{}: {error}", path.display()).into())
}

/// The line xv6's mkfs prints.
fn summary(layout: Layout) -> String {
    let superblock = layout.superblock();
    format!(
        "nmeta {} (boot, super, log blocks {}, inode blocks {}, bitmap blocks {}) blocks {} total {}",
        superblock.size - superblock.nblocks,
        superblock.nlog,
        layout.inode_blocks(),
        layout.bitmap_blocks(),
        superblock.nblocks,
        superblock.size,
    )
}

/// A line of `list`.
fn listed(line: &Listed) -> String {
    let name = line.path.escape_ascii();
    match line.state {
        Ok((kind, size)) => {
            let word = match kind {
                Kind::Dir => "dir".to_owned(),
                Kind::File => "file".to_owned(),
                Kind::Symlink => "link".to_owned(),
                Kind::Device { major, minor } => format!("dev {major},{minor}"),
            };
            format!("{word:8} {:5} {size:8} {name}", line.inum)
        }
        Err(error) => format!("{:8} {:5} {:>8} {name}: {error}", "?", line.inum, "?"),
    }
}

fn dump(geometry: &::fs::Geometry) -> String {
    let s = geometry.superblock();
    let region = |name: &str, start: u32, end: u32| {
        format!("{name:10} {start:6} to {:6}\n", end.saturating_sub(1))
    };
    let mut text = format!(
        "magic {:#010x}, {} blocks of 1024 bytes, {} inodes, {} data blocks, files of up to {} blocks\n",
        s.magic,
        s.size,
        s.ninodes,
        s.nblocks,
        geometry.indirection().max_blocks()
    );
    text += &region("boot", 0, 1);
    text += &region("super", 1, 2);
    text += &region("log", s.logstart, s.logstart + s.nlog);
    text += &region("inodes", s.inodestart, s.bmapstart);
    text += &region("bitmap", s.bmapstart, geometry.data_start());
    text += &region("data", geometry.data_start(), s.size);
    text
}
