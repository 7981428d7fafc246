//! The symbols file: `MAGIC`, a version, and [`Packed`] symbols in postcard's encoding. What is
//! read is checked, never trusted.

use serde::{Deserialize, Serialize};

use crate::packed::Packed;
use crate::{Symbols, Type};

/// What the file begins with.
const MAGIC: &[u8; 7] = b"orrery\0";
/// Rises when the encoding changes.
const VERSION: u8 = 3;

/// Why bytes are no symbols that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSymbols {
    /// They are something else.
    #[error("this is not a symbols file")]
    NotSymbols,
    /// They are something else than source text.
    #[error("this is not a file of source text")]
    NotSources,
    /// They were made by another version of the program.
    #[error("this file has version {0}, and {VERSION} is wanted: build it anew")]
    Version(u8),
    /// They end too early, or are not what such a file contains.
    #[error("this file is damaged: {0}")]
    Damaged(&'static str),
    /// They are the text of other source files.
    #[error("this source text belongs to other symbols: build both anew")]
    OtherSources,
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
        let symbols = read::<Packed>(rest)?.unpacked()?;
        symbols.check()?;
        Ok(symbols)
    }

    /// The file that holds these symbols, without the source text: equal symbols give equal
    /// bytes. Lines and inlined calls that are in no function are left out.
    pub fn to_bytes(&self) -> Vec<u8> {
        write(MAGIC, &Packed::of(self))
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

/// What is in `bytes`: a version, and a value in postcard's encoding, up to the end.
///
/// # Errors
/// [`BadSymbols::Version`], [`BadSymbols::Damaged`].
pub fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, BadSymbols> {
    const TOO_SHORT: BadSymbols = BadSymbols::Damaged("it ends too early");
    let (&version, rest) = bytes.split_first().ok_or(TOO_SHORT)?;
    if version != VERSION {
        return Err(BadSymbols::Version(version));
    }
    let (value, left) = postcard::take_from_bytes(rest).map_err(|error| match error {
        postcard::Error::DeserializeUnexpectedEnd => TOO_SHORT,
        _ => BadSymbols::Damaged("its encoding is wrong"),
    })?;
    if !left.is_empty() {
        return Err(BadSymbols::Damaged("it goes on behind its end"));
    }
    Ok(value)
}

/// A file that begins with `magic`, and of which [`read`] gives `value` again.
pub fn write(magic: &[u8], value: &impl Serialize) -> Vec<u8> {
    let start = [magic, &[VERSION]].concat();
    postcard::to_extend(value, start).expect("all of it is numbers, texts and lists of them")
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
