//! The house rules a compiler does not know, as rows: each looks at one file's text.

use crate::place::Place;
use crate::step;
use anyhow::{Result, bail};
use std::fs;
use std::path::Path;

/// A source file's lines, unless one of its first says why it is longer.
const LINES: usize = 400;

/// Where `unsafe` may stand; everything else is safe code.
const FENCES: &[&str] = &[
    "kernel/src/hal/",
    "kernel/src/sync/",
    "kernel/src/mem/",
    "user/ulib/src/sys/",
    "user/ulib/src/alloc.rs",
    "web/wasm/",
    "machine/bench/guest/src/",
];

/// One rule: what it finds in a file, by line (from 1) and in words.
struct Rule {
    applies: fn(&str) -> bool,
    find: fn(&str, &str) -> Vec<(usize, String)>,
}

const RULES: &[Rule] = &[
    Rule {
        applies: is_source,
        find: too_long,
    },
    Rule {
        applies: is_source,
        find: no_opening,
    },
    Rule {
        applies: |path| path.ends_with(".rs"),
        find: outside_fence,
    },
    Rule {
        applies: |_| true,
        find: ghosts,
    },
    Rule {
        applies: |_| true,
        find: machine_paths,
    },
];

/// Looks at every text file of the checkout.
///
/// # Errors
/// A rule is broken; every place has been printed as `path:line: what`.
pub fn run(place: &Place) -> Result<()> {
    let broken = step::work("tidy", || {
        let mut broken = Vec::new();
        for file in place.files()? {
            // What is not text has no lines to look at.
            if let Ok(text) = fs::read_to_string(place.root.join(&file)) {
                broken.extend(look_at(&file, &text));
            }
        }
        Ok(broken)
    })?;
    for line in &broken {
        println!("{line}");
    }
    if !broken.is_empty() {
        bail!("{} places are untidy", broken.len());
    }
    Ok(())
}

fn look_at(path: &Path, text: &str) -> Vec<String> {
    let path = path.to_string_lossy().replace('\\', "/");
    let rules = RULES.iter().filter(|rule| (rule.applies)(&path));
    let found = rules.flat_map(|rule| (rule.find)(&path, text));
    found
        .map(|(line, what)| format!("{path}:{line}: {what}"))
        .collect()
}

fn is_source(path: &str) -> bool {
    let endings = [".rs", ".ts", ".js", ".mjs", ".css", ".sh", ".S", ".ld"];
    endings.iter().any(|ending| path.ends_with(ending))
}

fn too_long(_: &str, text: &str) -> Vec<(usize, String)> {
    let n_lines = text.lines().count();
    let says_why = text
        .lines()
        .take(10)
        .any(|line| line.contains("Long:") || line.contains("onger than"));
    if n_lines <= LINES || says_why {
        return Vec::new();
    }
    vec![(
        n_lines,
        format!(
            "{n_lines} lines; split it, or say why in one of its first: `Long: …` (at most {LINES} else)"
        ),
    )]
}

fn no_opening(path: &str, text: &str) -> Vec<(usize, String)> {
    let first = text
        .lines()
        .find(|line| !line.starts_with("#!/"))
        .unwrap_or_default()
        .trim_start();
    let openings: &[&str] = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("rs") => &["//!"],
        Some("sh") => &["#"],
        _ => &["//", "/*", "#"],
    };
    if openings.iter().any(|opening| first.starts_with(opening)) {
        return Vec::new();
    }
    vec![(
        1,
        format!("a file opens with what it is (`{} …`)", openings[0]),
    )]
}

fn outside_fence(path: &str, text: &str) -> Vec<(usize, String)> {
    if FENCES.iter().any(|fence| path.starts_with(fence)) {
        return Vec::new();
    }
    let code = code_of(text);
    let has_it = |line: &str| {
        line.split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word == "unsafe")
    };
    let lines = code.lines().enumerate().filter(|(_, line)| has_it(line));
    lines
        .map(|(i, _)| {
            (
                i + 1,
                format!("`unsafe` outside its fences ({})", FENCES.join(", ")),
            )
        })
        .collect()
}

/// Marks of unfinished work that name no issue.
fn ghosts(_: &str, text: &str) -> Vec<(usize, String)> {
    // In halves, so that this file does not find itself.
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
    ];
    let is_ghost = |line: &str| marks.iter().any(|mark| line.contains(mark)) && !line.contains('#');
    let lines = text.lines().enumerate().filter(|(_, line)| is_ghost(line));
    lines
        .map(|(i, _)| {
            (
                i + 1,
                "unfinished work without the number of an issue (#12)".to_owned(),
            )
        })
        .collect()
}

/// Absolute paths that hold on one machine only.
fn machine_paths(_: &str, text: &str) -> Vec<(usize, String)> {
    let starts = [
        concat!("/ro", "ot/"),
        concat!("/wo", "rk/"),
        concat!("/ho", "me/"),
        concat!("/Us", "ers/"),
    ];
    let begins_here = |line: &str, at: usize| {
        !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-/}>*~".contains(c))
    };
    let has_one = |line: &str| {
        starts.iter().any(|start| {
            line.match_indices(start)
                .any(|(at, _)| begins_here(line, at))
        })
    };
    let lines = text.lines().enumerate().filter(|(_, line)| has_one(line));
    lines
        .map(|(i, _)| (i + 1, "a path of one machine".to_owned()))
        .collect()
}

/// Rust text with comments and literals blanked, line for line.
///
/// Knows line comments, nested block comments, strings with escapes, raw strings
/// and characters; a lifetime is not taken for a character.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let blank = blank_len(rest);
        if blank == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            code.extend(
                rest[..blank]
                    .chars()
                    .map(|c| if c == '\n' { '\n' } else { ' ' }),
            );
            rest = &rest[blank..];
        }
    }
    code
}

/// The bytes of the comment or literal that `text` begins with; 0 if it begins with code.
fn blank_len(text: &str) -> usize {
    let until = |end: &str, from: usize| {
        text[from..]
            .find(end)
            .map_or(text.len(), |at| from + at + end.len())
    };
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return block_comment_len(text);
    }
    if let Some(after) = text.strip_prefix('r') {
        let hashes = after.len() - after.trim_start_matches('#').len();
        if after[hashes..].starts_with('"') {
            return until(&format!("\"{}", "#".repeat(hashes)), hashes + 2);
        }
    }
    match text.as_bytes() {
        [b'"', ..] => string_len(text),
        [b'\'', b'\\', ..] => until("'", 3),
        [b'\'', ..] => match text[1..].chars().next() {
            Some(c) if text[1 + c.len_utf8()..].starts_with('\'') => 2 + c.len_utf8(),
            _ => 0,
        },
        _ => 0,
    }
}

fn block_comment_len(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        match text.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    text.len()
}

fn string_len(text: &str) -> usize {
    let mut bytes = text.bytes().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => _ = bytes.next(),
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found in a file at `path` that opens as it should and goes on with `text`.
    fn check(path: &str, text: &str, expected: &[&str]) {
        let found = look_at(Path::new(path), &format!("//! What it is.\n{text}"));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn unsafe_is_found_in_code_alone() {
        let fences = FENCES.join(", ");
        let at = |path: &str| format!("{path}:2: `unsafe` outside its fences ({fences})");
        check(
            "kernel/src/proc.rs",
            "unsafe { f() }",
            &[&at("kernel/src/proc.rs")],
        );
        check("kernel/src/hal/csr.rs", "unsafe { f() }", &[]);
        check("a.rs", "let c = '\"'; unsafe fn f() {}", &[&at("a.rs")]);
        check(
            "a.rs",
            "fn f<'a>(x: &'a str) { unsafe {} } // 'a",
            &[&at("a.rs")],
        );
        for harmless in [
            "// unsafe",
            "/* /* */ unsafe */",
            "\"\\\" unsafe\"",
            "r#\"\" unsafe\"#",
            "#![deny(unsafe_code)]",
            "'\\'' // unsafe",
        ] {
            check("a.rs", harmless, &[]);
        }
    }

    #[test]
    fn a_file_opens_with_what_it_is() {
        assert_eq!(
            look_at(Path::new("a.rs"), "fn f() {}"),
            ["a.rs:1: a file opens with what it is (`//! …`)"]
        );
        assert!(look_at(Path::new("a.sh"), "#!/usr/bin/env bash\n# What it is.\n").is_empty());
        assert!(look_at(Path::new("a.json"), "{}").is_empty());
    }

    #[test]
    fn a_long_file_says_why() {
        let lines = "\n".repeat(LINES);
        assert_eq!(
            look_at(Path::new("a.rs"), &format!("//! A table.\n{lines}")).len(),
            1
        );
        assert!(
            look_at(
                Path::new("a.rs"),
                &format!("//! Long: a uniform table.\n{lines}")
            )
            .is_empty()
        );
    }

    #[test]
    fn ghosts_and_machine_paths_are_found_in_any_text() {
        check(
            "a.md",
            concat!("TO", "DO: later"),
            &["a.md:2: unfinished work without the number of an issue (#12)"],
        );
        check("a.md", concat!("TO", "DO(#7): later"), &[]);
        check(
            "a.md",
            concat!("see /ro", "ot/x"),
            &["a.md:2: a path of one machine"],
        );
        check("a.md", concat!("see src/ro", "ot/x"), &[]);
    }
}
