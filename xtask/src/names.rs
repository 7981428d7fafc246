//! Lays the names of the kernel's functions into the kernel, so that a panic can say them.
//!
//! The linker leaves room for them (`_names` to `_enames` in kernel.ld), at the end of what is
//! only read: nothing else moves. What a name looks like there is said in `kernel/src/hal/names.rs`.

use anyhow::{Context, Result, ensure};
use object::build::elf::{Builder, Symbol};
use object::elf::STT_FUNC;

/// As long as a name gets: its length is a byte.
const LONGEST: usize = 255;

/// Puts the names of the functions of `elf`, which is linked by kernel.ld, into their place.
///
/// # Errors
/// `elf` is not a whole ELF file, has no place for names, or more than the place holds.
pub fn lay_in(elf: &mut [u8]) -> Result<()> {
    let (table, place) = {
        let file = Builder::read(&*elf)?;
        let start = address_of(&file, "_names")?;
        let room = address_of(&file, "_enames")?.saturating_sub(start);
        let table = table(&file);
        ensure!(
            table.len() as u64 <= room,
            "the names of the kernel's functions take {} bytes; kernel.ld has room for {room}",
            table.len()
        );
        let section = file
            .sections
            .iter()
            .find(|section| (section.sh_addr..section.sh_addr + section.sh_size).contains(&start));
        let section = section.context("no section holds the names")?;
        (table, section.sh_offset + (start - section.sh_addr))
    };
    let place = usize::try_from(place)?;
    elf.get_mut(place..place + table.len())
        .context("the place for names is not in the file")?
        .copy_from_slice(&table);
    Ok(())
}

/// The value of the symbol `name`.
fn address_of(file: &Builder, name: &str) -> Result<u64> {
    let found = file
        .symbols
        .iter()
        .find(|symbol| symbol.name == name.into());
    Ok(found
        .with_context(|| format!("there is no symbol {name}"))?
        .st_value)
}

/// The functions, by address; of those that are the same code the first.
fn table(file: &Builder) -> Vec<u8> {
    let is_function = |symbol: &&Symbol| symbol.st_info.st_type() == STT_FUNC && symbol.st_size > 0;
    let mut functions: Vec<_> = file.symbols.iter().filter(is_function).collect();
    functions.sort_by_key(|symbol| symbol.st_value);
    functions.dedup_by_key(|symbol| symbol.st_value);
    let mut table = Vec::new();
    for function in functions {
        let mangled = function.name.to_string();
        let mut name = format!("{:#}", rustc_demangle::demangle(&mangled));
        name.truncate(name.floor_char_boundary(LONGEST));
        let size = u16::try_from(function.st_size).unwrap_or(u16::MAX);
        // RAM begins at 2 GiB, and the kernel at its start: the lower half of the address is enough.
        table.extend_from_slice(&(function.st_value as u32).to_le_bytes());
        table.extend_from_slice(&size.to_le_bytes());
        table.push(name.len() as u8);
        table.extend_from_slice(name.as_bytes());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_elf_is_an_error() {
        assert!(lay_in(&mut []).is_err());
        assert!(lay_in(&mut b"#!/bin/sh".to_vec()).is_err());
    }
}
