//! Functions, lines and inlined calls of one ELF file.
//!
//! Which instructions belong to which line is asked of `addr2line`, at each address where
//! the compiler's table of lines changes. Lines of other people's code (Rust's library,
//! inlined all over) count as the line of ours that calls it.

use addr2line::{Context, Location};
use gimli::Reader;
use object::{Object, ObjectSection, ObjectSymbol, SectionKind, SymbolKind};
use symbols::{Code, Function, Inlined, Line};

use crate::Error;
use crate::declared::declarations;
use crate::elf::{Elf, Slice};
use crate::names::{Names, readable};
use crate::sources::Sources;

/// A place in the source, if it is ours: file and line.
type At = Option<(u32, u32)>;

/// The functions, lines and inlined calls of `elf`.
///
/// # Errors
/// [`Error::Dwarf`].
pub fn code(elf: &Elf, names: &mut Names, sources: &mut Sources) -> Result<Code, Error> {
    let wrong = |error| elf.dwarf_error(error);
    let context = Context::from_arc_dwarf(elf.dwarf.clone()).map_err(wrong)?;
    let declared = declarations(elf, sources)?;
    let mut functions = functions(elf, names);
    let mut lines = Lines::default();
    for function in &mut functions {
        lines.begin_function(function.start);
        let ranges = context
            .find_location_range(function.start, function.end)
            .map_err(wrong)?;
        let mut ranges: Vec<_> = ranges.map(|(start, len, _)| (start, start + len)).collect();
        ranges.sort_unstable();
        for (start, end) in ranges {
            let start = start.max(function.start);
            let calls = calls_at(&context, start, names, sources).map_err(wrong)?;
            lines.add(start, end.min(function.end), &calls);
        }
        lines.end_function(function.end);
        if let Some(&(file, line)) = declared.get(&function.start) {
            (function.file, function.line) = (file, line);
        }
    }
    lines
        .inlined
        .sort_by_key(|call| (call.start, u64::MAX - call.end));
    Ok(Code {
        functions,
        lines: lines.rows,
        inlined: lines.inlined,
    })
}

/// The functions of `elf` by address, without places: its symbols in code, each up to its
/// end or to the next.
fn functions(elf: &Elf, names: &mut Names) -> Vec<Function> {
    let mut found = Vec::new();
    for section in elf
        .file
        .sections()
        .filter(|s| s.kind() == SectionKind::Text)
    {
        let end = section.address() + section.size();
        let symbols = elf.file.symbols().filter(|symbol| {
            let is_code = match symbol.kind() {
                SymbolKind::Text => true,
                // What assembly defines, but for labels and marks between code and data.
                SymbolKind::Unknown => symbol.is_global() || symbol.size() > 0,
                _ => false,
            };
            is_code && symbol.section_index() == Some(section.index())
        });
        let symbols = symbols.filter_map(|symbol| {
            let name = symbol.name().ok().filter(|name| !name.starts_with('.'))?;
            Some((symbol.address(), symbol.size(), name, end))
        });
        found.extend(symbols);
    }
    // Of several names for one place, the one with a size, then the first in the alphabet.
    found
        .sort_by_key(|&(address, size, name, _)| (address, size == 0, name.starts_with('_'), name));
    found.dedup_by_key(|&mut (address, ..)| address);
    let next = |n: usize| found.get(n + 1).map(|&(address, ..)| address);
    let functions = found
        .iter()
        .enumerate()
        .map(|(n, &(start, size, name, section_end))| {
            let limit = next(n).unwrap_or(section_end).min(section_end);
            let end = if size == 0 {
                limit
            } else {
                limit.min(start + size)
            };
            (start, end, name)
        });
    let functions = functions.filter(|&(start, end, _)| start < end);
    let functions = functions.map(|(start, end, name)| Function {
        start,
        end,
        name: names.id(&readable(name)),
        file: 0,
        line: 0,
    });
    functions.collect()
}

/// The calls that the instruction at `address` is in, outermost first: the name of each
/// function, and where in it the instruction or the next call is. Only ours, below the
/// first, which is the function itself.
fn calls_at(
    context: &Context<Slice>,
    address: u64,
    names: &mut Names,
    sources: &mut Sources,
) -> Result<Vec<(u32, At)>, gimli::Error> {
    let mut frames = context.find_frames(address).skip_all_loads()?;
    let mut calls = Vec::new();
    // The line counts for the next function outside that is ours.
    while let Some(frame) = frames.next()? {
        let at = place(frame.location.as_ref(), sources);
        let Some(function) = frame.function else {
            continue;
        };
        let name = function.name.to_slice()?;
        calls.push((readable(&String::from_utf8_lossy(&name)), at));
    }
    let Some((outermost, inner)) = calls.split_last() else {
        return Ok(Vec::new());
    };
    let ours = inner.iter().filter(|(_, at)| at.is_some());
    let calls = [outermost].into_iter().chain(ours.rev());
    // Names of what is left out would only take room.
    Ok(calls.map(|(name, at)| (names.id(name), *at)).collect())
}

fn place(location: Option<&Location>, sources: &mut Sources) -> At {
    let location = location?;
    let file = sources.id(location.file?)?;
    location
        .line
        .filter(|&line| line > 0)
        .map(|line| (file, line))
}

/// Lines and inlined calls, as they come by address.
#[derive(Default)]
struct Lines {
    rows: Vec<Line>,
    inlined: Vec<Inlined>,
    /// The calls that have not ended yet, by their places in `inlined`.
    open: Vec<usize>,
    /// Where the last line ends.
    end: u64,
    /// Where in `rows` the function begins.
    first: usize,
}

impl Lines {
    /// Instructions from `start` to `end` are in `calls`, outermost first.
    fn add(&mut self, start: u64, end: u64, calls: &[(u32, At)]) {
        if start > self.end {
            self.end_calls(0);
            self.row(self.end, None);
        }
        // What was called is in the caller at the line of the call.
        let wanted = calls.windows(2).map(|pair| {
            let (call_file, call_line) = pair[0].1.unwrap_or_default();
            (pair[1].0, call_file, call_line)
        });
        let wanted: Vec<_> = wanted.collect();
        let inlined = &self.inlined;
        let same = self.open.iter().zip(&wanted).take_while(|&(&nth, &call)| {
            let open = &inlined[nth];
            (open.name, open.call_file, open.call_line) == call
        });
        let n_same = same.count();
        self.end_calls(n_same);
        for &(name, call_file, call_line) in &wanted[n_same..] {
            self.open.push(self.inlined.len());
            self.inlined.push(Inlined {
                start,
                end,
                name,
                call_file,
                call_line,
            });
        }
        for &nth in &self.open {
            self.inlined[nth].end = end;
        }
        let at = calls.last().and_then(|&(_, at)| at);
        // What the compiler adds without a line belongs to what it stands in.
        if at.is_some() || start > self.end || n_same < wanted.len() {
            self.row(start, at);
        }
        self.end = end;
    }

    fn begin_function(&mut self, start: u64) {
        (self.first, self.end) = (self.rows.len(), start);
        self.row(start, None);
    }

    fn end_function(&mut self, end: u64) {
        self.end_calls(0);
        if self.end < end {
            self.row(self.end, None);
        }
    }

    fn end_calls(&mut self, keep: usize) {
        self.open.truncate(keep);
    }

    fn row(&mut self, address: u64, at: At) {
        let (file, line) = at.unwrap_or_default();
        let of_function = &self.rows[self.first..];
        if of_function.last().is_some_and(|row| row.address == address) {
            self.rows.pop();
        }
        let last = self.rows[self.first..].last();
        let is_new = last.is_none_or(|row| (row.file, row.line) != (file, line));
        if is_new {
            self.rows.push(Line {
                address,
                file,
                line,
            });
        }
    }
}
