//! Takes out of an ELF file what a machine does not load.
//!
//! Done here and not by the linker, so that one build gives both the file that boots and
//! the file that is read about it, with the same addresses. Leans on `object`'s editable ELF.

use anyhow::{Result, ensure};
use object::build::elf::Builder;

/// What stays beside the loaded sections.
#[derive(Clone, Copy, PartialEq)]
pub enum Keep {
    /// The names of functions and data.
    Symbols,
    /// Nothing.
    Nothing,
}

/// The ELF file `elf` without its debug information, and with no symbols but those to keep.
///
/// # Errors
/// `elf` is not a whole ELF file, or has nothing to load.
pub fn strip(elf: &[u8], keep: Keep) -> Result<Vec<u8>> {
    let mut file = Builder::read(elf)?;
    ensure!(
        file.segments.iter().any(|segment| segment.is_load()),
        "the file has no segment to load"
    );
    for section in &mut file.sections {
        let is_symbols = [".symtab", ".strtab"]
            .iter()
            .any(|name| section.name.as_slice() == name.as_bytes());
        let is_debug = section.name.as_slice().starts_with(b".debug")
            || section.name.as_slice() == b".comment";
        section.delete = is_debug || (keep == Keep::Nothing && is_symbols);
    }
    for symbol in &mut file.symbols {
        symbol.delete = keep == Keep::Nothing || !is_name(&symbol.name);
    }
    let mut stripped = Vec::new();
    file.write(&mut stripped)?;
    Ok(stripped)
}

/// Whether a symbol is a name of the program's: not an assembler's label (`.L0`, thousands of
/// which linker relaxation leaves on RISC-V) nor a mark between code and data (`$x`, `$d`).
fn is_name(symbol: &[u8]) -> bool {
    !symbol.is_empty() && !symbol.starts_with(b".L") && !symbol.starts_with(b"$")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_elf_is_an_error() {
        assert!(strip(b"", Keep::Symbols).is_err());
        assert!(strip(b"#!/bin/sh", Keep::Nothing).is_err());
    }

    #[test]
    fn labels_and_marks_are_no_names() {
        assert!(is_name(b"kmain"));
        for label in [&b""[..], b".L0 ", b".Lpcrel_hi3", b"$x", b"$d.4"] {
            assert!(!is_name(label));
        }
    }
}
