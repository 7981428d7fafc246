//! The text of the source files. It is as large as all the symbols, and few who watch a
//! machine ever look at a line: so it is a file of its own, that is read when somebody does.

use serde::{Deserialize, Serialize};

use crate::{BadSymbols, Symbols, file, hash};

/// What the file begins with.
const MAGIC: &[u8; 7] = b"sources";

/// The text of source files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sources {
    /// A text for each of [`Symbols::files`]; empty if it is not to be shown.
    pub texts: Vec<String>,
}

impl Sources {
    /// The file that holds them: equal texts give equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        file::write(MAGIC, self)
    }

    /// By which symbols know the text that belongs to them: a hash of its file.
    pub fn hash(&self) -> u64 {
        hash(&self.to_bytes())
    }
}

impl Symbols {
    /// Takes the text of the source files from `bytes`, which [`Sources::to_bytes`] made.
    ///
    /// # Errors
    /// [`BadSymbols`], whatever the bytes are; [`BadSymbols::OtherSources`] if they belong to
    /// other symbols. What was there before stays.
    pub fn give_sources(&mut self, bytes: &[u8]) -> Result<(), BadSymbols> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(BadSymbols::NotSources)?;
        let sources: Sources = file::read(rest)?;
        if hash(bytes) != self.sources_hash || sources.texts.len() != self.files.len() {
            return Err(BadSymbols::OtherSources);
        }
        self.sources = Some(sources);
        Ok(())
    }
}
