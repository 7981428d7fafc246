//! Executables: which bytes of the file go where in memory.
//!
//! Source: ELF, "ELF Header" and "Program Header"; the rules are those of xv6's exec.

use abi::Error;
use abi::limits::PGSIZE;

/// Bytes of the file's header.
pub const HEADER_SIZE: usize = 64;
/// Bytes of a program header.
pub const PHDR_SIZE: usize = 56;

const MAGIC: u32 = 0x464c_457f;
const PT_LOAD: u32 = 1;

/// What the file's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Where the program starts.
    pub entry: usize,
    /// Where in the file the program headers start, and how many there are.
    phoff: u32,
    phnum: u16,
}

impl Header {
    /// Reads the file's first bytes.
    ///
    /// # Errors
    /// [`Error::NotExecutable`].
    pub fn parse(bytes: &[u8; HEADER_SIZE]) -> Result<Header, Error> {
        if u32_at(bytes, 0)? != MAGIC {
            return Err(Error::NotExecutable);
        }
        Ok(Header {
            entry: usize_at(bytes, 24)?,
            phoff: u32::try_from(usize_at(bytes, 32)?).map_err(|_| Error::NotExecutable)?,
            phnum: (u32_at(bytes, 56)? & 0xffff) as u16,
        })
    }

    /// Where in the file each program header is.
    pub fn phdr_offsets(&self) -> impl Iterator<Item = u32> {
        let phoff = self.phoff;
        (0..u32::from(self.phnum)).map_while(move |n| phoff.checked_add(n * PHDR_SIZE as u32))
    }
}

/// A piece of the file to load: `file_size` bytes from `offset` on go to `vaddr`, and
/// zeroes after them up to `mem_size`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where in the file.
    pub offset: u32,
    /// Where in memory; a multiple of the page size.
    pub vaddr: usize,
    /// Bytes in the file.
    pub file_size: usize,
    /// Bytes in memory, at least `file_size`; `vaddr + mem_size` does not wrap.
    pub mem_size: usize,
    /// May be executed.
    pub is_executable: bool,
    /// May be written.
    pub is_writable: bool,
}

impl Segment {
    /// Reads a program header; `None` if it is not to be loaded.
    ///
    /// # Errors
    /// [`Error::NotExecutable`] if it breaks a promise of the fields.
    pub fn parse(bytes: &[u8; PHDR_SIZE]) -> Result<Option<Segment>, Error> {
        if u32_at(bytes, 0)? != PT_LOAD {
            return Ok(None);
        }
        let flags = u32_at(bytes, 4)?;
        let segment = Segment {
            offset: u32::try_from(usize_at(bytes, 8)?).map_err(|_| Error::NotExecutable)?,
            vaddr: usize_at(bytes, 16)?,
            file_size: usize_at(bytes, 32)?,
            mem_size: usize_at(bytes, 40)?,
            is_executable: flags & 1 != 0,
            is_writable: flags & 2 != 0,
        };
        let is_sound = segment.mem_size >= segment.file_size
            && segment.vaddr.checked_add(segment.mem_size).is_some()
            && segment.vaddr.is_multiple_of(PGSIZE);
        is_sound
            .then_some(Some(segment))
            .ok_or(Error::NotExecutable)
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Error> {
    match bytes.get(at..at + 4).map(<[u8; 4]>::try_from) {
        Some(Ok(word)) => Ok(u32::from_le_bytes(word)),
        _ => Err(Error::NotExecutable),
    }
}

fn usize_at(bytes: &[u8], at: usize) -> Result<usize, Error> {
    let low = u32_at(bytes, at)? as usize;
    Ok((u32_at(bytes, at + 4)? as usize) << 32 | low)
}

#[cfg(test)]
mod tests {
    use super::{Header, PHDR_SIZE, Segment};
    use abi::Error;

    fn phdr(words: [u64; 7]) -> [u8; PHDR_SIZE] {
        let mut bytes = [0; PHDR_SIZE];
        for (n, word) in words.into_iter().enumerate() {
            bytes[n * 8..n * 8 + 8].copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn header_needs_the_magic() {
        let mut bytes = [0; 64];
        assert_eq!(Header::parse(&bytes), Err(Error::NotExecutable));
        bytes[..4].copy_from_slice(b"\x7fELF");
        bytes[24] = 0x10;
        bytes[32] = 64;
        bytes[56] = 2;
        let header = Header::parse(&bytes).unwrap();
        assert_eq!(header.entry, 0x10);
        assert!(header.phdr_offsets().eq([64, 120]));
    }

    #[test]
    fn segments_are_checked() {
        let load = 1 | 6 << 32;
        let good = Segment::parse(&phdr([load, 0x1000, 0x2000, 0, 5, 9, 0x1000]));
        let segment = good.unwrap().unwrap();
        assert_eq!(
            (segment.vaddr, segment.file_size, segment.mem_size),
            (0x2000, 5, 9)
        );
        assert!(segment.is_writable && !segment.is_executable);
        for bad in [
            [load, 0, 0x2000, 0, 9, 5, 0],
            [load, 0, 0x2001, 0, 5, 9, 0],
            [load, 0, u64::MAX - 0xfff, 0, 5, 0x2000, 0],
            [load, 1 << 40, 0x2000, 0, 5, 9, 0],
        ] {
            assert_eq!(Segment::parse(&phdr(bad)), Err(Error::NotExecutable));
        }
        assert_eq!(Segment::parse(&phdr([2, 0, 1, 0, 9, 5, 0])), Ok(None));
    }
}
