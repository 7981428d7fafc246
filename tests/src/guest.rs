//! A running guest, seen through its console.

use std::path::{Path, PathBuf};

/// A machine that runs the guest.
pub trait Guest {
    /// Types `bytes`.
    ///
    /// # Errors
    /// The machine is gone.
    fn send(&mut self, bytes: &[u8]) -> Result<(), Trouble>;

    /// Runs until the console shows `text` after what earlier waits returned; returns
    /// what was shown since then, up to and with `text`.
    ///
    /// # Errors
    /// It takes too long, or the machine stops first.
    fn wait_for(&mut self, text: &str) -> Result<String, Trouble>;

    /// Runs until the console shows more; returns it, and what it showed since the last wait.
    ///
    /// # Errors
    /// As [`wait_for`](Self::wait_for); `wanted` says what for.
    fn more(&mut self, wanted: &str) -> Result<Vec<u8>, Trouble>;

    /// Runs until the guest switches the machine off; returns the status it gave.
    ///
    /// # Errors
    /// It takes too long, or the machine stops otherwise.
    fn wait_for_end(&mut self) -> Result<i32, Trouble>;
}

/// Why a guest did not do as it should.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// What is to boot is not there.
    #[error("cannot read {}: {error}; run `cargo xtask build guest` first", path.display())]
    NotBuilt {
        /// The file.
        path: PathBuf,
        /// Why it cannot be read.
        error: std::io::Error,
    },
    /// QEMU does not start.
    #[error("cannot start qemu-system-riscv64: {0} (Debian: apt-get install qemu-system-misc)")]
    NoQemu(std::io::Error),
    /// Our machine refuses the kernel or the disk.
    #[error("the machine refuses: {0}")]
    Setup(#[from] machine::SetupError),
    /// The time is up.
    #[error("waited {limit} in vain for {wanted}; the console shows last:\n{tail}")]
    TimedOut {
        /// The time allowed, in words.
        limit: String,
        /// What was waited for.
        wanted: String,
        /// The end of what was shown.
        tail: String,
    },
    /// The machine stopped.
    #[error(
        "the machine stopped ({how}) while {wanted} was waited for; the console shows last:\n{tail}"
    )]
    Stopped {
        /// In what way.
        how: String,
        /// What was waited for.
        wanted: String,
        /// The end of what was shown.
        tail: String,
    },
}

/// What a console has shown.
#[derive(Debug, Default)]
pub struct Screen {
    bytes: Vec<u8>,
    /// Up to here it was returned by [`Screen::take_until`].
    taken: usize,
}

impl Screen {
    /// Lines of [`Screen::tail`].
    const TAIL: usize = 25;

    /// Shows more.
    pub fn show(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// What was shown since the last time, up to and with `text`, if `text` is there.
    pub fn take_until(&mut self, text: &str) -> Option<String> {
        let fresh = &self.bytes[self.taken..];
        let at = fresh
            .windows(text.len())
            .position(|window| window == text.as_bytes())?;
        let shown = String::from_utf8_lossy(&fresh[..at + text.len()]).into_owned();
        self.taken += at + text.len();
        Some(shown)
    }

    /// What was shown since the last time, whatever it is.
    pub fn take_all(&mut self) -> Vec<u8> {
        let fresh = self.bytes[self.taken..].to_vec();
        self.taken = self.bytes.len();
        fresh
    }

    /// The last lines, to be shown to a person.
    pub fn tail(&self) -> String {
        let text = String::from_utf8_lossy(&self.bytes);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(Screen::TAIL)..].join("\n")
    }

    /// The error for a wait for `wanted` that took too long.
    pub(crate) fn timed_out(&self, limit: impl Into<String>, wanted: &str) -> Trouble {
        Trouble::TimedOut {
            limit: limit.into(),
            wanted: wanted.into(),
            tail: self.tail(),
        }
    }

    /// The error for a machine that stopped during a wait for `wanted`.
    pub(crate) fn stopped(&self, how: impl Into<String>, wanted: &str) -> Trouble {
        Trouble::Stopped {
            how: how.into(),
            wanted: wanted.into(),
            tail: self.tail(),
        }
    }
}

/// Where the built guest lies.
#[derive(Clone, Debug)]
pub struct Artefacts {
    /// The kernel, an ELF file.
    pub kernel: PathBuf,
    /// The file-system image.
    pub image: PathBuf,
    /// The symbols of kernel and programs.
    pub symbols: PathBuf,
    /// The text of their source files.
    pub sources: PathBuf,
}

impl Artefacts {
    /// As [`find`](Self::find), with the image that also holds the programs that test the kernel.
    ///
    /// # Errors
    /// They were not built.
    pub fn with_tests() -> Result<Artefacts, Trouble> {
        let mut artefacts = Artefacts::find()?;
        artefacts.image.set_file_name("tests.img");
        match std::fs::metadata(&artefacts.image) {
            Ok(_) => Ok(artefacts),
            Err(error) => Err(Trouble::NotBuilt {
                path: artefacts.image,
                error,
            }),
        }
    }

    /// As [`with_tests`](Self::with_tests), with the kernel that checks itself.
    ///
    /// # Errors
    /// They were not built.
    pub fn checked() -> Result<Artefacts, Trouble> {
        let mut artefacts = Artefacts::with_tests()?;
        artefacts.kernel.set_file_name("kernel.checked");
        Ok(artefacts)
    }

    /// Those in the folder that `ORRERY_GUEST` names, else in `target/guest`.
    ///
    /// # Errors
    /// They were not built.
    pub fn find() -> Result<Artefacts, Trouble> {
        let folder = match std::env::var_os("ORRERY_GUEST") {
            Some(folder) => PathBuf::from(folder),
            None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/guest"),
        };
        let artefacts = Artefacts {
            kernel: folder.join("kernel"),
            image: folder.join("fs.img"),
            symbols: folder.join("symbols"),
            sources: folder.join("symbols.sources"),
        };
        let Artefacts {
            kernel,
            image,
            symbols,
            sources,
        } = &artefacts;
        for path in [kernel, image, symbols, sources] {
            if let Err(error) = std::fs::metadata(path) {
                return Err(Trouble::NotBuilt {
                    path: path.clone(),
                    error,
                });
            }
        }
        Ok(artefacts)
    }

    /// What the file at `path`, one of them, holds.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, Trouble> {
        std::fs::read(path).map_err(|error| Trouble::NotBuilt {
            path: path.into(),
            error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Screen;

    #[test]
    fn each_wait_takes_what_the_last_one_left() {
        let mut screen = Screen::default();
        screen.show(b"boot\n$");
        assert_eq!(screen.take_until("$ "), None);
        screen.show(b" ls\n$ ");
        assert_eq!(screen.take_until("$ ").as_deref(), Some("boot\n$ "));
        assert_eq!(screen.take_until("$ ").as_deref(), Some("ls\n$ "));
        assert_eq!(screen.take_until("$ "), None);
        assert_eq!(screen.tail(), "boot\n$ ls\n$ ");
    }
}
