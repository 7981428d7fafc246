//! Reads kernel, image and symbols, names them by their SHA-256, and looks whether they are
//! what they should be.

use std::fmt::Write;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use inspect::symbols::Symbols;
use machine::LARGEST_DISK;
use object::Object;
use sha2::{Digest, Sha256};

use crate::failure::Failure;

/// The bytes of `path`; says its hash on standard error, as `kind`.
///
/// # Errors
/// [`Failure::NotBuilt`], [`Failure::Read`]; [`Failure::TooLong`].
pub fn read(path: &Path, kind: &str) -> Result<Vec<u8>, Failure> {
    let too_long = || Failure::TooLong {
        path: path.to_owned(),
        most: LARGEST_DISK,
    };
    if fs::metadata(path).is_ok_and(|about| about.len() > LARGEST_DISK) {
        return Err(too_long());
    }
    let bytes = read_start(path).map_err(|source| {
        if source.kind() == ErrorKind::NotFound && path.starts_with("target/guest") {
            Failure::NotBuilt(path.to_owned())
        } else {
            Failure::Read {
                path: path.to_owned(),
                source,
            }
        }
    })?;
    if bytes.len() as u64 > LARGEST_DISK {
        return Err(too_long());
    }
    eprintln!("{kind} {} {}", sha256(&bytes), path.display());
    Ok(bytes)
}

/// The first bytes of the file at `path`, one more than the largest there is a use for: devices
/// have no length, and some no end.
fn read_start(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    file.take(LARGEST_DISK + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The ELF file at `path`; if it has no names, the one that lies beside it under that name with
/// `.debug` behind it, if one does: what boots is stripped.
///
/// # Errors
/// [`Failure::Read`].
pub fn read_named(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = |path: &Path| {
        fs::read(path).map_err(|source| Failure::Read {
            path: path.to_owned(),
            source,
        })
    };
    let bytes = read(path)?;
    let elf = object::File::parse(bytes.as_slice());
    let is_nameless = elf.is_ok_and(|elf| elf.symbols().next().is_none());
    let beside = path.with_added_extension("debug");
    if is_nameless && beside.exists() {
        return read(&beside);
    }
    Ok(bytes)
}

/// Writes `bytes` to `path`.
///
/// # Errors
/// [`Failure::Write`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|source| Failure::Write {
        path: path.to_owned(),
        source,
    })
}

/// The symbols at `path`, which are those of `kernel`, read from `kernel_path`; with the text
/// of source files, if that lies beside them.
///
/// # Errors
/// As [`read`]; [`Failure::Symbols`], [`Failure::OtherKernel`].
pub fn read_symbols(path: &Path, kernel: &[u8], kernel_path: &Path) -> Result<Symbols, Failure> {
    let bytes = read(path, "symbols")?;
    let bad = |path: &Path, source| Failure::Symbols {
        path: path.to_owned(),
        source,
    };
    let mut symbols = Symbols::from_bytes(&bytes).map_err(|source| bad(path, source))?;
    if symbols.kernel_sha256 != *Sha256::digest(kernel) {
        return Err(Failure::OtherKernel {
            symbols: path.to_owned(),
            kernel: kernel_path.to_owned(),
        });
    }
    let beside = path.with_added_extension("sources");
    if beside.exists() {
        let given = symbols.give_sources(&read(&beside, "sources")?);
        given.map_err(|source| bad(&beside, source))?;
    }
    Ok(symbols)
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("strings take everything");
            text
        })
}

/// Checks that `image` begins with a sound superblock and is as long as that says.
///
/// # Errors
/// [`Failure::Image`] if not.
pub fn check_image(path: &Path, image: &[u8]) -> Result<(), Failure> {
    match fsimg::geometry(image) {
        Ok(_) => Ok(()),
        Err(source) => Err(Failure::Image {
            path: path.to_owned(),
            source,
        }),
    }
}
