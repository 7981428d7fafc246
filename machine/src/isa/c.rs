//! C: which 32-bit instruction each 16-bit form stands for.
//! Source: Unprivileged ISA, "\"C\" Extension for Compressed Instructions".

use super::Kind::{self, *};
use super::{Fields, Insn};

/// A 16-bit form: the bits that must match, what else must hold, and what it means.
pub(super) struct Form {
    /// Its name in the manual, with `_` for `.`.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "named in failures of the table walk")
    )]
    pub name: &'static str,
    mask: u16,
    bits: u16,
    when: fn(u16) -> bool,
    meaning: fn(u16) -> (Kind, Fields),
}

impl Form {
    /// Whether `half` is of this form.
    pub fn matches(&self, half: u16) -> bool {
        half & self.mask == self.bits && (self.when)(half)
    }
}

/// The instruction `half` stands for; `None` if it is reserved.
pub(super) fn expand(half: u16) -> Option<Insn> {
    let form = FORMS.iter().find(|form| form.matches(half))?;
    let (kind, fields) = (form.meaning)(half);
    Some(Insn {
        kind,
        fields,
        len: 2,
    })
}

/// Gathers an unsigned immediate: each piece is (bit in `half`, width, bit in the result).
fn gather(half: u16, pieces: &[(u16, u16, u16)]) -> i32 {
    pieces.iter().fold(0, |imm, &(from, width, to)| {
        imm | i32::from(half >> from & ((1 << width) - 1)) << to
    })
}

/// As [`gather`], with bit `sign` of the result copied into all above it.
fn gather_signed(half: u16, sign: u32, pieces: &[(u16, u16, u16)]) -> i32 {
    let unused = 31 - sign;
    gather(half, pieces) << unused >> unused
}

const SP: u8 = 2;

/// The register in bits 11 to 7.
fn r(half: u16) -> u8 {
    (half >> 7 & 31) as u8
}

/// The register in bits 6 to 2.
fn r2(half: u16) -> u8 {
    (half >> 2 & 31) as u8
}

/// The register `x8` to `x15`, or `f8` to `f15`, in bits 9 to 7.
fn s(half: u16) -> u8 {
    8 + (half >> 7 & 7) as u8
}

/// The register `x8` to `x15`, or `f8` to `f15`, in bits 4 to 2.
fn s2(half: u16) -> u8 {
    8 + (half >> 2 & 7) as u8
}

fn imm6(half: u16) -> i32 {
    gather_signed(half, 5, &[(2, 5, 0), (12, 1, 5)])
}

fn shamt(half: u16) -> i32 {
    gather(half, &[(2, 5, 0), (12, 1, 5)])
}

fn imm_addi4spn(half: u16) -> i32 {
    gather(half, &[(6, 1, 2), (5, 1, 3), (11, 2, 4), (7, 4, 6)])
}

fn imm_addi16sp(half: u16) -> i32 {
    gather_signed(
        half,
        9,
        &[(6, 1, 4), (2, 1, 5), (5, 1, 6), (3, 2, 7), (12, 1, 9)],
    )
}

fn imm_word(half: u16) -> i32 {
    gather(half, &[(6, 1, 2), (10, 3, 3), (5, 1, 6)])
}

fn imm_double(half: u16) -> i32 {
    gather(half, &[(10, 3, 3), (5, 2, 6)])
}

fn imm_lwsp(half: u16) -> i32 {
    gather(half, &[(4, 3, 2), (12, 1, 5), (2, 2, 6)])
}

fn imm_ldsp(half: u16) -> i32 {
    gather(half, &[(5, 2, 3), (12, 1, 5), (2, 3, 6)])
}

fn imm_swsp(half: u16) -> i32 {
    gather(half, &[(9, 4, 2), (7, 2, 6)])
}

fn imm_sdsp(half: u16) -> i32 {
    gather(half, &[(10, 3, 3), (7, 3, 6)])
}

fn imm_branch(half: u16) -> i32 {
    gather_signed(
        half,
        8,
        &[(3, 2, 1), (10, 2, 3), (2, 1, 5), (5, 2, 6), (12, 1, 8)],
    )
}

fn imm_jump(half: u16) -> i32 {
    let pieces = [
        (3, 3, 1),
        (11, 1, 4),
        (2, 1, 5),
        (7, 1, 6),
        (6, 1, 7),
        (9, 2, 8),
        (8, 1, 10),
        (12, 1, 11),
    ];
    gather_signed(half, 11, &pieces)
}

/// A row: `name mask bits [when condition] => kind(rd, rs1, rs2, imm)`, all of `$h`.
macro_rules! forms {
    ($h:ident: $($name:ident $mask:literal $bits:literal when $when:expr =>
        $kind:ident($rd:expr, $rs1:expr, $rs2:expr, $imm:expr);)*) => {
        &[$(Form {
            name: stringify!($name),
            mask: $mask,
            bits: $bits,
            when: |$h| $when,
            meaning: |$h| ($kind, Fields { rd: $rd, rs1: $rs1, rs2: $rs2, imm: $imm }),
        },)*]
    };
}

/// Every 16-bit form; no word is of two.
#[allow(unused_variables, reason = "not every row looks at the word")]
pub(super) const FORMS: &[Form] = forms! { h:
    c_addi4spn 0xe003 0x0000 when imm_addi4spn(h) != 0 => addi(s2(h), SP, 0, imm_addi4spn(h));
    c_fld      0xe003 0x2000 when true           => fld(s2(h), s(h), 0, imm_double(h));
    c_lw       0xe003 0x4000 when true           => lw(s2(h), s(h), 0, imm_word(h));
    c_ld       0xe003 0x6000 when true           => ld(s2(h), s(h), 0, imm_double(h));
    c_fsd      0xe003 0xa000 when true           => fsd(0, s(h), s2(h), imm_double(h));
    c_sw       0xe003 0xc000 when true           => sw(0, s(h), s2(h), imm_word(h));
    c_sd       0xe003 0xe000 when true           => sd(0, s(h), s2(h), imm_double(h));

    c_addi     0xe003 0x0001 when true           => addi(r(h), r(h), 0, imm6(h));
    c_addiw    0xe003 0x2001 when r(h) != 0      => addiw(r(h), r(h), 0, imm6(h));
    c_li       0xe003 0x4001 when true           => addi(r(h), 0, 0, imm6(h));
    c_addi16sp 0xef83 0x6101 when imm_addi16sp(h) != 0 => addi(SP, SP, 0, imm_addi16sp(h));
    c_lui      0xe003 0x6001 when r(h) != SP && imm6(h) != 0 => lui(r(h), 0, 0, imm6(h) << 12);
    c_srli     0xec03 0x8001 when true           => srli(s(h), s(h), 0, shamt(h));
    c_srai     0xec03 0x8401 when true           => srai(s(h), s(h), 0, shamt(h));
    c_andi     0xec03 0x8801 when true           => andi(s(h), s(h), 0, imm6(h));
    c_sub      0xfc63 0x8c01 when true           => sub(s(h), s(h), s2(h), 0);
    c_xor      0xfc63 0x8c21 when true           => xor(s(h), s(h), s2(h), 0);
    c_or       0xfc63 0x8c41 when true           => or(s(h), s(h), s2(h), 0);
    c_and      0xfc63 0x8c61 when true           => and(s(h), s(h), s2(h), 0);
    c_subw     0xfc63 0x9c01 when true           => subw(s(h), s(h), s2(h), 0);
    c_addw     0xfc63 0x9c21 when true           => addw(s(h), s(h), s2(h), 0);
    c_j        0xe003 0xa001 when true           => jal(0, 0, 0, imm_jump(h));
    c_beqz     0xe003 0xc001 when true           => beq(0, s(h), 0, imm_branch(h));
    c_bnez     0xe003 0xe001 when true           => bne(0, s(h), 0, imm_branch(h));

    c_slli     0xe003 0x0002 when true           => slli(r(h), r(h), 0, shamt(h));
    c_fldsp    0xe003 0x2002 when true           => fld(r(h), SP, 0, imm_ldsp(h));
    c_lwsp     0xe003 0x4002 when r(h) != 0      => lw(r(h), SP, 0, imm_lwsp(h));
    c_ldsp     0xe003 0x6002 when r(h) != 0      => ld(r(h), SP, 0, imm_ldsp(h));
    c_jr       0xf07f 0x8002 when r(h) != 0      => jalr(0, r(h), 0, 0);
    c_mv       0xf003 0x8002 when r2(h) != 0     => add(r(h), 0, r2(h), 0);
    c_ebreak   0xffff 0x9002 when true           => ebreak(0, 0, 0, 0);
    c_jalr     0xf07f 0x9002 when r(h) != 0      => jalr(1, r(h), 0, 0);
    c_add      0xf003 0x9002 when r2(h) != 0     => add(r(h), r(h), r2(h), 0);
    c_fsdsp    0xe003 0xa002 when true           => fsd(0, SP, r2(h), imm_sdsp(h));
    c_swsp     0xe003 0xc002 when true           => sw(0, SP, r2(h), imm_swsp(h));
    c_sdsp     0xe003 0xe002 when true           => sd(0, SP, r2(h), imm_sdsp(h));
};
