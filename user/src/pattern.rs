//! grep's patterns: bytes that stand for themselves, `.` for any byte, `*` for any
//! number of what precedes it, `^` and `$` at the two ends for the ends of the line.
//!
//! Matching keeps the set of places in the pattern that the line so far can have
//! reached, so the time is at most pattern times line, whatever the pattern. As
//! Thompson, "Regular Expression Search Algorithm", without the machine code.

use alloc::vec;
use alloc::vec::Vec;

/// What one place in a pattern takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Any,
    Byte(u8),
}

/// One place in a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    takes: Takes,
    /// Any number of times, rather than once.
    is_starred: bool,
}

/// A pattern, ready to be matched. Every byte string is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    pieces: Vec<Piece>,
    at_start: bool,
    at_end: bool,
}

impl Pattern {
    /// Reads a pattern. A `*` with nothing before it, a `^` that is not first and a `$`
    /// that is not last stand for themselves.
    pub fn new(text: &[u8]) -> Pattern {
        let (at_start, mut rest) = match text.strip_prefix(b"^") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut pieces = Vec::new();
        let mut at_end = false;
        while let Some((&byte, after)) = rest.split_first() {
            if byte == b'$' && after.is_empty() {
                at_end = true;
                break;
            }
            let takes = if byte == b'.' {
                Takes::Any
            } else {
                Takes::Byte(byte)
            };
            let starred = after.strip_prefix(b"*");
            pieces.push(Piece {
                takes,
                is_starred: starred.is_some(),
            });
            rest = starred.unwrap_or(after);
        }
        Pattern {
            pieces,
            at_start,
            at_end,
        }
    }

    /// Whether the pattern is found in `line`, which has no line end.
    pub fn is_match(&self, line: &[u8]) -> bool {
        let end = self.pieces.len();
        // `reached[n]`: what was read may have been taken by the pieces before `n`.
        let mut reached = vec![false; end + 1];
        reached[0] = true;
        self.skip_starred(&mut reached);
        let mut next = reached.clone();
        for &byte in line {
            if reached[end] && !self.at_end {
                return true;
            }
            self.step(&reached, byte, &mut next);
            core::mem::swap(&mut reached, &mut next);
        }
        reached[end]
    }

    /// Fills `reached` with the places reached after one more byte.
    fn step(&self, from: &[bool], byte: u8, reached: &mut [bool]) {
        reached.fill(false);
        for (n, piece) in self.pieces.iter().enumerate() {
            let takes = match piece.takes {
                Takes::Any => true,
                Takes::Byte(own) => own == byte,
            };
            if from[n] && takes {
                reached[if piece.is_starred { n } else { n + 1 }] = true;
            }
        }
        // A match may also start at the next byte.
        reached[0] |= !self.at_start;
        self.skip_starred(reached);
    }

    /// A starred piece may take nothing: whoever is before it is also after it.
    fn skip_starred(&self, reached: &mut [bool]) {
        for (n, piece) in self.pieces.iter().enumerate() {
            if reached[n] && piece.is_starred {
                reached[n + 1] = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns_match_what_they_say() {
        let cases = [
            // pattern, lines it matches, lines it does not
            ("", "|a", "-"),
            ("a", "a|ba|abc", "|b"),
            ("^ab", "ab|abc", "cab|a"),
            ("ab$", "ab|cab", "abc|b"),
            ("^ab$", "ab", "abb|aab|"),
            ("^$", "", "a"),
            ("a.c", "abc|a.c|xaxcx", "ac|abbc"),
            ("ab*c", "ac|abc|abbbc", "adc|ab"),
            ("^a.*z$", "az|abcz", "azb|baz"),
            (".*", "|anything", "-"),
            ("a*", "|b", "-"),
            ("*a", "*a|b*a", "a"),
            ("a**", "*|a*|aa*", "a|b"),
            ("a^b$c", "a^b$c", "abc"),
            ("xx*y*z", "xz|xxyyz|axz", "z|yz"),
        ];
        for (pattern, matching, others) in cases {
            let compiled = Pattern::new(pattern.as_bytes());
            for line in matching.split('|') {
                assert!(
                    compiled.is_match(line.as_bytes()),
                    "{pattern:?} on {line:?}"
                );
            }
            for line in others.split('|').filter(|&line| line != "-") {
                assert!(
                    !compiled.is_match(line.as_bytes()),
                    "{pattern:?} on {line:?}"
                );
            }
        }
    }

    #[test]
    fn hard_patterns_take_no_longer() {
        let pattern = Pattern::new(b"^a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b$");
        assert!(!pattern.is_match(&[b'a'; 2000]));
    }
}
