//! `orrery scene`.

use std::path::PathBuf;

use clap::Args as Group;

/// What `--help` says at its end.
pub const HELP: &str = "\
A scene is a file such as web/scenes/fork.scene.json; docs/scenes.md tells how to write one.
Each stop is printed with its number, its time, its state hash and its title, and, below it, what
it expects and did not find. With a kernel and a disk of your own it shows whether they do what
the scene teaches.

Examples:
  orrery scene web/scenes/fork.scene.json --variant cow
  orrery scene web/scenes/fork.scene.json --words en --step 3
  orrery scene mine.scene.json --kernel my/kernel --disk my/fs.img --symbols my/symbols --junit out.xml

Exit status: 0 all stops came, and were as expected; 1 an expectation failed; 2 wrong usage, or a
scene or files that cannot be used; 42 a stop did not come.";

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
    /// Symbols of kernel and programs; FILE.sources, if it is there, is the text of their sources
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
