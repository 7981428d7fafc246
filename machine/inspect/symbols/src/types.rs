//! Types and variables, as far as needed to find a field of a field in memory.

use serde::{Deserialize, Serialize};

use crate::Symbols;

/// A type: its place in [`Symbols::types`].
pub type TypeId = u32;

/// A variable that lives as long as the kernel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    /// Its name in full: `kernel::proc::PROC`.
    pub name: String,
    /// Where it is.
    pub address: u64,
    /// What it is.
    pub ty: TypeId,
}

/// What bytes mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Type {
    /// Nothing that can be looked into.
    Opaque {
        /// Its name.
        name: String,
        /// Its size in bytes.
        bytes: u64,
    },
    /// A number; a truth value or a character too.
    Number {
        /// Its name: `u32`, `unsigned int`, `bool`, ….
        name: String,
        /// Its size in bytes: 0 to 16.
        bytes: u8,
        /// Whether its highest bit is a sign.
        is_signed: bool,
    },
    /// An address.
    Pointer {
        /// What is there.
        to: TypeId,
    },
    /// Equal things in a row.
    Array {
        /// Of what.
        of: TypeId,
        /// How many.
        count: u64,
    },
    /// Things side by side, or one upon the other (a union).
    Struct {
        /// Its name.
        name: String,
        /// Its size in bytes.
        bytes: u64,
        /// What is there, whichever variant it is.
        fields: Vec<Field>,
        /// What else is there, by a tag.
        variants: Option<Variants>,
    },
    /// A number of which some values have names.
    Enum {
        /// Its name.
        name: String,
        /// Its size in bytes: 1 to 8.
        bytes: u8,
        /// Value, without a sign, and name of each.
        values: Vec<(u64, String)>,
    },
}

/// A part of a struct.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Bytes from the start of the struct.
    pub offset: u64,
    /// What it is.
    pub ty: TypeId,
}

/// The variants of a tagged union.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variants {
    /// What tells which it is; none if there is only one.
    pub tag: Option<Tag>,
    /// The variants.
    pub arms: Vec<Arm>,
}

/// The number that tells variants apart: a field of its own, or bits of a field that one of
/// the variants never has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Bytes from the start of the union.
    pub offset: u64,
    /// Its size in bytes: 1 to 8.
    pub bytes: u8,
}

/// A variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// Its name.
    pub name: String,
    /// The tag's value if it is this one; none: any that no other has.
    pub tag: Option<u64>,
    /// Bytes from the start of the union to `ty`.
    pub offset: u64,
    /// What it holds.
    pub ty: TypeId,
}

impl Type {
    /// Its name; empty if it has none of its own, as a pointer.
    pub fn name(&self) -> &str {
        match self {
            Type::Opaque { name, .. }
            | Type::Number { name, .. }
            | Type::Struct { name, .. }
            | Type::Enum { name, .. } => name,
            Type::Pointer { .. } | Type::Array { .. } => "",
        }
    }
}

impl Symbols {
    /// Bytes of a value of type `ty`; `u64::MAX` if that is more than can be counted.
    pub fn size_of(&self, ty: TypeId) -> u64 {
        let mut times: u64 = 1;
        let mut ty = ty;
        // As deep as arrays of arrays may be: a file may say that one contains itself.
        for _ in 0..8 {
            let bytes = match self.types.get(ty as usize) {
                Some(Type::Array { of, count }) => {
                    times = times.saturating_mul(*count);
                    ty = *of;
                    continue;
                }
                Some(Type::Opaque { bytes, .. } | Type::Struct { bytes, .. }) => *bytes,
                Some(Type::Number { bytes, .. } | Type::Enum { bytes, .. }) => u64::from(*bytes),
                Some(Type::Pointer { .. }) => 8,
                None => 0,
            };
            return times.saturating_mul(bytes);
        }
        u64::MAX
    }
}
