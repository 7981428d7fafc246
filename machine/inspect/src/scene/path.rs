//! Paths into what the panels show: `processes[pid=4].state`,
//! `walk(pid=4, va=0x5000).steps[2].flags`. They name panels too: `page-table(pid=4)`.
//!
//! ```text
//! path    = view { "." field | "[" index "]" | "[" field "=" value "]" } [ ".length" ]
//! view    = name [ "(" key "=" value { "," key "=" value } ")" ]
//! ```

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::view::{Addr, ViewRequest};

/// A path that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("column {column}: {what}")]
pub struct BadPath {
    /// Where, in characters from 1.
    pub column: usize,
    /// What is wrong, and what would do.
    pub what: String,
}

/// Leads to a value. Its text and the value stand for each other.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct Path {
    text: String,
    /// What is asked.
    pub root: Root,
    /// Where in the answer.
    pub way: Vec<Turn>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Root {
    /// A view.
    View(ViewRequest),
    /// The walk of a page-table view.
    Walk(ViewRequest),
    /// The event at this stop.
    Event,
    /// The lines of the console, the unfinished one last.
    Output,
}

/// One turn on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A field of an object; `length` of a list.
    Field(String),
    /// An element of a list, from 0.
    Index(usize),
    /// The first element of a list whose field has this value.
    Where(String, String),
}

/// A panel: what a view shows, or the console, or the timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Panel {
    /// Its type: `console`, `timeline`, or the view's kind.
    #[serde(rename = "type")]
    pub name: String,
    /// What it asks for; none for console and timeline.
    pub request: Option<ViewRequest>,
}

const VIEWS: &str = "processes page-table(pid=4) locks log disk harts source(hart=0)";

impl FromStr for Path {
    type Err = BadPath;

    fn from_str(text: &str) -> Result<Path, BadPath> {
        let mut reader = Reader { text, at: 0 };
        let call = reader.call()?;
        let root = match call.name {
            "event" => Root::Event,
            "output" => Root::Output,
            "walk" => Root::Walk(call.request(text)?.ok_or_else(|| call.unknown(text))?),
            _ => Root::View(call.request(text)?.ok_or_else(|| call.unknown(text))?),
        };
        if matches!(root, Root::Event | Root::Output) {
            call.takes(text, &[])?;
        }
        let mut way = Vec::new();
        while !reader.rest().is_empty() {
            way.push(reader.turn()?);
        }
        let text = text.to_owned();
        Ok(Path { text, root, way })
    }
}

impl FromStr for Panel {
    type Err = BadPath;

    fn from_str(text: &str) -> Result<Panel, BadPath> {
        let mut reader = Reader { text, at: 0 };
        let call = reader.call()?;
        if !reader.rest().is_empty() {
            return Err(wrong(text, reader.at, "a panel has nothing behind this"));
        }
        let request = match call.name {
            "console" | "timeline" => {
                call.takes(text, &[])?;
                None
            }
            "walk" => return Err(call.unknown(text)),
            _ => Some(call.request(text)?.ok_or_else(|| call.unknown(text))?),
        };
        let name = call.name.to_owned();
        Ok(Panel { name, request })
    }
}

impl Path {
    /// The value it leads to in `root`, which is what its root stands for, as JSON.
    ///
    /// # Errors
    /// How far it leads, in a sentence.
    pub fn find<'a>(&self, root: &'a Value) -> Result<std::borrow::Cow<'a, Value>, String> {
        use std::borrow::Cow;
        let mut here = root;
        for turn in &self.way {
            let next = match turn {
                Turn::Field(name) if name == "length" => {
                    let list = list_of(here).ok_or("only a list has a length")?;
                    return Ok(Cow::Owned(list.len().into()));
                }
                Turn::Field(name) => here.get(name),
                Turn::Index(index) => list_of(here).and_then(|list| list.get(*index)),
                Turn::Where(name, wanted) => {
                    let is_wanted =
                        |item: &&Value| item.get(name).is_some_and(|value| shown(value) == *wanted);
                    list_of(here).and_then(|list| list.iter().find(is_wanted))
                }
            };
            here = next.ok_or_else(|| format!("nothing is at {turn}"))?;
        }
        Ok(Cow::Borrowed(here))
    }
}

/// The list that `value` is, or, of a view that is mostly a list, as `processes`, that one.
fn list_of(value: &Value) -> Option<&Vec<Value>> {
    let main = || value.get(value.get("kind")?.as_str()?)?.as_array();
    value.as_array().or_else(main)
}

/// A value as it is written in `[field=value]`.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `name(key=value, …)`.
struct Call<'a> {
    name: &'a str,
    /// Each with the column of its key.
    arguments: Vec<(usize, &'a str, &'a str)>,
}

impl Call<'_> {
    /// The request it stands for, if it is one.
    fn request(&self, text: &str) -> Result<Option<ViewRequest>, BadPath> {
        let (request, known): (ViewRequest, &[&str]) = match self.name {
            "processes" => {
                let stack_of = self.number(text, "stack_of")?;
                (ViewRequest::Processes { stack_of }, &["stack_of"])
            }
            "page-table" | "walk" => {
                let pid = self.number(text, "pid")?;
                let va = self.number(text, "va")?.map(Addr);
                if self.name == "walk" && va.is_none() {
                    return Err(wrong(
                        text,
                        0,
                        "walk wants an address: walk(pid=4, va=0x5000)",
                    ));
                }
                (ViewRequest::PageTable { pid, va }, &["pid", "va"])
            }
            "locks" => (ViewRequest::Locks, &[]),
            "log" => (ViewRequest::Log, &[]),
            "disk" => (ViewRequest::Disk, &[]),
            "harts" => (ViewRequest::Harts, &[]),
            "source" => {
                let hart = self.number(text, "hart")?.unwrap_or(0);
                let call = None;
                (ViewRequest::Source { hart, call }, &["hart"])
            }
            _ => return Ok(None),
        };
        self.takes(text, known)?;
        Ok(Some(request))
    }

    fn number<T: TryFrom<u64>>(&self, text: &str, key: &str) -> Result<Option<T>, BadPath> {
        let Some(&(at, _, value)) = self.arguments.iter().find(|argument| argument.1 == key) else {
            return Ok(None);
        };
        let number = match value.strip_prefix("0x") {
            Some(hexadecimal) => u64::from_str_radix(hexadecimal, 16),
            None => value.parse(),
        };
        let number = number.ok().and_then(|number| T::try_from(number).ok());
        let what = || format!("{key}= wants a number, not {value}");
        number.map(Some).ok_or_else(|| wrong(text, at, &what()))
    }

    fn takes(&self, text: &str, known: &[&str]) -> Result<(), BadPath> {
        match self
            .arguments
            .iter()
            .find(|argument| !known.contains(&argument.1))
        {
            None => Ok(()),
            Some(&(at, key, _)) => {
                let what = match known {
                    [] => format!("{} takes nothing in parentheses", self.name),
                    _ => format!("{} takes {}, not {key}", self.name, known.join(" and ")),
                };
                Err(wrong(text, at, &what))
            }
        }
    }

    fn unknown(&self, text: &str) -> BadPath {
        let what = format!("{:?} is nothing to look at; one of {VIEWS}", self.name);
        wrong(text, 0, &what)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn call(&mut self) -> Result<Call<'a>, BadPath> {
        let name = self.take_while(|c| c.is_ascii_lowercase() || c == '-');
        let mut arguments = Vec::new();
        if self.eat('(') {
            while !self.eat(')') {
                self.take_while(char::is_whitespace);
                let at = self.at;
                let key = self.take_while(is_of_name);
                if key.is_empty() || !self.eat('=') {
                    return Err(self.wrong("wants key=value here, and ) at the end"));
                }
                arguments.push((at, key, self.take_while(is_of_name)));
                if !self.eat(',') && !self.rest().starts_with(')') {
                    return Err(self.wrong("wants , or ) here"));
                }
            }
        }
        Ok(Call { name, arguments })
    }

    fn turn(&mut self) -> Result<Turn, BadPath> {
        if self.eat('.') {
            let name = self.take_while(is_of_name);
            if name.is_empty() {
                return Err(self.wrong("wants a field's name behind the dot"));
            }
            return Ok(Turn::Field(name.to_owned()));
        }
        if !self.eat('[') {
            return Err(self.wrong("wants .field, [index] or [field=value] here"));
        }
        let name = self.take_while(is_of_name);
        let turn = if self.eat('=') {
            let value = self.take_while(|c| c != ']');
            Turn::Where(name.to_owned(), value.to_owned())
        } else {
            let index = name.parse();
            Turn::Index(index.map_err(|_| self.wrong("wants [index] or [field=value]"))?)
        };
        if !self.eat(']') {
            return Err(self.wrong("wants ] here"));
        }
        Ok(turn)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let is_there = self.rest().starts_with(wanted);
        if is_there {
            self.at += wanted.len_utf8();
        }
        is_there
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

    fn wrong(&self, what: &str) -> BadPath {
        wrong(self.text, self.at, what)
    }
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

fn wrong(text: &str, at: usize, what: &str) -> BadPath {
    BadPath {
        column: text[..at].chars().count() + 1,
        what: what.to_owned(),
    }
}

impl TryFrom<String> for Path {
    type Error = BadPath;

    fn try_from(text: String) -> Result<Path, BadPath> {
        text.parse()
    }
}

impl TryFrom<String> for Panel {
    type Error = BadPath;

    fn try_from(text: String) -> Result<Panel, BadPath> {
        text.parse()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Turn::Field(name) => write!(f, ".{name}"),
            Turn::Index(index) => write!(f, "[{index}]"),
            Turn::Where(name, value) => write!(f, "[{name}={value}]"),
        }
    }
}

// A map is sorted by them; ViewRequest has no order.
impl Eq for Path {}

impl PartialOrd for Path {
    fn partial_cmp(&self, other: &Path) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Path {
    fn cmp(&self, other: &Path) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}
