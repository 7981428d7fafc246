//! Keys, from the bytes that a terminal sends for them.
//!
//! Source: ECMA-48, "Control sequences"; xterm, "Control Sequences", "Special Keys".

use crate::terminal::cells::{first_char, utf8_len};

/// A key, or what else a terminal sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character to be put into the text.
    Char(char),
    /// Ctrl and this small letter, where it has no other meaning here.
    Ctrl(u8),
    /// Ends a line.
    Enter,
    /// Tab.
    Tab,
    /// Takes the character before the cursor.
    Backspace,
    /// Takes the character at the cursor.
    Delete,
    /// To the character before.
    Left,
    /// To the character behind.
    Right,
    /// To the line before.
    Up,
    /// To the line behind.
    Down,
    /// To the start of the line.
    Home,
    /// To the end of the line.
    End,
    /// To the screen before.
    PageUp,
    /// To the screen behind.
    PageDown,
    /// The terminal's answer to [`WHERE`]: row and column of its cursor, from 1.
    At(usize, usize),
}

/// Asks a terminal where its cursor is: it answers with [`Key::At`].
pub const WHERE: &[u8] = b"\x1b[6n";

/// How far a key's bytes have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Nowhere.
    #[default]
    Start,
    /// ESC.
    Escape,
    /// ESC and `O`: one more comes.
    Single,
    /// ESC and `[`: numbers come, and a letter.
    Sequence,
    /// A character of several bytes.
    Utf8,
}

/// Puts keys together. Bytes that mean nothing give none.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    state: State,
    /// The numbers of a sequence: the last two.
    numbers: [usize; 2],
    bytes: [u8; 4],
    n_bytes: usize,
}

impl Decoder {
    /// Takes the next byte; the key that it completes.
    pub fn byte(&mut self, byte: u8) -> Option<Key> {
        let state = core::mem::take(&mut self.state);
        match state {
            State::Start => self.first(byte),
            State::Escape => {
                self.state = match byte {
                    b'[' => State::Sequence,
                    b'O' => State::Single,
                    0x1b => State::Escape,
                    // Alt and Backspace: browsers keep Ctrl-W for themselves.
                    0x08 | 0x7f => return Some(Key::Ctrl(b'w')),
                    _ => State::Start,
                };
                self.numbers = [0; 2];
                None
            }
            State::Single => named(byte, self.numbers),
            State::Sequence => self.sequence(byte),
            State::Utf8 => self.utf8(byte),
        }
    }

    fn first(&mut self, byte: u8) -> Option<Key> {
        match byte {
            b'\r' | b'\n' => Some(Key::Enter),
            b'\t' => Some(Key::Tab),
            0x08 | 0x7f => Some(Key::Backspace),
            0x1b => {
                self.state = State::Escape;
                None
            }
            1..0x1b => Some(Key::Ctrl(byte | 0x60)),
            b' '..0x7f => Some(Key::Char(byte.into())),
            0 | 0x1c..0x20 => None,
            0x80.. => {
                self.n_bytes = 0;
                self.utf8(byte)
            }
        }
    }

    fn sequence(&mut self, byte: u8) -> Option<Key> {
        match byte {
            b'0'..=b'9' => {
                let [_, number] = &mut self.numbers;
                *number = (*number * 10 + usize::from(byte - b'0')).min(9999);
            }
            b';' => self.numbers = [self.numbers[1], 0],
            0x40..=0x7e => return named(byte, self.numbers),
            0x1b => {
                self.state = State::Escape;
                return None;
            }
            _ => {}
        }
        self.state = State::Sequence;
        None
    }

    /// Goes on with a character of several bytes. One that is broken off gives nothing.
    fn utf8(&mut self, byte: u8) -> Option<Key> {
        if self.n_bytes > 0 && byte & 0xc0 != 0x80 {
            return self.first(byte);
        }
        self.bytes[self.n_bytes] = byte;
        self.n_bytes += 1;
        if self.n_bytes < utf8_len(self.bytes[0]) {
            self.state = State::Utf8;
            return None;
        }
        let char = first_char(&self.bytes[..self.n_bytes]).map(|(char, _)| char);
        // Those from 0x80 to 0x9f are controls.
        let char = char.filter(|&char| char >= '\u{a0}');
        Some(Key::Char(char.unwrap_or('\u{fffd}')))
    }
}

/// The key of a sequence that ends with `last`, behind `numbers`.
fn named(last: u8, numbers: [usize; 2]) -> Option<Key> {
    Some(match (last, numbers) {
        (b'A', _) => Key::Up,
        (b'B', _) => Key::Down,
        (b'C', _) => Key::Right,
        (b'D', _) => Key::Left,
        (b'H', _) | (b'~', [_, 1 | 7]) => Key::Home,
        (b'F', _) | (b'~', [_, 4 | 8]) => Key::End,
        (b'~', [_, 3]) => Key::Delete,
        (b'~', [_, 5]) => Key::PageUp,
        (b'~', [_, 6]) => Key::PageDown,
        (b'R', [row, column]) => Key::At(row, column),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{Decoder, Key};
    use std::vec::Vec;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut decoder = Decoder::default();
        let keys = bytes.iter().filter_map(|&byte| decoder.byte(byte));
        keys.collect()
    }

    #[test]
    fn bytes_become_keys() {
        use Key::*;
        let cases: [(&[u8], &[Key]); 14] = [
            (b"a~", &[Char('a'), Char('~')]),
            (b"\x01\x03\x1a", &[Ctrl(b'a'), Ctrl(b'c'), Ctrl(b'z')]),
            (
                b"\r\n\t\x08\x7f",
                &[Enter, Enter, Tab, Backspace, Backspace],
            ),
            (b"\x1b[A\x1b[B\x1b[C\x1b[D", &[Up, Down, Right, Left]),
            (b"\x1bOA\x1bOH\x1bOF", &[Up, Home, End]),
            (b"\x1b[H\x1b[F\x1b[1~\x1b[4~", &[Home, End, Home, End]),
            (b"\x1b[3~\x1b[5~\x1b[6~", &[Delete, PageUp, PageDown]),
            (b"\x1b[1;5C\x1b\x7f", &[Right, Ctrl(b'w')]),
            (b"\x1b[24;80R", &[At(24, 80)]),
            (b"\x1b\x1b[Aa\x1bxb", &[Up, Char('a'), Char('b')]),
            (b"\x1b[99999999999999999999;1R", &[At(9999, 1)]),
            ("é你🙂".as_bytes(), &[Char('é'), Char('你'), Char('🙂')]),
            (b"\xe4\xbdx\xffy", &[Char('x'), Char('\u{fffd}'), Char('y')]),
            (b"\xe4\xbd\x1b[A\xc2\x80", &[Up, Char('\u{fffd}')]),
        ];
        for (bytes, expected) in cases {
            assert_eq!(keys(bytes), expected, "{bytes:x?}");
        }
    }
}
