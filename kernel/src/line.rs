//! Editing of a line typed at the console: what each key does to the buffer, what is
//! shown, and when a reader may have it.

/// Bytes typed and not read yet.
pub const INPUT_BUF: usize = 128;

/// The key that stops what has the keyboard.
pub const CTRL_C: u8 = 0x03;
const CTRL_D: u8 = 0x04;
const BACKSPACE: u8 = 0x08;
const CTRL_U: u8 = 0x15;
const DELETE: u8 = 0x7f;

/// What is to be done about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// Nothing.
    Nothing,
    /// Show the byte.
    Byte(u8),
    /// Take so many characters back from the screen.
    Erase(usize),
    /// Stop what has the keyboard. What was typed of a line is gone.
    Interrupt,
}

/// The bytes typed: a ring with three ever-growing indices, `r <= w <= e <= r + INPUT_BUF`.
pub struct Line {
    buf: [u8; INPUT_BUF],
    /// Read up to here.
    r: usize,
    /// Readers may have what lies below; editing cannot touch it.
    w: usize,
    /// Typed up to here.
    e: usize,
}

impl Line {
    /// Nothing typed.
    pub const EMPTY: Line = Line {
        buf: [0; INPUT_BUF],
        r: 0,
        w: 0,
        e: 0,
    };

    /// Takes in a byte from the keyboard. Only while the buffer is not [full](Self::is_full):
    /// until then bytes are to be left in the device.
    pub fn input(&mut self, byte: u8) -> Echo {
        match byte {
            0 => Echo::Nothing,
            CTRL_C => {
                self.e = self.w;
                Echo::Interrupt
            }
            CTRL_U => {
                let n_chars = self.e - self.w;
                self.e = self.w;
                Echo::Erase(n_chars)
            }
            BACKSPACE | DELETE => {
                let n_chars = (self.e - self.w).min(1);
                self.e -= n_chars;
                Echo::Erase(n_chars)
            }
            _ if self.is_full() => Echo::Nothing,
            _ => {
                let byte = if byte == b'\r' { b'\n' } else { byte };
                self.buf[self.e % INPUT_BUF] = byte;
                self.e += 1;
                if byte == b'\n' || byte == CTRL_D || self.is_full() {
                    self.w = self.e;
                }
                Echo::Byte(byte)
            }
        }
    }

    /// Nothing more fits before a reader has come.
    pub fn is_full(&self) -> bool {
        self.e - self.r == INPUT_BUF
    }

    /// Something was typed, be its line finished or not.
    pub fn has_any(&self) -> bool {
        self.r != self.e
    }

    /// A reader would get something.
    pub fn is_ready(&self) -> bool {
        self.r != self.w
    }

    /// Takes the first byte of all that was typed, whether its line is finished or not.
    pub fn take(&mut self) -> Option<u8> {
        let byte = self.buf[self.r % INPUT_BUF];
        self.has_any().then(|| {
            self.r += 1;
            self.w = self.w.max(self.r);
            byte
        })
    }

    /// Moves what is ready to `into`, up to a line's end; `had_some` says that the same
    /// read got bytes before. Returns how many bytes, and whether the read ends with them,
    /// at a newline or an end of file.
    pub fn read(&mut self, into: &mut [u8], had_some: bool) -> (usize, bool) {
        let mut n_bytes = 0;
        while let Some(slot) = into.get_mut(n_bytes)
            && self.is_ready()
        {
            let byte = self.buf[self.r % INPUT_BUF];
            if byte == CTRL_D {
                // An end of file behind some bytes waits for the next read, which so
                // gets no bytes.
                if n_bytes == 0 && !had_some {
                    self.r += 1;
                }
                return (n_bytes, true);
            }
            self.r += 1;
            *slot = byte;
            n_bytes += 1;
            if byte == b'\n' {
                return (n_bytes, true);
            }
        }
        (n_bytes, false)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{Echo, INPUT_BUF, Line};
    use std::string::String;

    /// Types `keys`; what a reader of 200 bytes then gets, piece by piece.
    fn check(keys: &[u8], expected: &[&str]) {
        let mut line = Line::EMPTY;
        for &key in keys {
            line.input(key);
        }
        for &piece in expected {
            let mut into = [0; 200];
            let (len, _) = line.read(&mut into, false);
            assert_eq!(String::from_utf8_lossy(&into[..len]), piece);
        }
        assert!(!line.is_ready());
    }

    #[test]
    fn keys_edit_the_line() {
        check(b"echo hi\r", &["echo hi\n"]);
        check(b"\x08ab\x7fc\x08d\n", &["ad\n"]);
        check(b"wrong\x15right\n", &["right\n"]);
        check(b"one\n\x15\x08\x08two\n", &["one\n", "two\n"]);
        check(b"dropped\x03kept\n", &["kept\n"]);
        check(b"unfinished", &[]);
        check(b"a\x04", &["a", ""]);
        check(b"\x04", &[""]);
        check(b"\0a\n", &["a\n"]);
    }

    #[test]
    fn echo_takes_back_only_what_is_there() {
        let mut line = Line::EMPTY;
        assert_eq!(line.input(0x7f), Echo::Erase(0));
        assert_eq!(line.input(b'a'), Echo::Byte(b'a'));
        assert_eq!(line.input(b'b'), Echo::Byte(b'b'));
        assert_eq!(line.input(0x08), Echo::Erase(1));
        assert_eq!(line.input(0x15), Echo::Erase(1));
        assert_eq!(line.input(b'\r'), Echo::Byte(b'\n'));
    }

    #[test]
    fn a_full_buffer_goes_to_the_reader() {
        let mut line = Line::EMPTY;
        for _ in 0..INPUT_BUF {
            assert!(!line.is_full() && !line.is_ready());
            line.input(b'x');
        }
        assert!(line.is_full() && line.is_ready());
        assert_eq!(line.input(b'y'), Echo::Nothing);
        let mut into = [0; INPUT_BUF + 1];
        assert_eq!(line.read(&mut into, false), (INPUT_BUF, false));
        assert_eq!(line.read(&mut into, true), (0, false));
    }

    #[test]
    fn what_is_typed_can_be_taken_byte_by_byte() {
        let mut line = Line::EMPTY;
        for &key in b"ab\ncd\x7f" {
            line.input(key);
        }
        let taken: std::vec::Vec<u8> = core::iter::from_fn(|| line.take()).collect();
        assert_eq!(taken, b"ab\nc");
        assert!(!line.is_ready());
        line.input(b'\n');
        assert_eq!(line.read(&mut [0; 4], false), (1, true));
    }

    #[test]
    fn end_of_file_behind_bytes_of_the_same_read_is_kept() {
        let mut line = Line::EMPTY;
        line.input(0x04);
        assert_eq!(line.read(&mut [0; 4], true), (0, true));
        assert_eq!(line.read(&mut [0; 4], false), (0, true));
        assert!(!line.is_ready());
    }
}
