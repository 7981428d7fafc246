//! The registers as gdb knows them: the target description, and their values.
//!
//! Numbers are those of gdb's `riscv-tdep.h`, as [`RiscvRegId`] has them: x0 to x31, the pc,
//! f0 to f31, from 65 the CSRs, and last the privilege mode.

use std::fmt::Write;

use gdbstub_arch::riscv::reg::id::RiscvRegId;
use machine::{Machine, Mode, csr_name};

/// `x0` to `x31` by the names of the calling convention.
const NAMES: [&str; 32] = [
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "fp", "s1", "a0", "a1", "a2", "a3", "a4",
    "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4",
    "t5", "t6",
];
const PC: usize = 32;
/// `f0` to `f31` by the names of the calling convention.
const FLOAT_NAMES: [&str; 32] = [
    "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2",
    "fa3", "fa4", "fa5", "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9",
    "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
];
const FIRST_FLOAT: usize = 33;
const FIRST_CSR: usize = 65;
const N_CSRS: u16 = 4096;
const MODE: usize = 4161;

/// What gdb is told of the machine: `target.xml`.
pub fn description() -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n\
         <target version=\"1.0\">\n<architecture>riscv:rv64</architecture>\n",
    );
    let general = NAMES.into_iter().enumerate().map(|(number, name)| {
        let kind = match name {
            "ra" => "code_ptr",
            "sp" | "gp" | "tp" | "fp" => "data_ptr",
            _ => "int",
        };
        (name.to_owned(), kind, number)
    });
    let pc = ("pc".to_owned(), "code_ptr", PC);
    feature(&mut xml, "cpu", 64, general.chain([pc]));
    let floats = FLOAT_NAMES.into_iter().zip(FIRST_FLOAT..);
    let floats = floats.map(|(name, number)| (name.to_owned(), "ieee_double", number));
    feature(&mut xml, "fpu", 64, floats);
    let csrs = (0..N_CSRS).filter_map(|number| {
        let name = csr_name(number)?;
        Some((name, "int", FIRST_CSR + usize::from(number)))
    });
    feature(&mut xml, "csr", 64, csrs);
    feature(&mut xml, "virtual", 8, [("priv".to_owned(), "int", MODE)]);
    xml.push_str("</target>");
    xml
}

/// Adds the feature `name`: registers of `bits`, each by its name, type and number.
fn feature(
    xml: &mut String,
    name: &str,
    bits: u32,
    registers: impl IntoIterator<Item = (String, &'static str, usize)>,
) {
    let mut line = |text: std::fmt::Arguments| {
        writeln!(xml, "{text}").expect("strings take everything");
    };
    line(format_args!("<feature name=\"org.gnu.gdb.riscv.{name}\">"));
    for (name, kind, number) in registers {
        line(format_args!(
            "<reg name=\"{name}\" bitsize=\"{bits}\" type=\"{kind}\" regnum=\"{number}\"/>"
        ));
    }
    line(format_args!("</feature>"));
}

/// The value of register `id` of `hart`, little-endian; `None` if there is no such register.
pub fn value(machine: &Machine, hart: usize, id: RiscvRegId<u64>) -> Option<Vec<u8>> {
    let view = machine.hart(hart)?;
    let value = match id {
        RiscvRegId::Gpr(number) => *view.x.get(usize::from(number))?,
        RiscvRegId::Pc => view.pc,
        RiscvRegId::Fpr(number) => *view.f.get(usize::from(number))?,
        RiscvRegId::Csr(number) => machine.csr(hart, number)?,
        RiscvRegId::Priv => return Some(vec![number_of(view.mode)]),
        _ => return None,
    };
    Some(value.to_le_bytes().to_vec())
}

/// The number of a mode, as in `mstatus.MPP`.
fn number_of(mode: Mode) -> u8 {
    match mode {
        Mode::User => 0,
        Mode::Supervisor => 1,
        Mode::Machine => 3,
    }
}
