//! Compresses what the page fetches as far as gzip's format allows: it is done once, and what
//! is saved is saved for each reader.

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::thread;
use zopfli::{Format, Options};

/// Puts beside each of `files` its compressed form, under its name with `.gz` behind it. The same
/// files give the same bytes.
pub fn beside(files: &[&Path]) -> Result<()> {
    thread::scope(|scope| {
        let started = files.iter().map(|path| scope.spawn(|| compress(path)));
        let started: Vec<_> = started.collect();
        let mut done = started.into_iter();
        done.try_for_each(|thread| thread.join().expect("compressing does not panic"))
    })
}

fn compress(path: &Path) -> Result<()> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let beside = path.with_added_extension("gz");
    if is_of(&beside, &bytes) {
        return Ok(());
    }
    let mut compressed = Vec::new();
    zopfli::compress(Options::default(), Format::Gzip, &*bytes, &mut compressed)?;
    fs::write(&beside, compressed).with_context(|| format!("cannot write {}", beside.display()))
}

/// Whether the file at `path` is there, and holds `bytes`: they take seconds to compress again.
fn is_of(path: &Path, bytes: &[u8]) -> bool {
    let mut held = Vec::new();
    let read = fs::File::open(path).map(|file| GzDecoder::new(file).read_to_end(&mut held));
    matches!(read, Ok(Ok(_))) && held == bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_is_the_file_as_it_is_now() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("orrery-compress-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let path = folder.join("file");
        for text in ["one", "another"] {
            fs::write(&path, text.repeat(100))?;
            beside(&[&path])?;
            let compressed = folder.join("file.gz");
            assert!(is_of(&compressed, text.repeat(100).as_bytes()));
            assert!(!is_of(&compressed, b"something else"));
            assert!(fs::metadata(&compressed)?.len() < 40);
        }
        assert!(!is_of(&path, b"something else"), "it is no gzip");
        Ok(fs::remove_dir_all(&folder)?)
    }
}
