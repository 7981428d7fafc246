//! How instructions lay their fields into 32 bits.
//! Source: Unprivileged ISA, "Base Instruction Formats" and "Immediate Encoding Variants".

/// The layout of an instruction's fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Two registers to one.
    R,
    /// One register to another.
    Unary,
    /// Register and 12-bit immediate.
    I,
    /// Shift by 6 bits.
    Shift,
    /// Shift of a word by 5 bits.
    ShiftW,
    /// Load: as [`Format::I`], written `rd,imm(rs1)`.
    Load,
    /// Indirect jump: as [`Format::Load`].
    Jalr,
    /// Store.
    S,
    /// Branch.
    B,
    /// Upper 20 bits.
    U,
    /// Jump.
    J,
    /// CSR with a register; `imm` is the CSR's number.
    Csr,
    /// CSR with a 5-bit immediate, which stands in `rs1`.
    CsrI,
    /// Atomic; `imm` holds the bits `aq` (2) and `rl` (1).
    Amo,
    /// Load-reserved: as [`Format::Amo`] without `rs2`.
    Lr,
    /// Fences: every field but `funct3` is free, kept whole in `imm`.
    Fence,
    /// `sfence.vma`: two registers, no result.
    FenceVma,
    /// Cache block: the register that holds its address, no result.
    Block,
    /// No fields.
    Whole,
    /// Load of a float register.
    FLoad,
    /// Store of a float register.
    FStore,
    /// Three float registers to one; `imm` holds `rs3 << 3 | rm`.
    Fused,
    /// Two float registers to one.
    Fff,
    /// The same, rounding; `imm` holds `rm`, as in all that follow that round.
    FffRm,
    /// A float register to another, rounding.
    FfRm,
    /// An integer register to a float one.
    Fx,
    /// The same, rounding.
    FxRm,
    /// A float register to an integer one.
    Xf,
    /// The same, rounding.
    XfRm,
    /// Two float registers to an integer one.
    Xff,
}

/// What a field of an instruction names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bank {
    /// One of `x0` to `x31`.
    Integer,
    /// One of `f0` to `f31`.
    Float,
}

/// What an instruction's fields hold; those its format lacks are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// Destination register, 0 to 31.
    pub rd: u8,
    /// First source register, 0 to 31.
    pub rs1: u8,
    /// Second source register, 0 to 31.
    pub rs2: u8,
    /// The immediate, sign-extended where the format says so.
    pub imm: i32,
}

impl Format {
    /// The bits of a word that say which instruction it is.
    pub const fn mask(self) -> u32 {
        match self {
            Format::R | Format::ShiftW => 0xfe00_707f,
            Format::Unary => 0xfff0_707f,
            Format::Shift => 0xfc00_707f,
            Format::I | Format::Load | Format::Jalr | Format::S | Format::B => 0x0000_707f,
            Format::Csr | Format::CsrI | Format::Fence => 0x0000_707f,
            Format::U | Format::J => 0x0000_007f,
            Format::Amo => 0xf800_707f,
            Format::Lr => 0xf9f0_707f,
            Format::FenceVma => 0xfe00_7fff,
            Format::Block => 0xfff0_7fff,
            Format::Whole => 0xffff_ffff,
            Format::FLoad | Format::FStore => 0x0000_707f,
            Format::Fused => 0x0600_007f,
            Format::FffRm => 0xfe00_007f,
            Format::Fff | Format::Xff => 0xfe00_707f,
            Format::FfRm | Format::FxRm | Format::XfRm => 0xfff0_007f,
            Format::Fx | Format::Xf => 0xfff0_707f,
        }
    }

    /// Whose registers `rd`, `rs1` and `rs2` are; `rs3` is always a float's.
    pub const fn banks(self) -> [Bank; 3] {
        use Bank::{Float, Integer};
        match self {
            Format::FLoad | Format::Fx | Format::FxRm => [Float, Integer, Integer],
            Format::FStore => [Integer, Integer, Float],
            Format::Fused | Format::Fff | Format::FffRm | Format::FfRm => [Float; 3],
            Format::Xf | Format::XfRm | Format::Xff => [Integer, Float, Float],
            Format::R
            | Format::Unary
            | Format::I
            | Format::Shift
            | Format::ShiftW
            | Format::Load
            | Format::Jalr
            | Format::S
            | Format::B
            | Format::U
            | Format::J
            | Format::Csr
            | Format::CsrI
            | Format::Amo
            | Format::Lr
            | Format::Fence
            | Format::FenceVma
            | Format::Block
            | Format::Whole => [Integer; 3],
        }
    }

    /// Takes the fields out of `word`.
    pub fn fields(self, word: u32) -> Fields {
        let rd = (word >> 7 & 31) as u8;
        let rs1 = (word >> 15 & 31) as u8;
        let rs2 = (word >> 20 & 31) as u8;
        let rm = (word >> 12 & 7) as i32;
        let signed = word as i32;
        let (rd, rs1, rs2, imm) = match self {
            Format::R | Format::Fff | Format::Xff => (rd, rs1, rs2, 0),
            Format::Unary => (rd, rs1, 0, 0),
            Format::FffRm => (rd, rs1, rs2, rm),
            Format::Fused => (rd, rs1, rs2, (word >> 27 << 3) as i32 | rm),
            Format::FfRm | Format::FxRm | Format::XfRm => (rd, rs1, 0, rm),
            Format::Fx | Format::Xf => (rd, rs1, 0, 0),
            Format::I | Format::Load | Format::Jalr | Format::FLoad => (rd, rs1, 0, signed >> 20),
            Format::Shift => (rd, rs1, 0, (word >> 20 & 63) as i32),
            Format::ShiftW => (rd, rs1, 0, (word >> 20 & 31) as i32),
            Format::S | Format::FStore => {
                (0, rs1, rs2, signed >> 25 << 5 | (word >> 7 & 31) as i32)
            }
            Format::B => (0, rs1, rs2, branch_offset(word)),
            Format::U => (rd, 0, 0, signed & !0xfff),
            Format::J => (rd, 0, 0, jump_offset(word)),
            Format::Csr | Format::CsrI => (rd, rs1, 0, (word >> 20) as i32),
            Format::Amo => (rd, rs1, rs2, (word >> 25 & 3) as i32),
            Format::Lr => (rd, rs1, 0, (word >> 25 & 3) as i32),
            Format::Fence => (0, 0, 0, (word & !0x707f) as i32),
            Format::FenceVma => (0, rs1, rs2, 0),
            Format::Block => (0, rs1, 0, 0),
            Format::Whole => (0, 0, 0, 0),
        };
        Fields { rd, rs1, rs2, imm }
    }

    /// The bits that `fields` occupy: the inverse of [`Format::fields`].
    pub fn bits(self, fields: Fields) -> u32 {
        let rd = u32::from(fields.rd) << 7;
        let rs1 = u32::from(fields.rs1) << 15;
        let rs2 = u32::from(fields.rs2) << 20;
        let imm = fields.imm as u32;
        let rm = (imm & 7) << 12;
        match self {
            Format::R | Format::Fff | Format::Xff => rd | rs1 | rs2,
            Format::Unary => rd | rs1,
            Format::FffRm => rd | rs1 | rs2 | rm,
            Format::Fused => rd | rs1 | rs2 | rm | imm >> 3 << 27,
            Format::FfRm | Format::FxRm | Format::XfRm => rd | rs1 | rm,
            Format::Fx | Format::Xf => rd | rs1,
            Format::I | Format::Load | Format::Jalr | Format::FLoad => rd | rs1 | imm << 20,
            Format::Shift => rd | rs1 | (imm & 63) << 20,
            Format::ShiftW => rd | rs1 | (imm & 31) << 20,
            Format::S | Format::FStore => rs1 | rs2 | imm >> 5 << 25 | (imm & 31) << 7,
            Format::B => {
                let high = (imm >> 12 & 1) << 31 | (imm >> 5 & 63) << 25;
                let low = (imm >> 1 & 15) << 8 | (imm >> 11 & 1) << 7;
                rs1 | rs2 | high | low
            }
            Format::U => rd | imm & !0xfff,
            Format::J => {
                let high = (imm >> 20 & 1) << 31 | (imm >> 1 & 0x3ff) << 21;
                let low = (imm >> 11 & 1) << 20 | (imm >> 12 & 0xff) << 12;
                rd | high | low
            }
            Format::Csr | Format::CsrI => rd | rs1 | imm << 20,
            Format::Amo => rd | rs1 | rs2 | (imm & 3) << 25,
            Format::Lr => rd | rs1 | (imm & 3) << 25,
            Format::Fence => imm & !0x707f,
            Format::FenceVma => rs1 | rs2,
            Format::Block => rs1,
            Format::Whole => 0,
        }
    }
}

/// The offset of a branch: a multiple of 2 within ±4 KiB.
fn branch_offset(word: u32) -> i32 {
    let sign = word as i32 >> 31 << 12;
    let rest = (word >> 7 & 1) << 11 | (word >> 25 & 63) << 5 | (word >> 8 & 15) << 1;
    sign | rest as i32
}

/// The offset of a jump: a multiple of 2 within ±1 MiB.
fn jump_offset(word: u32) -> i32 {
    let sign = word as i32 >> 31 << 20;
    let rest = (word >> 12 & 0xff) << 12 | (word >> 20 & 1) << 11 | (word >> 21 & 0x3ff) << 1;
    sign | rest as i32
}
