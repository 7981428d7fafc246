//! Which extension an instruction belongs to, for counting cases.

use machine::isa::{Format, Kind};

use super::super::case::Case;
use super::super::layout::TABLES;

/// Extensions that QEMU 7.2 lacks: their instructions are illegal there.
pub const LACKED: [&str; 2] = ["Zicbo", "Zicond"];

/// The extension of `kind`, as the manual calls it; of what is no instruction, "none".
pub fn extension(kind: Kind) -> &'static str {
    let Some(row) = kind.row() else {
        return "none";
    };
    let funct3 = row.bits >> 12 & 7;
    match row.bits & 0x7f {
        0x2f => "A",
        0x33 | 0x3b if row.bits >> 25 == 1 => "M",
        0x33 | 0x3b | 0x13 | 0x1b => bit_manipulation(row.name),
        0x0f if row.name == "pause" => "Zihintpause",
        0x0f if funct3 == 1 => "Zifencei",
        0x0f if funct3 == 2 => "Zicbo",
        0x73 if matches!(row.format, Format::Csr | Format::CsrI) => "Zicsr",
        0x73 if row.bits >> 25 == 0 => "I",
        0x73 if row.bits >> 25 == 9 => "privileged",
        0x73 if row.name.contains("inval") => "Svinval",
        0x73 => "privileged",
        0x07 | 0x27 if funct3 == 2 => "F",
        0x07 | 0x27 => "D",
        0x43 | 0x47 | 0x4b | 0x4f | 0x53 if row.bits >> 25 & 1 == 0 => "F",
        0x43 | 0x47 | 0x4b | 0x4f | 0x53 => "D",
        _ => "I",
    }
}

/// What else `case` has to do with, beside its instructions: address translation, protection
/// and timers.
pub fn facets(case: &Case) -> Vec<&'static str> {
    let begins = |number: u16| case.csrs.iter().find(|&&(csr, _)| csr == number);
    let value = |number| begins(number).map_or(0, |&(_, value)| value);
    let entries = case.memory.iter().filter(|(at, _)| *at >= TABLES);
    let entries: Vec<u64> = entries.flat_map(|(_, values)| values.clone()).collect();
    let any = |mask: u64| {
        entries
            .iter()
            .any(|entry| entry & 1 == 1 && entry & mask != 0)
    };
    let translation = match value(0x180) >> 60 {
        8 => Some("Sv39"),
        9 => Some("Sv48"),
        10 => Some("Sv57"),
        _ => None,
    };
    let others = [
        (value(0x30a) >> 61 & 1 == 1, "Svadu"),
        (
            translation.is_some() && value(0x30a) >> 61 & 1 == 0,
            "Svade",
        ),
        (translation.is_some() && any(1 << 63), "Svnapot"),
        (translation.is_some() && any(3 << 61), "Svpbmt"),
        (value(0x30a) >> 63 == 1, "Sstc"),
        (value(0x3a0) != 0, "PMP"),
        (
            begins(0x302).is_some() || begins(0x303).is_some(),
            "delegation",
        ),
    ];
    let others = others.into_iter().filter(|&(has, _)| has);
    translation
        .into_iter()
        .chain(others.map(|(_, name)| name))
        .collect()
}

/// The extension of an instruction on integers, by its name.
fn bit_manipulation(name: &str) -> &'static str {
    const BASE: &[&str] = &[
        "add", "sub", "sll", "slt", "sltu", "xor", "srl", "sra", "or", "and", "addi", "slti",
        "sltiu", "xori", "ori", "andi", "slli", "srli", "srai", "addw", "subw", "sllw", "srlw",
        "sraw", "addiw", "slliw", "srliw", "sraiw",
    ];
    let starts = |heads: &[&str]| heads.iter().any(|head| name.starts_with(head));
    if BASE.contains(&name) {
        "I"
    } else if starts(&["sh1add", "sh2add", "sh3add", "add_uw", "slli_uw"]) {
        "Zba"
    } else if starts(&["bclr", "bext", "binv", "bset"]) {
        "Zbs"
    } else if starts(&["czero"]) {
        "Zicond"
    } else {
        "Zbb"
    }
}
