//! Builds the machine that the arguments describe.

use machine::{Config, Machine};

use crate::args::Guest;
use crate::failure::Failure;
use crate::files;

/// The machine of `guest`, at reset.
///
/// # Errors
/// A [`Failure`] of reading files or of building the machine.
pub fn build(guest: &Guest) -> Result<Machine, Failure> {
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
        ..Config::default()
    };
    Ok(Machine::new(&config, &kernel, disk)?)
}
