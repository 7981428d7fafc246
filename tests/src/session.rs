//! The scripted session; `session/README.md` has the format of its files.

use crate::guest::{Guest, Trouble};
use std::path::PathBuf;

/// Commands, and what a console must show while they are run.
#[derive(Clone, Debug)]
pub struct Session {
    commands: Vec<String>,
    transcript: String,
}

impl Session {
    /// Reads the files in `session/`.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn load() -> std::io::Result<Session> {
        Ok(Session {
            commands: std::fs::read_to_string(file("commands.txt"))?
                .lines()
                .map(str::to_owned)
                .collect(),
            transcript: std::fs::read_to_string(file("transcript.txt"))?,
        })
    }

    /// Plays the session from the first prompt to the last; returns what is to be
    /// compared. The shell then waits for more.
    ///
    /// # Errors
    /// As [`Guest::wait_for`].
    pub fn play(&self, guest: &mut impl Guest) -> Result<String, Trouble> {
        let mut shown = guest.wait_for("\n$ ")?;
        for command in &self.commands {
            guest.send(format!("{command}\n").as_bytes())?;
            shown += &guest.wait_for("\n$ ")?;
        }
        Ok(comparable(&shown))
    }

    /// Compares what [`Session::play`] returned with the transcript.
    ///
    /// # Errors
    /// The first line that differs, in words.
    pub fn check(&self, shown: &str) -> Result<(), String> {
        let (mut wanted, mut lines) = (self.transcript.split('\n'), shown.split('\n'));
        for number in 1.. {
            match (wanted.next(), lines.next()) {
                (None, None) => break,
                (Some(wanted), Some(line)) if matches(wanted, line) => {}
                (wanted, line) => {
                    let quote = |text: Option<&str>| {
                        text.map_or("the end".into(), |text| format!("{text:?}"))
                    };
                    let (wanted, line) = (quote(wanted), quote(line));
                    return Err(format!(
                        "transcript.txt line {number}: expected {wanted}, got {line}, of:\n{shown}"
                    ));
                }
            }
        }
        Ok(())
    }

    /// Makes what was shown the transcript; lines that match an old one stay as that was.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn update(&self, shown: &str) -> std::io::Result<()> {
        std::fs::write(file("transcript.txt"), self.updated(shown))
    }

    fn updated(&self, shown: &str) -> String {
        let old = |line| {
            self.transcript
                .split('\n')
                .find(|wanted| matches(wanted, line))
        };
        let lines: Vec<&str> = shown
            .split('\n')
            .map(|line| old(line).unwrap_or(line))
            .collect();
        lines.join("\n")
    }
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("session")
        .join(name)
}

/// Removes what may differ between machines: carriage returns, the harts' reports, and
/// all before the first prompt.
fn comparable(shown: &str) -> String {
    let shown = shown.replace('\r', "");
    let mut kept = String::new();
    let mut rest = shown.as_str();
    while let Some(at) = rest.find("hart ") {
        let (before, report) = rest.split_at(at);
        kept += before;
        let after = report["hart ".len()..].trim_start_matches(|c: char| c.is_ascii_digit());
        rest = match after.strip_prefix(" starting\n") {
            Some(after) => after,
            None => {
                kept += "hart ";
                &report["hart ".len()..]
            }
        };
    }
    kept += rest;
    let start = kept.find("$ ").unwrap_or(0);
    kept.split_off(start)
}

/// Whether `line` is what `wanted` says; `{n}` there is one or more digits.
fn matches(wanted: &str, line: &str) -> bool {
    let Some((before, after)) = wanted.split_once("{n}") else {
        return wanted == line;
    };
    let Some(rest) = line.strip_prefix(before) else {
        return false;
    };
    let digitless = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    digitless.len() < rest.len() && matches(after, digitless)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_differ_is_removed() {
        let shown = "\nboot\nhart 1 starting\r\n$ hart 12 starting\necho a hart b\r\na hart b\n$ ";
        assert_eq!(comparable(shown), "$ echo a hart b\na hart b\n$ ");
    }

    #[test]
    fn lines_match_to_the_byte_but_for_numbers() {
        assert!(matches(". 1 {n} {n}", ". 1 23 1024"));
        assert!(matches("{n}", "7"));
        for (wanted, line) in [
            ("a{n}", "a"),
            ("a{n}b", "a1"),
            ("a", "a "),
            ("a {n}", "a 1 "),
        ] {
            assert!(!matches(wanted, line), "{wanted:?} {line:?}");
        }
    }

    #[test]
    fn the_first_difference_is_told() {
        let session = Session {
            commands: Vec::new(),
            transcript: "$ ls\nd {n}\n$ ".into(),
        };
        assert_eq!(session.check("$ ls\nd 44\n$ "), Ok(()));
        let complaint = session.check("$ ls\nx\n$ ").unwrap_err();
        assert!(complaint.starts_with("transcript.txt line 2: expected \"d {n}\", got \"x\""));
        assert!(
            session
                .check("$ ls\nd 44")
                .unwrap_err()
                .contains("got the end")
        );
        assert_eq!(
            session.updated("$ ls\nd 9\nnew\n$ "),
            "$ ls\nd {n}\nnew\n$ "
        );
    }
}
