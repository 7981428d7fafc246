//! The Rust toolchain that builds for every target, found or made.
//!
//! In this order: the one that runs this program; the one an earlier set-up made;
//! whatever `toolchain.sh` comes up with, which it notes in the cache for next time.

use crate::place::{Place, cache};
use crate::step;
use anyhow::{Context, Result, bail};
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The kernel and the programs.
pub const GUEST: &str = "riscv64imac-unknown-none-elf";
/// Programs with floats: those that are measured.
pub const FLOATS: &str = "riscv64gc-unknown-none-elf";
/// The machine in the page.
pub const WASM: &str = "wasm32-unknown-unknown";

/// How to call the toolchain.
#[derive(Clone, Debug, PartialEq)]
pub enum Toolchain {
    /// As the caller did.
    Active,
    /// By its name at rustup.
    Named(String),
    /// By its folder of programs, where there is no rustup.
    Folder(PathBuf),
}

impl Toolchain {
    /// Finds or makes a toolchain with all targets.
    ///
    /// # Errors
    /// `toolchain.sh` could neither find, download nor build one; it has said why.
    pub fn find(place: &Place) -> Result<Toolchain> {
        if Toolchain::Active.compiles_everything() {
            return Ok(Toolchain::Active);
        }
        let note = cache()?.join("toolchain");
        if let Some(noted) = fs::read_to_string(&note)
            .ok()
            .and_then(|text| Toolchain::parse(&text))
            && noted.compiles_everything()
        {
            return Ok(noted);
        }
        let mut script = Command::new("bash");
        script.arg(place.root.join("xtask/toolchain.sh")).arg(&note);
        script
            .env("TOOLCHAIN_TARGETS", format!("{WASM} {GUEST} {FLOATS}"))
            .env("TOOLCHAIN_DIR", cache()?.join("rust"));
        step::run(place, "Rust targets", &mut script)?;
        let made = Toolchain::parse(&fs::read_to_string(&note)?);
        made.with_context(|| format!("{} does not name a toolchain", note.display()))
    }

    /// `program` with this toolchain, and `bin_dirs`, found first.
    ///
    /// What the cargo that runs this program told it about itself is not handed on.
    pub fn command(&self, program: impl AsRef<OsStr>, bin_dirs: &[PathBuf]) -> Command {
        let mut command = Command::new(program);
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text == "CARGO"
                || ["CARGO_MANIFEST_", "CARGO_PKG_"]
                    .iter()
                    .any(|start| text.starts_with(start))
            {
                command.env_remove(&name);
            }
        }
        let mut dirs = bin_dirs.to_vec();
        match self {
            Toolchain::Active => {}
            Toolchain::Named(name) => _ = command.env("RUSTUP_TOOLCHAIN", name),
            Toolchain::Folder(bin) => dirs.insert(0, bin.clone()),
        }
        if !dirs.is_empty() {
            dirs.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
            command.env(
                "PATH",
                env::join_paths(dirs).expect("folders from PATH, and ours without a colon"),
            );
        }
        command
    }

    /// The folder of the compiler and its libraries.
    pub fn sysroot(&self) -> Result<PathBuf> {
        let said = self
            .command("rustc", &[])
            .args(["--print", "sysroot"])
            .output()
            .context("cannot start rustc")?;
        if !said.status.success() {
            bail!(
                "rustc does not name its sysroot: {}",
                String::from_utf8_lossy(&said.stderr).trim()
            );
        }
        Ok(PathBuf::from(String::from_utf8(said.stdout)?.trim()))
    }

    /// Whether each target compiles. Tried, not looked up: a half-made library counts as missing.
    fn compiles_everything(&self) -> bool {
        [GUEST, FLOATS, WASM]
            .iter()
            .all(|target| self.compiles(target).unwrap_or(false))
    }

    fn compiles(&self, target: &str) -> Result<bool> {
        let out = env::temp_dir().join(format!("orrery-probe-{}.rmeta", std::process::id()));
        let mut rustc = self.command("rustc", &[]);
        rustc
            .args([
                "--crate-name=probe",
                "--crate-type=lib",
                "--emit=metadata",
                "--target",
                target,
                "-o",
            ])
            .arg(&out)
            .arg("-");
        let mut child = rustc
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        child
            .stdin
            .take()
            .context("a pipe was asked for")?
            .write_all(b"#![no_std] pub fn f(x: &str) -> usize { x.len() }")?;
        let compiled = child.wait()?.success();
        _ = fs::remove_file(out);
        Ok(compiled)
    }

    /// Reads the one line `toolchain.sh` leaves: `rustup NAME` or `folder PATH`.
    fn parse(note: &str) -> Option<Toolchain> {
        match note.trim().split_once(' ')? {
            ("rustup", name) => Some(Toolchain::Named(name.into())),
            ("folder", path) => Some(Toolchain::Folder(path.into())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_names_a_toolchain_or_a_folder() {
        assert_eq!(
            Toolchain::parse("rustup stable-x86_64\n"),
            Some(Toolchain::Named("stable-x86_64".into()))
        );
        assert_eq!(
            Toolchain::parse("folder /a b/bin\n"),
            Some(Toolchain::Folder("/a b/bin".into()))
        );
        assert_eq!(Toolchain::parse(""), None);
        assert_eq!(Toolchain::parse("export X=1"), None);
    }
}
