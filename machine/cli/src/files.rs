//! Reads kernel and image, names them by their SHA-256, and looks at the superblock.

use std::fmt::Write;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use abi::disk::{BSIZE, MAGIC, SUPERBLOCK, Superblock};
use sha2::{Digest, Sha256};

use crate::failure::Failure;

/// The bytes of `path`; says its hash on standard error, as `kind`.
pub fn read(path: &Path, kind: &str) -> Result<Vec<u8>, Failure> {
    let bytes = fs::read(path).map_err(|source| {
        if source.kind() == ErrorKind::NotFound && path.starts_with("target/guest") {
            Failure::NotBuilt(path.to_owned())
        } else {
            Failure::Read {
                path: path.to_owned(),
                source,
            }
        }
    })?;
    eprintln!("{kind} {} {}", sha256(&bytes), path.display());
    Ok(bytes)
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("strings take everything");
            text
        })
}

/// Checks that `image` is as long as its superblock says. An image without one may be
/// another kernel's: only a warning on standard error.
pub fn check_image(path: &Path, image: &[u8]) -> Result<(), Failure> {
    let blocks = image.as_chunks::<BSIZE>().0;
    let superblock = blocks
        .get(SUPERBLOCK as usize)
        .map(Superblock::from_block)
        .filter(|superblock| superblock.magic == MAGIC);
    let Some(superblock) = superblock else {
        eprintln!(
            "orrery: {} has no xv6 file system (no magic in block 1); our kernel will not mount it",
            path.display()
        );
        return Ok(());
    };
    let (wanted, found) = (u64::from(superblock.size), blocks.len() as u64);
    if found < wanted {
        let path = path.to_owned();
        return Err(Failure::CutShort {
            path,
            wanted,
            found,
        });
    }
    Ok(())
}
