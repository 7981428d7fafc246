//! What is booted, and on what: shared by all commands that build a machine.

use std::path::PathBuf;

use clap::Args as Group;
use machine::{Config, VirtioDevice};

/// The machine and its files.
#[derive(Debug, Group)]
pub struct Guest {
    /// ELF file of the kernel
    #[arg(long, value_name = "ELF", default_value = "target/guest/kernel")]
    pub kernel: PathBuf,
    /// SBI firmware, an ELF file or a raw image, to run before the kernel, which may be raw too
    /// then and goes to 0x80200000
    #[arg(long, value_name = "FILE")]
    pub bios: Option<PathBuf>,
    /// Disk image; changes to it are kept in memory only
    #[arg(long, value_name = "IMAGE", default_value = "target/guest/fs.img")]
    pub disk: PathBuf,
    /// Boot without a disk
    #[arg(long, conflicts_with = "disk")]
    pub no_disk: bool,
    /// Take the image as it is, whether or not it holds an xv6 file system
    #[arg(long)]
    pub raw_disk: bool,
    /// Number of harts, 1 to 8
    #[arg(long, value_name = "N", default_value_t = Config::default().harts)]
    pub harts: usize,
    /// Size of RAM: 16M to 2G
    #[arg(long, value_name = "SIZE", default_value = "128M", value_parser = parse_size)]
    pub memory: u64,
    /// Which interleaving of the harts
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Boot arguments, such as "fork=cow sbrk=lazy"
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub bootargs: String,
    /// Give virtio the legacy register layout
    #[arg(long)]
    pub virtio_legacy: bool,
    /// Plug in virtio devices, in this order: console, rng, net
    #[arg(long = "device", value_name = "NAME,…", value_delimiter = ',', value_parser = parse_device)]
    pub devices: Vec<VirtioDevice>,
    /// Go on from a snapshot file instead; it holds everything
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "kernel", "bios", "disk", "no_disk", "raw_disk", "harts", "memory", "seed", "bootargs",
        "virtio_legacy", "devices",
    ])]
    pub load: Option<PathBuf>,
}

/// A virtio device by its name.
fn parse_device(name: &str) -> Result<VirtioDevice, String> {
    match name {
        "console" => Ok(VirtioDevice::Console),
        "rng" => Ok(VirtioDevice::Rng),
        "net" => Ok(VirtioDevice::Net),
        _ => Err(format!("{name:?} is none of console, rng and net")),
    }
}

/// Reads a size such as `128M` or `1G`.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is not a size such as 64M or 1G");
    let (digits, unit) = match text.char_indices().last() {
        Some((at, 'K' | 'k')) => (&text[..at], 1 << 10),
        Some((at, 'M' | 'm')) => (&text[..at], 1 << 20),
        Some((at, 'G' | 'g')) => (&text[..at], 1 << 30),
        _ => (text, 1),
    };
    let count: u64 = digits.parse().map_err(|_| wrong())?;
    count.checked_mul(unit).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(parse_size("128M"), Ok(128 << 20));
        assert_eq!(parse_size("2G"), Ok(2 << 30));
        assert_eq!(parse_size("4096"), Ok(4096));
        assert!(parse_size("").is_err());
        assert!(parse_size("M").is_err());
        assert!(parse_size("99999999999G").is_err());
    }
}
