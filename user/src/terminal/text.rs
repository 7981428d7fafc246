//! A text being edited: its lines, the place in it, and the part that is on the screen.

use crate::terminal::cells::{first_char, put_char, width};
use crate::terminal::key::Key;
use alloc::vec;
use alloc::vec::Vec;

/// Columns from one place of a tab to the next.
const TAB: usize = 8;

/// The text. Lines are bytes, which need not be UTF-8.
#[derive(Clone, Debug)]
pub struct Text {
    /// At least one.
    lines: Vec<Vec<u8>>,
    /// The line in which the cursor is.
    row: usize,
    /// Before which byte of it the cursor is: where a character starts, or the end.
    at: usize,
    /// The column that the cursor keeps to when it goes up or down.
    goal: usize,
    /// The first line and the first column on the screen.
    corner: (usize, usize),
    /// The line that was cut last.
    cut: Option<Vec<u8>>,
    /// It is not as it was read or saved.
    pub is_changed: bool,
}

impl Text {
    /// The text that a file holds.
    pub fn new(bytes: &[u8]) -> Text {
        Text {
            lines: bytes.split(|&byte| byte == b'\n').map(Vec::from).collect(),
            row: 0,
            at: 0,
            goal: 0,
            corner: (0, 0),
            cut: None,
            is_changed: false,
        }
    }

    /// What the file is to hold.
    pub fn bytes(&self) -> Vec<u8> {
        self.lines.join(&b'\n')
    }

    /// The line the cursor is in, from 0, and how many there are.
    pub fn place(&self) -> (usize, usize) {
        (self.row, self.lines.len())
    }

    fn line(&self) -> &[u8] {
        self.lines.get(self.row).map_or(&[], |line| line)
    }

    /// Does what a key says, on a screen of so many rows.
    pub fn key(&mut self, key: Key, n_rows: usize) {
        let n_lines = self.lines.len();
        match key {
            Key::Char(char) => {
                let mut bytes = Vec::new();
                put_char(&mut bytes, char);
                self.insert(&bytes);
            }
            Key::Tab => self.insert(b"\t"),
            Key::Enter => self.split(),
            Key::Backspace if (self.row, self.at) != (0, 0) => {
                self.left();
                self.remove();
            }
            Key::Delete | Key::Ctrl(b'd') => self.remove(),
            Key::Left | Key::Ctrl(b'b') => self.left(),
            Key::Right => self.right(),
            Key::Home | Key::Ctrl(b'a') => self.go(self.row, 0),
            Key::End | Key::Ctrl(b'e') => self.go(self.row, self.line().len()),
            Key::Up => self.go_to_row(self.row.saturating_sub(1)),
            Key::Down | Key::Ctrl(b'n') => self.go_to_row(self.row + 1),
            Key::PageUp => self.go_to_row(self.row.saturating_sub(n_rows)),
            Key::PageDown => self.go_to_row((self.row + n_rows).min(n_lines - 1)),
            Key::Ctrl(b'k') => self.cut(),
            Key::Ctrl(b'u') => self.put_back(),
            Key::Backspace | Key::At(..) | Key::Ctrl(_) => {}
        }
    }

    fn go(&mut self, row: usize, at: usize) {
        (self.row, self.at) = (row, at);
        self.goal = columns_of(&self.line()[..at]);
    }

    /// To another row, as near to the same column as it has characters.
    fn go_to_row(&mut self, row: usize) {
        if row >= self.lines.len() {
            return;
        }
        self.row = row;
        let (mut at, mut column) = (0, 0);
        while let Some((char, len)) = first_char(&self.line()[at..]) {
            column += cells(char, column);
            if column > self.goal {
                break;
            }
            at += len;
        }
        self.at = at;
    }

    fn left(&mut self) {
        if self.at == 0 {
            if let Some(row) = self.row.checked_sub(1) {
                self.go(row, self.lines[row].len());
            }
            return;
        }
        let (mut at, mut before) = (0, 0);
        while at < self.at {
            before = at;
            at += first_char(&self.line()[at..]).map_or(1, |(_, len)| len);
        }
        self.go(self.row, before);
    }

    fn right(&mut self) {
        match first_char(&self.line()[self.at..]) {
            Some((_, len)) => self.go(self.row, self.at + len),
            None if self.row + 1 < self.lines.len() => self.go(self.row + 1, 0),
            None => {}
        }
    }

    fn insert(&mut self, bytes: &[u8]) {
        let (row, at) = (self.row, self.at);
        self.lines[row].splice(at..at, bytes.iter().copied());
        self.is_changed = true;
        self.go(row, at + bytes.len());
    }

    fn split(&mut self) {
        let rest = self.lines[self.row].split_off(self.at);
        self.lines.insert(self.row + 1, rest);
        self.is_changed = true;
        self.go(self.row + 1, 0);
    }

    /// Takes the character at the cursor; at the end of a line, that end.
    fn remove(&mut self) {
        let (row, at) = (self.row, self.at);
        if let Some((_, len)) = first_char(&self.line()[at..]) {
            self.lines[row].drain(at..at + len);
            // What is left may be a character together with what stood before.
            self.go(row, start_of_char(self.line(), at));
        } else if row + 1 < self.lines.len() {
            let next = self.lines.remove(row + 1);
            self.lines[row].extend_from_slice(&next);
            self.go(row, start_of_char(self.line(), at));
        } else {
            return;
        }
        self.is_changed = true;
    }

    fn cut(&mut self) {
        let is_only = self.lines.len() == 1;
        let line = self.lines.remove(self.row);
        if is_only {
            self.lines.push(Vec::new());
        }
        self.cut = Some(line);
        self.is_changed = true;
        self.go(self.row.min(self.lines.len() - 1), 0);
    }

    fn put_back(&mut self) {
        if let Some(line) = self.cut.clone() {
            self.lines.insert(self.row, line);
            self.is_changed = true;
            self.go(self.row + 1, 0);
        }
    }

    /// Goes to where `wanted` comes next behind the cursor, or from the start on. Returns whether
    /// it is anywhere.
    pub fn find(&mut self, wanted: &[u8]) -> bool {
        if wanted.is_empty() {
            return false;
        }
        let n_lines = self.lines.len();
        // The cursor's own line comes twice: behind it, and at last what stands before.
        for n in 0..=n_lines {
            let row = (self.row + n) % n_lines;
            let start = if n == 0 { self.at + 1 } else { 0 };
            let rest = self.lines[row].get(start..).unwrap_or(&[]);
            if let Some(at) = rest.windows(wanted.len()).position(|w| w == wanted) {
                let at = start_of_char(&self.lines[row], start + at);
                self.go(row, at);
                return true;
            }
        }
        false
    }

    /// What a screen of so many rows and columns shows, and where the cursor is on it. The part
    /// that is shown moves so that the cursor is in it.
    pub fn show(&mut self, n_rows: usize, n_columns: usize) -> (Vec<Vec<u8>>, (usize, usize)) {
        let column = columns_of(&self.line()[..self.at]);
        let (top, left) = &mut self.corner;
        *top = (*top).clamp((self.row + 1).saturating_sub(n_rows), self.row);
        if column < *left || column >= *left + n_columns {
            // Some of what stands before and behind is seen too.
            *left = column.saturating_sub(n_columns / 2);
            if column < n_columns {
                *left = 0;
            }
        }
        let (top, left) = self.corner;
        let lines = self.lines.iter().skip(top).take(n_rows);
        let mut rows: Vec<_> = lines.map(|line| row(line, left, n_columns)).collect();
        rows.resize_with(n_rows, || vec![b'~']);
        (rows, (self.row - top, column - left))
    }
}

/// Where the character starts to which byte `at` of `line` belongs; `at` if it is the end.
fn start_of_char(line: &[u8], at: usize) -> usize {
    let mut start = 0;
    while let Some((_, len)) = line.get(start..).and_then(first_char) {
        if start + len > at {
            break;
        }
        start += len;
    }
    start
}

/// Cells of a character that stands in `column`.
fn cells(char: char, column: usize) -> usize {
    match char {
        '\t' => TAB - column % TAB,
        _ if char.is_control() => 1,
        _ => width(char),
    }
}

/// Columns that `line` takes.
fn columns_of(mut line: &[u8]) -> usize {
    let mut column = 0;
    while let Some((char, len)) = first_char(line) {
        column += cells(char, column);
        line = &line[len..];
    }
    column
}

/// The part of `line` from column `left` on that is in `n_columns`.
fn row(mut line: &[u8], left: usize, n_columns: usize) -> Vec<u8> {
    let (mut row, mut column) = (Vec::new(), 0);
    while let Some((char, len)) = first_char(line)
        && column < left + n_columns
    {
        let n_cells = cells(char, column);
        let is_whole = column >= left && column + n_cells <= left + n_columns;
        match char {
            '\t' => {}
            _ if char.is_control() && is_whole => row.push(b'?'),
            _ if is_whole => put_char(&mut row, char),
            _ => {}
        }
        if char == '\t' || !is_whole {
            let seen = (column.max(left)..(column + n_cells).min(left + n_columns)).len();
            row.resize(row.len() + seen, b' ');
        }
        column += n_cells;
        line = &line[len..];
    }
    row
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::Text;
    use crate::terminal::cells::columns;
    use crate::terminal::key::{Decoder, Key};
    use proptest::prelude::*;
    use std::string::String;
    use std::vec::Vec;

    /// Typing `keys` into `before` makes `after` of it.
    fn check(before: &str, keys: &str, after: &str) {
        let mut text = Text::new(before.as_bytes());
        let mut decoder = Decoder::default();
        let keys = keys.bytes().filter_map(|byte| decoder.byte(byte));
        keys.for_each(|key| text.key(key, 3));
        assert_eq!(String::from_utf8_lossy(&text.bytes()), after);
    }

    #[test]
    fn keys_change_the_text() {
        check("", "one\rtwo", "one\ntwo");
        check("ab\ncd\n", "\x1b[B\x1b[Cx", "ab\ncxd\n");
        check("ab\ncd", "\x1b[B\x7f", "abcd");
        check("ab\ncd", "\x05\x1b[3~", "abcd");
        check("é你", "\x1b[C\x1b[3~\x1b[D\x1b[3~", "");
        check(
            "long line\na\nlong line",
            "\x05\x1b[B\x1b[Bx",
            "long line\na\nlong linex",
        );
        check("\tb\n12345678x", "\x1b[C\x1b[B!", "\tb\n12345678!x");
        check("a\nb\nc", "\x0b\x1b[B\x15", "b\na\nc");
        check("a", "\x0b\x0b\x0b\x15", "\n");
        check("1\n2\n3\n4\n5", "\x1b[6~x\x1b[5~y", "1y\n2\n3\nx4\n5");
        check("a", "\x1b[A\x1b[B\x1b[D\x7f\x1b[C\x1b[C\x1b[3~", "a");
    }

    #[test]
    fn what_is_sought_is_found_from_the_cursor_on_and_round() {
        let mut text = Text::new("one\ntwo one\nthree".as_bytes());
        let mut next = |wanted: &str| text.find(wanted.as_bytes()).then_some((text.row, text.at));
        assert_eq!(next("one"), Some((1, 4)));
        assert_eq!(next("one"), Some((0, 0)));
        assert_eq!(next("e"), Some((0, 2)));
        assert_eq!(next("three"), Some((2, 0)));
        assert_eq!(next("three"), Some((2, 0)));
        assert_eq!(next("four"), None);
        assert_eq!(next(""), None);
    }

    #[test]
    fn long_lines_and_tabs_are_shown_in_part() {
        let mut text = Text::new("ab\tc\n0123456789你x\nq".as_bytes());
        let shown = |rows: &[Vec<u8>]| {
            let rows = rows
                .iter()
                .map(|row| String::from_utf8_lossy(row).into_owned());
            rows.collect::<Vec<_>>()
        };
        let (rows, cursor) = text.show(4, 11);
        assert_eq!(shown(&rows), ["ab      c", "0123456789 ", "q", "~"]);
        assert_eq!(cursor, (0, 0));
        text.go(1, 13);
        let (rows, cursor) = text.show(2, 11);
        assert_eq!(shown(&rows), [" c", "789你x"]);
        assert_eq!(cursor, (1, 5));
    }

    fn any_key() -> impl Strategy<Value = Key> {
        use Key::*;
        let moves = [Left, Right, Up, Down, Home, End, PageUp, PageDown];
        let changes = [Enter, Tab, Backspace, Delete, Ctrl(b'k'), Ctrl(b'u')];
        let chars = ['a', 'é', '你', '\u{301}'].map(Char);
        prop_oneof![
            proptest::sample::select(moves.to_vec()),
            proptest::sample::select(changes.to_vec()),
            proptest::sample::select(chars.to_vec()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn no_text_and_no_key_does_harm(
            bytes in proptest::collection::vec(any::<u8>(), 0..120),
            keys in proptest::collection::vec(any_key(), 0..80),
            n_rows in 1_usize..5,
            n_columns in 9_usize..30,
        ) {
            let mut text = Text::new(&bytes);
            prop_assert_eq!(text.bytes(), bytes);
            for key in keys {
                text.key(key, n_rows);
                prop_assert!(text.row < text.lines.len() && text.at <= text.line().len());
                prop_assert_eq!(super::start_of_char(text.line(), text.at), text.at);
                let (rows, (row, column)) = text.show(n_rows, n_columns);
                prop_assert_eq!(rows.len(), n_rows);
                prop_assert!(row < n_rows && column < n_columns);
                for row in rows {
                    prop_assert!(columns(&row) <= n_columns, "{row:?}");
                }
            }
        }
    }
}
