//! Guests of a few instructions, the ELF file around them, and a disk for them.

use fsimg::Layout;

/// Where RAM begins on the `virt` board, and with it the program.
const RAM: u64 = 0x8000_0000;

/// The block in which [`image`] has its bitmap.
pub const BITMAP_BLOCK: usize = 46;

/// Every hart waits for an interrupt that is not enabled.
#[rustfmt::skip]
pub const SLEEP: &[u32] = &[
    0x1050_0073, // wfi
    0xffdf_f06f, // j -4
];

/// Prints "ok"; then echoes what is typed, until a `q` switches the power off. Harts other
/// than the first turn in a circle.
#[rustfmt::skip]
pub const ECHO: &[u32] = &[
    0x0005_1063, // bnez  a0, 0                    (a0: which hart)
    0x1000_02b7, // lui   t0, 0x10000              (the 16550)
    0x06f0_0313, // li    t1, 'o'
    0x0062_8023, // sb    t1, 0(t0)
    0x06b0_0313, // li    t1, 'k'
    0x0062_8023, // sb    t1, 0(t0)
    0x0710_0e13, // li    t3, 'q'
    0x0052_c303, // lbu   t1, 5(t0)                (line status)
    0x0013_7313, // andi  t1, t1, 1                (data ready)
    0xfe03_0ce3, // beqz  t1, -8
    0x0002_c303, // lbu   t1, 0(t0)
    0x01c3_0663, // beq   t1, t3, +12
    0x0062_8023, // sb    t1, 0(t0)
    0xfe9f_f06f, // j     -24
    0x0010_02b7, // lui   t0, 0x100                (the test finisher)
    0x0000_5337, // lui   t1, 0x5
    0x5553_0313, // addi  t1, t1, 0x555
    0x0062_a023, // sw    t1, 0(t0)
    0x0000_006f, // j     0
];

/// An ELF file that puts `program` at the beginning of RAM.
pub fn elf(program: &[u32]) -> Vec<u8> {
    const EHDR: u16 = 64;
    const PHDR: u16 = 56;
    let code: Vec<u8> = program.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut file = b"\x7fELF\x02\x01\x01".to_vec();
    file.resize(16, 0);
    // e_type EXEC, e_machine RISC-V, e_version.
    file.extend([2, 0, 243, 0, 1, 0, 0, 0]);
    for word in [RAM, u64::from(EHDR), 0] {
        file.extend(word.to_le_bytes());
    }
    file.extend(0u32.to_le_bytes());
    for half in [EHDR, PHDR, 1, 64, 0, 0] {
        file.extend(half.to_le_bytes());
    }
    // p_type LOAD, p_flags R X.
    file.extend([1, 0, 0, 0, 5, 0, 0, 0]);
    let len = code.len() as u64;
    for word in [u64::from(EHDR + PHDR), RAM, RAM, len, len, 4096] {
        file.extend(word.to_le_bytes());
    }
    file.extend(code);
    file
}

/// A sound, empty disk image.
pub fn image() -> Vec<u8> {
    fsimg::build(Layout::CLASSIC, &[]).expect("an empty image can be built")
}
