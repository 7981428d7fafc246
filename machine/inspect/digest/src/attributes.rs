//! Attributes of debugging information that are numbers, or come to one.

use gimli::{AttributeValue, DebuggingInformationEntry, Operation, constants as dw};

use crate::elf::Slice;

/// Where a variable always is: `DW_OP_addr`, and what is added to it.
pub fn address_of(
    unit: &gimli::Unit<Slice>,
    entry: &DebuggingInformationEntry<Slice>,
) -> gimli::Result<Option<u64>> {
    let Some(AttributeValue::Exprloc(expression)) = entry.attr_value(dw::DW_AT_location) else {
        return Ok(None);
    };
    let mut address: Option<u64> = None;
    let mut operations = expression.operations(unit.encoding());
    while let Some(operation) = operations.next()? {
        address = match (operation, address) {
            (Operation::Address { address }, None) => Some(address),
            (Operation::PlusConstant { value }, Some(address)) => Some(address.wrapping_add(value)),
            _ => return Ok(None),
        };
    }
    Ok(address)
}

/// Where a field is: a number, or in DWARF 2 a calculation that adds one.
pub fn member_offset(value: &AttributeValue<Slice>, unit: &gimli::Unit<Slice>) -> Option<u64> {
    let AttributeValue::Exprloc(expression) = value else {
        return value.udata_value();
    };
    let mut operations = expression.operations(unit.encoding());
    match operations.next().ok()?? {
        Operation::PlusConstant { value } | Operation::UnsignedConstant { value } => Some(value),
        _ => None,
    }
}

/// The number in `value`, its sign spread over 64 bits.
pub fn whole_number(value: &AttributeValue<Slice>) -> Option<u64> {
    let signed = value.sdata_value().map(|number| number as u64);
    value.udata_value().or(signed)
}

/// The lowest `bytes` bytes of a number, all set.
pub fn mask(bytes: u64) -> u64 {
    u64::MAX >> (64 - 8 * bytes.clamp(1, 8))
}
