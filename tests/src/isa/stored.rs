//! Cases kept as files: those that once differed, and those that show a deviation.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::campaign::Found;
use super::case::{Case, parse};

/// The folder of the cases that must agree.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// The cases in the files of `folder` that end in `.case`, by name, in order.
///
/// # Errors
/// A file cannot be read, or is no case; the error says which.
pub fn load(folder: &Path) -> io::Result<Vec<(String, Case)>> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_case = path.extension().is_some_and(|ending| ending == "case");
        if let (true, Some(name)) = (is_case, path.file_stem()) {
            let case = parse(&fs::read_to_string(&path)?)
                .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
            cases.push((name.to_string_lossy().into_owned(), case));
        }
    }
    cases.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(cases)
}

/// Writes `found` to a file of `folder` that is called after what it is about; its path.
///
/// # Errors
/// The file cannot be written.
pub fn keep(found: &Found, folder: &Path) -> io::Result<PathBuf> {
    let text = found.to_string();
    let sum = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    let path = folder.join(format!("{}-{:08x}.case", found.case.generator, sum as u32));
    fs::write(&path, text)?;
    Ok(path)
}
