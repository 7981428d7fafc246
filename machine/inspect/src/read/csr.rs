//! What CSRs hold, in the manual's words. A table, with a row for each field.
//! Source: Privileged ISA, "Machine-Level CSRs" and "Supervisor CSRs".

use crate::view::{Addr, Csr, Field};
use machine::Machine;

/// How a field reads.
enum Reads {
    /// As a number.
    Number,
    /// As an address whose lowest bits stand for something else: this many.
    Address(u32),
    /// As one of these, counted from 0.
    Words(&'static [&'static str]),
    /// As the names of the bits that are set, beginning with a bit.
    Bits(&'static [(u32, &'static str)]),
    /// As an exception code or, with bit 63, as an interrupt's.
    Cause,
}

/// A field: its name, its lowest bit, how many bits it has.
type Row = (&'static str, u32, u32, Reads);

const OFF_ON: Reads = Reads::Words(&["off", "on"]);
const MODES: &[&str] = &["U-mode", "S-mode", "reserved", "M-mode"];
const INTERRUPTS: &[(u32, &str)] = &[
    (1, "supervisor software"),
    (3, "machine software"),
    (5, "supervisor timer"),
    (7, "machine timer"),
    (9, "supervisor external"),
    (11, "machine external"),
];
const EXCEPTIONS: &[(u32, &str)] = &[
    (0, "instruction address misaligned"),
    (1, "instruction access fault"),
    (2, "illegal instruction"),
    (3, "breakpoint"),
    (4, "load address misaligned"),
    (5, "load access fault"),
    (6, "store/AMO address misaligned"),
    (7, "store/AMO access fault"),
    (8, "environment call from U-mode"),
    (9, "environment call from S-mode"),
    (11, "environment call from M-mode"),
    (12, "instruction page fault"),
    (13, "load page fault"),
    (15, "store/AMO page fault"),
];
const TVEC: &[Row] = &[
    ("BASE", 0, 64, Reads::Address(2)),
    ("MODE", 0, 2, Reads::Words(&["Direct", "Vectored"])),
];
const CAUSE: &[Row] = &[
    ("Interrupt", 63, 1, Reads::Words(&["no", "yes"])),
    ("Exception Code", 0, 64, Reads::Cause),
];

/// The registers that explain what a hart does: number, name, fields.
const ROWS: &[(u16, &str, &[Row])] = &[
    (
        0x100,
        "sstatus",
        &[
            ("SIE", 1, 1, OFF_ON),
            ("SPIE", 5, 1, OFF_ON),
            ("SPP", 8, 1, Reads::Words(MODES)),
            ("SUM", 18, 1, OFF_ON),
            ("MXR", 19, 1, OFF_ON),
        ],
    ),
    (0x142, "scause", CAUSE),
    (0x141, "sepc", &[]),
    (0x143, "stval", &[]),
    (
        0x180,
        "satp",
        &[
            (
                "MODE",
                60,
                4,
                Reads::Words(&[
                    "Bare", "1", "2", "3", "4", "5", "6", "7", "Sv39", "Sv48", "Sv57",
                ]),
            ),
            ("ASID", 44, 16, Reads::Number),
            ("PPN", 0, 44, Reads::Number),
        ],
    ),
    (0x105, "stvec", TVEC),
    (0x140, "sscratch", &[]),
    (0x104, "sie", &[("enabled", 0, 64, Reads::Bits(INTERRUPTS))]),
    (0x144, "sip", &[("pending", 0, 64, Reads::Bits(INTERRUPTS))]),
    (0x14d, "stimecmp", &[]),
    (
        0x300,
        "mstatus",
        &[
            ("MIE", 3, 1, OFF_ON),
            ("MPIE", 7, 1, OFF_ON),
            ("MPP", 11, 2, Reads::Words(MODES)),
            ("MPRV", 17, 1, OFF_ON),
        ],
    ),
    (0x304, "mie", &[("enabled", 0, 64, Reads::Bits(INTERRUPTS))]),
    (0x344, "mip", &[("pending", 0, 64, Reads::Bits(INTERRUPTS))]),
    (
        0x302,
        "medeleg",
        &[("to S-mode", 0, 64, Reads::Bits(EXCEPTIONS))],
    ),
    (
        0x303,
        "mideleg",
        &[("to S-mode", 0, 64, Reads::Bits(INTERRUPTS))],
    ),
    (0x305, "mtvec", TVEC),
    (0x341, "mepc", &[]),
    (0x342, "mcause", CAUSE),
    (0x343, "mtval", &[]),
];

/// The CSRs of `hart` that the machine has, decoded.
pub(crate) fn all(machine: &Machine, hart: usize) -> Vec<Csr> {
    let rows = ROWS.iter().filter_map(|&(number, name, fields)| {
        let value = machine.csr(hart, number)?;
        let fields = fields.iter().map(|row| field(row, value));
        Some(Csr {
            name: name.to_owned(),
            value: Addr(value),
            fields: fields.collect(),
        })
    });
    rows.collect()
}

fn field(&(name, low, bits, ref reads): &Row, register: u64) -> Field {
    let value = register >> low & (u64::MAX >> (64 - bits));
    let text = match reads {
        Reads::Number => format!("{value:#x}"),
        Reads::Address(others) => format!("{:#x}", value >> others << others),
        Reads::Words(words) => {
            let word = usize::try_from(value).ok().and_then(|n| words.get(n));
            word.map_or_else(|| format!("{value} (reserved)"), |&word| word.to_owned())
        }
        Reads::Bits(names) => set_bits(names, value),
        Reads::Cause => cause(value),
    };
    Field {
        name: name.to_owned(),
        value: text,
    }
}

/// The names of the bits that are set.
fn set_bits(names: &[(u32, &str)], value: u64) -> String {
    let set = names.iter().filter(|&&(bit, _)| value >> bit & 1 != 0);
    let set: Vec<_> = set.map(|&(_, name)| name).collect();
    if set.is_empty() {
        "none".to_owned()
    } else {
        set.join(", ")
    }
}

/// A trap's cause in words.
fn cause(value: u64) -> String {
    const INTERRUPT: u64 = 1 << 63;
    let code = value & !INTERRUPT;
    let (names, of) = if value & INTERRUPT != 0 {
        (INTERRUPTS, " interrupt")
    } else {
        (EXCEPTIONS, "")
    };
    let named = names.iter().find(|&&(number, _)| u64::from(number) == code);
    named.map_or_else(
        || format!("{code} (reserved)"),
        |(_, name)| format!("{name}{of}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(name: &str, value: u64) -> Vec<String> {
        let (_, _, fields) = ROWS.iter().find(|row| row.1 == name).expect("a row");
        let fields = fields.iter().map(|row| field(row, value));
        fields.map(|f| format!("{} {}", f.name, f.value)).collect()
    }

    #[test]
    fn registers_read_in_the_manuals_words() {
        let cases: &[(&str, u64, &[&str])] = &[
            (
                "satp",
                8 << 60 | 0x8_7fff,
                &["MODE Sv39", "ASID 0x0", "PPN 0x87fff"],
            ),
            (
                "scause",
                15,
                &["Interrupt no", "Exception Code store/AMO page fault"],
            ),
            (
                "scause",
                1 << 63 | 5,
                &["Interrupt yes", "Exception Code supervisor timer interrupt"],
            ),
            (
                "scause",
                10,
                &["Interrupt no", "Exception Code 10 (reserved)"],
            ),
            ("stvec", 0x8000_0001, &["BASE 0x80000000", "MODE Vectored"]),
            (
                "sstatus",
                1 << 1 | 1 << 8,
                &["SIE on", "SPIE off", "SPP S-mode", "SUM off", "MXR off"],
            ),
            (
                "sie",
                1 << 5 | 1 << 9,
                &["enabled supervisor timer, supervisor external"],
            ),
            ("mip", 0, &["pending none"]),
        ];
        for (name, value, expected) in cases {
            assert_eq!(words(name, *value), *expected, "{name} {value:#x}");
        }
    }
}
