//! Zbs: single bits, cleared, extracted, inverted and set.
//! Source: Unprivileged ISA, "\"B\" Extension for Bit Manipulation", "Zbs: Single-bit
//! instructions".

macro_rules! zbs {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, hart, board)

        bclr  R     0x4800_1033 value { rs1 & !(1 << (rs2 & 63)) }
        bclri Shift 0x4800_1013 value { rs1 & !(1 << (imm & 63)) }
        bext  R     0x4800_5033 value { rs1 >> (rs2 & 63) & 1 }
        bexti Shift 0x4800_5013 value { rs1 >> (imm & 63) & 1 }
        binv  R     0x6800_1033 value { rs1 ^ 1 << (rs2 & 63) }
        binvi Shift 0x6800_1013 value { rs1 ^ 1 << (imm & 63) }
        bset  R     0x2800_1033 value { rs1 | 1 << (rs2 & 63) }
        bseti Shift 0x2800_1013 value { rs1 | 1 << (imm & 63) }
    } ] } };
}
