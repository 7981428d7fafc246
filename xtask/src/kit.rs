//! What set-up has found, and the commands made from it.

use crate::place::Place;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result};
use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

/// What stands for the checkout's root in what rustc writes.
pub const SOURCES: &str = "/orrery";

/// The checkout to work in, the toolchain that builds it, and where other tools lie.
#[derive(Clone)]
pub struct Kit {
    /// Where to work.
    pub place: Place,
    /// What builds for every target.
    pub toolchain: Toolchain,
    /// Folders looked into before those of `PATH`.
    pub bin_dirs: Vec<PathBuf>,
}

impl Kit {
    /// The same tools, working in another checkout.
    pub fn at(&self, place: Place) -> Kit {
        Kit {
            place,
            ..self.clone()
        }
    }

    /// `cargo`, in the checkout's root.
    pub fn cargo(&self) -> Command {
        self.command("cargo")
    }

    /// `npm`, in the checkout's root, where its `package.json` is.
    pub fn npm(&self) -> Command {
        self.command("npm")
    }

    /// A program by name, with the tools of set-up before those of `PATH`, in the checkout's root.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = self.toolchain.command(program, &self.bin_dirs);
        command
            .current_dir(&self.place.root)
            .env("CARGO_TARGET_DIR", &self.place.cargo_target);
        command
    }

    /// `cargo` with flags for rustc that keep this machine's folders out of what is built,
    /// so that the same sources give the same bytes wherever they lie; and with `flags`.
    pub fn cargo_without_paths(&self, flags: &[&str]) -> Result<Command> {
        let cargo_home = match env::var_os("CARGO_HOME") {
            Some(dir) => PathBuf::from(dir),
            None => env::home_dir()
                .context("no home folder, and no CARGO_HOME")?
                .join(".cargo"),
        };
        // Where several match, rustc takes the last.
        let remaps = [
            (&cargo_home, "/cargo"),
            (&self.toolchain.sysroot()?, "/rust"),
            (&self.place.root, SOURCES),
            (&self.place.cargo_target, "/orrery/target"),
        ]
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
        let flags: Vec<_> = flags
            .iter()
            .copied()
            .chain(remaps.iter().map(String::as_str))
            .collect();
        let mut cargo = self.cargo();
        cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
        Ok(cargo)
    }
}

/// Where `program` lies on `PATH`.
pub fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|dir| dir.join(program))
        .find(|path| path.is_file())
}
