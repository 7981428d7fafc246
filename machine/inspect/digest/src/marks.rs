//! Places that have a name and no type: what the linker script and assembly mark, such as
//! where the kernel's text ends.

use object::{Object, ObjectSymbol, SymbolKind};
use symbols::{Symbols, Type, Variable};

use crate::elf::Elf;

/// Adds the marks of `elf` to the variables of `symbols`: of a type without size.
pub fn collect(elf: &Elf, symbols: &mut Symbols) {
    let ty = symbols.types.len() as u32;
    let marks = elf.file.symbols().filter_map(|symbol| {
        let is_mark = symbol.kind() == SymbolKind::Unknown && symbol.is_global();
        Some(Variable {
            name: symbol.name().ok().filter(|_| is_mark)?.to_owned(),
            address: symbol.address(),
            ty,
        })
    });
    symbols.variables.extend(marks);
    symbols.types.push(Type::Opaque {
        name: "mark".to_owned(),
        bytes: 0,
    });
    let by_name = |a: &Variable, b: &Variable| (&a.name, a.address).cmp(&(&b.name, b.address));
    symbols.variables.sort_by(by_name);
}
