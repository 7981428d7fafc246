//! Functions and source lines of one program: which an address is in, inlined calls included.

use crate::Symbols;

/// The functions and lines of a kernel or of one program, by address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Code {
    /// Its functions, by address; they do not overlap.
    pub functions: Vec<Function>,
    /// Where lines begin, by address; each reaches to the next, or to the end of its function.
    /// A function begins with one.
    pub lines: Vec<Line>,
    /// Calls that were inlined, by address; of two that begin together, the outer first.
    pub inlined: Vec<Inlined>,
}

/// A function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Function {
    /// Its first address.
    pub start: u64,
    /// One past its last.
    pub end: u64,
    /// Its name, in [`Symbols::names`].
    pub name: u32,
    /// Where it is declared: a file of [`Symbols::files`] and a line, or line 0 if unknown.
    pub file: u32,
    /// The line, from 1; 0 if unknown.
    pub line: u32,
}

/// From `address` on, instructions belong to this line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Line {
    /// The first such instruction.
    pub address: u64,
    /// Its file, in [`Symbols::files`].
    pub file: u32,
    /// The line, from 1; 0 if it has none.
    pub line: u32,
}

/// A call that the compiler replaced by the function's own instructions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Inlined {
    /// The first of them.
    pub start: u64,
    /// One past the last.
    pub end: u64,
    /// The function's name, in [`Symbols::names`].
    pub name: u32,
    /// Where it was called: a file of [`Symbols::files`].
    pub call_file: u32,
    /// And the line, from 1; 0 if unknown.
    pub call_line: u32,
}

/// A place in the source: one of several if calls were inlined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The function's name in full.
    pub function: &'a str,
    /// File and line, if known.
    pub line: Option<(&'a str, u32)>,
    /// It was inlined into the next.
    pub is_inlined: bool,
}

impl Code {
    /// The function that `address` is in.
    pub fn function_at(&self, address: u64) -> Option<&Function> {
        let after = self.functions.partition_point(|f| f.start <= address);
        let function = self.functions.get(after.checked_sub(1)?)?;
        (address < function.end).then_some(function)
    }

    /// The line that `address`, which is in a function, belongs to.
    pub fn line_at(&self, address: u64) -> Option<&Line> {
        let after = self.lines.partition_point(|line| line.address <= address);
        let line = self.lines.get(after.checked_sub(1)?)?;
        (line.line != 0).then_some(line)
    }

    /// Where `address` is in the source, innermost first: inlined calls, then the function
    /// itself. Empty if no function is there.
    pub fn places<'a>(&self, address: u64, symbols: &'a Symbols) -> Vec<Place<'a>> {
        let Some(function) = self.function_at(address) else {
            return Vec::new();
        };
        let line = |file, line| (line != 0).then(|| (symbols.path(file), line));
        let mut calls = vec![(function.name, None)];
        let from = self.inlined.partition_point(|i| i.start < function.start);
        let within = self.inlined[from..]
            .iter()
            .take_while(|i| i.start <= address)
            .filter(|i| address < i.end);
        for call in within {
            if let Some((_, place)) = calls.last_mut() {
                *place = line(call.call_file, call.call_line);
            }
            calls.push((call.name, None));
        }
        if let Some((_, place)) = calls.last_mut() {
            *place = self.line_at(address).and_then(|at| line(at.file, at.line));
        }
        let places = calls
            .iter()
            .enumerate()
            .map(|(depth, &(name, line))| Place {
                function: symbols.name(name),
                line,
                is_inlined: depth > 0,
            });
        places.rev().collect()
    }
}
