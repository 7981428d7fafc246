//! The symbols of a kernel and its programs, made of the debug information in their ELF files.
//!
//! ```text
//! elf.rs         an ELF file and its DWARF
//! names.rs       names of functions as a reader would write them
//! code.rs        functions, lines, inlined calls; declared.rs: where functions are declared
//! types.rs       variables, and the types they lead to; attributes.rs: numbers in there
//! marks.rs       what the linker script names
//! sources.rs     which source files are ours, and their text
//! ```
//!
//! Any compiler's DWARF 2 to 5 will do. The same files give the same symbols.
#![forbid(unsafe_code)]

mod attributes;
mod code;
mod declared;
mod elf;
mod marks;
mod names;
mod sources;
mod types;

use sha2::{Digest, Sha256};
use sources::Sources;
use symbols::{Program, Symbols};

/// What symbols are made of.
pub struct Guest<'a> {
    /// The kernel's ELF file that boots.
    pub kernel: &'a [u8],
    /// The same with its debug information.
    pub kernel_debug: &'a [u8],
    /// Each program's name, and its ELF file with its debug information.
    pub programs: Vec<(String, Vec<u8>)>,
    /// The folder of the sources as the compiler wrote it down: a path below it is ours, and
    /// is shown relative to it.
    pub root: &'a str,
    /// The text of the source file at a path relative to `root`, if it is to be shown.
    pub text: &'a dyn Fn(&str) -> Option<String>,
}

/// Why there are no symbols.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no ELF file.
    #[error("{0} cannot be read as ELF")]
    Elf(String, #[source] object::Error),
    /// Its debug information cannot be read.
    #[error("the debug information of {0} cannot be read")]
    Dwarf(String, #[source] gimli::Error),
}

/// The symbols of `guest`, with the text of its source files.
///
/// # Errors
/// [`Error`], naming the file.
pub fn digest(mut guest: Guest) -> Result<Symbols, Error> {
    let mut sources = Sources::new(guest.root);
    let mut names = names::Names::default();
    let kernel = elf::Elf::parse("the kernel", guest.kernel_debug)?;
    let mut symbols = Symbols {
        kernel_sha256: Sha256::digest(guest.kernel).into(),
        kernel: code::code(&kernel, &mut names, &mut sources)?,
        ..Symbols::default()
    };
    types::collect(&kernel, &mut symbols)?;
    marks::collect(&kernel, &mut symbols);
    guest.programs.sort();
    for (name, bytes) in guest.programs {
        let elf = elf::Elf::parse(&name, &bytes)?;
        let code = code::code(&elf, &mut names, &mut sources)?;
        let head = elf.head();
        symbols.programs.push(Program { name, head, code });
    }
    symbols.names = names.into_list();
    sources.tell(guest.text, &mut symbols);
    Ok(symbols)
}
