//! The words for trap causes, as events and conditions use them.
//!
//! Source: Privileged ISA, "Supervisor Cause Register (`scause`)".

/// Exceptions by code. A system call, code 8, is an event of its own.
pub(super) const EXCEPTIONS: [(u32, &str); 14] = [
    (0, "fetch-misaligned"),
    (1, "fetch-access"),
    (2, "illegal-instruction"),
    (3, "breakpoint"),
    (4, "load-misaligned"),
    (5, "load-access"),
    (6, "store-misaligned"),
    (7, "store-access"),
    (8, "ecall"),
    (9, "ecall-from-supervisor"),
    (11, "ecall-from-machine"),
    (12, "fetch-fault"),
    (13, "load-fault"),
    (15, "store-fault"),
];

/// Interrupts by what they come from; each has a code for S-mode and one for M-mode.
pub(super) const INTERRUPTS: [(u32, &str); 6] = [
    (1, "software"),
    (3, "software"),
    (5, "timer"),
    (7, "timer"),
    (9, "external"),
    (11, "external"),
];

/// The name of exception `code`, or its digits.
pub(super) fn exception(code: u32) -> String {
    name_in(&EXCEPTIONS, code)
}

/// The name of interrupt `code`, or its digits.
pub(super) fn interrupt(code: u32) -> String {
    name_in(&INTERRUPTS, code)
}

fn name_in(rows: &[(u32, &str)], code: u32) -> String {
    let row = rows.iter().find(|row| row.0 == code);
    row.map_or_else(|| code.to_string(), |row| row.1.to_owned())
}
