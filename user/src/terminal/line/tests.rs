//! Lines typed at a terminal: what it shows is always the line as it is.

extern crate std;
use super::{Line, PROMPT, Step};
use crate::terminal::cells::width;
use crate::terminal::key::{Decoder, Key, WHERE};
use proptest::prelude::*;
use std::string::String;
use std::vec::Vec;

/// A line, and the terminal that it is typed at.
struct Typed {
    line: Line,
    terminal: vt100::Parser,
    /// Whether the terminal says where its cursor is.
    answers: bool,
    /// What stood in the row before the prompt.
    before: String,
}

impl Typed {
    fn new(columns: u16, answers: bool, before: &str) -> Typed {
        let mut typed = Typed {
            line: Line::default(),
            terminal: vt100::Parser::new(40, columns, 0),
            answers,
            before: before.into(),
        };
        typed.terminal.process(before.as_bytes());
        let mut out = Vec::new();
        typed.line.begin(&mut out);
        typed.show(&out);
        typed
    }

    /// Shows `out`, and answers what it asks.
    fn show(&mut self, out: &[u8]) {
        let mut rest = out;
        while !rest.is_empty() {
            let asked = rest.windows(WHERE.len()).position(|w| w == WHERE);
            let (shown, left) = rest.split_at(asked.unwrap_or(rest.len()));
            let returned = String::from_utf8_lossy(shown).replace('\n', "\r\n");
            self.terminal.process(returned.as_bytes());
            rest = left.get(WHERE.len()..).unwrap_or(&[]);
            if asked.is_some() && self.answers {
                let (row, column) = self.terminal.screen().cursor_position();
                self.line
                    .push(Key::At(row as usize + 1, column as usize + 1));
            }
        }
    }

    fn key(&mut self, key: Key) -> Step {
        self.line.push(key);
        loop {
            let mut out = Vec::new();
            let step = self.line.go_on(&mut out);
            self.show(&out);
            if !self.line.is_asking() {
                return step;
            }
            if !self.answers {
                self.line.give_up_asking();
            }
        }
    }

    fn type_all(&mut self, bytes: &[u8]) -> Vec<Step> {
        let mut decoder = Decoder::default();
        let keys = bytes.iter().filter_map(|&byte| decoder.byte(byte));
        let keys: Vec<Key> = keys.collect();
        keys.into_iter().map(|key| self.key(key)).collect()
    }

    /// The rows of a fresh terminal that was shown `text` behind the prompt, and its cursor.
    fn plain(&self, text: &[char], next: Option<&char>) -> (Vec<String>, (u16, u16)) {
        let (_, columns) = self.terminal.screen().size();
        let mut terminal = vt100::Parser::new(40, columns, 0);
        terminal.process(self.before.as_bytes());
        terminal.process(PROMPT);
        terminal.process(String::from_iter(text).as_bytes());
        let (row, column) = terminal.screen().cursor_position();
        let n_cells = next.map_or(1, |&char| width(char) as u16);
        let fits = column + n_cells <= columns;
        let cursor = if fits { (row, column) } else { (row + 1, 0) };
        (rows(terminal.screen()), cursor)
    }

    /// The terminal shows the line and the place in it.
    fn check(&self) {
        let Line { text, cursor, .. } = &self.line;
        assert!(*cursor <= text.len());
        let screen = self.terminal.screen();
        assert_eq!(rows(screen), self.plain(text, None).0);
        if self.line.terminal == super::Terminal::Known {
            let place = self.plain(&text[..*cursor], text.get(*cursor)).1;
            assert_eq!(screen.cursor_position(), place, "in {text:?} at {cursor}");
        }
    }
}

/// What stands in each row; blanks behind it look like none.
fn rows(screen: &vt100::Screen) -> Vec<String> {
    let rows = screen.rows(0, screen.size().1);
    rows.map(|row| row.trim_end().into()).collect()
}

/// Typing `keys` makes this line.
fn check(keys: &str, expected: &str) {
    for answers in [false, true] {
        let mut typed = Typed::new(80, answers, "");
        typed.type_all(keys.as_bytes());
        typed.check();
        let text = typed.line.text();
        assert_eq!(String::from_utf8_lossy(&text), expected, "{keys:?}");
    }
}

#[test]
fn keys_edit_the_line() {
    check("echo hi", "echo hi");
    check("ab\x7fc", "ac");
    check("ac\x1b[Db", "abc");
    check("bc\x01a\x05d\x1b[Hz\x1b[Fe", "zabcde");
    check("abc\x1b[D\x1b[D\x1b[3~", "ac");
    check("abc\x01\x04\x04", "c");
    check("one two  \x17x", "one x");
    check("one\x17\x17\x08", "");
    check("abc\x1b[D\x15", "c");
    check("abc\x1b[D\x0b", "ab");
    check("你好\x1b[D们\x7f\x7fé", "é好");
    check("a\x1b[C\x1b[C\x1b[D\x1b[D\x1b[Db", "ba");
    check("x\x1b[Ay\x1b[Bz", "xyz");
}

#[test]
fn what_is_only_added_is_shown_and_no_more() {
    let mut line = Line::default();
    let mut out = Vec::new();
    line.begin(&mut out);
    for key in [Key::Char('l'), Key::Char('s'), Key::Enter] {
        line.push(key);
    }
    assert_eq!(line.go_on(&mut out), Step::Done);
    assert_eq!(String::from_utf8_lossy(&out), "$ ls\n");
}

#[test]
fn lines_come_back() {
    let mut typed = Typed::new(40, true, "");
    let mut next = |keys: &[u8]| {
        let steps = typed.type_all(keys);
        assert_eq!(steps.last(), Some(&Step::Done));
        let text = String::from_utf8_lossy(&typed.line.text()).into_owned();
        typed.line.begin(&mut Vec::new());
        text
    };
    assert_eq!(next(b"one\r"), "one");
    assert_eq!(next(b"two\r"), "two");
    assert_eq!(next(b"two\r"), "two");
    assert_eq!(next(b"  \r"), "  ");
    assert_eq!(next(b"\x1b[A\x1b[A\r"), "one");
    assert_eq!(next(b"fresh\x1b[A\x1b[A\x1b[B\x1b[B!\r"), "fresh!");
    assert_eq!(next(b"\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[Ax\r"), "onex");
    let history: Vec<_> = typed.line.history().collect();
    assert_eq!(history, [&b"one"[..], b"two", b"one", b"fresh!", b"onex"]);
}

#[test]
fn no_more_are_remembered_than_said() {
    let mut line = Line::default();
    for n in 0..2 * super::REMEMBERED {
        line.begin(&mut Vec::new());
        std::format!("{n}")
            .chars()
            .for_each(|char| line.push(Key::Char(char)));
        line.push(Key::Enter);
        assert_eq!(line.go_on(&mut Vec::new()), Step::Done);
    }
    assert_eq!(line.history().count(), super::REMEMBERED);
    assert_eq!(line.history().last(), Some(b"127".into()));
}

#[test]
fn what_ends_a_line_says_so() {
    let step = |keys: &[u8]| Typed::new(80, true, "").type_all(keys).pop();
    assert_eq!(step(b"\x04"), Some(Step::End));
    assert_eq!(step(b"a\x04"), Some(Step::More));
    assert_eq!(step(b"a\x03"), Some(Step::Dropped));
    assert_eq!(step(b"a\t"), Some(Step::Complete));
}

#[test]
fn keys_typed_ahead_wait_for_the_answer() {
    let mut line = Line::default();
    let mut out = Vec::new();
    line.begin(&mut out);
    for key in [
        Key::Char('b'),
        Key::Home,
        Key::Char('a'),
        Key::Enter,
        Key::Char('z'),
    ] {
        line.push(key);
    }
    assert_eq!(line.go_on(&mut out), Step::More);
    assert!(line.is_asking());
    line.push(Key::At(1, 4));
    assert_eq!(line.go_on(&mut out), Step::More);
    line.push(Key::At(1, 30));
    assert_eq!(line.go_on(&mut out), Step::Done);
    assert_eq!(line.text(), b"ab");
    line.begin(&mut out);
    line.go_on(&mut out);
    assert_eq!(line.text(), b"z");
}

fn any_key() -> impl Strategy<Value = Key> {
    prop_oneof![
        8 => proptest::sample::select(std::vec!['a', 'b', ' ', 'é', '你']).prop_map(Key::Char),
        6 => proptest::sample::select(std::vec![
            Key::Left, Key::Right, Key::Up, Key::Down, Key::Home, Key::End, Key::Backspace,
            Key::Delete, Key::Ctrl(b'k'), Key::Ctrl(b'u'), Key::Ctrl(b'w'), Key::PageUp,
        ]),
        1 => Just(Key::At(3, 7)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_screen_shows_the_line(
        columns in 20_u16..48,
        before in "[a-z]{0,19}",
        first in "[a-z你 ]{0,70}",
        keys in proptest::collection::vec(any_key(), 0..60),
    ) {
        let mut typed = Typed::new(columns, true, "");
        let first = if before.is_empty() { first } else { first.replace('你', "c") };
        first.chars().for_each(|char| typed.line.push(Key::Char(char)));
        typed.line.push(Key::Enter);
        typed.line.go_on(&mut Vec::new());

        let history = typed.line;
        typed = Typed::new(columns, true, &before);
        let begun = typed.line;
        typed.line = Line { history: history.history.clone(), at: history.history.len(), ..begun };
        for key in keys {
            // Where a prompt stood that did not start its row cannot be told from where the
            // cursor is if a wide character has left a blank.
            let is_wide = key == Key::Char('你') && !before.is_empty();
            typed.key(if is_wide { Key::Char('c') } else { key });
            typed.check();
        }
    }

    #[test]
    fn no_key_and_no_answer_does_harm(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        answers in any::<bool>(),
    ) {
        let mut typed = Typed::new(80, answers, "");
        for step in typed.type_all(&bytes) {
            if step != Step::More {
                typed.line.begin(&mut Vec::new());
            }
        }
        prop_assert!(typed.line.cursor <= typed.line.text.len());
    }
}
