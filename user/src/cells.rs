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

/// The first character of `bytes` and its length; what is not UTF-8 is U+FFFD, byte by byte.
/// `None` if there are no bytes.
pub fn first_char(bytes: &[u8]) -> Option<(char, usize)> {
    let len = crate::key::utf8_len(*bytes.first()?);
    let text = bytes.get(..len).and_then(|b| core::str::from_utf8(b).ok());
    let char = text.and_then(|text| text.chars().next());
    Some(char.map_or(('\u{fffd}', 1), |char| (char, len)))
}

/// Adds `char` as UTF-8.
pub fn put_char(out: &mut Vec<u8>, char: char) {
    out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Adds a decimal number.
pub fn put_number(out: &mut Vec<u8>, number: usize) {
    if number >= 10 {
        put_number(out, number / 10);
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

    #[test]
    fn any_bytes_are_characters() {
        assert_eq!(first_char(b""), None);
        assert_eq!(first_char("é".as_bytes()), Some(('é', 2)));
        for bytes in [&b"\xff"[..], b"\x80a", b"\xe4\xbd", b"\xe4ab"] {
            assert_eq!(first_char(bytes), Some(('\u{fffd}', 1)), "{bytes:x?}");
        }
    }
}
