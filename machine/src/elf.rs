//! Reads an ELF file: what goes where, by physical address as QEMU does.

use std::ops::Range;

use object::LittleEndian;
use object::elf::PT_LOAD;
use object::elf::{ELFCLASS64, ELFDATA2LSB, ELFMAG, EM_RISCV, ET_DYN, ET_EXEC, FileHeader64};
use object::read::elf::{FileHeader, ProgramHeader};

use crate::ImageError;

/// Bytes for a place; the rest of the place is zero.
#[derive(Clone, Debug)]
pub(crate) struct Segment<'file> {
    pub place: Range<u64>,
    pub bytes: &'file [u8],
}

/// The loadable segments of `file`, in order of their places, which are in `ram`.
///
/// # Errors
/// An [`ImageError`] if `file` is no RISC-V executable, or its segments have no places of
/// their own in `ram`.
pub(crate) fn segments(file: &[u8], ram: Range<u64>) -> Result<Vec<Segment<'_>>, ImageError> {
    check_identity(file)?;
    let header = FileHeader64::<LittleEndian>::parse(file).map_err(damaged)?;
    let endian = header.endian().map_err(damaged)?;
    let machine = header.e_machine(endian);
    if machine != EM_RISCV {
        return Err(ImageError::NotRiscV(machine.0));
    }
    let kind = header.e_type(endian);
    if kind != ET_EXEC && kind != ET_DYN {
        return Err(ImageError::NotExecutable(kind.0));
    }
    let segments = header.program_headers(endian, file).map_err(damaged)?;
    let mut found = Vec::new();
    for segment in segments {
        let len = segment.p_memsz(endian);
        if segment.p_type(endian) != PT_LOAD || len == 0 {
            continue;
        }
        let at = segment.p_paddr(endian);
        let end = at.saturating_add(len);
        if at < ram.start || end > ram.end {
            return Err(ImageError::OutsideRam {
                at,
                end,
                ram: ram.start,
                ram_end: ram.end,
            });
        }
        let bytes = segment.data(endian, file).map_err(|()| {
            ImageError::DamagedElf("a segment reaches beyond the end of the file".to_owned())
        })?;
        // A file may claim more bytes than memory.
        let bytes = &bytes[..bytes.len().min(len as usize)];
        let place = at..end;
        found.push(Segment { place, bytes });
    }
    found.sort_unstable_by_key(|segment| segment.place.start);
    let mut pairs = found.windows(2);
    match pairs.find(|pair| pair[1].place.start < pair[0].place.end) {
        _ if found.is_empty() => Err(ImageError::NothingToLoad),
        Some(pair) => Err(ImageError::Overlap(pair[1].place.start)),
        None => Ok(found),
    }
}

/// Whether `file` says it is ELF.
pub(crate) fn is_elf(file: &[u8]) -> bool {
    file.starts_with(&ELFMAG)
}

/// Checks the first bytes of `file` for what the parser takes for granted.
fn check_identity(file: &[u8]) -> Result<(), ImageError> {
    if !is_elf(file) {
        return Err(ImageError::NotElf);
    }
    match file.get(4..6) {
        Some([class, data]) if (*class, *data) == (ELFCLASS64.0, ELFDATA2LSB.0) => Ok(()),
        Some(_) => Err(ImageError::NotElf64),
        None => Err(ImageError::DamagedElf("only the magic is there".to_owned())),
    }
}

fn damaged(error: object::Error) -> ImageError {
    ImageError::DamagedElf(error.to_string())
}
