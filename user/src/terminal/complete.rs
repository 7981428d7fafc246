//! Completing the last word of a line: what it could become.

use alloc::vec::Vec;

/// The last word of what stands before the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastWord<'a> {
    /// Up to its last `/`, that one too: where to look.
    pub folder: &'a [u8],
    /// What follows.
    pub stem: &'a [u8],
    /// It names a program: it is the first of its command.
    pub is_program: bool,
}

/// The last word of `line`; empty if a blank or a sign is last.
pub fn last_word(line: &[u8]) -> LastWord<'_> {
    let ends_word = |&byte: &u8| b" \t<>|&;()".contains(&byte);
    let start = line.iter().rposition(ends_word).map_or(0, |at| at + 1);
    let (before, word) = line.split_at(start);
    let sign = before.iter().rfind(|byte| !byte.is_ascii_whitespace());
    let slash = word.iter().rposition(|&byte| byte == b'/');
    let (folder, stem) = word.split_at(slash.map_or(0, |at| at + 1));
    LastWord {
        folder,
        stem,
        is_program: sign.is_none_or(|byte| b"|&;(".contains(byte)),
    }
}

/// Names that a word could become, each once, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(Vec<Vec<u8>>);

impl Names {
    /// Adds `name` if it begins with `stem`. Names that begin with `.` are found only by that.
    pub fn add(&mut self, stem: &[u8], name: &[u8]) {
        let is_hidden = name.starts_with(b".") && !stem.starts_with(b".");
        if name.starts_with(stem)
            && !is_hidden
            && let Err(place) = self.0.binary_search_by(|other| other.as_slice().cmp(name))
        {
            self.0.insert(place, name.into());
        }
    }

    /// The name, if there is only one.
    pub fn only(&self) -> Option<&[u8]> {
        match self.0.as_slice() {
            [name] => Some(name),
            _ => None,
        }
    }

    /// What all of them begin with; empty if there are none.
    pub fn common(&self) -> &[u8] {
        let (Some(first), Some(last)) = (self.0.first(), self.0.last()) else {
            return &[];
        };
        // In their order, those between begin with it too.
        let same = first.iter().zip(last).take_while(|(a, b)| a == b);
        &first[..same.count()]
    }

    /// Shows them side by side in rows of so many `columns`.
    pub fn show(&self, columns: usize, out: &mut Vec<u8>) {
        let longest = self.0.iter().map(Vec::len).max().unwrap_or(0);
        let n_per_row = (columns / (longest + 2)).max(1);
        for row in self.0.chunks(n_per_row) {
            for (n, name) in row.iter().enumerate() {
                out.extend_from_slice(name);
                let is_last = n + 1 == row.len();
                let n_blanks = if is_last { 0 } else { longest + 2 - name.len() };
                out.extend(core::iter::repeat_n(b' ', n_blanks));
            }
            out.push(b'\n');
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{LastWord, Names, last_word};
    use std::string::String;
    use std::vec::Vec;

    #[test]
    fn the_last_word_is_found() {
        let cases = [
            ("", "", "", true),
            ("ec", "", "ec", true),
            ("  ec", "", "ec", true),
            ("echo ", "", "", false),
            ("echo a", "", "a", false),
            ("cat d/e/f", "d/e/", "f", false),
            ("/ba", "/", "ba", true),
            ("a | b", "", "b", true),
            ("a; (b", "", "b", true),
            ("a & b", "", "b", true),
            ("a > b", "", "b", false),
            ("a >b", "", "b", false),
        ];
        for (line, folder, stem, is_program) in cases {
            let expected = LastWord {
                folder: folder.as_bytes(),
                stem: stem.as_bytes(),
                is_program,
            };
            assert_eq!(last_word(line.as_bytes()), expected, "{line:?}");
        }
    }

    #[test]
    fn names_are_found_by_what_they_begin_with() {
        let check = |stem: &str, common: &str, shown: &str| {
            let mut names = Names::default();
            for name in ["true", "tail", ".", "..", ".hidden", "tee", "tail", "cat"] {
                names.add(stem.as_bytes(), name.as_bytes());
            }
            assert_eq!(names.common(), common.as_bytes(), "{stem}");
            let mut out = Vec::new();
            names.show(12, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), shown, "{stem}");
            assert_eq!(
                names.only().is_some(),
                shown.split_whitespace().count() == 1
            );
        };
        check("", "", "cat   tail\ntee   true\n");
        check("t", "t", "tail  tee\ntrue\n");
        check("ta", "tail", "tail\n");
        check("x", "", "");
        check(".", ".", ".\n..\n.hidden\n");
    }
}
