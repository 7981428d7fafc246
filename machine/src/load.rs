//! Puts firmware, kernel and device tree into RAM, where QEMU 7.2 puts them.
//!
//! Without firmware (`-bios none`) the kernel is an ELF file with code at the start of RAM.
//! With it (`-bios FILE`) the firmware is there, and the kernel goes to the addresses of its
//! ELF file or, if it is a raw image, to the first multiple of 2 MiB after the firmware; that
//! is 0x8020_0000 for one of up to 2 MiB.
//! Source: QEMU hw/riscv/boot.c, `riscv_load_firmware` and `riscv_calc_kernel_start_addr`.

use std::ops::Range;

use crate::elf::Segment;
use crate::ram::{self, Ram};
use crate::{Config, ImageError, Part, SetupError, elf, tree};

/// What a raw kernel's place is a multiple of.
const ALIGN: u64 = 2 << 20;

/// Where what harts need to know lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loaded {
    /// The kernel's first byte, as told to firmware.
    pub kernel_at: u64,
    pub tree_at: u64,
}

/// Puts all into `ram`, which is zero elsewhere.
///
/// # Errors
/// [`SetupError::Image`] if a file is not what it must be or has no place,
/// [`SetupError::Collision`] if two want the same.
pub(crate) fn load(
    config: &Config,
    bios: Option<&[u8]>,
    kernel: &[u8],
    ram: &mut Ram,
) -> Result<Loaded, SetupError> {
    let range = ram::BASE..ram.end();
    let (mut segments, kernel_at) = match bios {
        None => {
            let kernel = check_kind(kernel).and_then(|()| elf::segments(kernel, range));
            let kernel = kernel.and_then(with_start);
            let kernel = kernel.map_err(Part::Kernel.at_fault())?;
            let at = kernel[0].place.start;
            (kernel, at)
        }
        Some(bios) => {
            let firmware = either(bios, ram::BASE, &range).and_then(with_start);
            let firmware = firmware.map_err(Part::Firmware.at_fault())?;
            let end = firmware[firmware.len() - 1].place.end;
            let free = end.next_multiple_of(ALIGN);
            let kernel = either(kernel, free, &range).map_err(Part::Kernel.at_fault())?;
            let at = kernel[0].place.start;
            if let Some(at) = common(&firmware, &kernel) {
                return Err(SetupError::Collision { at, free });
            }
            ([firmware, kernel].concat(), at)
        }
    };
    let tree = tree::build(config);
    let tree_at = tree::place(tree.len(), ram.end());
    let tree = Segment {
        place: tree_at..tree_at + tree.len() as u64,
        bytes: &tree,
    };
    let no_room = Part::Kernel.at_fault()(ImageError::NoRoomForTree(tree_at));
    if common(&segments, std::slice::from_ref(&tree)).is_some() {
        return Err(no_room);
    }
    segments.push(tree);
    for segment in segments {
        let written = ram.write(segment.place.start, segment.bytes);
        written.ok_or_else(|| no_room.clone())?;
    }
    Ok(Loaded { kernel_at, tree_at })
}

/// The segments of an ELF file, or the one of a raw image, which goes to `at`.
fn either<'file>(
    file: &'file [u8],
    at: u64,
    ram: &Range<u64>,
) -> Result<Vec<Segment<'file>>, ImageError> {
    check_kind(file)?;
    if elf::is_elf(file) {
        return elf::segments(file, ram.clone());
    }
    if file.is_empty() {
        return Err(ImageError::Foreign("empty"));
    }
    if is_text(file) {
        return Err(ImageError::Foreign(
            "text, neither an ELF file nor an image of RISC-V code",
        ));
    }
    let end = at.saturating_add(file.len() as u64);
    if end > ram.end {
        return Err(ImageError::OutsideRam {
            at,
            end,
            ram: ram.start,
            ram_end: ram.end,
        });
    }
    Ok(vec![Segment {
        place: at..end,
        bytes: file,
    }])
}

/// The segments, if one of them is where harts start.
fn with_start(segments: Vec<Segment>) -> Result<Vec<Segment>, ImageError> {
    let mut places = segments.iter().map(|segment| &segment.place);
    if places.any(|place| place.contains(&ram::BASE)) {
        Ok(segments)
    } else {
        Err(ImageError::NothingAtStart(ram::BASE))
    }
}

/// The first address that a segment of both has.
fn common(some: &[Segment], others: &[Segment]) -> Option<u64> {
    let pairs = some
        .iter()
        .flat_map(|one| others.iter().map(move |other| (&one.place, &other.place)));
    let both = pairs.map(|(one, other)| one.start.max(other.start)..one.end.min(other.end));
    both.filter(|both| !both.is_empty())
        .map(|both| both.start)
        .min()
}

/// Files that people take for a kernel: an offset, the bytes there, and what they are.
const FOREIGN: &[(usize, &[u8], &str)] = &[
    (0, &[0x1f, 0x8b], "compressed by gzip; decompress it first"),
    (0, b"BZh", "compressed by bzip2; decompress it first"),
    (0, b"\xfd7zXZ\0", "compressed by xz; decompress it first"),
    (
        0,
        b"\x28\xb5\x2f\xfd",
        "compressed by zstd; decompress it first",
    ),
    (0, b"PK\x03\x04", "a zip archive; unpack it first"),
    (0, b"!<arch>\n", "an archive of object files; link it first"),
    (0, b"\0asm", "a WebAssembly module, not RISC-V code"),
    (0x202, b"HdrS", "a Linux kernel for x86, not for RISC-V"),
    (0x38, b"ARM\x64", "a Linux kernel for Arm, not for RISC-V"),
];

/// Refuses what is certainly no RISC-V code, saying what it is.
fn check_kind(file: &[u8]) -> Result<(), ImageError> {
    let has = |at: usize, bytes: &[u8]| file.get(at..).is_some_and(|rest| rest.starts_with(bytes));
    match FOREIGN.iter().find(|(at, bytes, _)| has(*at, bytes)) {
        Some((_, _, what)) => Err(ImageError::Foreign(what)),
        None => Ok(()),
    }
}

/// Whether `file` begins like a text.
fn is_text(file: &[u8]) -> bool {
    let head = &file[..file.len().min(512)];
    let is_plain = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~' | 0x80..);
    head.iter().all(is_plain)
}
