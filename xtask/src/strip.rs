//! Takes out of an ELF file what a machine does not load.
//!
//! Done here and not by the linker, so that one build gives both the file that boots and
//! the file that is read about it, with the same addresses. Leans on `object`'s editable ELF.

use anyhow::{Result, ensure};
use object::build::elf::Builder;

/// The ELF file `elf` without its debug information and without the names of what is in it.
///
/// # Errors
/// `elf` is not a whole ELF file, or has nothing to load.
pub fn strip(elf: &[u8]) -> Result<Vec<u8>> {
    let mut file = Builder::read(elf)?;
    ensure!(
        file.segments.iter().any(|segment| segment.is_load()),
        "the file has no segment to load"
    );
    for section in &mut file.sections {
        let name = section.name.as_slice();
        let is_names = [&b".symtab"[..], b".strtab", b".comment"].contains(&name);
        section.delete = is_names || name.starts_with(b".debug");
    }
    for symbol in &mut file.symbols {
        symbol.delete = true;
    }
    let mut stripped = Vec::new();
    file.write(&mut stripped)?;
    Ok(stripped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_elf_is_an_error() {
        assert!(strip(b"").is_err());
        assert!(strip(b"#!/bin/sh").is_err());
    }
}
