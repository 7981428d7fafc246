//! Scripts: what to type, and what must come.

use std::fs;
use std::path::{Path, PathBuf};

use regex::bytes::Regex;

use crate::failure::Failure;
use crate::session::{Pause, Session, print};

/// A script, read and understood.
#[derive(Debug)]
pub struct Script {
    path: PathBuf,
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    /// Its line, from 1.
    line: usize,
    action: Action,
}

#[derive(Debug)]
enum Action {
    Send(Vec<u8>),
    Expect { wanted: String, pattern: Regex },
}

impl Script {
    /// Reads the script at `path`.
    ///
    /// # Errors
    /// [`Failure::Read`], or [`Failure::Script`] for the first line that makes no sense.
    pub fn read(path: &Path) -> Result<Script, Failure> {
        let text = fs::read_to_string(path).map_err(|source| Failure::Read {
            path: path.to_owned(),
            source,
        })?;
        let steps = text.lines().zip(1..).filter_map(|(text, line)| {
            let action = parse(text).transpose()?;
            Some(match action {
                Ok(action) => Ok(Step { line, action }),
                Err(what) => Err(Failure::Script {
                    path: path.to_owned(),
                    line,
                    what,
                }),
            })
        });
        Ok(Script {
            path: path.to_owned(),
            steps: steps.collect::<Result<_, _>>()?,
        })
    }

    /// Plays the script to its end; the exit status.
    ///
    /// # Errors
    /// [`Failure::Expected`] if something did not come and will not, [`Failure::TimeUp`].
    pub fn play(&self, session: &mut Session) -> Result<u8, Failure> {
        let mut unread = Vec::new();
        for step in &self.steps {
            match &step.action {
                Action::Send(bytes) => session.type_in(bytes),
                Action::Expect { wanted, pattern } => {
                    self.wait_for(session, &mut unread, step.line, wanted, pattern)?;
                }
            }
        }
        Ok(0)
    }

    /// Runs until `pattern` comes, and takes all up to its end from `unread`.
    fn wait_for(
        &self,
        session: &mut Session,
        unread: &mut Vec<u8>,
        line: usize,
        wanted: &str,
        pattern: &Regex,
    ) -> Result<(), Failure> {
        let missed = |why: String| Failure::Expected {
            path: self.path.clone(),
            line,
            wanted: wanted.to_owned(),
            why,
        };
        // How long the guest has waited in vain, in its own time.
        let mut silent_since = session.machine.t();
        loop {
            if let Some(found) = pattern.find(unread) {
                let end = found.end();
                unread.drain(..end);
                return Ok(());
            }
            let (pause, output) = session.advance()?;
            print(&output)?;
            if !output.is_empty() {
                silent_since = session.machine.t();
            }
            unread.extend(output);
            let is_hopeless = !pattern.is_match(unread);
            match pause {
                Pause::Busy => {}
                Pause::Idle(Some(next)) => {
                    if is_hopeless && session.machine.t() - silent_since > PATIENCE {
                        return Err(missed(said("the guest fell silent", unread)));
                    }
                    session.skip(next);
                }
                Pause::Idle(None) if is_hopeless => {
                    return Err(missed(said("the guest waits for more input", unread)));
                }
                Pause::PowerOff(code) if is_hopeless => {
                    let why = format!("the guest switched off with status {code}");
                    return Err(missed(said(&why, unread)));
                }
                Pause::Reset if is_hopeless => {
                    return Err(missed(said("the guest asked for a reset", unread)));
                }
                Pause::TimeUp if is_hopeless => {
                    return Err(Failure::TimeUp {
                        path: self.path.clone(),
                        line,
                        t: session.machine.t(),
                    });
                }
                Pause::Idle(None) | Pause::PowerOff(_) | Pause::Reset | Pause::TimeUp => {}
            }
        }
    }
}

/// A guest that idles and says nothing for so long will not say it any more: 5 minutes of
/// its time.
const PATIENCE: u64 = 30_000_000_000;

/// `why`, and the last of what came instead.
fn said(why: &str, unread: &[u8]) -> String {
    let text = String::from_utf8_lossy(unread);
    match text.lines().rfind(|line| !line.is_empty()) {
        Some(last) => format!("{why} after {last:?}"),
        None => format!("{why} without a word"),
    }
}

/// The action of a line; `None` for blanks and comments.
fn parse(line: &str) -> Result<Option<Action>, String> {
    let line = line.trim_start();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    match verb {
        "send" => Ok(Some(Action::Send(unescape(rest)?))),
        "expect" if rest.is_empty() => Err("expect needs something to expect".to_owned()),
        "expect" => {
            let regex = rest
                .strip_prefix('/')
                .and_then(|rest| rest.strip_suffix('/'));
            let source = match regex {
                Some(regex) => regex.to_owned(),
                None => escaped(&unescape(rest)?),
            };
            let pattern = Regex::new(&source).map_err(|error| error.to_string())?;
            Ok(Some(Action::Expect {
                wanted: rest.to_owned(),
                pattern,
            }))
        }
        _ => Err(format!("{verb:?} is neither send nor expect")),
    }
}

/// A regular expression that matches exactly `bytes`.
fn escaped(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| format!("(?-u:\\x{byte:02x})"))
        .collect()
}

/// `text` with `\n`, `\r`, `\t`, `\\` and `\xHH` replaced.
///
/// # Errors
/// What is wrong with a backslash.
pub fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend(before.bytes());
        let mut chars = after.chars();
        match chars.next() {
            Some('n') => bytes.push(b'\n'),
            Some('r') => bytes.push(b'\r'),
            Some('t') => bytes.push(b'\t'),
            Some('\\') => bytes.push(b'\\'),
            Some('x') => {
                let digits = after.get(1..3);
                let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                bytes.push(byte.ok_or("\\x wants two hexadecimal digits")?);
                chars = after[3..].chars();
            }
            _ => return Err("a backslash comes before n, r, t, x or another".to_owned()),
        }
        rest = chars.as_str();
    }
    bytes.extend(rest.bytes());
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_understood() {
        assert_eq!(unescape(r"a\n\x04\\b"), Ok(b"a\n\x04\\b".to_vec()));
        assert!(unescape(r"\q").is_err());
        assert!(unescape(r"\x4").is_err());
        assert!(unescape("\\").is_err());
    }

    #[test]
    fn lines_are_understood() {
        assert!(parse("# nothing").expect("a comment").is_none());
        assert!(parse("send ls\\n").expect("a line").is_some());
        assert!(parse("expect /[/").is_err());
        assert!(parse("expect").is_err());
        assert!(parse("hope x").is_err());
    }

    #[test]
    fn text_is_taken_literally_and_slashes_make_a_pattern() {
        let matches = |line: &str, text: &[u8]| match parse(line) {
            Ok(Some(Action::Expect { pattern, .. })) => pattern.is_match(text),
            other => panic!("{other:?}"),
        };
        assert!(matches("expect $ ", b"init\r\n$ "));
        assert!(matches("expect a.b", b"a.b"));
        assert!(!matches("expect a.b", b"aXb"));
        assert!(matches("expect /a.b$/", b"aXb"));
    }
}
