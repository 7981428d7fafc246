//! Which source files are ours, and their text.

use std::collections::HashMap;

use symbols::SourceFile;

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

    /// All of them by number, with what `text` says is their text, up to their tests.
    pub fn into_files(self, text: &dyn Fn(&str) -> Option<String>) -> Vec<SourceFile> {
        let files = self.paths.into_iter().map(|path| {
            let text = text(&path).unwrap_or_default();
            let text = without_tests(&text).to_owned();
            SourceFile { path, text }
        });
        files.collect()
    }
}

/// A Rust file's text before its tests, which are no part of what runs.
fn without_tests(text: &str) -> &str {
    let end = text.find("\n#[cfg(test)]\nmod ");
    &text[..end.map_or(text.len(), |end| end + 1)]
}
