//! A program to measure: an ELF file in which the host writes how long it shall run.

use object::{Object, ObjectSegment, ObjectSymbol};

/// Where RAM begins, on every machine here.
const RAM: u64 = 0x8000_0000;

/// A bare-metal program with its parameters set.
#[derive(Clone, Debug)]
pub struct Program {
    /// The ELF file.
    pub elf: Vec<u8>,
    /// The same as it lies in RAM.
    pub image: Vec<u8>,
    /// The address of its first instruction.
    pub entry: u64,
    /// Where it writes its state and its value, 8 bytes each.
    pub outcome_at: u64,
}

impl Program {
    /// The program of `elf`, to make `rounds` rounds, under page tables or without.
    ///
    /// # Errors
    /// It is no ELF file with the symbols that programs of `guest/` have.
    pub fn new(elf: &[u8], rounds: u64, is_paged: bool) -> Result<Program, String> {
        let mut elf = elf.to_vec();
        let (at, outcome_at, entry) = {
            let file = object::File::parse(&*elf).map_err(|error| error.to_string())?;
            let symbol = |name: &str| {
                let symbol = file.symbol_by_name(name);
                let address = symbol.map(|symbol| symbol.address());
                address.ok_or_else(|| format!("no symbol `{name}`"))
            };
            let parameters = symbol("bench_parameters")?;
            let at = file.segments().find_map(|segment| {
                let within = parameters.checked_sub(segment.address())?;
                let (offset, size) = segment.file_range();
                (within + 16 <= size).then_some((offset + within) as usize)
            });
            let at = at.ok_or("its parameters are not in the file")?;
            (at, symbol("bench_outcome")?, file.entry())
        };
        elf[at..at + 8].copy_from_slice(&rounds.to_le_bytes());
        elf[at + 8..at + 16].copy_from_slice(&u64::from(is_paged).to_le_bytes());
        Ok(Program {
            image: image(&elf)?,
            elf,
            entry,
            outcome_at,
        })
    }
}

/// The segments of `elf` as they lie in RAM.
fn image(elf: &[u8]) -> Result<Vec<u8>, String> {
    let file = object::File::parse(elf).map_err(|error| error.to_string())?;
    let mut image = Vec::new();
    for segment in file.segments() {
        let data = segment.data().map_err(|error| error.to_string())?;
        let at = segment.address().checked_sub(RAM);
        let at = at.ok_or("a segment lies below RAM")? as usize;
        image.resize(image.len().max(at + data.len()), 0);
        image[at..at + data.len()].copy_from_slice(data);
    }
    Ok(image)
}
