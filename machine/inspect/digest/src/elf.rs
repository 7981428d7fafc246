//! An ELF file and its DWARF.

use std::borrow::Cow;
use std::sync::Arc;

use gimli::{Dwarf, EndianSlice, LittleEndian};
use object::elf::PF_X;
use object::{Object, ObjectSection, ObjectSegment, SegmentFlags};
use symbols::Head;

use crate::Error;

/// Bytes of a debug section.
pub type Slice<'a> = EndianSlice<'a, LittleEndian>;

/// An ELF file.
pub struct Elf<'a> {
    /// What messages call it.
    pub name: &'a str,
    /// The file.
    pub file: object::File<'a>,
    /// Its debug information.
    pub dwarf: Arc<Dwarf<Slice<'a>>>,
}

impl<'a> Elf<'a> {
    /// The file `bytes`, called `name`.
    ///
    /// # Errors
    /// [`Error`] if it is none, or a section of it is not there.
    pub fn parse(name: &'a str, bytes: &'a [u8]) -> Result<Elf<'a>, Error> {
        let wrong = |error| Error::Elf(name.to_owned(), error);
        let file = object::File::parse(bytes).map_err(wrong)?;
        let load = |id: gimli::SectionId| {
            let section = file.section_by_name(id.name());
            let data = section.map_or(Ok(&[][..]), |section| section.data());
            data.map(|bytes| EndianSlice::new(bytes, LittleEndian))
        };
        let dwarf = Arc::new(Dwarf::load(load).map_err(wrong)?);
        Ok(Elf { name, file, dwarf })
    }

    /// What its instructions begin with.
    pub fn head(&self) -> Head {
        let is_code =
            |flags| matches!(flags, SegmentFlags::Elf { p_flags, .. } if p_flags.0 & PF_X.0 != 0);
        let mut segments = self.file.segments().filter(|s| is_code(s.flags()));
        let bytes = segments
            .next()
            .map(|s| (s.address(), s.data().unwrap_or(&[])));
        bytes.map_or_else(Head::default, |(start, bytes)| Head::of(start, bytes))
    }

    /// The error that reading its debug information gave.
    pub fn dwarf_error(&self, error: gimli::Error) -> Error {
        Error::Dwarf(self.name.to_owned(), error)
    }
}

/// `bytes` as text.
pub fn text(bytes: Slice) -> Cow<str> {
    bytes.to_string_lossy()
}
