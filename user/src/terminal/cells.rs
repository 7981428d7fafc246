//! Text on a terminal: how many cells a character takes, and the sequences that move about.

use alloc::vec::Vec;

/// Characters that take two cells: first and last of each range.
///
/// Source: Unicode, EastAsianWidth.txt, the values W and F, rounded to blocks.
const WIDE: [(u32, u32); 9] = [
    (0x1100, 0x115f),
    (0x2e80, 0x303e),
    (0x3041, 0xa4cf),
    (0xac00, 0xd7a3),
    (0xf900, 0xfaff),
    (0xfe30, 0xfe6f),
    (0xff00, 0xff60),
    (0x1f300, 0x1faff),
    (0x20000, 0x3fffd),
];

/// Characters that stand on the one before: first and last of each range.
///
/// Source: Unicode, DerivedGeneralCategory.txt, the larger blocks of Mn and Cf.
const COMBINING: [(u32, u32); 4] = [
    (0x0300, 0x036f),
    (0x200b, 0x200f),
    (0x20d0, 0x20ff),
    (0xfe00, 0xfe0f),
];

/// Cells that a character takes: 0, 1 or 2.
pub fn width(char: char) -> usize {
    let code = u32::from(char);
    let is_in = |ranges: &[(u32, u32)]| ranges.iter().any(|&(a, b)| (a..=b).contains(&code));
    match code {
        0..0x300 => 1,
        _ if is_in(&COMBINING) => 0,
        _ if is_in(&WIDE) => 2,
        _ => 1,
    }
}

/// Cells that a row takes, sequences of the form `ESC [ … letter` not counted.
pub fn columns(mut row: &[u8]) -> usize {
    let mut columns = 0;
    while let Some((char, len)) = first_char(row) {
        row = &row[len..];
        if char == '\x1b' {
            let end = row.iter().position(u8::is_ascii_alphabetic);
            row = end.map_or(&[], |end| &row[end + 1..]);
        } else {
            columns += width(char);
        }
    }
    columns
}

/// The first character of `bytes` and its length; what is not UTF-8 is U+FFFD, byte by byte.
/// `None` if there are no bytes.
pub fn first_char(bytes: &[u8]) -> Option<(char, usize)> {
    let first = *bytes.first()?;
    let len = utf8_len(first);
    let is_whole = bytes.len() >= len && (len > 1 || first < 0x80);
    // By hand: the library's function checks whole texts, and is four times as large.
    let mut code = u32::from(first) & (0xff >> len);
    let mut is_sound = is_whole;
    for &byte in bytes.iter().take(len).skip(1) {
        is_sound &= byte & 0xc0 == 0x80;
        code = code << 6 | u32::from(byte & 0x3f);
    }
    if len == 1 {
        code = first.into();
    }
    let char = char::from_u32(code).filter(|char| is_sound && char.len_utf8() == len);
    Some(char.map_or(('\u{fffd}', 1), |char| (char, len)))
}

/// How many bytes the character has whose first is `first`; 1 if it begins none.
pub fn utf8_len(first: u8) -> usize {
    match first {
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf8 => 4,
        _ => 1,
    }
}

/// Adds `char` as UTF-8.
pub fn put_char(out: &mut Vec<u8>, char: char) {
    out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Adds a decimal number.
pub fn put_number(out: &mut Vec<u8>, number: usize) {
    put_filled(out, number, 1);
}

/// Adds a decimal number, with blanks before it if it has fewer characters than so many.
pub fn put_filled(out: &mut Vec<u8>, number: usize, n_characters: usize) {
    let rest = n_characters.saturating_sub(1);
    if number >= 10 {
        put_filled(out, number / 10, rest);
    } else {
        out.resize(out.len() + rest, b' ');
    }
    out.push(b'0' + (number % 10) as u8);
}

/// Adds the sequence that moves the cursor by `n` in the direction `letter`, `A` to `D`: up,
/// down, right, left. Nothing if `n` is 0.
pub fn put_move(out: &mut Vec<u8>, n: usize, letter: u8) {
    if n > 0 {
        out.extend_from_slice(b"\x1b[");
        put_number(out, n);
        out.push(letter);
    }
}

/// Adds the sequence that puts the cursor at a row and column, both from 0.
pub fn put_place(out: &mut Vec<u8>, row: usize, column: usize) {
    out.extend_from_slice(b"\x1b[");
    put_number(out, row + 1);
    out.push(b';');
    put_number(out, column + 1);
    out.push(b'H');
}

/// The bytes of these characters.
pub fn utf8(chars: &[char]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(chars.len());
    chars.iter().for_each(|&char| put_char(&mut bytes, char));
    bytes
}

#[cfg(test)]
mod tests {
    use super::{first_char, width};

    #[test]
    fn characters_take_as_many_cells_as_terminals_give_them() {
        for (char, cells) in [
            ('a', 1),
            ('é', 1),
            ('你', 2),
            ('ａ', 2),
            ('🙂', 2),
            ('\u{301}', 0),
        ] {
            assert_eq!(width(char), cells, "{char}");
        }
    }

    /// As the library has it.
    #[test]
    fn characters_are_those_of_utf8() {
        for n in (0..=0xff_ffff_u32).step_by(61) {
            let [_, a, b, c] = n.to_be_bytes();
            // All of three bytes, and what those with four can be.
            for bytes in [&[a, b, c][..], &[0xf0 | a & 7, b, c, 0x80 | a >> 3]] {
                let whole = bytes
                    .utf8_chunks()
                    .next()
                    .and_then(|c| c.valid().chars().next());
                let expected = whole.map_or(('\u{fffd}', 1), |char| (char, char.len_utf8()));
                assert_eq!(first_char(bytes), Some(expected), "{bytes:x?}");
            }
        }
    }

    #[test]
    fn any_bytes_are_characters() {
        assert_eq!(first_char(b""), None);
        assert_eq!(first_char("é".as_bytes()), Some(('é', 2)));
        for bytes in [&b"\xff"[..], b"\x80a", b"\xe4\xbd", b"\xe4ab"] {
            assert_eq!(first_char(bytes), Some(('\u{fffd}', 1)), "{bytes:x?}");
        }
    }
}
