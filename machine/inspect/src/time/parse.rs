//! Reads conditions. What cannot be read is told with its column and with what would do.
//!
//! ```text
//! condition = kind [ ":" argument ] { filter }
//!           | "event:" kind [ "." argument ] { filter }
//! filter    = "pid=" number | "hart=" number | "va=" address | "block=" number | "#" number
//! ```

use std::str::FromStr;

use abi::Syscall;
use thiserror::Error;

use super::cause::{EXCEPTIONS, INTERRUPTS};
use super::condition::{Condition, Pattern, What};

/// A condition that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("column {column}: {what}")]
pub struct BadCondition {
    /// Where, in characters from 1.
    pub column: usize,
    /// What is wrong, and what would do.
    pub what: String,
}

/// Every kind, as it begins; for the messages.
const KINDS: [&str; 15] = [
    "event",
    "syscall",
    "return",
    "trap",
    "resume",
    "interrupt",
    "switch",
    "call",
    "print",
    "input",
    "disk-read",
    "disk-write",
    "ready",
    "addr",
    "t",
];

impl FromStr for Condition {
    type Err = BadCondition;

    fn from_str(text: &str) -> Result<Condition, BadCondition> {
        Reader { text, at: 0 }.condition()
    }
}

impl TryFrom<String> for Condition {
    type Error = BadCondition;

    fn try_from(text: String) -> Result<Condition, BadCondition> {
        text.parse()
    }
}

/// The text, and how far it was read.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn condition(mut self) -> Result<Condition, BadCondition> {
        self.skip_blanks();
        let from_start = self.rest().starts_with("event:");
        if from_start {
            self.at += "event:".len();
        }
        let separator = if from_start { '.' } else { ':' };
        let what = self.what(separator)?;
        if from_start && matches!(what, What::Any | What::Address(_) | What::Time(_)) {
            return Err(self.wrong(0, "event: wants the kind of event, as event:syscall.fork#2"));
        }
        let mut condition = Condition {
            from_start,
            ..Condition::new(what)
        };
        while !self.is_done() {
            self.filter(&mut condition)?;
        }
        Ok(condition)
    }

    fn what(&mut self, separator: char) -> Result<What, BadCondition> {
        let begin = self.at;
        let kind = self.take_while(|c| c.is_ascii_lowercase() || c == '-');
        let has_argument = self.rest().starts_with(separator);
        if has_argument {
            self.at += 1;
        }
        let what = match kind {
            "event" => What::Any,
            "switch" => What::Switch,
            "input" => What::Input,
            "ready" => What::Ready,
            "disk-read" => What::DiskRead(None),
            "disk-write" => What::DiskWrite(None),
            "syscall" => {
                return self
                    .optional(has_argument, Self::syscall)
                    .map(What::Syscall);
            }
            "return" => return self.optional(has_argument, Self::syscall).map(What::Return),
            "trap" => {
                let cause = self.optional(has_argument, |r| r.cause(&EXCEPTIONS))?;
                return Ok(What::Trap { cause, va: None });
            }
            "resume" => {
                let cause = self.optional(has_argument, |r| r.cause(&EXCEPTIONS));
                return cause.map(What::Resume);
            }
            "interrupt" => {
                let cause = self.optional(has_argument, |r| r.cause(&INTERRUPTS));
                return cause.map(What::Interrupt);
            }
            "print" => return self.optional(has_argument, Self::pattern).map(What::Print),
            "call" => return self.function(has_argument).map(What::Call),
            "addr" => return self.number("addr:0x80001234").map(What::Address),
            "t" => return self.number("t:123456").map(What::Time),
            _ => {
                self.at = begin;
                let found = self.take_while(|c| !c.is_whitespace() && c != ':');
                return Err(self.unknown(begin, found, "is nothing to wait for", &KINDS));
            }
        };
        if has_argument {
            return Err(self.wrong(self.at, &format!("{kind} takes nothing behind the colon")));
        }
        Ok(what)
    }

    fn optional<T>(
        &mut self,
        is_there: bool,
        read: impl FnOnce(&mut Self) -> Result<T, BadCondition>,
    ) -> Result<Option<T>, BadCondition> {
        if is_there {
            read(self).map(Some)
        } else {
            Ok(None)
        }
    }

    /// A system call's name, or the number of one that has none.
    fn syscall(&mut self) -> Result<String, BadCondition> {
        let begin = self.at;
        let name = self.word();
        let is_number = !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
        let names: Vec<&str> = Syscall::ALL.iter().map(|call| call.name()).collect();
        if names.contains(&name) {
            return Ok(name.to_owned());
        }
        let unnamed = |number| Syscall::from_number(number).map(Syscall::name);
        match name.parse() {
            Ok(number) if is_number => Ok(unnamed(number).unwrap_or(name).to_owned()),
            _ => Err(self.unknown(begin, name, "is no system call", &names)),
        }
    }

    fn cause(&mut self, rows: &[(u32, &'static str)]) -> Result<String, BadCondition> {
        let begin = self.at;
        let name = self.word();
        let mut names: Vec<&str> = rows.iter().map(|row| row.1).collect();
        names.dedup();
        if names.contains(&name) {
            return Ok(name.to_owned());
        }
        Err(self.unknown(begin, name, "is no cause", &names))
    }

    fn function(&mut self, has_argument: bool) -> Result<String, BadCondition> {
        let name = self.take_while(|c| c.is_alphanumeric() || "_:".contains(c));
        if !has_argument || name.is_empty() {
            return Err(self.wrong(self.at, "call wants a function of the kernel: call:kalloc"));
        }
        Ok(name.to_owned())
    }

    /// A regular expression between slashes.
    fn pattern(&mut self) -> Result<Pattern, BadCondition> {
        let begin = self.at;
        let body = self.rest().strip_prefix('/');
        let end = body.and_then(closing_slash);
        let Some(source) = body.zip(end).map(|(body, end)| &body[..end]) else {
            return Err(self.wrong(
                begin,
                "print wants a regular expression between slashes: print:/panic/",
            ));
        };
        self.at += source.len() + 2;
        Pattern::new(source)
            .map_err(|error| self.wrong(begin + 1, &format!("is no regular expression: {error}")))
    }

    fn filter(&mut self, condition: &mut Condition) -> Result<(), BadCondition> {
        let begin = self.at;
        if self.rest().starts_with('#') {
            condition.nth = self.number("#2")?;
            if condition.nth == 0 {
                return Err(self.wrong(begin, "#1 is the first"));
            }
            return Ok(());
        }
        let key = self.take_while(|c| c.is_ascii_lowercase());
        match (key, &mut condition.what) {
            ("pid", _) => condition.pid = Some(self.number("pid=4")?),
            ("hart", _) => condition.hart = Some(self.number("hart=1")?),
            ("va", What::Trap { va, .. }) => *va = Some(self.number("va=0x5000")?),
            ("block", What::DiskRead(block) | What::DiskWrite(block)) => {
                *block = Some(self.number("block=2")?);
            }
            (_, what) => {
                let mut filters = vec!["pid=", "hart=", "#"];
                match what {
                    What::Trap { .. } => filters.push("va="),
                    What::DiskRead(_) | What::DiskWrite(_) => filters.push("block="),
                    _ => {}
                }
                self.at = begin;
                let found = self.take_while(|c| !c.is_whitespace());
                return Err(self.unknown(begin, found, "narrows nothing down here", &filters));
            }
        }
        Ok(())
    }

    /// A number behind `:`, `=` or `#`, decimal or hexadecimal; `example` shows one.
    fn number<T: TryFrom<u64>>(&mut self, example: &str) -> Result<T, BadCondition> {
        if self.rest().starts_with([':', '=', '#']) {
            self.at += 1;
        }
        let begin = self.at;
        let digits = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        let value = match digits.strip_prefix("0x") {
            Some(hexadecimal) => u64::from_str_radix(hexadecimal, 16),
            None => digits.parse(),
        };
        let value = value.ok().and_then(|value| T::try_from(value).ok());
        value.ok_or_else(|| self.wrong(begin, &format!("wants a number here, as {example}")))
    }

    fn word(&mut self) -> &'a str {
        self.take_while(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    }

    fn take_while(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    fn is_done(&mut self) -> bool {
        self.skip_blanks();
        self.rest().is_empty()
    }

    fn unknown(&self, at: usize, found: &str, why: &str, known: &[&str]) -> BadCondition {
        let found = if found.is_empty() { "nothing" } else { found };
        self.wrong(at, &format!("{found} {why}; one of {}", known.join(" ")))
    }

    fn wrong(&self, at: usize, what: &str) -> BadCondition {
        BadCondition {
            column: self.text[..at].chars().count() + 1,
            what: what.to_owned(),
        }
    }
}

/// Where the first slash is that no backslash stands before.
fn closing_slash(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let closes = byte == b'/' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        closes
    })
}
