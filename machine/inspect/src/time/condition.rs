//! What to run to, as text: `syscall:fork`, `trap:store-fault pid=4`, `print:/panic/`.
//!
//! The same grammar stands in scenes, in attributes of figures and on the command line;
//! `docs/scenes.md` shows all of it. `parse.rs` reads it.

use std::fmt;

use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use super::event::{Event, Happening};

/// Something that can come to pass. Its text and the value stand for each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[cfg_attr(feature = "ts", tsify(type = "string"))]
pub struct Condition {
    /// What comes to pass.
    pub what: What,
    /// Of which process.
    pub pid: Option<i32>,
    /// On which hart.
    pub hart: Option<u32>,
    /// The how manieth of these, from 1.
    pub nth: u32,
    /// Counted from the beginning of the recording rather than from now: `event:…`.
    pub from_start: bool,
}

/// What comes to pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Any event.
    Any,
    /// A program asks something of the kernel; of this name.
    Syscall(Option<String>),
    /// The kernel gives its answer; to this call.
    Return(Option<String>),
    /// An exception; of this cause, about an address in this page.
    Trap {
        /// Its name, as in [`Happening::Trap`].
        cause: Option<String>,
        /// An address of the page.
        va: Option<u64>,
    },
    /// After an exception, a program goes on; after one of this cause.
    Resume(Option<String>),
    /// An interrupt; from this.
    Interrupt(Option<String>),
    /// A hart turns to another process or to its scheduler. The `pid` of the condition is
    /// that of either side.
    Switch,
    /// This function of the kernel is about to begin.
    Call(String),
    /// A line is printed; one that matches.
    Print(Option<Pattern>),
    /// Something is typed.
    Input,
    /// A block is read; this one.
    DiskRead(Option<u32>),
    /// A block is written; this one.
    DiskWrite(Option<u32>),
    /// The prompt was printed and every hart waits.
    Ready,
    /// The instruction at this address is about to be executed: a virtual address of the
    /// kernel, or a physical one.
    Address(u64),
    /// This time is reached.
    Time(u64),
}

/// A regular expression that equals another of the same text.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles `source`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(source: &str) -> Result<Pattern, regex_lite::Error> {
        Regex::new(source).map(Pattern)
    }

    /// Its text, without slashes.
    pub fn source(&self) -> &str {
        self.0.as_str()
    }

    /// Whether `text` has a match.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.source() == other.source()
    }
}

impl Eq for Pattern {}

impl Condition {
    /// `what`, of any process, on any hart, the next one.
    pub fn new(what: What) -> Condition {
        Condition {
            what,
            pid: None,
            hart: None,
            nth: 1,
            from_start: false,
        }
    }

    /// Whether `event` is one of these; which one it is of several is not asked. Never of
    /// [`What::Address`] and [`What::Time`], which are no events.
    pub fn matches(&self, event: &Event) -> bool {
        self.is_of_kind(&event.what)
            && self.hart.is_none_or(|hart| event.hart == Some(hart))
            && self.pid.is_none_or(|pid| event.is_about(pid))
    }

    fn is_of_kind(&self, what: &Happening) -> bool {
        match (&self.what, what) {
            (What::Any, _)
            | (What::Switch, Happening::Switch { .. })
            | (What::Input, Happening::Input { .. })
            | (What::Ready, Happening::Ready) => true,
            (What::Syscall(wanted), Happening::Syscall { name, .. })
            | (What::Return(wanted), Happening::Return { name, .. })
            | (What::Resume(wanted), Happening::Resume { cause: name })
            | (What::Interrupt(wanted), Happening::Interrupt { cause: name }) => {
                is_wanted(wanted.as_deref(), name)
            }
            (What::Trap { cause: wanted, va }, Happening::Trap { cause, value, .. }) => {
                is_wanted(wanted.as_deref(), cause)
                    && va.is_none_or(|va| va / PAGE == value.0 / PAGE)
            }
            (What::Call(wanted), Happening::Call { function }) => wanted == function,
            (What::Print(wanted), Happening::Print { text }) => {
                wanted.as_ref().is_none_or(|pattern| pattern.is_match(text))
            }
            (What::DiskRead(wanted), Happening::DiskRead { block })
            | (What::DiskWrite(wanted), Happening::DiskWrite { block }) => {
                wanted.is_none_or(|wanted| wanted == *block)
            }
            (
                What::Syscall(_)
                | What::Return(_)
                | What::Trap { .. }
                | What::Resume(_)
                | What::Interrupt(_)
                | What::Switch
                | What::Call(_)
                | What::Print(_)
                | What::Input
                | What::DiskRead(_)
                | What::DiskWrite(_)
                | What::Ready
                | What::Address(_)
                | What::Time(_),
                _,
            ) => false,
        }
    }
}

const PAGE: u64 = 4096;

fn is_wanted(wanted: Option<&str>, name: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == name)
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from_start {
            f.write_str("event:")?;
        }
        // `event:syscall.fork`, where by itself it is `syscall:fork`.
        let colon = if self.from_start { '.' } else { ':' };
        let named = |f: &mut fmt::Formatter<'_>, kind: &str, name: &Option<String>| match name {
            Some(name) => write!(f, "{kind}{colon}{name}"),
            None => f.write_str(kind),
        };
        match &self.what {
            What::Any => f.write_str("event"),
            What::Syscall(name) => named(f, "syscall", name),
            What::Return(name) => named(f, "return", name),
            What::Trap { cause, .. } => named(f, "trap", cause),
            What::Resume(name) => named(f, "resume", name),
            What::Interrupt(name) => named(f, "interrupt", name),
            What::Switch => f.write_str("switch"),
            What::Call(function) => write!(f, "call{colon}{function}"),
            What::Print(None) => f.write_str("print"),
            What::Print(Some(pattern)) => write!(f, "print{colon}/{}/", pattern.source()),
            What::Input => f.write_str("input"),
            What::DiskRead(_) => f.write_str("disk-read"),
            What::DiskWrite(_) => f.write_str("disk-write"),
            What::Ready => f.write_str("ready"),
            What::Address(address) => write!(f, "addr:{address:#x}"),
            What::Time(t) => write!(f, "t:{t}"),
        }?;
        match self.what {
            What::Trap { va: Some(va), .. } => write!(f, " va={va:#x}")?,
            What::DiskRead(Some(block)) | What::DiskWrite(Some(block)) => {
                write!(f, " block={block}")?;
            }
            _ => {}
        }
        if let Some(pid) = self.pid {
            write!(f, " pid={pid}")?;
        }
        if let Some(hart) = self.hart {
            write!(f, " hart={hart}")?;
        }
        if self.nth != 1 {
            write!(f, " #{}", self.nth)?;
        }
        Ok(())
    }
}

impl From<Condition> for String {
    fn from(condition: Condition) -> String {
        condition.to_string()
    }
}
