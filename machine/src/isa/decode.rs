//! The decoder: finds the row a word belongs to and takes its fields out.

use super::{Fields, Format, c};

/// What the interpreter does with a row's body; see the head of [`crate::isa`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types, reason = "spelt as in the rows")]
pub(crate) enum Effect {
    value,
    branch,
    jump,
    load,
    store,
    amo,
    attempt,
    system,
    nothing,
    to_float,
    from_float,
    float_load,
    float_store,
}

/// An instruction's row, without its body.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which instruction this is.
    pub kind: Kind,
    /// The name in the manual, with `_` for `.`.
    pub name: &'static str,
    /// Where its fields lie.
    pub format: Format,
    /// The word with every field zero.
    pub bits: u32,
    pub(crate) effect: Effect,
}

macro_rules! define_kinds {
    ($({ $names:tt $($name:ident $format:ident $bits:literal $effect:ident $body:tt)* })*) => {
        /// Every instruction of the machine, named as in the manual with `_` for `.`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        #[allow(non_camel_case_types, missing_docs, reason = "spelt as in the manual, explained there")]
        pub enum Kind {
            $($($name,)*)*
            /// No instruction of this machine; the word stands in `imm`.
            illegal,
        }

        /// Every row, in the order of [`Kind`].
        pub(crate) const ROWS: &[Row] = &[
            $($(Row {
                kind: Kind::$name,
                name: stringify!($name),
                format: Format::$format,
                bits: $bits,
                effect: Effect::$effect,
            },)*)*
        ];
    };
}
with_every_row!(define_kinds);

/// Every row, in the order of [`Kind`].
pub fn rows() -> &'static [Row] {
    ROWS
}

impl Kind {
    /// The instruction's row; `None` for [`Kind::illegal`].
    pub fn row(self) -> Option<&'static Row> {
        ROWS.get(self as usize)
    }

    /// Whether a block ends here: the instruction never goes on to the one that follows, or
    /// interrupts may have to be looked at first. A branch goes on if it is not taken.
    pub(crate) fn ends_block(self) -> bool {
        match self.row() {
            Some(row) => matches!(row.effect, Effect::jump | Effect::system),
            None => true,
        }
    }
}

/// A decoded instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Insn {
    /// Which one; a 16-bit form is the 32-bit instruction it stands for.
    pub kind: Kind,
    /// Its operands.
    pub fields: Fields,
    /// Its length in bytes: 2 or 4.
    pub len: u8,
}

impl Insn {
    /// An instruction of 4 bytes.
    pub fn new(kind: Kind, rd: u8, rs1: u8, rs2: u8, imm: i32) -> Insn {
        let fields = Fields { rd, rs1, rs2, imm };
        Insn {
            kind,
            fields,
            len: 4,
        }
    }

    /// The 32-bit word of this instruction, also if it was read in its 16-bit form.
    pub fn word(&self) -> u32 {
        match self.kind.row() {
            Some(row) => row.bits | row.format.bits(self.fields),
            None => self.fields.imm as u32,
        }
    }

    pub(crate) fn illegal(word: u32, len: u8) -> Insn {
        Insn {
            len,
            ..Insn::new(Kind::illegal, 0, 0, 0, word as i32)
        }
    }
}

/// The length in bytes of the instruction whose first half is `half`.
pub(crate) fn length(half: u16) -> u8 {
    if half & 3 == 3 { 4 } else { 2 }
}

/// Decodes the instruction at the start of `word`, 16 or 32 bits long; the upper half
/// of `word` does not matter if it is 16.
pub fn decode(word: u32) -> Insn {
    if length(word as u16) == 2 {
        return c::expand(word as u16).unwrap_or(Insn::illegal(word & 0xffff, 2));
    }
    let candidates = BY_OPCODE[(word >> 2 & 31) as usize].iter();
    candidates
        .map_while(|&row| ROWS.get(row as usize))
        .find(|row| word & row.format.mask() == row.bits)
        .map_or(Insn::illegal(word, 4), |row| Insn {
            kind: row.kind,
            fields: row.format.fields(word),
            len: 4,
        })
}

const END: u8 = u8::MAX;
const MOST_ROWS_OF_AN_OPCODE: usize = 64;

/// For each major opcode (bits 6 to 2) the rows that have it, closed by [`END`].
static BY_OPCODE: [[u8; MOST_ROWS_OF_AN_OPCODE]; 32] = sort_by_opcode();

const fn sort_by_opcode() -> [[u8; MOST_ROWS_OF_AN_OPCODE]; 32] {
    assert!(ROWS.len() < END as usize);
    let mut sorted = [[END; MOST_ROWS_OF_AN_OPCODE]; 32];
    let mut counts = [0; 32];
    let mut row = 0;
    while row < ROWS.len() {
        let opcode = (ROWS[row].bits >> 2 & 31) as usize;
        sorted[opcode][counts[opcode]] = row as u8;
        counts[opcode] += 1;
        row += 1;
    }
    sorted
}
