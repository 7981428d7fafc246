//! How symbols are written. Most programs carry the same functions: each is written once, its
//! lines and inlined calls counted from its start, and a program is a list of functions and of
//! the gaps between them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::columns::{
    self, Column,
    Guess::{self, Above, NearInFile, Nothing},
};
use crate::{
    BadSymbols, Code, Function, Head, Inlined, Line, Program, SourceFile, Symbols, Type, Variable,
};

/// Lines and inlined calls of a kernel and all its programs together, at most: a small file
/// can stand for many.
const MOST_ROWS: usize = 1 << 22;
const TOO_MANY: BadSymbols = BadSymbols::Damaged("it has too many lines");
const CUT: BadSymbols = BadSymbols::Damaged("a function is cut off");

/// [`Symbols`] as they are written.
#[derive(Serialize, Deserialize)]
pub struct Packed {
    kernel_sha256: [u8; 32],
    programs: Vec<(String, Head)>,
    bodies: Bodies,
    /// The kernel's, then each program's.
    layouts: Vec<Layout>,
    names: Vec<String>,
    files: Vec<SourceFile>,
    variables: Vec<Variable>,
    types: Vec<Type>,
    sources_hash: u64,
}

/// Where the functions of a program are.
#[derive(Serialize, Deserialize)]
struct Layout {
    /// Which they are, and how far each is from the end of the one before.
    functions: [Column; 2],
}

const PLACE: [Guess; 2] = [Above, Nothing];

/// Functions, wherever they are.
#[derive(Serialize, Deserialize)]
struct Bodies {
    /// Size, name, file, line; how many rows it has, and how many calls.
    functions: [Column; 6],
    /// [`Line`]s: how far from the one before, file, line.
    rows: [Column; 3],
    /// [`Inlined`] calls: how far from the one before, size, name, file, line.
    calls: [Column; 5],
}

const FUNCTION: [Guess; 6] = [Nothing, Above, Above, NearInFile, Nothing, Nothing];
const ROW: [Guess; 3] = [Nothing, Above, NearInFile];
const CALL: [Guess; 5] = [Nothing, Nothing, Above, Above, NearInFile];

/// A function as if it began at 0, with its lines and inlined calls.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Body {
    function: Function,
    rows: Vec<Line>,
    calls: Vec<Inlined>,
}

impl Packed {
    /// `symbols`, packed. Lines and calls that are in no function are left out.
    pub fn of(symbols: &Symbols) -> Packed {
        let mut numbers = HashMap::new();
        let mut bodies = Writer::new();
        let codes = symbols.programs.iter().map(|program| &program.code);
        let layouts = [&symbols.kernel].into_iter().chain(codes).map(|code| {
            let (mut functions, mut end) = (columns::Writer::new(PLACE), 0);
            for function in &code.functions {
                let body = Body::of(code, function);
                let next = numbers.len() as u64;
                let number = *numbers.entry(body).or_insert_with_key(|body| {
                    bodies.add(body);
                    next
                });
                functions.add([number, function.start.wrapping_sub(end)]);
                end = function.end;
            }
            Layout {
                functions: functions.into_columns(),
            }
        });
        let programs = symbols.programs.iter();
        Packed {
            kernel_sha256: symbols.kernel_sha256,
            layouts: layouts.collect(),
            programs: programs
                .map(|program| (program.name.clone(), program.head))
                .collect(),
            bodies: bodies.into_bodies(),
            names: symbols.names.clone(),
            files: symbols.files.clone(),
            variables: symbols.variables.clone(),
            types: symbols.types.clone(),
            sources_hash: symbols.sources_hash,
        }
    }

    /// What was packed.
    ///
    /// # Errors
    /// [`BadSymbols::Damaged`].
    pub fn unpacked(self) -> Result<Symbols, BadSymbols> {
        let bodies = self.bodies.unpacked()?;
        let mut left = MOST_ROWS;
        let mut codes = Vec::new();
        for layout in &self.layouts {
            codes.push(layout.unpacked(&bodies, &mut left)?);
        }
        if codes.len() != self.programs.len() + 1 {
            return Err(BadSymbols::Damaged("a program has no code"));
        }
        let mut codes = codes.into_iter();
        let kernel = codes.next().unwrap_or_default();
        let programs = self.programs.into_iter().zip(codes);
        let programs = programs.map(|((name, head), code)| Program { name, head, code });
        Ok(Symbols {
            kernel_sha256: self.kernel_sha256,
            kernel,
            programs: programs.collect(),
            names: self.names,
            files: self.files,
            variables: self.variables,
            types: self.types,
            sources_hash: self.sources_hash,
            sources: None,
        })
    }
}

impl Layout {
    /// The code of a program; `left` is how many lines and calls there may be yet.
    fn unpacked(&self, bodies: &[Body], left: &mut usize) -> Result<Code, BadSymbols> {
        let (mut code, mut end) = (Code::default(), 0_u64);
        for [number, gap] in columns::Reader::new(PLACE, &self.functions) {
            let body = usize::try_from(number).ok().and_then(|n| bodies.get(n));
            let body = body.ok_or(BadSymbols::Damaged("a function is missing"))?;
            let n_rows = 1 + body.rows.len() + body.calls.len();
            *left = left.checked_sub(n_rows).ok_or(TOO_MANY)?;
            let start = end.wrapping_add(gap);
            end = start.wrapping_add(body.function.end);
            body.put(start, &mut code);
        }
        Ok(code)
    }
}

impl Body {
    /// `function` of `code`.
    fn of(code: &Code, function: &Function) -> Body {
        let Function { start, end, .. } = *function;
        let from = code.lines.partition_point(|line| line.address < start);
        let rows = code.lines[from..].iter();
        let rows = rows.take_while(|line| line.address < end).map(|line| Line {
            address: line.address - start,
            ..*line
        });
        let from = code.inlined.partition_point(|call| call.start < start);
        let calls = code.inlined[from..].iter();
        let calls = calls
            .take_while(|call| call.start < end)
            .map(|call| Inlined {
                start: call.start - start,
                end: call.end.wrapping_sub(start),
                ..*call
            });
        Body {
            function: Function {
                start: 0,
                end: end.wrapping_sub(start),
                ..*function
            },
            rows: rows.collect(),
            calls: calls.collect(),
        }
    }

    /// Puts it into `code`, to begin at `start`.
    fn put(&self, start: u64, code: &mut Code) {
        code.functions.push(Function {
            start,
            end: start.wrapping_add(self.function.end),
            ..self.function
        });
        code.lines.extend(self.rows.iter().map(|line| Line {
            address: start.wrapping_add(line.address),
            ..*line
        }));
        code.inlined.extend(self.calls.iter().map(|call| Inlined {
            start: start.wrapping_add(call.start),
            end: start.wrapping_add(call.end),
            ..*call
        }));
    }
}

/// Writes bodies, one after the other.
struct Writer {
    functions: columns::Writer<6>,
    rows: columns::Writer<3>,
    calls: columns::Writer<5>,
}

impl Writer {
    fn new() -> Writer {
        Writer {
            functions: columns::Writer::new(FUNCTION),
            rows: columns::Writer::new(ROW),
            calls: columns::Writer::new(CALL),
        }
    }

    fn add(&mut self, body: &Body) {
        let Function {
            end: size,
            name,
            file,
            line,
            ..
        } = body.function;
        let [name, file, line] = [name, file, line].map(u64::from);
        let (n_rows, n_calls) = (body.rows.len() as u64, body.calls.len() as u64);
        self.functions
            .add([size, name, file, line, n_rows, n_calls]);
        let mut at = 0;
        for row in &body.rows {
            let step = row.address.wrapping_sub(at);
            self.rows.add([step, row.file.into(), row.line.into()]);
            at = row.address;
        }
        let mut at = 0;
        for call in &body.calls {
            let (step, size) = (
                call.start.wrapping_sub(at),
                call.end.wrapping_sub(call.start),
            );
            let [name, file, line] = [call.name, call.call_file, call.call_line].map(u64::from);
            self.calls.add([step, size, name, file, line]);
            at = call.start;
        }
    }

    fn into_bodies(self) -> Bodies {
        Bodies {
            functions: self.functions.into_columns(),
            rows: self.rows.into_columns(),
            calls: self.calls.into_columns(),
        }
    }
}

impl Bodies {
    /// All of them, as they were added.
    fn unpacked(&self) -> Result<Vec<Body>, BadSymbols> {
        let mut rows = columns::Reader::new(ROW, &self.rows);
        let mut calls = columns::Reader::new(CALL, &self.calls);
        let functions = columns::Reader::new(FUNCTION, &self.functions);
        let bodies = functions.map(|[size, name, file, line, n_rows, n_calls]| {
            let mut body = Body {
                function: Function {
                    start: 0,
                    end: size,
                    name: name as u32,
                    file: file as u32,
                    line: line as u32,
                },
                rows: Vec::new(),
                calls: Vec::new(),
            };
            let mut at = 0_u64;
            for _ in 0..n_rows {
                let [step, file, line] = rows.next().ok_or(CUT)?;
                at = at.wrapping_add(step);
                body.rows.push(Line {
                    address: at,
                    file: file as u32,
                    line: line as u32,
                });
            }
            let mut at = 0_u64;
            for _ in 0..n_calls {
                let [step, size, name, file, line] = calls.next().ok_or(CUT)?;
                at = at.wrapping_add(step);
                body.calls.push(Inlined {
                    start: at,
                    end: at.wrapping_add(size),
                    name: name as u32,
                    call_file: file as u32,
                    call_line: line as u32,
                });
            }
            Ok(body)
        });
        bodies.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However small the file: what it stands for is counted before there is room made for it.
    #[test]
    fn a_few_bytes_cannot_stand_for_any_number_of_lines() {
        let body = Body {
            function: Function::default(),
            rows: vec![Line::default(); 100],
            calls: Vec::new(),
        };
        let layout = Layout {
            functions: [vec![0; 50], vec![0; 50]],
        };
        let bodies = [body];
        let code = layout.unpacked(&bodies, &mut (50 * 101));
        assert_eq!(code.map(|code| code.lines.len()), Ok(50 * 100));
        assert_eq!(layout.unpacked(&bodies, &mut (50 * 101 - 1)), Err(TOO_MANY));
    }
}
