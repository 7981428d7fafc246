//! The shell's words: quoted or not, and what stands for the last status in them.
//!
//! `'` keeps all up to the next one as it is; `"` too, but for `$?`; a `\` keeps the byte behind
//! it. Anywhere else `$?` is the status of the last command.

use alloc::vec::Vec;

/// Stands in a word for the last status, which is known only when the word is used.
pub const STATUS: u8 = 1;

/// Bytes of the word that `line` starts with, quotes included; `ends` says of a byte whether it
/// ends a word where it is not quoted.
pub fn len(line: &[u8], ends: impl Fn(u8) -> bool) -> usize {
    let (mut quote, mut at) = (None, 0);
    while let Some(&byte) = line.get(at) {
        match (quote, byte) {
            (None, byte) if ends(byte) => break,
            (None, b'\\') => at += 1,
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
        at += 1;
    }
    at.min(line.len())
}

/// The word without its quotes, with [`STATUS`] for `$?`; `None` if a quote is open at its end.
pub fn unquote(word: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let (mut quote, mut at) = (None, 0);
    while let Some(&byte) = word.get(at) {
        at += 1;
        match (quote, byte) {
            (None, b'\\') => {
                plain.push(*word.get(at)?);
                at += 1;
            }
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (None | Some(b'"'), b'$') if word.get(at) == Some(&b'?') => {
                plain.push(STATUS);
                at += 1;
            }
            _ => plain.push(byte),
        }
    }
    quote.is_none().then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::{len, unquote};

    #[test]
    fn quotes_keep_what_is_in_them() {
        let cases: [(&str, &str, Option<&str>); 9] = [
            ("plain rest", "plain", Some("plain")),
            ("'a b' c", "'a b'", Some("a b")),
            ("a\"b c\"d e", "a\"b c\"d", Some("ab cd")),
            ("a\\ b c", "a\\ b", Some("a b")),
            ("'\"' x", "'\"'", Some("\"")),
            ("'' x", "''", Some("")),
            ("$?'$?'\"$?\"", "$?'$?'\"$?\"", Some("\u{1}$?\u{1}")),
            ("'open x", "'open x", None),
            ("a\\", "a\\", None),
        ];
        for (line, word, plain) in cases {
            let found = &line[..len(line.as_bytes(), |byte| byte == b' ')];
            assert_eq!(found, word);
            let unquoted = unquote(word.as_bytes());
            assert_eq!(unquoted.as_deref(), plain.map(str::as_bytes), "{word}");
        }
    }
}
