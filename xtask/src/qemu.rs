//! `cargo xtask qemu`: the same kernel and image on the other machine.

use crate::guest::Artefacts;
use crate::kit::{Kit, on_path};
use anyhow::{Context, Result, bail};
use std::process::Command;

/// How QEMU is to be started.
#[derive(clap::Args)]
pub struct Options {
    /// Harts, 1 to 8
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=8))]
    smp: u8,
    /// Offer the disk by the legacy virtio interface (QEMU's default)
    #[arg(long, conflicts_with = "modern")]
    legacy: bool,
    /// Offer the disk by the modern virtio interface
    #[arg(long)]
    modern: bool,
    /// Boot arguments for the kernel, such as "fork=cow"
    #[arg(long, value_name = "ARGUMENTS")]
    append: Option<String>,
    /// Let the guest change target/guest/fs.img (else its writes are forgotten)
    #[arg(long)]
    write: bool,
    /// Further arguments for QEMU, after `--` (for gdb: -- -s -S)
    #[arg(last = true)]
    further: Vec<String>,
}

/// Whether QEMU is here at all, asked before there is a build to wait for.
///
/// # Errors
/// It is not; the message says how it could be.
pub fn is_here() -> Result<()> {
    let how =
        "`cargo xtask setup --for test` installs it (Debian: apt-get install qemu-system-misc)";
    match on_path("qemu-system-riscv64") {
        Some(_) => Ok(()),
        None => bail!("there is no qemu-system-riscv64 on PATH; {how}"),
    }
}

/// Boots `guest` in this terminal, until it or the user ends it.
pub fn boot(kit: &Kit, guest: &Artefacts, options: &Options) -> Result<()> {
    guest.print_hashes()?;
    if options.write {
        println!("The guest's writes stay in {}.", guest.image.display());
    } else {
        println!("The guest's writes are forgotten at the end (--write keeps them).");
    }
    println!("To leave: Ctrl-A, then x.\n");
    let mut qemu = kit.command("qemu-system-riscv64");
    arguments(&mut qemu, guest, options);
    let status = qemu.status().context("cannot start qemu-system-riscv64")?;
    if !status.success() {
        bail!("QEMU ended with {status}");
    }
    Ok(())
}

fn arguments(qemu: &mut Command, guest: &Artefacts, options: &Options) {
    qemu.args([
        "-machine",
        "virt",
        "-bios",
        "none",
        "-m",
        "128M",
        "-nographic",
        "-smp",
        &options.smp.to_string(),
    ]);
    qemu.arg("-kernel").arg(&guest.kernel);
    let snapshot = if options.write { "off" } else { "on" };
    // In a -drive value a comma is written twice.
    let image = guest.image.display().to_string().replace(',', ",,");
    qemu.arg("-drive").arg(format!(
        "file={image},if=none,format=raw,id=x0,snapshot={snapshot}"
    ));
    qemu.args([
        "-device",
        "virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0",
    ]);
    if options.modern {
        qemu.args(["-global", "virtio-mmio.force-legacy=false"]);
    }
    if let Some(arguments) = &options.append {
        qemu.arg("-append").arg(arguments);
    }
    qemu.args(&options.further);
}
