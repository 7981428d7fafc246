//! The shell's grammar: a line of text in, a small tree out. Nothing is run here.
//!
//! ```text
//! list     = [ pipeline { ( ";" | "&" [";"] ) pipeline } [ ";" | "&" ] ]
//! pipeline = command { "|" command }
//! command  = { redirect } ( word { word | redirect } | "(" list ")" { redirect } )
//!          | redirect { redirect }
//! redirect = ( "<" | ">" | ">>" ) word
//! ```
//!
//! Words are separated by blanks or by any of `< > | & ; ( )`, if not quoted: see `word`.

use crate::word;
use alloc::ffi::CString;
use alloc::vec::Vec;
use core::fmt;

/// Commands to run one after the other.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct List {
    /// In the order they stand.
    pub jobs: Vec<Job>,
}

/// A pipeline, and whether the shell waits for it.
#[derive(Debug, PartialEq, Eq)]
pub struct Job {
    /// At least one command; each reads what the one before it writes.
    pub pipeline: Vec<Command>,
    /// `&` follows: the shell goes on at once.
    pub in_background: bool,
}

/// What one process is to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Command {
    /// The program or the list to run.
    pub action: Action,
    /// To be done first, in this order.
    pub redirects: Vec<Redirect>,
}

/// The two kinds of command.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    /// A program and its arguments. Empty if there were only redirections.
    Run(Vec<CString>),
    /// A list in parentheses.
    Subshell(List),
}

/// A descriptor that is to be a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Redirect {
    /// How the file is opened, which also says for which descriptor.
    pub how: Direction,
    /// The file.
    pub path: CString,
}

/// The three signs of redirection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `<`: descriptor 0 reads it.
    Read,
    /// `>`: descriptor 1 writes it, anew.
    Write,
    /// `>>`: descriptor 1 writes after what is in it.
    Append,
}

/// Why a line cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxError<'a> {
    /// This piece of the line cannot stand here.
    Near(&'a [u8]),
    /// The line ends where this should come.
    Missing(&'static str),
    /// Parentheses in parentheses, more than [`DEEPEST`].
    TooDeep,
    /// A byte 0, which no word can hold.
    Nul,
}

/// Parentheses that can be open at once: the shell's stack is one page.
pub const DEEPEST: usize = 4;

impl fmt::Display for SyntaxError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SyntaxError::Near(text) => {
                let text = text.utf8_chunks().next().map_or("", |chunk| chunk.valid());
                write!(f, "syntax error near '{text}'")
            }
            SyntaxError::Missing(what) => write!(f, "syntax error: {what} is missing"),
            SyntaxError::TooDeep => write!(f, "syntax error: more than {DEEPEST} open parentheses"),
            SyntaxError::Nul => f.write_str("syntax error: a zero byte"),
        }
    }
}

/// Reads a whole line.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn parse(line: &[u8]) -> Result<List, SyntaxError<'_>> {
    let mut parser = Parser {
        rest: line,
        n_open: 0,
    };
    let list = parser.list()?;
    match parser.peek() {
        Token::End => Ok(list),
        other => Err(SyntaxError::Near(other.text())),
    }
}

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a [u8]),
    Sign(&'static str),
    End,
}

impl<'a> Token<'a> {
    fn text(self) -> &'a [u8] {
        match self {
            Token::Word(word) => word,
            Token::Sign(sign) => sign.as_bytes(),
            Token::End => b"",
        }
    }
}

/// The signs; one that starts another comes after it.
const SIGNS: [&str; 8] = [">>", ">", "<", "|", "&", ";", "(", ")"];

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b)
}

fn is_word(byte: u8) -> bool {
    !is_blank(byte) && !b"<>|&;()".contains(&byte)
}

struct Parser<'a> {
    rest: &'a [u8],
    /// Open parentheses, at most [`DEEPEST`].
    n_open: usize,
}

impl<'a> Parser<'a> {
    /// The next token, and the line after it.
    fn next(&self) -> (Token<'a>, &'a [u8]) {
        let n_blanks = self.rest.iter().take_while(|&&byte| is_blank(byte)).count();
        let rest = &self.rest[n_blanks..];
        for sign in SIGNS {
            if let Some(rest) = rest.strip_prefix(sign.as_bytes()) {
                return (Token::Sign(sign), rest);
            }
        }
        let len = word::len(rest, |byte| !is_word(byte));
        match rest.split_at(len) {
            ([], rest) => (Token::End, rest),
            (word, rest) => (Token::Word(word), rest),
        }
    }

    fn peek(&self) -> Token<'a> {
        self.next().0
    }

    /// Steps over `sign` if it comes next.
    fn take(&mut self, sign: &str) -> bool {
        let (token, rest) = self.next();
        let found = matches!(token, Token::Sign(found) if found == sign);
        if found {
            self.rest = rest;
        }
        found
    }

    /// The next token if it is a word.
    fn word(&mut self) -> Result<Option<CString>, SyntaxError<'a>> {
        let (Token::Word(word), rest) = self.next() else {
            return Ok(None);
        };
        self.rest = rest;
        let plain = word::unquote(word).ok_or(SyntaxError::Missing("a quote's end"))?;
        CString::new(plain).map(Some).map_err(|_| SyntaxError::Nul)
    }

    fn list(&mut self) -> Result<List, SyntaxError<'a>> {
        let mut list = List::default();
        while !matches!(self.peek(), Token::End | Token::Sign(")")) {
            let pipeline = self.pipeline()?;
            let in_background = self.take("&");
            let goes_on = self.take(";") || in_background;
            list.jobs.push(Job {
                pipeline,
                in_background,
            });
            if !goes_on {
                break;
            }
        }
        Ok(list)
    }

    fn pipeline(&mut self) -> Result<Vec<Command>, SyntaxError<'a>> {
        let mut commands = Vec::new();
        loop {
            commands.push(self.command()?);
            if !self.take("|") {
                return Ok(commands);
            }
        }
    }

    fn command(&mut self) -> Result<Command, SyntaxError<'a>> {
        let mut redirects = Vec::new();
        self.redirects(&mut redirects)?;
        if self.take("(") {
            let action = Action::Subshell(self.subshell()?);
            self.redirects(&mut redirects)?;
            return Ok(Command { action, redirects });
        }
        let mut words = Vec::new();
        while let Some(word) = self.word()? {
            words.push(word);
            self.redirects(&mut redirects)?;
        }
        if words.is_empty() && redirects.is_empty() {
            return Err(self.unexpected("a command"));
        }
        Ok(Command {
            action: Action::Run(words),
            redirects,
        })
    }

    /// A list up to its `)`; the `(` is taken already.
    fn subshell(&mut self) -> Result<List, SyntaxError<'a>> {
        if self.n_open == DEEPEST {
            return Err(SyntaxError::TooDeep);
        }
        self.n_open += 1;
        let list = self.list()?;
        self.n_open -= 1;
        if list.jobs.is_empty() {
            return Err(self.unexpected("a command"));
        }
        if !self.take(")") {
            return Err(self.unexpected("')'"));
        }
        Ok(list)
    }

    /// Adds the redirections that come next to `redirects`.
    fn redirects(&mut self, redirects: &mut Vec<Redirect>) -> Result<(), SyntaxError<'a>> {
        loop {
            let how = if self.take("<") {
                Direction::Read
            } else if self.take(">>") {
                Direction::Append
            } else if self.take(">") {
                Direction::Write
            } else {
                return Ok(());
            };
            match self.word()? {
                Some(path) => redirects.push(Redirect { how, path }),
                None => return Err(self.unexpected("a file name")),
            }
        }
    }

    /// The error for what comes next, where `wanted` should.
    fn unexpected(&self, wanted: &'static str) -> SyntaxError<'a> {
        match self.peek() {
            Token::End => SyntaxError::Missing(wanted),
            other => SyntaxError::Near(other.text()),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::string::{String, ToString};

    /// The tree as text, every command in brackets.
    fn show_list(list: &List) -> String {
        let mut text = String::new();
        for job in &list.jobs {
            let commands: Vec<String> = job.pipeline.iter().map(show_command).collect();
            text += &commands.join(" | ");
            text += if job.in_background { " & " } else { " ; " };
        }
        text.trim_end_matches([' ', ';']).into()
    }

    fn show_command(command: &Command) -> String {
        let mut parts: Vec<String> = match &command.action {
            Action::Run(words) => words
                .iter()
                .map(|word| word.to_string_lossy().into())
                .collect(),
            Action::Subshell(list) => [std::format!("({})", show_list(list))].into(),
        };
        for Redirect { how, path } in &command.redirects {
            let sign = match how {
                Direction::Read => "<",
                Direction::Write => ">",
                Direction::Append => ">>",
            };
            parts.push(sign.to_string() + &path.to_string_lossy());
        }
        std::format!("[{}]", parts.join(" "))
    }

    #[test]
    fn lines_become_trees() {
        let cases = [
            ("", ""),
            (" \t \n", ""),
            ("ls", "[ls]"),
            ("echo hi there\n", "[echo hi there]"),
            ("cat<a>b", "[cat <a >b]"),
            ("> b < a cat x >>c y", "[cat x y >b <a >>c]"),
            (">new", "[>new]"),
            ("a|b |c", "[a] | [b] | [c]"),
            ("a ; b;c;", "[a] ; [b] ; [c]"),
            ("a & b", "[a] & [b]"),
            ("a &; b &", "[a] & [b] &"),
            ("(a; b) | c", "[([a] ; [b])] | [c]"),
            ("<x (a & b) > y", "[([a] & [b]) <x >y]"),
            ("((((a))))", "[([([([([a])])])])]"),
        ];
        for (line, tree) in cases {
            let list = parse(line.as_bytes()).unwrap_or_else(|error| panic!("{line:?}: {error}"));
            assert_eq!(show_list(&list), tree, "{line:?}");
        }
    }

    #[test]
    fn errors_say_where() {
        let cases = [
            (";", "syntax error near ';'"),
            ("a ;; b", "syntax error near ';'"),
            ("& a", "syntax error near '&'"),
            ("| a", "syntax error near '|'"),
            ("a |", "syntax error: a command is missing"),
            ("a | ; b", "syntax error near ';'"),
            ("a >", "syntax error: a file name is missing"),
            ("a > > b", "syntax error near '>'"),
            ("(a", "syntax error: ')' is missing"),
            ("(a b", "syntax error: ')' is missing"),
            ("()", "syntax error near ')'"),
            ("a)", "syntax error near ')'"),
            ("a (b)", "syntax error near '('"),
            ("(a) b", "syntax error near 'b'"),
            ("(a) (b)", "syntax error near '('"),
            ("(((((a)))))", "syntax error: more than 4 open parentheses"),
            ("echo a\0b", "syntax error: a zero byte"),
        ];
        for (line, error) in cases {
            let found = parse(line.as_bytes()).map(|list| show_list(&list));
            assert_eq!(
                found.map_err(|error| error.to_string()),
                Err(error.into()),
                "{line:?}"
            );
        }
    }

    #[test]
    fn no_line_is_too_long() {
        let line = "word ".repeat(5000) + &"; x | y".repeat(5000);
        let list = parse(line.as_bytes()).unwrap();
        assert_eq!(list.jobs.len(), 5001);
    }
}
