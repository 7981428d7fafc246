//! The lecture notes: one mdBook a language, in pages of our own look, in `dist/notes/`.

use crate::kit::Kit;
use crate::step;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// The folders of `docs/notes/` that are books, named after their language.
const LANGUAGES: &[&str] = &["en", "zh-Hans"];
/// What every book's pages need beside them; the rest of what mdBook lays out is for its own theme.
const ASSETS: &[&str] = &["notes.css"];

/// Makes the pages of every book.
pub fn build(kit: &Kit) -> Result<()> {
    for language in LANGUAGES {
        let book = kit.place.root.join("docs/notes").join(language);
        let whole = kit.place.root.join("target/notes").join(language);
        let mut mdbook = kit.command("mdbook");
        mdbook.arg("build").arg(&book).arg("--dest-dir").arg(&whole);
        step::run(&kit.place, &format!("notes, {language}"), &mut mdbook)?;
        lay_out(&whole, &kit.place.dist().join("notes").join(language))?;
    }
    let assets = kit.place.root.join("docs/notes/theme");
    copy(
        ASSETS.iter().map(|name| assets.join(name)),
        &kit.place.dist().join("notes"),
    )
}

/// Copies the chapters, and no page that only mdBook's own theme leads to, from `whole` to `to`.
fn lay_out(whole: &Path, to: &Path) -> Result<()> {
    let entries =
        fs::read_dir(whole).with_context(|| format!("cannot read {}", whole.display()))?;
    let mut chapters = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let is_chapter = path
            .extension()
            .is_some_and(|extension| extension == "html")
            && !["404.html", "print.html", "toc.html"]
                .iter()
                .any(|other| path.ends_with(other));
        if is_chapter {
            chapters.push(path);
        }
    }
    copy(chapters.into_iter(), to)
}

/// Copies `files` into the folder `to`.
fn copy(files: impl Iterator<Item = impl AsRef<Path>>, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for file in files {
        let file = file.as_ref();
        let name = file.file_name().context("a file has a name")?;
        fs::copy(file, to.join(name)).with_context(|| format!("cannot copy {}", file.display()))?;
    }
    Ok(())
}
