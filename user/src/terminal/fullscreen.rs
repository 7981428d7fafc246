//! The whole screen of a terminal, for programs that draw on it and read keys.

use crate::terminal::cells::put_place;
use crate::terminal::key::{Decoder, Key, WHERE};
use abi::file::{KEYS, T_DEVICE};
use alloc::vec::Vec;
use ulib::{Failed, STDIN, STDOUT, sys};

/// How long a terminal may take to answer, in ticks.
const PATIENCE: i32 = 5;

/// The terminal's other screen. Dropped, the first one is back as it was.
#[derive(Debug)]
pub struct Screen {
    /// Rows and columns.
    pub size: (usize, usize),
    decoder: Decoder,
    /// Keys that came while something else was waited for.
    early: Vec<Key>,
    /// What each row shows.
    rows: Vec<Vec<u8>>,
}

impl Screen {
    /// Takes the screen.
    ///
    /// # Errors
    /// Descriptors 0 and 1 are not a console.
    pub fn open() -> Result<Screen, Failed> {
        for fd in [STDIN, STDOUT] {
            if fd.stat()?.kind != T_DEVICE {
                return Err(Failed);
            }
        }
        let mut screen = Screen {
            size: (24, 80),
            decoder: Decoder::default(),
            early: Vec::new(),
            rows: Vec::new(),
        };
        STDOUT.write_all(b"\x1b[?1049h")?;
        screen.measure()?;
        Ok(screen)
    }

    /// Asks the terminal how large it is, and forgets what it shows. One that does not answer has
    /// 24 rows and 80 columns.
    ///
    /// # Errors
    /// The console is gone.
    pub fn measure(&mut self) -> Result<(), Failed> {
        STDOUT.write_all(&[b"\x1b[H\x1b[2J\x1b[999;999H", WHERE].concat())?;
        self.rows.clear();
        loop {
            // None of its bytes has come for so long: it does not answer.
            let Some(keys) = self.read(PATIENCE)? else {
                return Ok(());
            };
            let answer = keys.iter().find_map(|key| match *key {
                Key::At(rows, columns) => Some((rows.max(3), columns.max(10))),
                _ => None,
            });
            self.size = answer.unwrap_or(self.size);
            self.early.extend(keys);
            if answer.is_some() {
                return Ok(());
            }
        }
    }

    /// The keys that come next; none if none comes for so many ticks, 0 for no limit.
    ///
    /// # Errors
    /// The console is gone.
    pub fn keys(&mut self, ticks: i32) -> Result<Vec<Key>, Failed> {
        if self.early.is_empty() {
            return Ok(self.read(ticks)?.unwrap_or_default());
        }
        Ok(core::mem::take(&mut self.early))
    }

    /// The keys that the next bytes complete; `None` if none come for so many ticks.
    fn read(&mut self, ticks: i32) -> Result<Option<Vec<Key>>, Failed> {
        let mut bytes = [0; KEYS];
        let len = sys::readkeys(STDIN, &mut bytes, ticks)?;
        let keys = bytes[..len].iter().filter_map(|&b| self.decoder.byte(b));
        let keys = keys.collect();
        Ok((len > 0).then_some(keys))
    }

    /// Shows `rows`, each no wider than the screen, and the cursor at a row and column. Only what
    /// differs is sent.
    ///
    /// # Errors
    /// The console is gone.
    pub fn show(&mut self, rows: Vec<Vec<u8>>, cursor: (usize, usize)) -> Result<(), Failed> {
        let mut out = Vec::from(b"\x1b[?25l");
        let n_rows = rows.len().max(self.rows.len()).min(self.size.0);
        for n in 0..n_rows {
            let row = rows.get(n).map_or(&[][..], |row| row);
            if self.rows.get(n).map_or(&[][..], |row| row) != row {
                put_place(&mut out, n, 0);
                out.extend_from_slice(row);
                // Behind a full row this would take its last character.
                out.extend_from_slice(b"\x1b[m");
                if crate::terminal::cells::columns(row) < self.size.1 {
                    out.extend_from_slice(b"\x1b[K");
                }
            }
        }
        put_place(&mut out, cursor.0, cursor.1);
        out.extend_from_slice(b"\x1b[?25h");
        self.rows = rows;
        STDOUT.write_all(&out)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = STDOUT.write_all(b"\x1b[?1049l");
    }
}
