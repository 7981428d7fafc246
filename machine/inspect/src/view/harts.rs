//! Harts: registers, CSRs in words, where each is in the source, and what comes next.

use serde::Serialize;

use super::{Addr, ProcessRef};

/// All harts.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct HartsView {
    /// Hart 0 first.
    pub harts: Vec<HartDetail>,
}

/// A hart.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct HartDetail {
    /// Its number.
    pub id: u32,
    /// Its privilege mode.
    pub mode: Mode,
    /// It sits in WFI.
    pub waiting: bool,
    /// Its next instruction's address.
    pub pc: Addr,
    /// The process it runs.
    pub process: Option<ProcessRef>,
    /// Where `pc` is: function, file and line.
    pub place: Option<Frame>,
    /// `x1` to `x31` by their ABI names.
    pub registers: Vec<Register>,
    /// The CSRs that explain what it does, decoded.
    pub csrs: Vec<Csr>,
    /// A few instructions from `pc` on.
    pub code: Vec<Instruction>,
}

/// A privilege mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum Mode {
    /// User.
    U,
    /// Supervisor.
    S,
    /// Machine.
    M,
}

/// A register and what it holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Register {
    /// Its name: `a0`, `sp`, `epc`, ….
    pub name: String,
    /// What it holds.
    pub value: Addr,
}

/// A control and status register.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Csr {
    /// Its name: `scause`, ….
    pub name: String,
    /// What it holds.
    pub value: Addr,
    /// What that means, field by field.
    pub fields: Vec<Field>,
}

/// A field of a CSR.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Field {
    /// Its name in the manual: `SPP`, `MODE`, ….
    pub name: String,
    /// Its value in the manual's words: `Sv39`, `store page fault`, ….
    pub value: String,
}

/// A place in a program: a frame of a call stack, or where a hart stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Frame {
    /// The address.
    pub pc: Addr,
    /// The function, without generic arguments and hashes.
    pub function: Option<String>,
    /// The source file, relative to the repository.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// It belongs to the program, not to the kernel.
    pub user: bool,
}

/// An instruction.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct Instruction {
    /// Its address.
    pub pc: Addr,
    /// Its bits, as 4 or 8 hexadecimal digits.
    pub bits: String,
    /// In assembly.
    pub text: String,
}

/// The source around a place.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub struct SourceView {
    /// Where the hart is.
    pub place: Frame,
    /// The number of the first of `lines`.
    pub first_line: u32,
    /// Lines of the file around the place; empty if its text is not there.
    pub lines: Vec<String>,
    /// The text is in the file of source text, which was not read (yet).
    pub awaits_sources: bool,
    /// Disassembly around the place.
    pub code: Vec<Instruction>,
}
