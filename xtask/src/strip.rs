//! Takes out of an ELF file what a machine does not load.
//!
//! Done here and not by the linker, so that one build gives both the file that boots and
//! the file that is read about it, with the same addresses. Leans on `object`'s editable ELF.

use anyhow::{Result, ensure};
use object::build::elf::Builder;
use object::elf::SHT_SYMTAB;

/// What stays beside the loaded sections.
#[derive(Clone, Copy, PartialEq)]
pub enum Keep {
    /// The symbol table.
    Symbols,
    /// Nothing.
    Nothing,
}

/// The ELF file `elf` without its debug information, and without its symbols if so wished.
///
/// # Errors
/// `elf` is not a whole ELF file.
pub fn strip(elf: &[u8], keep: Keep) -> Result<Vec<u8>> {
    let mut file = Builder::read(elf)?;
    ensure!(
        !file.segments.iter().all(|segment| !segment.is_load()),
        "the file has no segment to load"
    );
    for section in &mut file.sections {
        let name = section.name.as_slice();
        let is_debug = name.starts_with(b".debug") || name == b".comment";
        section.delete = is_debug || (keep == Keep::Nothing && section.sh_type == SHT_SYMTAB);
    }
    let mut stripped = Vec::new();
    file.write(&mut stripped)?;
    Ok(stripped)
}
