//! Hands `user.ld` to the linker when the programs are built for the guest, and gathers what the
//! first sentence of each program's source says, for `help`.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=user.ld");
    println!("cargo:rerun-if-changed=src/bin");
    let here = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it for build scripts");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("none") {
        println!("cargo:rustc-link-arg-bins=-T{here}/user.ld");
        // Segments follow each other in the file without padding to a page.
        println!("cargo:rustc-link-arg-bins=--nmagic");
    }
    let out = env::var("OUT_DIR").expect("cargo sets it for build scripts");
    let programs = programs(&Path::new(&here).join("src/bin"));
    fs::write(Path::new(&out).join("programs.txt"), programs)
        .expect("cargo's folder can be written");
}

/// A line for each program: how it is called, and what it does.
fn programs(folder: &Path) -> String {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the programs are there")
        .map(|entry| entry.expect("its names can be read").path())
        .collect();
    paths.sort();
    let lines = paths.iter().map(|path| {
        let source = fs::read_to_string(path).expect("a source can be read");
        let (usage, purpose) = first_sentence(&source).unwrap_or_else(|| {
            panic!("{} does not begin with \"//! `name …`: …\"", path.display())
        });
        format!("{usage:25} {purpose}\n")
    });
    lines.collect()
}

/// What stands between the first backquotes of a source, and what follows up to a full stop.
fn first_sentence(source: &str) -> Option<(String, String)> {
    let header = source.lines().map_while(|line| line.strip_prefix("//!"));
    let text: String = header.take_while(|line| !line.is_empty()).collect();
    let (usage, rest) = text.trim_start().strip_prefix('`')?.split_once("`: ")?;
    let end = [". ", "; ", " ("]
        .iter()
        .filter_map(|end| rest.find(end))
        .min();
    let sentence = end.map_or(rest.trim_end_matches('.'), |end| &rest[..end]);
    Some((usage.into(), sentence.replace('`', "")))
}
