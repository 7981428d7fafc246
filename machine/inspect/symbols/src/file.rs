//! The symbols file: `MAGIC`, a version, and [`Symbols`] in postcard's encoding. Addresses
//! and lines are written as differences from the ones before, column by column, so that
//! they are small numbers and compress well. What is read is checked, never trusted.

use serde::{Deserialize, Serialize};

use crate::{Code, Function, Inlined, Line, Symbols, Type};

/// What the file begins with.
const MAGIC: &[u8; 7] = b"orrery\0";
/// Rises when the encoding changes.
const VERSION: u8 = 2;

/// Why bytes are no symbols that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSymbols {
    /// They are something else.
    #[error("this is not a symbols file")]
    NotSymbols,
    /// They were made by another version of the program.
    #[error("this symbols file has version {0}, and {VERSION} is wanted: build it anew")]
    Version(u8),
    /// They end too early, or are not what a symbols file contains.
    #[error("this symbols file is damaged: {0}")]
    Damaged(&'static str),
    /// They belong to another kernel.
    #[error(
        "these symbols belong to another kernel (SHA-256 {wanted}…) than the one that runs \
         ({found}…): build both anew"
    )]
    OtherKernel {
        /// The first digits of the hash of the kernel they belong to.
        wanted: String,
        /// The same of the kernel that runs.
        found: String,
    },
}

impl Symbols {
    /// The symbols in `bytes`.
    ///
    /// # Errors
    /// [`BadSymbols`], whatever the bytes are.
    pub fn from_bytes(bytes: &[u8]) -> Result<Symbols, BadSymbols> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(BadSymbols::NotSymbols)?;
        let (&version, rest) = rest
            .split_first()
            .ok_or(BadSymbols::Damaged("it ends too early"))?;
        if version != VERSION {
            return Err(BadSymbols::Version(version));
        }
        let (symbols, left): (Symbols, _) =
            postcard::take_from_bytes(rest).map_err(|error| match error {
                postcard::Error::DeserializeUnexpectedEnd => {
                    BadSymbols::Damaged("it ends too early")
                }
                _ => BadSymbols::Damaged("its encoding is wrong"),
            })?;
        if !left.is_empty() {
            return Err(BadSymbols::Damaged("it goes on behind its end"));
        }
        symbols.check()?;
        Ok(symbols)
    }

    /// The file that holds these symbols: equal symbols give equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(VERSION);
        postcard::to_extend(self, bytes).expect("all of it is numbers, texts and lists of them")
    }

    /// Whether they belong to the kernel whose ELF file has this SHA-256.
    ///
    /// # Errors
    /// [`BadSymbols::OtherKernel`] if not.
    pub fn check_kernel(&self, sha256: &[u8; 32]) -> Result<(), BadSymbols> {
        let digits = |hash: &[u8; 32]| hash[..4].iter().map(|b| format!("{b:02x}")).collect();
        if self.kernel_sha256 == *sha256 {
            return Ok(());
        }
        Err(BadSymbols::OtherKernel {
            wanted: digits(&self.kernel_sha256),
            found: digits(sha256),
        })
    }

    /// What everything that searches relies on: order, and ids that lead somewhere.
    fn check(&self) -> Result<(), BadSymbols> {
        let damaged = |what| Err(BadSymbols::Damaged(what));
        let codes = self.programs.iter().map(|program| &program.code);
        for code in codes.chain([&self.kernel]) {
            if !code.functions.is_sorted_by_key(|f| f.start)
                || !code.lines.is_sorted_by_key(|line| line.address)
                || !code.inlined.is_sorted_by_key(|call| call.start)
            {
                return damaged("its addresses are not in order");
            }
            let names = code.functions.iter().map(|f| f.name);
            let mut names = names.chain(code.inlined.iter().map(|call| call.name));
            if names.any(|name| name as usize >= self.names.len()) {
                return damaged("a function has no name");
            }
        }
        if !self.programs.is_sorted_by(|a, b| a.name < b.name) {
            return damaged("its programs are not in order");
        }
        let is_type = |&ty: &u32| (ty as usize) < self.types.len();
        let parts = self.types.iter().flat_map(parts_of);
        if !parts
            .chain(self.variables.iter().map(|v| v.ty))
            .all(|ty| is_type(&ty))
        {
            return damaged("a type is missing");
        }
        Ok(())
    }
}

/// The types that `ty` is made of.
fn parts_of(ty: &Type) -> Vec<u32> {
    match ty {
        Type::Opaque { .. } | Type::Number { .. } | Type::Enum { .. } => Vec::new(),
        Type::Pointer { to } => vec![*to],
        Type::Array { of, .. } => vec![*of],
        Type::Struct {
            fields, variants, ..
        } => {
            let arms = variants.iter().flat_map(|variants| &variants.arms);
            let fields = fields.iter().map(|field| field.ty);
            fields.chain(arms.map(|arm| arm.ty)).collect()
        }
    }
}

/// A [`Code`] as it is written: a column for each number of its rows, each number as its
/// difference from the one above.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackedCode {
    /// `start`, `end` less `start`, `name`, `file`, `line`.
    functions: [Vec<i64>; 5],
    /// `address`, `file`, `line`.
    lines: [Vec<i64>; 3],
    /// `start`, `end` less `start`, `name`, `call_file`, `call_line`.
    inlined: [Vec<i64>; 5],
}

impl From<Code> for PackedCode {
    fn from(code: Code) -> PackedCode {
        let functions = code.functions.iter().map(|f| {
            let numbers = [f.name, f.file, f.line].map(u64::from);
            columns(f.start, f.end, numbers)
        });
        let lines = code.lines.iter();
        let lines = lines.map(|l| [l.address, u64::from(l.file), u64::from(l.line)]);
        let inlined = code.inlined.iter().map(|call| {
            let numbers = [call.name, call.call_file, call.call_line].map(u64::from);
            columns(call.start, call.end, numbers)
        });
        PackedCode {
            functions: pack(functions),
            lines: pack(lines),
            inlined: pack(inlined),
        }
    }
}

impl From<PackedCode> for Code {
    fn from(packed: PackedCode) -> Code {
        let functions = unpack(&packed.functions).map(|[start, size, name, file, line]| Function {
            start,
            end: start.wrapping_add(size),
            name: name as u32,
            file: file as u32,
            line: line as u32,
        });
        let lines = unpack(&packed.lines).map(|[address, file, line]| Line {
            address,
            file: file as u32,
            line: line as u32,
        });
        let inlined = unpack(&packed.inlined).map(|[start, size, name, file, line]| Inlined {
            start,
            end: start.wrapping_add(size),
            name: name as u32,
            call_file: file as u32,
            call_line: line as u32,
        });
        Code {
            functions: functions.collect(),
            lines: lines.collect(),
            inlined: inlined.collect(),
        }
    }
}

fn columns(start: u64, end: u64, [name, file, line]: [u64; 3]) -> [u64; 5] {
    [start, end.wrapping_sub(start), name, file, line]
}

fn pack<const N: usize>(rows: impl Iterator<Item = [u64; N]>) -> [Vec<i64>; N] {
    let mut columns = [const { Vec::new() }; N];
    let mut above = [0_u64; N];
    for row in rows {
        for (n, column) in columns.iter_mut().enumerate() {
            column.push(row[n].wrapping_sub(above[n]) as i64);
        }
        above = row;
    }
    columns
}

/// The rows of `columns`; as many as the shortest has.
fn unpack<const N: usize>(columns: &[Vec<i64>; N]) -> impl Iterator<Item = [u64; N]> {
    let n_rows = columns.iter().map(Vec::len).min().unwrap_or(0);
    let mut row = [0_u64; N];
    (0..n_rows).map(move |nth| {
        for (number, column) in row.iter_mut().zip(columns) {
            *number = number.wrapping_add(column[nth] as u64);
        }
        row
    })
}
