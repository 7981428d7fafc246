//! Hands `user.ld` to the linker when the programs are built for the guest, and gathers what the
//! first sentence of each program's source says: all of them for `help`, and for each program how
//! it is called, which it tells who calls it otherwise.

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
    let write = |name: &str, text: &str| {
        fs::write(Path::new(&out).join(name), text).expect("cargo's folder can be written");
    };
    let mut programs = String::new();
    for (name, usage, purpose) in self::programs(&Path::new(&here).join("src/bin")) {
        write(&format!("{name}.usage"), &usage);
        programs += &format!("{usage}\t{purpose}\n");
    }
    write("programs.txt", &programs);
}

/// The name of each program, how it is called, and what it does.
fn programs(folder: &Path) -> Vec<(String, String, String)> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the programs are there")
        .map(|entry| entry.expect("its names can be read").path())
        .collect();
    paths.sort();
    let programs = paths.iter().map(|path| {
        let source = fs::read_to_string(path).expect("a source can be read");
        let (usage, purpose) = first_sentence(&source).unwrap_or_else(|| {
            panic!("{} does not begin with \"//! `name …`: …\"", path.display())
        });
        let name = path.file_stem().expect("a file has a name");
        (name.to_string_lossy().into_owned(), usage, purpose)
    });
    programs.collect()
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
