//! The disassembler: an instruction as text, in the spelling of binutils without aliases.

use super::{Bank, Fields, Format, Insn, Kind};
use crate::hart::csr;

/// The names of the registers in the calling convention.
pub const REGISTERS: [&str; 32] = [
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4",
    "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4",
    "t5", "t6",
];

/// The names of the float registers in the calling convention.
pub const FLOAT_REGISTERS: [&str; 32] = [
    "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2",
    "fa3", "fa4", "fa5", "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9",
    "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
];

/// The rounding modes by their numbers; the last one is that of `frm`, and not written.
const ROUNDING: [&str; 8] = [
    ",rne", ",rtz", ",rdn", ",rup", ",rmm", ",unknown", ",unknown", "",
];

/// The text of `insn` at address `pc`; a 16-bit form reads as what it stands for.
///
/// ```
/// let insn = machine::isa::decode(0x0040_0513);
/// assert_eq!(machine::isa::disassemble(&insn, 0), "addi a0,zero,4");
/// ```
pub fn disassemble(insn: &Insn, pc: u64) -> String {
    let Some(row) = insn.kind.row() else {
        let digits = usize::from(insn.len) * 2;
        return format!(".{}byte {:#0w$x}", insn.len, insn.word(), w = digits + 2);
    };
    let name = row.name.replace('_', ".");
    let operands = operands(row.format, insn.fields, pc);
    match row.format {
        Format::Whole => name,
        Format::Amo | Format::Lr => {
            let order = ["", ".rl", ".aq", ".aqrl"][insn.fields.imm as usize & 3];
            format!("{name}{order} {operands}")
        }
        Format::Fence if insn.kind == Kind::fence_i => name,
        _ => format!("{name} {operands}"),
    }
}

fn operands(format: Format, fields: Fields, pc: u64) -> String {
    let [rd_bank, rs1_bank, rs2_bank] = format.banks();
    let rd = register(rd_bank, fields.rd);
    let rs1 = register(rs1_bank, fields.rs1);
    let rs2 = register(rs2_bank, fields.rs2);
    let rm = ROUNDING[fields.imm as usize & 7];
    let imm = fields.imm;
    let target = pc.wrapping_add(imm as u64);
    match format {
        Format::R | Format::Fff | Format::Xff => format!("{rd},{rs1},{rs2}"),
        Format::Unary => format!("{rd},{rs1}"),
        Format::I => format!("{rd},{rs1},{imm}"),
        Format::Shift | Format::ShiftW => format!("{rd},{rs1},{imm:#x}"),
        Format::Load | Format::Jalr | Format::FLoad => format!("{rd},{imm}({rs1})"),
        Format::S | Format::FStore => format!("{rs2},{imm}({rs1})"),
        Format::B => format!("{rs1},{rs2},{target:x}"),
        Format::U => format!("{rd},{:#x}", imm as u32 >> 12),
        Format::J => format!("{rd},{target:x}"),
        Format::Csr => format!("{rd},{},{rs1}", csr_name(imm)),
        Format::CsrI => format!("{rd},{},{}", csr_name(imm), fields.rs1),
        Format::Amo => format!("{rd},{rs2},({rs1})"),
        Format::Lr => format!("{rd},({rs1})"),
        Format::FenceVma => format!("{rs1},{rs2}"),
        Format::Block => format!("({rs1})"),
        Format::Fence => fence_sets(imm),
        Format::Whole => String::new(),
        Format::Fused => {
            let rs3 = FLOAT_REGISTERS[fields.imm as usize >> 3 & 31];
            format!("{rd},{rs1},{rs2},{rs3}{rm}")
        }
        Format::FffRm => format!("{rd},{rs1},{rs2}{rm}"),
        Format::FfRm | Format::FxRm | Format::XfRm => format!("{rd},{rs1}{rm}"),
        Format::Fx | Format::Xf => format!("{rd},{rs1}"),
    }
}

fn register(bank: Bank, number: u8) -> &'static str {
    let names = match bank {
        Bank::Integer => REGISTERS,
        Bank::Float => FLOAT_REGISTERS,
    };
    names[usize::from(number & 31)]
}

fn csr_name(number: i32) -> String {
    csr::name(number as u16).unwrap_or_else(|| format!("{number:#x}"))
}

/// The predecessor and successor sets of a fence.
fn fence_sets(imm: i32) -> String {
    let set = |bits: i32| -> String {
        let letters = [(8, 'i'), (4, 'o'), (2, 'r'), (1, 'w')];
        let named = letters.iter().filter(|(bit, _)| bits & bit != 0);
        match bits {
            0 => "unknown".to_owned(),
            _ => named.map(|&(_, letter)| letter).collect(),
        }
    };
    format!("{},{}", set(imm >> 24 & 15), set(imm >> 20 & 15))
}
