//! Names of functions as a reader would write them: `kernel::proc::life::fork`.

use std::collections::HashMap;

/// Names, each once, in the order of their first use.
#[derive(Default)]
pub struct Names {
    list: Vec<String>,
    ids: HashMap<String, u32>,
}

impl Names {
    /// The number of `name`.
    pub fn id(&mut self, name: &str) -> u32 {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let id = self.list.len() as u32;
        self.list.push(name.to_owned());
        self.ids.insert(name.to_owned(), id);
        id
    }

    /// All names, by number.
    pub fn into_list(self) -> Vec<String> {
        self.list
    }
}

/// The readable name of the symbol `symbol`: without hash and generic arguments; of a method
/// of an `impl`, its type's path and its own name.
pub fn readable(symbol: &str) -> String {
    match rustc_demangle::try_demangle(symbol) {
        Ok(name) => tidy(&format!("{name:#}")),
        Err(_) => symbol.to_owned(),
    }
}

/// `name` without generic arguments, `impl`s replaced by the type they are for.
///
/// Angle brackets are generic arguments behind a name, and an `impl` at the start of a path
/// (`<T as Trait>::f`) or of a part of it (`module::<impl T>::f`).
fn tidy(name: &str) -> String {
    let mut tidied = String::new();
    let mut rest = name;
    while let Some(at) = rest.find('<') {
        let (before, group) = rest.split_at(at);
        let Some(end) = matching(group) else { break };
        tidied.push_str(before);
        let inside = &group[1..end];
        rest = &group[end + 1..];
        if tidied.is_empty() {
            tidied.push_str(&tidy(subject_of(inside)));
        } else if let Some(subject) = inside.strip_prefix("impl ") {
            // `module::<impl crate::T>::f`: the module says where, T of what.
            let subject = tidy(subject_of(subject));
            tidied.push_str(subject.rsplit("::").next().unwrap_or(&subject));
        } else {
            // `f::<T>` leaves a path's end behind.
            tidied.truncate(tidied.trim_end_matches("::").len());
        }
    }
    tidied.push_str(rest);
    tidied.replace("{{closure}}", "{closure}")
}

/// What an `impl` is for: of `A as Trait` it is A, of `Trait for A` too.
fn subject_of(text: &str) -> &str {
    let (mut depth, mut for_at, mut as_at) = (0_u32, None, None);
    for (at, character) in text.char_indices() {
        match character {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            ' ' if depth == 0 && text[at..].starts_with(" for ") => for_at = Some(at + 5),
            ' ' if depth == 0 && text[at..].starts_with(" as ") => as_at = as_at.or(Some(at)),
            _ => {}
        }
    }
    let text = &text[..as_at.unwrap_or(text.len())];
    text.get(for_at.unwrap_or(0)..).unwrap_or(text)
}

/// Where the bracket that `text` begins with is closed.
fn matching(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        match character {
            '<' => depth += 1,
            '>' if before != '-' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
        before = character;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_they_were_written() {
        let cases = [
            ("uservec", "uservec"),
            (
                "_ZN6kernel4proc4life4fork17hc52a76bd39a1c0fbE",
                "kernel::proc::life::fork",
            ),
        ];
        for (symbol, name) in cases {
            assert_eq!(readable(symbol), name);
        }
    }

    #[test]
    fn generic_arguments_and_impls_are_left_out() {
        let cases = [
            ("fs::log::Log<D>::commit", "fs::log::Log::commit"),
            (
                "core::ptr::drop_in_place<kernel::file::File>",
                "core::ptr::drop_in_place",
            ),
            (
                "<kernel::proc::Name as core::fmt::Display>::fmt",
                "kernel::proc::Name::fmt",
            ),
            (
                "<kernel::sync::table::Counted<T,_> as core::ops::drop::Drop>::drop",
                "kernel::sync::table::Counted::drop",
            ),
            (
                "kernel::proc::sleep::<impl kernel::sync::spinlock::SpinGuard<T>>::sleep",
                "kernel::proc::sleep::SpinGuard::sleep",
            ),
            (
                "core::fmt::num::<impl core::fmt::Display for u32>::fmt",
                "core::fmt::num::u32::fmt",
            ),
            (
                "kernel::trap::usertrap::{{closure}}",
                "kernel::trap::usertrap::{closure}",
            ),
            ("f::<fn(u8) -> u8>", "f"),
            ("f::<u8>::{closure#0}", "f::{closure#0}"),
        ];
        for (name, tidied) in cases {
            assert_eq!(tidy(name), tidied);
        }
    }
}
