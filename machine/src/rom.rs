//! The boot ROM: what harts run first. It jumps to the start of RAM, where firmware or,
//! without it, the kernel lies, with the hart's number in `a0`, the device tree's address
//! in `a1`, and in `a2` that of a note for firmware: where to go on, and in which mode.
//! Word for word QEMU's.
//! Sources: QEMU hw/riscv/boot.c, `riscv_setup_rom_reset_vec`; OpenSBI, "Firmware with
//! Dynamic Information" (`struct fw_dynamic_info`).

use crate::board::ROM;
use crate::isa::{Insn, Kind};
use crate::ram;

/// Where harts begin.
pub(crate) const RESET_VECTOR: u64 = ROM.base;

/// `struct fw_dynamic_info`: what the note begins with, its version, and the mode that the
/// next stage wants.
const NOTE_MAGIC: u64 = u32::from_le_bytes(*b"OSBI") as u64;
const NOTE_VERSION: u64 = 2;
const SUPERVISOR: u64 = 1;

/// The ROM's bytes, for a device tree at `tree_at` and a kernel at `kernel_at`.
pub(crate) fn build(tree_at: u64, kernel_at: u64) -> Vec<u8> {
    const T0: u8 = 5;
    const A0: u8 = 10;
    const A1: u8 = 11;
    const A2: u8 = 12;
    const MHARTID: i32 = 0xf14;
    const START: i32 = 24;
    const TREE: i32 = 32;
    const NOTE: i32 = 40;
    let program = [
        Insn::new(Kind::auipc, T0, 0, 0, 0),
        Insn::new(Kind::addi, A2, T0, 0, NOTE),
        Insn::new(Kind::csrrs, A0, 0, 0, MHARTID),
        Insn::new(Kind::ld, A1, T0, 0, TREE),
        Insn::new(Kind::ld, T0, T0, 0, START),
        Insn::new(Kind::jalr, 0, T0, 0, 0),
    ];
    let words = program.iter().map(Insn::word);
    let mut rom: Vec<u8> = words.flat_map(u32::to_le_bytes).collect();
    assert_eq!(rom.len(), START as usize, "the data follow the program");
    let options = 0;
    let boot_hart = 0;
    let note = [
        NOTE_MAGIC,
        NOTE_VERSION,
        kernel_at,
        SUPERVISOR,
        options,
        boot_hart,
    ];
    let data = [ram::BASE, tree_at].into_iter().chain(note);
    rom.extend(data.flat_map(u64::to_le_bytes));
    rom
}
