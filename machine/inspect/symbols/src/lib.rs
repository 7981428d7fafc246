//! What a kernel and its programs are called inside: functions, source lines, variables and
//! their types, in one small file that is made when the kernel is built.
//!
//! ```text
//! file.rs    the file: what it begins with, and how it is read without trusting it
//! packed.rs  what is in it: each function once; columns.rs: its numbers
//! sources.rs the text of the source files, in a file of its own
//! code.rs    functions and lines of one program, by address and by name
//! types.rs   types and variables
//! ```
//!
//! Nothing here knows a language or a kernel: a C kernel's symbols look the same.
#![forbid(unsafe_code)]

mod code;
mod columns;
mod file;
mod packed;
mod sources;
mod types;

pub use code::{Code, Function, Inlined, Line, Place};
pub use file::BadSymbols;
pub use sources::Sources;
pub use types::{Arm, Field, Tag, Type, TypeId, Variable, Variants};

use serde::{Deserialize, Serialize};

/// Bytes of a page.
const PAGE: u64 = 4096;

/// What panels need of a kernel's and its programs' debug information.
///
/// ```
/// use symbols::{BadSymbols, Symbols};
///
/// assert_eq!(Symbols::from_bytes(b"no symbols").err(), Some(BadSymbols::NotSymbols));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Symbols {
    /// SHA-256 of the kernel they belong to: of the ELF file that boots.
    pub kernel_sha256: [u8; 32],
    /// The kernel's functions and lines.
    pub kernel: Code,
    /// The programs, by name.
    pub programs: Vec<Program>,
    /// Names of functions; [`Function::name`] counts in here.
    pub names: Vec<String>,
    /// Source files; [`Line::file`] counts in here.
    pub files: Vec<SourceFile>,
    /// The kernel's variables, by name.
    pub variables: Vec<Variable>,
    /// The types those lead to; [`TypeId`] counts in here.
    pub types: Vec<Type>,
    /// The [`Sources::hash`] of the text of `files`.
    pub sources_hash: u64,
    /// That text, once it was given.
    pub sources: Option<Sources>,
}

/// A program that runs on the kernel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// Its file's name, as in `/`.
    pub name: String,
    /// What its memory begins with.
    pub head: Head,
    /// Its functions and lines.
    pub code: Code,
}

/// The beginning of a program's instructions, by which it is recognised in memory, whatever
/// name it runs under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Where it is.
    pub start: u64,
    /// Its length in bytes: up to the end of its page.
    pub len: u16,
    /// FNV-1a of these bytes.
    pub hash: u64,
}

impl Head {
    /// The head of a program whose first instructions are `bytes`, from `start` on.
    pub fn of(start: u64, bytes: &[u8]) -> Head {
        let to_page_end = PAGE - start % PAGE;
        let len = to_page_end.min(bytes.len() as u64) as u16;
        let hash = hash(&bytes[..usize::from(len)]);
        Head { start, len, hash }
    }
}

/// FNV-1a of `bytes`, in 64 bits.
fn hash(bytes: &[u8]) -> u64 {
    let add = |hash: u64, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, add)
}

/// A source file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Relative to the repository.
    pub path: String,
    /// Its text is to be shown, and is in [`Sources`].
    pub has_text: bool,
}

/// A name that the symbols do not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this kernel's symbols have no `{name}`")]
pub struct MissingSymbol {
    /// The name.
    pub name: String,
}

impl Symbols {
    /// The variable called `name`: in full, as `kernel::proc::PROC`, or the end of its path
    /// if only one ends so.
    ///
    /// # Errors
    /// [`MissingSymbol`].
    pub fn variable(&self, name: &str) -> Result<&Variable, MissingSymbol> {
        let exact = self.variables.iter().find(|v| v.name == name);
        let mut ends = self.variables.iter().filter(|v| is_end(&v.name, name));
        let only = ends.next().filter(|_| ends.next().is_none());
        exact.or(only).ok_or_else(|| MissingSymbol {
            name: name.to_owned(),
        })
    }

    /// The variable that `address` is in.
    pub fn variable_at(&self, address: u64) -> Option<&Variable> {
        let holds = |v: &&Variable| {
            let offset = address.checked_sub(v.address);
            offset.is_some_and(|offset| offset < self.size_of(v.ty))
        };
        self.variables.iter().find(holds)
    }

    /// The functions of the kernel called `name`: in full, or the end of their paths. More
    /// than one if a generic function was compiled for several types.
    pub fn functions<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Function> {
        let is_called = move |f: &&Function| {
            let full = self.name(f.name);
            full == name || is_end(full, name)
        };
        self.kernel.functions.iter().filter(is_called)
    }

    /// The program called `name`.
    pub fn program(&self, name: &str) -> Option<&Program> {
        let found = self
            .programs
            .binary_search_by(|program| program.name.as_str().cmp(name));
        Some(&self.programs[found.ok()?])
    }

    /// The program in an address space of which `read` gives so many bytes at an address;
    /// probably the one called `name`.
    pub fn program_in<'m>(
        &self,
        name: &str,
        read: impl Fn(u64, u64) -> Option<&'m [u8]>,
    ) -> Option<&Program> {
        let is_there = |program: &&Program| {
            let head = program.head;
            let bytes = read(head.start, u64::from(head.len));
            bytes.is_some_and(|bytes| hash(bytes) == head.hash)
        };
        let named = self.program(name).into_iter();
        named.chain(&self.programs).find(is_there)
    }

    /// The source file `path`.
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The text of the source file `path`, if it is to be shown and was given.
    pub fn text(&self, path: &str) -> Option<&str> {
        let sources = self.sources.as_ref()?;
        let nth = self.files.iter().position(|file| file.path == path)?;
        let text = sources.texts.get(nth).filter(|text| !text.is_empty());
        text.map(String::as_str)
    }

    /// A function's name in full: `kernel::proc::life::fork`.
    pub fn name(&self, id: u32) -> &str {
        self.names.get(id as usize).map_or("", String::as_str)
    }

    /// Its last part: `fork`.
    pub fn short_name(&self, id: u32) -> &str {
        short(self.name(id))
    }

    /// The path of a source file.
    pub fn path(&self, file: u32) -> &str {
        self.files
            .get(file as usize)
            .map_or("", |file| file.path.as_str())
    }
}

/// The last part of the path `name`; of a closure, that of the function it is in too.
pub fn short(name: &str) -> &str {
    let mut start = 0;
    for (at, _) in name.match_indices("::") {
        if !name[at + 2..].starts_with('{') {
            start = at + 2;
        }
    }
    &name[start..]
}

/// Whether the path `full` ends in the path `end`.
fn is_end(full: &str, end: &str) -> bool {
    let before = full.strip_suffix(end);
    before.is_some_and(|before| before.ends_with("::"))
}
