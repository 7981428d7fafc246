//! A value in the guest's memory, and the way from one to what it is made of.
//!
//! Wrappings that add nothing to a value (a cell, an atomic, a type of one field) need not
//! be named on the way: `pid.u64()` reads an `AtomicI32` as well as an `int`.

use super::{Guest, Unreadable};
use crate::symbols::{Arm, Field, MissingSymbol, Type, TypeId, Variants};

/// The longest text that is read: longer than any name in a kernel.
const LONGEST_TEXT: u64 = 256;

/// A value of a known type at an address where the kernel has it. Nothing is read before it
/// is asked for.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    guest: Guest<'a>,
    ty: TypeId,
    address: u64,
}

impl<'a> Value<'a> {
    /// The value of type `ty` at `address`.
    pub fn at(guest: Guest<'a>, ty: TypeId, address: u64) -> Value<'a> {
        Value { guest, ty, address }
    }

    /// Where it is.
    pub fn address(&self) -> u64 {
        self.address
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.guest.symbols.size_of(self.ty)
    }

    /// Its type.
    pub fn ty(&self) -> &'a Type {
        const NOTHING: &Type = &Type::Opaque {
            name: String::new(),
            bytes: 0,
        };
        let types = &self.guest.symbols.types;
        types.get(self.ty as usize).unwrap_or(NOTHING)
    }

    /// Its field `name`, or that of what it wraps.
    ///
    /// # Errors
    /// [`Unreadable::Missing`], naming field and type.
    pub fn field(&self, name: &str) -> Result<Value<'a>, Unreadable> {
        self.find_field(name).ok_or_else(|| {
            let name = format!("{}.{name}", self.ty().name());
            MissingSymbol { name }.into()
        })
    }

    /// Its field `name`, if its type has one.
    pub fn find_field(&self, name: &str) -> Option<Value<'a>> {
        let own = self.own_field(name);
        own.or_else(|| self.peel().own_field(name))
    }

    fn own_field(&self, name: &str) -> Option<Value<'a>> {
        let Type::Struct { fields, .. } = self.ty() else {
            return None;
        };
        let field = fields.iter().find(|field| field.name == name)?;
        Some(self.part(field))
    }

    /// Its fields, in the order of the type.
    pub fn fields(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> + use<'a> {
        let fields = match self.ty() {
            Type::Struct { fields, .. } => fields.as_slice(),
            _ => &[],
        };
        let whole = *self;
        fields
            .iter()
            .map(move |field| (field.name.as_str(), whole.part(field)))
    }

    /// How many elements it has.
    ///
    /// # Errors
    /// [`Unreadable::Unlike`] if it is no array.
    pub fn len(&self) -> Result<u64, Unreadable> {
        match self.peel().ty() {
            Type::Array { count, .. } => Ok(*count),
            _ => Err(self.unlike("an array")),
        }
    }

    /// Whether it is an array without elements.
    ///
    /// # Errors
    /// [`Unreadable::Unlike`] if it is no array.
    pub fn is_empty(&self) -> Result<bool, Unreadable> {
        Ok(self.len()? == 0)
    }

    /// Its element `n`, from 0.
    ///
    /// # Errors
    /// [`Unreadable::Unlike`] if it is no array with so many elements.
    pub fn index(&self, n: u64) -> Result<Value<'a>, Unreadable> {
        let inner = self.peel();
        match inner.ty() {
            Type::Array { of, count } if n < *count => {
                let size = self.guest.symbols.size_of(*of);
                Ok(inner.moved(*of, n.wrapping_mul(size)))
            }
            _ => Err(self.unlike("an array with so many elements")),
        }
    }

    /// Its elements, as far as there can be memory for them.
    ///
    /// # Errors
    /// [`Unreadable::Unlike`] if it is no array; [`Unreadable::Wild`] if it is no memory.
    pub fn elements(&self) -> Result<impl Iterator<Item = Value<'a>> + use<'a>, Unreadable> {
        let array = self.peel();
        let Type::Array { of, count } = array.ty() else {
            return Err(self.unlike("an array"));
        };
        let (of, size) = (*of, self.guest.symbols.size_of(*of));
        if size > 0 {
            self.bytes()?;
        }
        let count = if size == 0 { 0 } else { *count };
        Ok((0..count).map(move |n| array.moved(of, n.wrapping_mul(size))))
    }

    /// What it leads to.
    ///
    /// # Errors
    /// [`Unreadable::Unlike`] if it is no pointer, or a null pointer; [`Unreadable::Wild`].
    pub fn deref(&self) -> Result<Value<'a>, Unreadable> {
        let inner = self.peel();
        let Type::Pointer { to } = inner.ty() else {
            return Err(self.unlike("a pointer"));
        };
        match inner.number()? {
            0 => Err(self.unlike("a pointer that leads somewhere")),
            address => Ok(Value::at(self.guest, *to, address as u64)),
        }
    }

    /// Which variant it is: its name, and what it holds.
    ///
    /// # Errors
    /// [`Unreadable::Unlike`] if it has no variants, or a tag that none has.
    pub fn variant(&self) -> Result<(&'a str, Value<'a>), Unreadable> {
        let inner = self.peel();
        let arm = inner.arm()?;
        Ok((arm.name.as_str(), inner.moved(arm.ty, arm.offset)))
    }

    /// What an optional value holds, if there is any: the content of `Some`, and what a
    /// pointer leads to unless it is null.
    ///
    /// # Errors
    /// [`Unreadable::Unlike`] if it is neither.
    pub fn option(&self) -> Result<Option<Value<'a>>, Unreadable> {
        let inner = self.peel();
        if let Type::Pointer { .. } = inner.ty() {
            let leads_nowhere = inner.number()? == 0;
            return if leads_nowhere {
                Ok(None)
            } else {
                inner.deref().map(Some)
            };
        }
        match self.variant()? {
            ("None", _) => Ok(None),
            ("Some", content) => content.field("__0").map(Some),
            _ => Err(self.unlike("an optional value")),
        }
    }

    /// Itself without wrappings: while all of it is one field or one element, that.
    pub fn peel(&self) -> Value<'a> {
        let mut inner = *self;
        // As deep as any wrapping is; a type may contain itself in a hostile file.
        for _ in 0..16 {
            let size = inner.size();
            let Type::Struct {
                fields,
                variants: None,
                ..
            } = inner.ty()
            else {
                break;
            };
            let sized = |field: &&Field| inner.part(field).size() == size;
            let Some(field) = fields.iter().find(sized) else {
                break;
            };
            inner = inner.part(field);
        }
        inner
    }

    /// Its number, unwrapped, its sign dropped.
    ///
    /// # Errors
    /// [`Unreadable::Unlike`] if it is no number, truth value, address or named value.
    pub fn u64(&self) -> Result<u64, Unreadable> {
        self.peel().number().map(|number| number as u64)
    }

    /// Its number, unwrapped.
    ///
    /// # Errors
    /// As [`Value::u64`].
    pub fn i64(&self) -> Result<i64, Unreadable> {
        self.peel().number()
    }

    /// Whether its number is not 0.
    ///
    /// # Errors
    /// As [`Value::u64`].
    pub fn bool(&self) -> Result<bool, Unreadable> {
        Ok(self.u64()? != 0)
    }

    /// The name of its value, or of its variant.
    ///
    /// # Errors
    /// [`Unreadable::Unlike`] if it has none.
    pub fn word(&self) -> Result<&'a str, Unreadable> {
        let inner = self.peel();
        let Type::Enum { values, .. } = inner.ty() else {
            return Ok(inner.arm()?.name.as_str());
        };
        let number = inner.number()? as u64;
        let named = values.iter().find(|(value, _)| *value == number);
        let (_, name) = named.ok_or_else(|| self.unlike("a value that has a name"))?;
        Ok(name)
    }

    /// Its text: of bytes in a row up to the first NUL, of a pointer to such (C's strings),
    /// or of a pointer and a length (Rust's). What is not UTF-8 is replaced.
    ///
    /// # Errors
    /// [`Unreadable::Unlike`] if it is no text; [`Unreadable::Wild`].
    pub fn text(&self) -> Result<String, Unreadable> {
        let inner = self.peel();
        let bytes = match inner.ty() {
            Type::Array { .. } => inner.bytes()?,
            Type::Pointer { .. } => self.text_at(inner.number()? as u64, None)?,
            _ => {
                let start = inner.field("data_ptr")?.number()? as u64;
                self.text_at(start, Some(inner.field("length")?.u64()?))?
            }
        };
        let end = bytes.iter().position(|&byte| byte == 0);
        let text = &bytes[..end.unwrap_or(bytes.len())];
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    /// Its bytes.
    ///
    /// # Errors
    /// [`Unreadable::Wild`].
    pub fn bytes(&self) -> Result<&'a [u8], Unreadable> {
        let bytes = self.guest.memory().bytes(self.address, self.size());
        bytes.ok_or_else(|| self.wild(self.address))
    }

    /// The bytes of a text of `len` bytes at `start`, or of one that a NUL ends.
    fn text_at(&self, start: u64, len: Option<u64>) -> Result<&'a [u8], Unreadable> {
        let memory = self.guest.memory();
        let left = memory.range().end.saturating_sub(start);
        let len = len.unwrap_or(left).min(LONGEST_TEXT);
        let bytes = memory.bytes(start, len);
        bytes.ok_or_else(|| self.wild(start))
    }

    fn number(&self) -> Result<i64, Unreadable> {
        let (size, is_signed) = match self.ty() {
            Type::Number {
                bytes, is_signed, ..
            } => (*bytes, *is_signed),
            Type::Pointer { .. } => (8, false),
            Type::Enum { bytes, .. } => (*bytes, false),
            Type::Opaque { .. } | Type::Array { .. } | Type::Struct { .. } => {
                return Err(self.unlike("a number"));
            }
        };
        let bytes = self.guest.memory().bytes(self.address, u64::from(size));
        let bytes = bytes.ok_or_else(|| self.wild(self.address))?;
        let low = &bytes[..bytes.len().min(8)];
        let mut word = [0; 8];
        word[..low.len()].copy_from_slice(low);
        let number = i64::from_le_bytes(word);
        let unused = 64 - 8 * low.len() as u32;
        Ok(match (is_signed, unused) {
            (true, 1..64) => number << unused >> unused,
            _ => number,
        })
    }

    fn arm(&self) -> Result<&'a Arm, Unreadable> {
        let Type::Struct {
            variants: Some(Variants { tag, arms }),
            ..
        } = self.ty()
        else {
            return Err(self.unlike("a value with variants"));
        };
        let unknown = || self.unlike("any of its variants");
        let Some(tag) = tag else {
            return arms.first().ok_or_else(unknown);
        };
        let at = self.address.wrapping_add(tag.offset);
        let bytes = self.guest.memory().bytes(at, u64::from(tag.bytes));
        let bytes = bytes.ok_or_else(|| self.wild(at))?;
        let mut word = [0; 8];
        let len = bytes.len().min(8);
        word[..len].copy_from_slice(&bytes[..len]);
        let found = u64::from_le_bytes(word);
        let exact = arms.iter().find(|arm| arm.tag == Some(found));
        let other = || arms.iter().find(|arm| arm.tag.is_none());
        exact.or_else(other).ok_or_else(unknown)
    }

    fn part(&self, field: &Field) -> Value<'a> {
        self.moved(field.ty, field.offset)
    }

    fn moved(&self, ty: TypeId, offset: u64) -> Value<'a> {
        Value::at(self.guest, ty, self.address.wrapping_add(offset))
    }

    /// What it is called in a message: its type, and where it is.
    fn what(&self) -> String {
        match self.ty().name() {
            "" => format!("value at {:#x}", self.address),
            name => format!("{name} at {:#x}", self.address),
        }
    }

    fn unlike(&self, wanted: &'static str) -> Unreadable {
        Unreadable::Unlike {
            what: self.what(),
            wanted,
        }
    }

    fn wild(&self, address: u64) -> Unreadable {
        Unreadable::Wild {
            address,
            what: self.ty().name().to_owned(),
        }
    }
}
