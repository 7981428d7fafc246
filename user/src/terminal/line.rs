//! A line being typed: what each key does to it, and to the screen.
//!
//! As long as characters are only added at the end, the screen gets just these, as the console
//! itself would show them. At the first other key the terminal is asked where its cursor is and
//! how wide it is; one that does not answer has 80 columns.

use crate::terminal::cells::{put_char, put_move, utf8, width};
use crate::terminal::key::{Key, WHERE};
use alloc::vec::Vec;

/// Stands before the line.
pub const PROMPT: &[u8] = b"$ ";

/// Lines that are remembered.
pub const REMEMBERED: usize = 64;

/// The width of a terminal that does not tell.
const COLUMNS: usize = 80;

/// What came of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The line is not finished.
    More,
    /// It is.
    Done,
    /// It is to be forgotten.
    Dropped,
    /// There will be none any more.
    End,
    /// The word before the cursor is to be completed.
    Complete,
}

/// Where a terminal's cursor is: rows below the one in which the line begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    row: usize,
    column: usize,
}

/// What is known about the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Terminal {
    /// Nothing yet that holds for this line.
    Unasked,
    /// It was asked; the columns that it has told so far, of two.
    Asked(Vec<usize>),
    /// It has told for this line, or tells never.
    Known,
}

/// The line, and those before it.
#[derive(Clone, Debug)]
pub struct Line {
    text: Vec<char>,
    /// Before which character the cursor is, at most `text.len()`.
    cursor: usize,
    /// Where the terminal's cursor is.
    shown: Place,
    /// The column in which the text starts.
    start: usize,
    /// Columns of the terminal, at least 2.
    columns: usize,
    terminal: Terminal,
    /// Keys that nothing was done about yet.
    waiting: Vec<Key>,
    /// Whether terminals answer here.
    answers: bool,
    /// Lines typed before, the oldest first.
    history: Vec<Vec<char>>,
    /// Which of them `text` was at first; as many as there are: none.
    at: usize,
    /// What was typed before another line was taken from the history.
    fresh: Vec<char>,
}

impl Default for Line {
    fn default() -> Line {
        Line {
            text: Vec::new(),
            cursor: 0,
            shown: Place::default(),
            start: PROMPT.len(),
            columns: COLUMNS,
            terminal: Terminal::Unasked,
            waiting: Vec::new(),
            answers: true,
            history: Vec::new(),
            at: 0,
            fresh: Vec::new(),
        }
    }
}

impl Line {
    /// Begins a new line: what is to be shown goes to `out`.
    pub fn begin(&mut self, out: &mut Vec<u8>) {
        self.text.clear();
        self.cursor = 0;
        self.at = self.history.len();
        self.terminal = if self.answers {
            Terminal::Unasked
        } else {
            Terminal::Known
        };
        self.show_prompt(out);
    }

    fn show_prompt(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(PROMPT);
        self.start = PROMPT.len();
        self.shown = Place {
            row: 0,
            column: self.start,
        };
    }

    /// The line as UTF-8.
    pub fn text(&self) -> Vec<u8> {
        utf8(&self.text)
    }

    /// What stands before the cursor, as UTF-8.
    pub fn before_cursor(&self) -> Vec<u8> {
        utf8(&self.text[..self.cursor])
    }

    /// The lines that are remembered, the oldest first, as UTF-8.
    pub fn history(&self) -> impl Iterator<Item = Vec<u8>> {
        self.history.iter().map(|line| utf8(line))
    }

    /// Columns of the terminal, as far as is known.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Whether the terminal was asked and has not answered yet.
    pub fn is_asking(&self) -> bool {
        matches!(self.terminal, Terminal::Asked(_))
    }

    /// The terminal has not answered for a long time: it never will.
    pub fn give_up_asking(&mut self) {
        self.answers = false;
        self.terminal = Terminal::Known;
    }

    /// Takes a key, for [`go_on`](Self::go_on) to do what it says.
    pub fn push(&mut self, key: Key) {
        match (&mut self.terminal, key) {
            (Terminal::Asked(answers), Key::At(_, column)) => answers.push(column),
            (_, Key::At(..)) => {}
            (_, key) => self.waiting.push(key),
        }
    }

    /// Does what the keys say that wait, up to the first that gives another step than
    /// [`Step::More`]. What is to be shown goes to `out`.
    pub fn go_on(&mut self, out: &mut Vec<u8>) -> Step {
        if let Terminal::Asked(answers) = &self.terminal {
            let &[column, columns, ..] = answers.as_slice() else {
                return Step::More;
            };
            self.measured(column.saturating_sub(1), columns.max(2), out);
        }
        while let Some(&key) = self.waiting.first() {
            if self.terminal == Terminal::Unasked && !self.is_plain(key) {
                self.ask(out);
                return Step::More;
            }
            self.waiting.remove(0);
            let step = self.apply(key, out);
            if step != Step::More {
                return step;
            }
        }
        Step::More
    }

    fn ask(&mut self, out: &mut Vec<u8>) {
        self.terminal = Terminal::Asked(Vec::new());
        // Where it is; and, far to the right, how wide it is.
        out.extend_from_slice(WHERE);
        out.extend_from_slice(b"\x1b7\x1b[999C");
        out.extend_from_slice(WHERE);
        out.extend_from_slice(b"\x1b8");
    }

    /// Whether it takes no knowledge of the terminal to show what `key` does.
    fn is_plain(&self, key: Key) -> bool {
        match key {
            Key::Char(_) | Key::Enter | Key::Ctrl(b'c') => true,
            Key::Backspace | Key::Ctrl(b'd') => self.text.is_empty(),
            _ => false,
        }
    }

    /// The terminal has `columns`, and its cursor, at the end of the text, is in `column`.
    fn measured(&mut self, column: usize, columns: usize, out: &mut Vec<u8>) {
        self.terminal = Terminal::Known;
        self.columns = columns;
        let end = self.place(self.cursor);
        let is_full = end.row > 0 && end.column == 0;
        // Behind the last column the cursor stays where it is until another character is shown;
        // some terminals tell the one, some the other.
        let column = if column >= columns || is_full && column + 1 == columns {
            out.extend_from_slice(b" \r");
            0
        } else {
            column
        };
        // The prompt may not have stood at the start of a row. (Blanks that wide characters may
        // have left are not thought of.)
        self.start = (self.start + columns + column - end.column) % columns;
        self.shown = self.place(self.cursor);
    }

    fn apply(&mut self, key: Key, out: &mut Vec<u8>) -> Step {
        let (cursor, end) = (self.cursor, self.text.len());
        match key {
            Key::Char(char) => self.insert(&[char], out),
            Key::Left | Key::Ctrl(b'b') => self.move_to(cursor.saturating_sub(1), out),
            Key::Right | Key::Ctrl(b'f') => self.move_to(cursor + 1, out),
            Key::Home | Key::Ctrl(b'a') => self.move_to(0, out),
            Key::End | Key::Ctrl(b'e') => self.move_to(end, out),
            Key::Up => self.recall(self.at.checked_sub(1), out),
            Key::Down | Key::Ctrl(b'n') => self.recall(self.at.checked_add(1), out),
            Key::Backspace => self.remove(cursor.saturating_sub(1), cursor, out),
            Key::Delete => self.remove(cursor, cursor + 1, out),
            Key::Ctrl(b'u') => self.remove(0, cursor, out),
            Key::Ctrl(b'k') => self.remove(cursor, end, out),
            Key::Ctrl(b'w') => self.remove(self.word_start(), cursor, out),
            Key::Ctrl(b'd') if end == 0 => {
                out.push(b'\n');
                return Step::End;
            }
            Key::Ctrl(b'd') => self.remove(cursor, cursor + 1, out),
            Key::Ctrl(b'l') => {
                out.extend_from_slice(b"\x1b[H\x1b[2J");
                self.show_again(out);
            }
            Key::Ctrl(b'c') => {
                out.extend_from_slice(b"^C\n");
                return Step::Dropped;
            }
            Key::Tab => return Step::Complete,
            Key::Enter => {
                self.move_to(end, out);
                out.push(b'\n');
                self.remember();
                return Step::Done;
            }
            Key::PageUp | Key::PageDown | Key::At(..) | Key::Ctrl(_) => {}
        }
        Step::More
    }

    /// Puts characters before the cursor, those of `bytes` that can be shown.
    pub fn insert_bytes(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        let mut chars = Vec::new();
        while let Some((char, len)) = crate::terminal::cells::first_char(bytes) {
            chars.extend(Some(char).filter(|char| !char.is_control()));
            bytes = &bytes[len..];
        }
        self.insert(&chars, out);
    }

    fn insert(&mut self, chars: &[char], out: &mut Vec<u8>) {
        let cursor = self.cursor;
        self.text.splice(cursor..cursor, chars.iter().copied());
        self.show_from(cursor, cursor + chars.len(), out);
    }

    /// Takes the characters from `from` to before `to`, as far as there are any.
    fn remove(&mut self, from: usize, to: usize, out: &mut Vec<u8>) {
        let to = to.min(self.text.len());
        if from >= to {
            return;
        }
        self.text.drain(from..to);
        self.show_from(from, from, out);
    }

    /// Where the word before the cursor starts.
    fn word_start(&self) -> usize {
        let before = &self.text[..self.cursor];
        let is_blank = |&char: &char| char == ' ';
        let end = before
            .iter()
            .rposition(|c| !is_blank(c))
            .map_or(0, |at| at + 1);
        before[..end]
            .iter()
            .rposition(is_blank)
            .map_or(0, |at| at + 1)
    }

    /// Shows line `at` of the history, or the fresh one behind the last.
    fn recall(&mut self, at: Option<usize>, out: &mut Vec<u8>) {
        let Some(at) = at.filter(|&at| at <= self.history.len()) else {
            return;
        };
        if self.at == self.history.len() {
            self.fresh = core::mem::take(&mut self.text);
        }
        self.text = self.history.get(at).unwrap_or(&self.fresh).clone();
        self.at = at;
        self.show_from(0, self.text.len(), out);
    }

    /// Keeps the line, if it is not the same as the last one.
    fn remember(&mut self) {
        let is_empty = self.text.iter().all(|&char| char == ' ');
        if !is_empty && self.history.last() != Some(&self.text) {
            if self.history.len() == REMEMBERED {
                self.history.remove(0);
            }
            self.history.push(self.text.clone());
        }
    }

    /// Shows the prompt and the line where the cursor is: something else stands before them.
    pub fn show_again(&mut self, out: &mut Vec<u8>) {
        self.show_prompt(out);
        self.show_from(0, self.cursor, out);
    }

    /// Moves to the end of the line: something is about to be shown behind it.
    pub fn leave(&mut self, out: &mut Vec<u8>) {
        let cursor = self.cursor;
        self.move_to(self.text.len(), out);
        self.cursor = cursor;
        out.push(b'\n');
    }

    fn move_to(&mut self, cursor: usize, out: &mut Vec<u8>) {
        self.cursor = cursor.min(self.text.len());
        self.go_to(self.place(self.cursor), out);
    }

    /// Shows the text anew from the character `from` on, and the cursor at `cursor`.
    fn show_from(&mut self, from: usize, cursor: usize, out: &mut Vec<u8>) {
        let is_added = from == self.cursor && cursor == self.text.len();
        self.cursor = cursor;
        // A wide character that goes to the next row leaves a blank behind.
        self.go_to(self.place_for(from, 1), out);
        let is_known = self.terminal == Terminal::Known;
        if is_known || !is_added {
            out.extend_from_slice(b"\x1b[J");
        }
        self.text[from..]
            .iter()
            .for_each(|&char| put_char(out, char));
        self.shown = self.place(self.text.len());
        if is_known && self.shown.column == 0 && from < self.text.len() {
            // The terminal goes to the next row only with the next character.
            out.extend_from_slice(b" \r");
        }
        self.go_to(self.place(cursor), out);
    }

    fn go_to(&mut self, to: Place, out: &mut Vec<u8>) {
        let from = core::mem::replace(&mut self.shown, to);
        put_move(out, from.row.saturating_sub(to.row), b'A');
        put_move(out, to.row.saturating_sub(from.row), b'B');
        put_move(out, from.column.saturating_sub(to.column), b'D');
        put_move(out, to.column.saturating_sub(from.column), b'C');
    }

    /// Where the terminal shows the character `idx`, or the end.
    fn place(&self, idx: usize) -> Place {
        let next = self.text.get(idx);
        self.place_for(idx, next.map_or(1, |&char| width(char).max(1)))
    }

    /// Where the terminal would show something of `n_cells` behind the characters before `idx`.
    fn place_for(&self, idx: usize, n_cells: usize) -> Place {
        let (mut row, mut column) = (0, self.start);
        let widths = self.text[..idx].iter().map(|&char| width(char));
        for n_cells in widths.chain([n_cells]) {
            // What does not fit begins in the next row.
            if column + n_cells > self.columns {
                (row, column) = (row + 1, 0);
            }
            column += n_cells;
        }
        column -= n_cells;
        Place { row, column }
    }
}

#[cfg(test)]
mod tests;
