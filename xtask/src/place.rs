//! Where things are: the checkout, what is built in it, and the cache all checkouts share.

use anyhow::{Context, Result, bail};
use std::env;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One checkout, and where cargo puts what it builds from it.
#[derive(Clone)]
pub struct Place {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's own output.
    pub cargo_target: PathBuf,
}

impl Place {
    /// The checkout whose `cargo xtask` this is.
    pub fn here() -> Result<Place> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`")?;
        let root = Path::new(&manifest)
            .parent()
            .context("xtask lies in a workspace")?;
        let cargo_target = match env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => std::path::absolute(dir)?,
            None => root.join("target"),
        };
        Ok(Place {
            root: root.into(),
            cargo_target,
        })
    }

    /// Another checkout, which keeps all it builds to itself.
    pub fn copy_at(root: PathBuf) -> Place {
        Place {
            cargo_target: root.join("target"),
            root,
        }
    }

    /// What boots: kernel, programs, image.
    pub fn guest(&self) -> PathBuf {
        self.root.join("target/guest")
    }

    /// The wasm module and its bindings.
    pub fn web_module(&self) -> PathBuf {
        self.root.join("target/web")
    }

    /// The programs that come with Node's packages.
    pub fn node_programs(&self) -> PathBuf {
        self.root.join("node_modules/.bin")
    }

    /// The finished page.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// What the steps said.
    pub fn logs(&self) -> PathBuf {
        self.root.join("target/xtask")
    }

    /// Keeps other runs of this program out of the checkout while the file returned lives:
    /// two that build the same things would read each other's half-written ones.
    pub fn claim(&self) -> Result<File> {
        fs::create_dir_all(self.logs())?;
        let path = self.logs().join("claim");
        let file =
            File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            eprintln!("another `cargo xtask` is at work in this checkout; waiting for it");
            file.lock()?;
        }
        Ok(file)
    }

    /// The files git tracks, or would track, relative to the root.
    ///
    /// # Errors
    /// There is no git, or this is no checkout of its.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        let mut git = Command::new("git");
        // A checkout made by another user is only read here.
        git.args(["-c", "safe.directory=*"]);
        git.args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "--deduplicate",
            "-z",
        ]);
        let said = git
            .current_dir(&self.root)
            .output()
            .context("this needs git")?;
        if !said.status.success() {
            bail!(
                "git does not list the files: {}",
                String::from_utf8_lossy(&said.stderr).trim()
            );
        }
        let names = String::from_utf8(said.stdout).context("a file name is not UTF-8")?;
        // A file just removed is still tracked.
        Ok(names
            .split_terminator('\0')
            .map(PathBuf::from)
            .filter(|file| self.root.join(file).is_file())
            .collect())
    }
}

/// The folder for tools and toolchains, shared by all checkouts.
pub fn cache() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|dir| Path::new(dir).is_absolute()) {
        Some(dir) => PathBuf::from(dir),
        None => env::home_dir()
            .context("no home folder to keep tools in; set XDG_CACHE_HOME")?
            .join(".cache"),
    };
    Ok(base.join("orrery"))
}
