//! The guest: kernel, programs and file-system image, the same bytes from the same sources.

use crate::kit::{Kit, SOURCES};
use crate::names;
use crate::place::Place;
use crate::step;
use crate::strip::strip;
use crate::toolchain::GUEST;
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// What rustc is told for kernel and programs: that every function keeps a frame pointer, so
/// that call stacks can be read from memory.
const FLAGS: &[&str] = &["-Cforce-frame-pointers=yes"];

/// What a machine boots from, and what is known of it.
pub struct Artefacts {
    /// The ELF file, without debug information and names: those are in `kernel.debug` beside it.
    pub kernel: PathBuf,
    /// The file-system image.
    pub image: PathBuf,
    /// The symbols of kernel and programs.
    pub symbols: PathBuf,
    /// The text of their source files.
    pub sources: PathBuf,
}

impl Artefacts {
    /// Those of `place`, whether built yet or not.
    pub fn of(place: &Place) -> Artefacts {
        Artefacts {
            kernel: place.guest().join("kernel"),
            image: place.guest().join("fs.img"),
            symbols: place.guest().join("symbols"),
            sources: place.guest().join("symbols.sources"),
        }
    }

    /// The SHA-256 of each file, and what it is called.
    pub fn all_hashes(&self) -> Result<[(&'static str, String); 4]> {
        Ok([
            ("kernel", sha256(&self.kernel)?),
            ("fs.img", sha256(&self.image)?),
            ("symbols", sha256(&self.symbols)?),
            ("symbols.sources", sha256(&self.sources)?),
        ])
    }

    /// What boots, each file with its SHA-256 in hexadecimal digits, the kernel first.
    pub fn hashes(&self) -> Result<[(&Path, String); 2]> {
        Ok([
            (&self.kernel, sha256(&self.kernel)?),
            (&self.image, sha256(&self.image)?),
        ])
    }

    /// Prints what `hashes` gives, as the page does too.
    pub fn print_hashes(&self) -> Result<()> {
        for (path, hash) in self.hashes()? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            println!("sha256 {hash}  {name}");
        }
        Ok(())
    }
}

/// Builds kernel, programs, image and the symbols of all that into `target/guest`.
pub fn build(kit: &Kit) -> Result<Artefacts> {
    let out = kit.place.guest();
    fs::create_dir_all(&out)?;
    kernel(kit, &out)?;
    write(
        &out.join("kernel.checked"),
        &kernel_by(kit, "guest-checked")?,
    )?;
    let programs = programs(kit, &out, &PROGRAMS)?;
    image(kit, &out.join("fs.img"), &programs, &[])?;
    let tests = [&programs[..], &self::programs(kit, &out, &TESTS)?].concat();
    image(kit, &out.join("tests.img"), &tests, &["--blocks", "4000"])?;
    symbols(kit, &out)?;
    Ok(Artefacts::of(&kit.place))
}

fn kernel(kit: &Kit, out: &Path) -> Result<()> {
    let built = kernel_by(kit, "guest")?;
    write(
        &out.join("kernel"),
        &strip(&built).context("stripping the kernel")?,
    )?;
    write(&out.join("kernel.debug"), &built)
}

/// The kernel's ELF file, built by a profile.
fn kernel_by(kit: &Kit, profile: &str) -> Result<Vec<u8>> {
    let mut cargo = kit.cargo_without_paths(FLAGS)?;
    cargo.args(["build", "-p", "kernel", "--target", GUEST]);
    cargo.args(["--profile", profile]);
    step::run(&kit.place, profile, &mut cargo)?;
    let built = kit.place.cargo_target.join(GUEST).join(profile);
    let mut elf = fs::read(built.join("kernel")).context("cargo built no kernel")?;
    names::lay_in(&mut elf).context("laying the functions' names into the kernel")?;
    Ok(elf)
}

/// Programs that are built together.
struct Programs {
    package: &'static str,
    /// Where their sources lie.
    sources: &'static str,
    /// What the folder is called that they go to.
    folder: &'static str,
}

/// What people use: on the image that the page boots from.
const PROGRAMS: Programs = Programs {
    package: "user",
    sources: "user/src/bin",
    folder: "programs",
};

/// What tests the kernel from within: on a larger image, with the others.
const TESTS: Programs = Programs {
    package: "user-tests",
    sources: "user/tests/src/bin",
    folder: "test-programs",
};

/// Builds every program of a kind, and returns where they lie, in the order of their names.
fn programs(kit: &Kit, out: &Path, programs: &Programs) -> Result<Vec<PathBuf>> {
    let mut cargo = kit.cargo_without_paths(FLAGS)?;
    cargo.args([
        "build",
        "-p",
        programs.package,
        "--bins",
        "--profile",
        "guest-small",
        "--target",
        GUEST,
    ]);
    step::run(&kit.place, programs.folder, &mut cargo)?;
    let built = kit.place.cargo_target.join(GUEST).join("guest-small");
    let small = out.join(programs.folder);
    let whole = out.join(format!("{}.debug", programs.folder));
    for dir in [&small, &whole] {
        // Nothing stays of a program that is no more.
        _ = fs::remove_dir_all(dir);
        fs::create_dir_all(dir)?;
    }
    let names = program_names(&kit.place.root.join(programs.sources))?;
    names
        .iter()
        .map(|name| {
            let elf = fs::read(built.join(name))
                .with_context(|| format!("cargo built no program `{name}`"))?;
            write(&whole.join(name), &elf)?;
            let path = small.join(name);
            write(
                &path,
                &strip(&elf).with_context(|| format!("stripping {name}"))?,
            )?;
            Ok(path)
        })
        .collect()
}

/// The names cargo gives the programs whose sources lie in `dir`, sorted.
fn program_names(dir: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("no programs in {}", dir.display()))? {
        let path = entry?.path();
        let is_program =
            path.extension().is_some_and(|e| e == "rs") || path.join("main.rs").is_file();
        if let Some(name) = path.file_stem().filter(|_| is_program) {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn image(kit: &Kit, image: &Path, programs: &[PathBuf], options: &[&str]) -> Result<()> {
    let mut fsimg = kit.cargo();
    fsimg
        .args(["run", "--quiet", "-p", "fsimg", "--", "build"])
        .args(options)
        .arg(image);
    fsimg.arg(kit.place.root.join("user/README")).args(programs);
    step::run(&kit.place, "file-system image", &mut fsimg).map(drop)
}

/// Digests the debug information of kernel and programs into one small file, and puts the text of
/// their sources beside it.
fn symbols(kit: &Kit, out: &Path) -> Result<()> {
    let mut digest = kit.cargo();
    digest.args(["run", "--quiet", "-p", "inspect-digest", "--"]);
    digest
        .arg(out.join("symbols"))
        .args(["--compiled-at", SOURCES]);
    digest.arg("--sources").arg(&kit.place.root);
    // What every program leans on has lines; who looks at one wants the program's.
    digest.args(["--without-text", "user/ulib/"]);
    digest.args(["--without-text", "user/src/terminal/"]);
    digest.arg("--kernel").arg(out.join("kernel"));
    digest.arg("--debug").arg(out.join("kernel.debug"));
    digest.arg("--programs").arg(out.join("programs.debug"));
    step::run(&kit.place, "symbols", &mut digest).map(drop)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn sha256(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
