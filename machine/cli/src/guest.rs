//! Builds the machine that the arguments describe.

use std::fs;
use std::path::Path;

use machine::{BadFile, Config, History, Machine};

use crate::args::Guest;
use crate::failure::Failure;
use crate::files;

/// The machine of `guest`, at reset or as it was saved.
///
/// # Errors
/// A [`Failure`] of reading files or of building the machine.
pub fn build(guest: &Guest) -> Result<Machine, Failure> {
    if let Some(path) = &guest.load {
        return load(path, Machine::from_bytes);
    }
    let kernel = files::read(&guest.kernel, "kernel")?;
    let disk = if guest.no_disk {
        Vec::new()
    } else {
        let image = files::read(&guest.disk, "image ")?;
        if !guest.raw_disk {
            files::check_image(&guest.disk, &image)?;
        }
        image
    };
    let config = Config {
        harts: guest.harts,
        ram_bytes: guest.memory,
        bootargs: guest.bootargs.clone(),
        seed: guest.seed,
        virtio_legacy: guest.virtio_legacy,
        devices: guest.devices.clone(),
        ..Config::default()
    };
    match &guest.bios {
        None => Ok(Machine::new(&config, &kernel, disk)?),
        Some(bios) => {
            let bios = files::read(bios, "firmware")?;
            Ok(Machine::with_bios(&config, &bios, &kernel, disk)?)
        }
    }
}

/// A recording of the machine of `guest`: from reset on, or as it was saved.
///
/// # Errors
/// As [`build`].
pub fn history(guest: &Guest) -> Result<History, Failure> {
    match &guest.load {
        Some(path) => load(path, History::from_bytes),
        None => Ok(History::new(build(guest)?)),
    }
}

/// What `read` makes of the snapshot file at `path`.
///
/// # Errors
/// [`Failure::Read`], [`Failure::Snapshot`].
pub fn load<T>(path: &Path, read: impl FnOnce(&[u8]) -> Result<T, BadFile>) -> Result<T, Failure> {
    let bytes = fs::read(path).map_err(|source| Failure::Read {
        path: path.to_owned(),
        source,
    })?;
    read(&bytes).map_err(|source| Failure::Snapshot {
        path: path.to_owned(),
        source,
    })
}
