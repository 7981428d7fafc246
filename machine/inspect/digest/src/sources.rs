//! Which source files are ours, and their text.

use std::collections::HashMap;

use symbols::{SourceFile, Sources as Texts, Symbols};

/// Source files, each once, in the order of their first use.
pub struct Sources {
    root: String,
    paths: Vec<String>,
    ids: HashMap<String, u32>,
}

impl Sources {
    /// None yet; files below the folder `root` are ours.
    pub fn new(root: &str) -> Sources {
        Sources {
            root: format!("{}/", root.trim_end_matches('/')),
            paths: Vec::new(),
            ids: HashMap::new(),
        }
    }

    /// The number of the file that the compiler calls `path`, if it is ours.
    pub fn id(&mut self, path: &str) -> Option<u32> {
        let path = path.strip_prefix(&self.root)?;
        if let Some(&id) = self.ids.get(path) {
            return Some(id);
        }
        let id = self.paths.len() as u32;
        self.paths.push(path.to_owned());
        self.ids.insert(path.to_owned(), id);
        Some(id)
    }

    /// Tells `symbols` of all of them by number, and what `text` says is their text, up to
    /// their tests.
    pub fn tell(self, text: &dyn Fn(&str) -> Option<String>, symbols: &mut Symbols) {
        let mut texts = Vec::new();
        for path in self.paths {
            let text = text(&path).unwrap_or_default();
            let text = without_tests(&text).to_owned();
            symbols.files.push(SourceFile {
                path,
                has_text: !text.is_empty(),
            });
            texts.push(text);
        }
        let sources = Texts { texts };
        symbols.sources_hash = sources.hash();
        symbols.sources = Some(sources);
    }
}

/// A Rust file's text before its tests, which are no part of what runs.
fn without_tests(text: &str) -> &str {
    let end = text.find("\n#[cfg(test)]\nmod ");
    &text[..end.map_or(text.len(), |end| end + 1)]
}
