//! Where functions are declared.
//!
//! Source: DWARF 5, "Declaration Coordinates", "Concrete Instances".

use std::collections::HashMap;

use gimli::{AttributeValue, constants as dw};

use crate::Error;
use crate::elf::{Elf, Slice, text};
use crate::sources::Sources;

type Unit<'a> = gimli::Unit<Slice<'a>>;
type Entry<'a> = gimli::DebuggingInformationEntry<Slice<'a>>;

/// As many steps from a function to its declaration as there can be: it, what it is an
/// instance of, and what that belongs to.
const STEPS: usize = 4;

/// File and line of each function whose declaration is ours, by the function's address.
///
/// # Errors
/// [`Error::Dwarf`].
pub fn declarations(elf: &Elf, sources: &mut Sources) -> Result<HashMap<u64, (u32, u32)>, Error> {
    collect(elf, sources).map_err(|error| elf.dwarf_error(error))
}

fn collect(elf: &Elf, sources: &mut Sources) -> gimli::Result<HashMap<u64, (u32, u32)>> {
    let mut found = HashMap::new();
    let mut units = Vec::new();
    let mut headers = elf.dwarf.units();
    while let Some(header) = headers.next()? {
        units.push(elf.dwarf.unit(header)?);
    }
    for unit in &units {
        let mut entries = unit.entries();
        while let Some(entry) = entries.next_dfs()? {
            let start = entry.attr_value(dw::DW_AT_low_pc);
            let (dw::DW_TAG_subprogram, Some(start)) = (entry.tag(), start) else {
                continue;
            };
            let Some(start) = elf.dwarf.attr_address(unit, start)? else {
                continue;
            };
            if let Some((path, line)) = declaration(elf, &units, unit, entry)?
                && let Some(file) = sources.id(&path)
            {
                found.insert(start, (file, line));
            }
        }
    }
    Ok(found)
}

/// Path and line of the declaration of `function` of `unit`.
fn declaration<'a>(
    elf: &Elf<'a>,
    units: &[Unit<'a>],
    unit: &Unit<'a>,
    function: &Entry<'a>,
) -> gimli::Result<Option<(String, u32)>> {
    let (mut unit, mut entry) = (unit, function.clone());
    for _ in 0..STEPS {
        let number = |at| entry.attr_value(at).and_then(|value| value.udata_value());
        if let Some(line) = number(dw::DW_AT_decl_line) {
            let file = match entry.attr_value(dw::DW_AT_decl_file) {
                Some(AttributeValue::FileIndex(file)) => Some(file),
                Some(value) => value.udata_value(),
                None => None,
            };
            let path = file.map_or(Ok(None), |file| path_of(elf, unit, file))?;
            return Ok(path.zip(u32::try_from(line).ok()));
        }
        let origin = entry.attr_value(dw::DW_AT_abstract_origin);
        let origin = origin.or_else(|| entry.attr_value(dw::DW_AT_specification));
        let offset = match origin {
            Some(AttributeValue::UnitRef(offset)) => offset,
            Some(AttributeValue::DebugInfoRef(at)) => {
                let mut all = units.iter();
                let Some(found) = all.find_map(|unit| Some((unit, at.to_unit_offset(unit)?)))
                else {
                    return Ok(None);
                };
                unit = found.0;
                found.1
            }
            _ => return Ok(None),
        };
        entry = unit.entry(offset)?;
    }
    Ok(None)
}

/// The path of the file that `unit` gives the number `file`.
fn path_of(elf: &Elf, unit: &Unit, file: u64) -> gimli::Result<Option<String>> {
    let Some(header) = unit.line_program.as_ref().map(|program| program.header()) else {
        return Ok(None);
    };
    let Some(file) = header.file(file) else {
        return Ok(None);
    };
    let mut parts = Vec::new();
    parts.extend(unit.comp_dir.map(|dir| text(dir).into_owned()));
    if let Some(folder) = file.directory(header) {
        parts.push(text(elf.dwarf.attr_string(unit, folder)?).into_owned());
    }
    parts.push(text(elf.dwarf.attr_string(unit, file.path_name())?).into_owned());
    // From the last part on that says where it is by itself.
    let absolute = parts.iter().rposition(|part| part.starts_with('/'));
    Ok(Some(parts[absolute.unwrap_or(0)..].join("/")))
}
