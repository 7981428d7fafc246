//! What a machine is built from, and what can be wrong with it.

use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::devices::block::SECTOR;

const MIB: u64 = 1 << 20;
/// The most harts a machine has.
pub(crate) const MOST_HARTS: usize = 8;
const HARTS: RangeInclusive<usize> = 1..=MOST_HARTS;
const RAM: RangeInclusive<u64> = 16 * MIB..=2048 * MIB;
/// Largest disk, in bytes: the model keeps it in memory.
pub const LARGEST_DISK: u64 = 1024 * MIB;

/// Most devices besides the disk.
pub const MOST_DEVICES: usize = 7;
/// The first second of 2025.
const EPOCH: u64 = 1_735_689_600;

/// How a machine is built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Harts: 1 to 8.
    pub harts: usize,
    /// Bytes of RAM: 16 MiB to 2 GiB, in steps of 1 MiB.
    pub ram_bytes: u64,
    /// `/chosen/bootargs` of the device tree.
    pub bootargs: String,
    /// Chooses the interleaving of the harts.
    pub seed: u64,
    /// Whether virtio has the legacy register layout (QEMU's default), not the modern.
    pub virtio_legacy: bool,
    /// What is plugged into the virtio slots 1, 2, … (at most [`MOST_DEVICES`]); slot 0 is
    /// the disk's.
    pub devices: Vec<VirtioDevice>,
    /// What the real-time clock shows at reset, in seconds since 1970.
    pub epoch: u64,
}

/// A virtio device that a machine may have besides its disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum VirtioDevice {
    /// A second terminal, [`crate::Input::Terminal`].
    Console,
    /// A source of random numbers; they follow from [`Config::seed`].
    Rng,
    /// A network of the machine's own, laid out as QEMU's user network.
    Net,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            harts: 3,
            ram_bytes: 128 * MIB,
            bootargs: String::new(),
            seed: 0,
            virtio_legacy: false,
            devices: Vec::new(),
            epoch: EPOCH,
        }
    }
}

/// Why a machine cannot be built: each a sentence for the user.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SetupError {
    /// `harts` out of range.
    #[error("a machine has 1 to 8 harts, not {0}")]
    Harts(usize),
    /// `ram_bytes` out of range or no multiple of 1 MiB.
    #[error("RAM is 16 MiB to 2 GiB in steps of 1 MiB, not {0} bytes")]
    Ram(u64),
    /// `bootargs` with a NUL, which the device tree cannot hold.
    #[error("the boot arguments contain a NUL character")]
    Bootargs,
    /// A file that cannot be loaded.
    #[error("the {part} {why}")]
    Image {
        /// Which file.
        part: Part,
        /// What is wrong with it.
        why: ImageError,
    },
    /// Firmware and kernel want the same place.
    #[error(
        "firmware and kernel both want to be loaded at {at:#x}; behind firmware a kernel belongs at {free:#x} or above"
    )]
    Collision {
        /// The first address that both want.
        at: u64,
        /// Where a kernel has room.
        free: u64,
    },
    /// More devices than slots.
    #[error("a machine has room for {MOST_DEVICES} virtio devices besides the disk, not {0}")]
    Devices(usize),
    /// Not whole sectors.
    #[error("the disk image is {0} bytes long, not a multiple of 512")]
    DiskSectors(u64),
    /// Larger than the model takes.
    #[error("the disk image is {0} bytes long; the machine takes up to 1 GiB")]
    DiskTooLarge(u64),
}

/// A file that is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The SBI firmware.
    Firmware,
    /// The kernel.
    Kernel,
}

impl Part {
    /// Makes a flaw of this part into an error.
    pub(crate) fn at_fault(self) -> impl Fn(ImageError) -> SetupError {
        move |why| SetupError::Image { part: self, why }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Firmware => "firmware",
            Part::Kernel => "kernel",
        })
    }
}

/// Why a file cannot be loaded: each the rest of a sentence about it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ImageError {
    /// No ELF magic, where it has to be there.
    #[error("is not an ELF file")]
    NotElf,
    /// Something else altogether.
    #[error("is {0}")]
    Foreign(&'static str),
    /// A 32-bit or big-endian ELF file.
    #[error("is not a 64-bit little-endian ELF file, as RV64 programs are")]
    NotElf64,
    /// Another architecture.
    #[error("is for another architecture (ELF machine {0}), not for RISC-V (243)")]
    NotRiscV(u16),
    /// Not an executable: a relocatable object, a library, a core dump.
    #[error("is an ELF file but not an executable (ELF type {0})")]
    NotExecutable(u16),
    /// Broken or truncated inside.
    #[error("is an ELF file that is damaged or cut short: {0}")]
    DamagedElf(String),
    /// Nothing to load.
    #[error("has nothing to load")]
    NothingToLoad,
    /// A segment that is not in RAM.
    #[error("wants to be loaded at {at:#x} to {end:#x}, outside RAM ({ram:#x} to {ram_end:#x})")]
    OutsideRam {
        /// The segment's first address.
        at: u64,
        /// The address after its last.
        end: u64,
        /// RAM's first address.
        ram: u64,
        /// The address after its last.
        ram_end: u64,
    },
    /// Two segments for one place.
    #[error("has two parts that want to be loaded at {0:#x}")]
    Overlap(u64),
    /// No code where harts begin.
    #[error("has nothing at {0:#x}, where the harts start")]
    NothingAtStart(u64),
    /// The device tree's place is taken.
    #[error("leaves no room for the device tree at {0:#x}")]
    NoRoomForTree(u64),
}

impl Config {
    /// Checks the numbers, and the disk's length.
    pub(crate) fn check(&self, disk_len: u64) -> Result<(), SetupError> {
        if !HARTS.contains(&self.harts) {
            return Err(SetupError::Harts(self.harts));
        }
        if !RAM.contains(&self.ram_bytes) || !self.ram_bytes.is_multiple_of(MIB) {
            return Err(SetupError::Ram(self.ram_bytes));
        }
        if self.bootargs.contains('\0') {
            return Err(SetupError::Bootargs);
        }
        if self.devices.len() > MOST_DEVICES {
            return Err(SetupError::Devices(self.devices.len()));
        }
        if disk_len > LARGEST_DISK {
            return Err(SetupError::DiskTooLarge(disk_len));
        }
        if !disk_len.is_multiple_of(SECTOR) {
            return Err(SetupError::DiskSectors(disk_len));
        }
        Ok(())
    }
}
