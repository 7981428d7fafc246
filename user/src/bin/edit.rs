//! `edit FILE`: changes a text; Ctrl-S saves, Ctrl-Q leaves, Ctrl-F finds.
//!
//! Ctrl-K cuts the line and Ctrl-U puts it back; Ctrl-L draws anew, on a screen of another size too.
//! Ctrl-X and Ctrl-C leave as well: some browsers keep Ctrl-Q for themselves.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

extern crate alloc;

use abi::file::{O_CREATE, O_TRUNC, O_WRONLY};
use alloc::vec::Vec;
use core::ffi::CStr;
use ulib::{Args, Failed, File, complain};
use user::terminal::cells::{put_char, put_number};
use user::terminal::fullscreen::Screen;
use user::terminal::key::Key;
use user::terminal::text::Text;
use user::usage;

ulib::entry!(main);

const KEYS: &[u8] = b"^S save  ^Q quit  ^F find  ^K cut  ^U put back";
const FIND: &[u8] = b"find: ";

fn main(mut args: Args) -> i32 {
    let (Some(path), None) = (args.next(), args.next()) else {
        return usage!();
    };
    let Ok(text) = read(path) else {
        complain(&[b"edit: cannot read ", path.to_bytes()]);
        return 1;
    };
    let Ok(screen) = Screen::open() else {
        complain(&[b"edit: this is not a terminal"]);
        return 1;
    };
    let mut editor = Editor {
        screen,
        path,
        text: Text::new(&text),
        message: KEYS.into(),
        finding: None,
        last_found: Vec::new(),
        was_warned: false,
    };
    i32::from(editor.run().is_err())
}

/// What the file holds; nothing if there is none yet.
fn read(path: &CStr) -> Result<Vec<u8>, Failed> {
    let mut text = Vec::new();
    if let Ok(file) = File::open(path) {
        let mut piece = [0; 512];
        loop {
            match file.read(&mut piece)? {
                0 => break,
                len => text.extend_from_slice(&piece[..len]),
            }
        }
    }
    Ok(text)
}

struct Editor {
    screen: Screen,
    path: &'static CStr,
    text: Text,
    /// What the last row says.
    message: Vec<u8>,
    /// What is to be found, while it is typed.
    finding: Option<Vec<u8>>,
    last_found: Vec<u8>,
    /// It was said that leaving loses something.
    was_warned: bool,
}

impl Editor {
    /// Until the user leaves.
    fn run(&mut self) -> Result<(), Failed> {
        loop {
            self.draw()?;
            for key in self.screen.keys(0)? {
                let is_over = match self.finding {
                    Some(_) => self.find(key),
                    None => self.key(key)?,
                };
                if is_over {
                    return Ok(());
                }
            }
        }
    }

    /// Does what a key says; whether it is to leave.
    fn key(&mut self, key: Key) -> Result<bool, Failed> {
        let was_warned = core::mem::take(&mut self.was_warned);
        match key {
            Key::At(..) => return Ok(false),
            Key::Ctrl(b'q' | b'x' | b'c') => {
                if was_warned || !self.text.is_changed {
                    return Ok(true);
                }
                self.was_warned = true;
                self.message = b"not saved: Ctrl-S saves, Ctrl-Q again leaves without".into();
                return Ok(false);
            }
            Key::Ctrl(b's') => {
                let saved = self.save();
                self.text.is_changed &= saved.is_err();
                self.message = match saved {
                    Ok(()) => b"saved".into(),
                    Err(Failed) => {
                        b"cannot be saved here: no such folder, or the disk is full".into()
                    }
                };
                return Ok(false);
            }
            Key::Ctrl(b'f') => self.finding = Some(Vec::new()),
            Key::Ctrl(b'l') => self.screen.measure()?,
            key => self.text.key(key, self.screen.size.0 - 1),
        }
        self.message = KEYS.into();
        Ok(false)
    }

    fn save(&self) -> Result<(), Failed> {
        let file = File::open_with(self.path, O_WRONLY | O_CREATE | O_TRUNC)?;
        file.write_all(&self.text.bytes())
    }

    /// Takes a key of what is to be found; Enter alone finds the same again. It never leaves.
    fn find(&mut self, key: Key) -> bool {
        let mut wanted = self.finding.take().unwrap_or_default();
        match key {
            Key::Enter => {
                if !wanted.is_empty() {
                    self.last_found = wanted;
                }
                let is_found = self.text.find(&self.last_found);
                self.message = if is_found { KEYS } else { b"not found" }.into();
                return false;
            }
            Key::Char(char) => put_char(&mut wanted, char),
            Key::Backspace => while wanted.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {},
            Key::Ctrl(b'c' | b'q' | b'x') => return false,
            _ => {}
        }
        self.finding = Some(wanted);
        false
    }

    fn draw(&mut self) -> Result<(), Failed> {
        let (n_rows, n_columns) = self.screen.size;
        let (mut rows, mut cursor) = self.text.show(n_rows - 1, n_columns);
        let mut status = Vec::new();
        match &self.finding {
            Some(wanted) => status.extend_from_slice(&[FIND, wanted].concat()),
            None => {
                let (row, n_lines) = self.text.place();
                status.extend_from_slice(self.path.to_bytes());
                status.extend_from_slice(if self.text.is_changed { b"*  " } else { b"  " });
                put_number(&mut status, row + 1);
                status.push(b'/');
                put_number(&mut status, n_lines);
                status.extend_from_slice(b"  ");
                status.extend_from_slice(&self.message);
            }
        }
        // As a text of one line: cut where the screen ends.
        let (mut status_rows, _) = Text::new(&status).show(1, n_columns);
        if self.finding.is_some() {
            cursor = (
                n_rows - 1,
                user::terminal::cells::columns(&status).min(n_columns - 1),
            );
        }
        rows.extend(
            status_rows
                .pop()
                .map(|row| [b"\x1b[7m", row.as_slice()].concat()),
        );
        self.screen.show(rows, cursor)
    }
}
