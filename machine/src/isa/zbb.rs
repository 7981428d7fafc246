//! Zbb: logic with negation, counting bits, extrema, extensions, rotations, bytes.
//! Source: Unprivileged ISA, "\"B\" Extension for Bit Manipulation", "Zbb: Basic
//! bit-manipulation".

macro_rules! zbb {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, hart, board)

        andn   R      0x4000_7033 value { rs1 & !rs2 }
        orn    R      0x4000_6033 value { rs1 | !rs2 }
        xnor   R      0x4000_4033 value { !(rs1 ^ rs2) }

        clz    Unary  0x6000_1013 value { u64::from(rs1.leading_zeros()) }
        clzw   Unary  0x6000_101b value { u64::from((rs1 as u32).leading_zeros()) }
        ctz    Unary  0x6010_1013 value { u64::from(rs1.trailing_zeros()) }
        ctzw   Unary  0x6010_101b value { u64::from((rs1 as u32).trailing_zeros()) }
        cpop   Unary  0x6020_1013 value { u64::from(rs1.count_ones()) }
        cpopw  Unary  0x6020_101b value { u64::from((rs1 as u32).count_ones()) }

        max    R      0x0a00_6033 value { (rs1 as i64).max(rs2 as i64) as u64 }
        maxu   R      0x0a00_7033 value { rs1.max(rs2) }
        min    R      0x0a00_4033 value { (rs1 as i64).min(rs2 as i64) as u64 }
        minu   R      0x0a00_5033 value { rs1.min(rs2) }

        sext_b Unary  0x6040_1013 value { rs1 as i8 as u64 }
        sext_h Unary  0x6050_1013 value { rs1 as i16 as u64 }
        zext_h Unary  0x0800_403b value { u64::from(rs1 as u16) }

        rol    R      0x6000_1033 value { rs1.rotate_left(rs2 as u32 & 63) }
        ror    R      0x6000_5033 value { rs1.rotate_right(rs2 as u32 & 63) }
        rori   Shift  0x6000_5013 value { rs1.rotate_right(imm as u32 & 63) }
        rolw   R      0x6000_103b value { (rs1 as u32).rotate_left(rs2 as u32 & 31) as i32 as u64 }
        rorw   R      0x6000_503b value { (rs1 as u32).rotate_right(rs2 as u32 & 31) as i32 as u64 }
        roriw  ShiftW 0x6000_501b value { (rs1 as u32).rotate_right(imm as u32 & 31) as i32 as u64 }

        orc_b  Unary  0x2870_5013 value {
            u64::from_le_bytes(rs1.to_le_bytes().map(|byte| if byte == 0 { 0 } else { 0xff }))
        }
        rev8   Unary  0x6b80_5013 value { rs1.swap_bytes() }
    } ] } };
}
