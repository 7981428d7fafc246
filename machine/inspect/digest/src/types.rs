//! Variables that live as long as the kernel, and the types they lead to.
//!
//! Source: DWARF 5, "Type Entries", "Variant Entries"; DWARF 2 to 4 differ only in forms that
//! `gimli` hides.

use std::collections::HashMap;

use gimli::{AttributeValue, DebugInfoOffset, DebuggingInformationEntry, UnitOffset};
use gimli::{DwTag, constants as dw};
use symbols::{Arm, Field, Symbols, Tag, Type, TypeId, Variable, Variants};

use crate::Error;
use crate::attributes::{address_of, mask, member_offset, whole_number};
use crate::elf::{Elf, Slice, text};

type Unit<'a> = gimli::Unit<Slice<'a>>;
type Entry<'a> = DebuggingInformationEntry<Slice<'a>>;
type Result<T> = std::result::Result<T, gimli::Error>;

/// Puts `elf`'s variables and their types into `symbols`.
///
/// # Errors
/// [`Error::Dwarf`].
pub fn collect(elf: &Elf, symbols: &mut Symbols) -> std::result::Result<(), Error> {
    let collected = Collector::new(elf).and_then(|mut collector| {
        collector.variables()?;
        Ok((collector.variables, collector.types))
    });
    let (mut variables, types) = collected.map_err(|error| elf.dwarf_error(error))?;
    variables.sort_by(|a, b| (&a.name, a.address).cmp(&(&b.name, b.address)));
    variables.dedup();
    symbols.variables = variables;
    symbols.types = types;
    Ok(())
}

struct Collector<'e, 'a> {
    elf: &'e Elf<'a>,
    units: Vec<Unit<'a>>,
    /// The full name of what lies at an offset, as far as it was named so far.
    paths: HashMap<DebugInfoOffset, String>,
    ids: HashMap<DebugInfoOffset, TypeId>,
    types: Vec<Type>,
    variables: Vec<Variable>,
}

impl<'e, 'a> Collector<'e, 'a> {
    fn new(elf: &'e Elf<'a>) -> Result<Self> {
        let mut units = Vec::new();
        let mut headers = elf.dwarf.units();
        while let Some(header) = headers.next()? {
            units.push(elf.dwarf.unit(header)?);
        }
        let mut collector = Collector {
            elf,
            units,
            paths: HashMap::new(),
            ids: HashMap::new(),
            types: Vec::new(),
            variables: Vec::new(),
        };
        collector.name_all()?;
        Ok(collector)
    }

    /// Notes the full name of every type and variable: the path of namespaces down to it.
    fn name_all(&mut self) -> Result<()> {
        for unit in &self.units {
            let mut path: Vec<String> = Vec::new();
            let mut entries = unit.entries();
            while let Some(entry) = entries.next_dfs()? {
                let depth = usize::try_from(entry.depth()).unwrap_or(0);
                path.truncate(depth);
                let name = name_of(&self.elf.dwarf, unit, entry)?;
                path.resize(depth, String::new());
                let is_place = entry.tag() == dw::DW_TAG_namespace
                    || entry.tag() == dw::DW_TAG_subprogram
                    || is_type(entry.tag());
                if let Some(offset) = entry.offset().to_debug_info_offset(unit) {
                    let parts = path.iter().map(String::as_str).chain([name.as_str()]);
                    let parts = parts.filter(|part| !part.is_empty());
                    if is_type(entry.tag()) || entry.tag() == dw::DW_TAG_variable {
                        let full = parts.collect::<Vec<_>>().join("::");
                        self.paths.insert(offset, full);
                    }
                }
                path.push(if is_place { name } else { String::new() });
            }
        }
        Ok(())
    }

    fn variables(&mut self) -> Result<()> {
        for n in 0..self.units.len() {
            let mut found = Vec::new();
            let unit = &self.units[n];
            let mut entries = unit.entries();
            while let Some(entry) = entries.next_dfs()? {
                if entry.tag() != dw::DW_TAG_variable {
                    continue;
                }
                let Some(address) = address_of(unit, entry)? else {
                    continue;
                };
                let offset = entry.offset().to_debug_info_offset(unit);
                let ty = self.type_ref(n, entry);
                if let (Some(offset), Some(ty)) = (offset, ty) {
                    found.push((offset, address, ty));
                }
            }
            for (offset, address, ty) in found {
                let name = self.paths.get(&offset).cloned().unwrap_or_default();
                // Tables of functions, which the compiler makes, are no variables.
                if name.is_empty() || name.contains("{vtable}") {
                    continue;
                }
                let ty = self.id(ty)?;
                self.variables.push(Variable { name, address, ty });
            }
        }
        Ok(())
    }

    /// The id of the type at `at`; what it leads to comes along.
    fn id(&mut self, at: DebugInfoOffset) -> Result<TypeId> {
        if let Some(&id) = self.ids.get(&at) {
            return Ok(id);
        }
        // Noted first: types lead back to themselves.
        let id = self.types.len() as TypeId;
        self.ids.insert(at, id);
        self.types.push(Type::Opaque {
            name: String::new(),
            bytes: 0,
        });
        let ty = self.read(at)?;
        self.types[id as usize] = ty;
        Ok(id)
    }

    fn read(&mut self, at: DebugInfoOffset) -> Result<Type> {
        let Some((n, offset)) = self.find(at) else {
            return Ok(opaque("", 0));
        };
        let entry = self.units[n].entry(offset)?;
        let name = self.paths.get(&at).cloned().unwrap_or_default();
        let bytes = entry.attr_value(dw::DW_AT_byte_size);
        let bytes = bytes.and_then(|value| value.udata_value()).unwrap_or(0);
        match entry.tag() {
            dw::DW_TAG_base_type => Ok(number(&entry, name, bytes)),
            dw::DW_TAG_pointer_type | dw::DW_TAG_reference_type => {
                let to = match self.type_ref(n, &entry) {
                    Some(to) => self.id(to)?,
                    None => self.nothing(),
                };
                Ok(Type::Pointer { to })
            }
            dw::DW_TAG_array_type => self.array(n, &entry),
            dw::DW_TAG_structure_type | dw::DW_TAG_union_type | dw::DW_TAG_class_type => {
                self.structure(n, &entry, name, bytes)
            }
            dw::DW_TAG_enumeration_type => self.enumeration(n, &entry, name, bytes),
            dw::DW_TAG_typedef
            | dw::DW_TAG_const_type
            | dw::DW_TAG_volatile_type
            | dw::DW_TAG_restrict_type
            | dw::DW_TAG_atomic_type => match self.type_ref(n, &entry) {
                // A name for another type, or that with a promise: the type itself.
                Some(same) => self.read(same),
                None => Ok(opaque("void", 0)),
            },
            _ => Ok(opaque(&name, bytes)),
        }
    }

    fn structure(&mut self, n: usize, entry: &Entry<'a>, name: String, bytes: u64) -> Result<Type> {
        let mut fields = Vec::new();
        let mut variants = None;
        for child in self.children(n, entry)? {
            match child.tag() {
                dw::DW_TAG_member => fields.extend(self.member(n, &child)?),
                dw::DW_TAG_variant_part => variants = Some(self.variants(n, &child)?),
                _ => {}
            }
        }
        Ok(Type::Struct {
            name,
            bytes,
            fields,
            variants,
        })
    }

    /// A field; none if it has no place of its own (a C bit-field).
    fn member(&mut self, n: usize, entry: &Entry<'a>) -> Result<Option<Field>> {
        let offset = entry.attr_value(dw::DW_AT_data_member_location);
        let offset = offset.map_or(Some(0), |value| member_offset(&value, &self.units[n]));
        let is_bits = entry.attr_value(dw::DW_AT_bit_size).is_some();
        let (Some(offset), Some(ty), false) = (offset, self.type_ref(n, entry), is_bits) else {
            return Ok(None);
        };
        let name = name_of(&self.elf.dwarf, &self.units[n], entry)?;
        let ty = self.id(ty)?;
        Ok(Some(Field { name, offset, ty }))
    }

    fn variants(&mut self, n: usize, part: &Entry<'a>) -> Result<Variants> {
        let discriminant = match part.attr_value(dw::DW_AT_discr) {
            Some(AttributeValue::UnitRef(offset)) => Some(offset),
            _ => None,
        };
        let (mut tag, mut arms) = (None, Vec::new());
        for child in self.children(n, part)? {
            if Some(child.offset()) == discriminant
                && let Some(field) = self.member(n, &child)?
            {
                tag = Some(Tag {
                    offset: field.offset,
                    bytes: self.bytes_of(field.ty).clamp(1, 8) as u8,
                });
            }
            if child.tag() != dw::DW_TAG_variant {
                continue;
            }
            let value = child.attr_value(dw::DW_AT_discr_value);
            let value = value.and_then(|value| whole_number(&value));
            for member in self.children(n, &child)? {
                if let Some(field) = self.member(n, &member)? {
                    arms.push(Arm {
                        name: field.name,
                        tag: value,
                        offset: field.offset,
                        ty: field.ty,
                    });
                }
            }
        }
        if let Some(tag) = tag {
            for value in arms.iter_mut().filter_map(|arm| arm.tag.as_mut()) {
                *value &= mask(u64::from(tag.bytes));
            }
        }
        Ok(Variants { tag, arms })
    }

    fn array(&mut self, n: usize, entry: &Entry<'a>) -> Result<Type> {
        let Some(of) = self.type_ref(n, entry) else {
            return Ok(opaque("", 0));
        };
        let mut of = self.id(of)?;
        let mut counts = Vec::new();
        for child in self.children(n, entry)? {
            if child.tag() == dw::DW_TAG_subrange_type {
                let number = |at| child.attr_value(at).and_then(|value| value.udata_value());
                let count = number(dw::DW_AT_count);
                let last = number(dw::DW_AT_upper_bound).map(|last| last.saturating_add(1));
                counts.push(count.or(last).unwrap_or(0));
            }
        }
        // The last dimension is the innermost.
        while counts.len() > 1 {
            let count = counts.pop().unwrap_or(0);
            self.types.push(Type::Array { of, count });
            of = (self.types.len() - 1) as TypeId;
        }
        let count = counts.pop().unwrap_or(0);
        Ok(Type::Array { of, count })
    }

    fn enumeration(&self, n: usize, entry: &Entry<'a>, name: String, bytes: u64) -> Result<Type> {
        let bytes = bytes.clamp(1, 8);
        let mut values = Vec::new();
        for child in self.children(n, entry)? {
            let value = child.attr_value(dw::DW_AT_const_value);
            if let Some(value) = value.and_then(|value| whole_number(&value)) {
                let name = name_of(&self.elf.dwarf, &self.units[n], &child)?;
                values.push((value & mask(bytes), name));
            }
        }
        Ok(Type::Enum {
            name,
            bytes: bytes as u8,
            values,
        })
    }

    /// What a pointer to nothing in particular leads to.
    fn nothing(&mut self) -> TypeId {
        self.types.push(opaque("void", 0));
        (self.types.len() - 1) as TypeId
    }

    fn bytes_of(&self, ty: TypeId) -> u64 {
        match self.types.get(ty as usize) {
            Some(Type::Number { bytes, .. } | Type::Enum { bytes, .. }) => u64::from(*bytes),
            Some(Type::Pointer { .. }) => 8,
            _ => 0,
        }
    }

    fn children(&self, n: usize, entry: &Entry<'a>) -> Result<Vec<Entry<'a>>> {
        let unit = &self.units[n];
        let mut tree = unit.entries_tree(Some(entry.offset()))?;
        let mut children = tree.root()?.children();
        let mut found = Vec::new();
        while let Some(child) = children.next()? {
            found.push(child.entry().clone());
        }
        Ok(found)
    }

    /// The unit that `at` is in, and where in it.
    fn find(&self, at: DebugInfoOffset) -> Option<(usize, UnitOffset)> {
        let units = self.units.iter().enumerate();
        units
            .filter_map(|(n, unit)| Some((n, at.to_unit_offset(unit)?)))
            .next()
    }

    /// The type that `entry` of unit `n` names.
    fn type_ref(&self, n: usize, entry: &Entry) -> Option<DebugInfoOffset> {
        match entry.attr_value(dw::DW_AT_type)? {
            AttributeValue::UnitRef(offset) => offset.to_debug_info_offset(&self.units[n]),
            AttributeValue::DebugInfoRef(offset) => Some(offset),
            _ => None,
        }
    }
}

fn is_type(tag: DwTag) -> bool {
    matches!(
        tag,
        dw::DW_TAG_base_type
            | dw::DW_TAG_structure_type
            | dw::DW_TAG_union_type
            | dw::DW_TAG_class_type
            | dw::DW_TAG_enumeration_type
    )
}

fn name_of(dwarf: &gimli::Dwarf<Slice>, unit: &Unit, entry: &Entry) -> Result<String> {
    let Some(name) = entry.attr_value(dw::DW_AT_name) else {
        return Ok(String::new());
    };
    Ok(text(dwarf.attr_string(unit, name)?).into_owned())
}

fn number(entry: &Entry, name: String, bytes: u64) -> Type {
    let encoding = entry.attr_value(dw::DW_AT_encoding);
    let is_signed = matches!(
        encoding,
        Some(AttributeValue::Encoding(
            dw::DW_ATE_signed | dw::DW_ATE_signed_char
        ))
    );
    Type::Number {
        name,
        bytes: bytes.min(16) as u8,
        is_signed,
    }
}

fn opaque(name: &str, bytes: u64) -> Type {
    Type::Opaque {
        name: name.to_owned(),
        bytes,
    }
}
