//! Loads a kernel's ELF file into RAM, by physical address as QEMU does.

use object::LittleEndian;
use object::elf::PT_LOAD;
use object::elf::{ELFCLASS64, ELFDATA2LSB, ELFMAG, EM_RISCV, ET_DYN, ET_EXEC, FileHeader64};
use object::read::elf::{FileHeader, ProgramHeader};

use crate::SetupError;
use crate::ram::{self, Ram};

/// Copies the loadable segments of `file` to `ram`, which is zero elsewhere. Gives the
/// address after the last.
///
/// # Errors
/// Every [`SetupError`] that speaks of the kernel.
pub(crate) fn load(file: &[u8], ram: &mut Ram) -> Result<u64, SetupError> {
    check_identity(file)?;
    let header = FileHeader64::<LittleEndian>::parse(file).map_err(damaged)?;
    let endian = header.endian().map_err(damaged)?;
    let machine = header.e_machine(endian);
    if machine != EM_RISCV {
        return Err(SetupError::NotRiscV(machine.0));
    }
    let kind = header.e_type(endian);
    if kind != ET_EXEC && kind != ET_DYN {
        return Err(SetupError::NotExecutable(kind.0));
    }
    let segments = header.program_headers(endian, file).map_err(damaged)?;
    let mut places = Vec::new();
    for segment in segments {
        let len = segment.p_memsz(endian);
        if segment.p_type(endian) != PT_LOAD || len == 0 {
            continue;
        }
        let at = segment.p_paddr(endian);
        let end = at.saturating_add(len);
        let outside = SetupError::OutsideRam {
            at,
            end,
            ram: ram::BASE,
            ram_end: ram.end(),
        };
        if at < ram::BASE || end > ram.end() {
            return Err(outside);
        }
        let bytes = segment.data(endian, file).map_err(|()| {
            SetupError::DamagedElf("a segment reaches beyond the end of the file".to_owned())
        })?;
        ram.write(at, bytes).ok_or(outside)?;
        places.push((at, end));
    }
    check_places(&mut places)
}

/// Checks the first bytes of `file` for what the parser takes for granted.
fn check_identity(file: &[u8]) -> Result<(), SetupError> {
    if !file.starts_with(&ELFMAG) {
        return Err(SetupError::NotElf);
    }
    match file.get(4..6) {
        Some([class, data]) if (*class, *data) == (ELFCLASS64.0, ELFDATA2LSB.0) => Ok(()),
        Some(_) => Err(SetupError::NotElf64),
        None => Err(SetupError::DamagedElf("only the magic is there".to_owned())),
    }
}

fn check_places(places: &mut [(u64, u64)]) -> Result<u64, SetupError> {
    places.sort_unstable();
    let Some(&(_, end_of_last)) = places.last() else {
        return Err(SetupError::NothingToLoad);
    };
    if let Some(pair) = places.windows(2).find(|pair| pair[1].0 < pair[0].1) {
        return Err(SetupError::Overlap(pair[1].0));
    }
    let has_start = places
        .iter()
        .any(|&(at, end)| (at..end).contains(&ram::BASE));
    if has_start {
        Ok(end_of_last)
    } else {
        Err(SetupError::NothingAtStart(ram::BASE))
    }
}

fn damaged(error: object::Error) -> SetupError {
    SetupError::DamagedElf(error.to_string())
}
