//! The boot ROM: what harts run first. As QEMU's with `-bios none`, it leaves the hart's
//! number in `a0`, the device tree's address in `a1`, and jumps to the start of RAM.

use crate::board::ROM;
use crate::isa::{Insn, Kind};
use crate::ram;

/// Where harts begin.
pub(crate) const RESET_VECTOR: u64 = ROM.base;

/// The ROM's bytes.
pub(crate) fn build(tree_at: u64) -> Vec<u8> {
    const T0: u8 = 5;
    const A0: u8 = 10;
    const A1: u8 = 11;
    const MHARTID: i32 = 0xf14;
    const TREE: i32 = 24;
    const START: i32 = 32;
    let program = [
        Insn::new(Kind::auipc, T0, 0, 0, 0),
        Insn::new(Kind::csrrs, A0, 0, 0, MHARTID),
        Insn::new(Kind::ld, A1, T0, 0, TREE),
        Insn::new(Kind::ld, T0, T0, 0, START),
        Insn::new(Kind::jalr, 0, T0, 0, 0),
        Insn::new(Kind::addi, 0, 0, 0, 0),
    ];
    let words = program.iter().map(Insn::word);
    let mut rom: Vec<u8> = words.flat_map(u32::to_le_bytes).collect();
    assert_eq!(rom.len(), TREE as usize, "the data follow the program");
    rom.extend(tree_at.to_le_bytes());
    rom.extend(ram::BASE.to_le_bytes());
    rom
}
