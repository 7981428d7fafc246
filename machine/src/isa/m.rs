//! M: multiplication and division.
//! Source: Unprivileged ISA, "\"M\" Extension for Integer Multiplication and Division".

macro_rules! m {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, hart, board)

        mul    R 0x0200_0033 value { rs1.wrapping_mul(rs2) }
        mulh   R 0x0200_1033 value { ((i128::from(rs1 as i64) * i128::from(rs2 as i64)) >> 64) as u64 }
        mulhsu R 0x0200_2033 value { ((i128::from(rs1 as i64) * i128::from(rs2)) >> 64) as u64 }
        mulhu  R 0x0200_3033 value { ((u128::from(rs1) * u128::from(rs2)) >> 64) as u64 }
        div    R 0x0200_4033 value {
            if rs2 == 0 { u64::MAX } else { (rs1 as i64).wrapping_div(rs2 as i64) as u64 }
        }
        divu   R 0x0200_5033 value { rs1.checked_div(rs2).unwrap_or(u64::MAX) }
        rem    R 0x0200_6033 value {
            if rs2 == 0 { rs1 } else { (rs1 as i64).wrapping_rem(rs2 as i64) as u64 }
        }
        remu   R 0x0200_7033 value { rs1.checked_rem(rs2).unwrap_or(rs1) }

        mulw   R 0x0200_003b value { rs1.wrapping_mul(rs2) as i32 as u64 }
        divw   R 0x0200_403b value {
            if rs2 as i32 == 0 { u64::MAX } else { (rs1 as i32).wrapping_div(rs2 as i32) as u64 }
        }
        divuw  R 0x0200_503b value {
            (rs1 as u32).checked_div(rs2 as u32).unwrap_or(u32::MAX) as i32 as u64
        }
        remw   R 0x0200_603b value {
            if rs2 as i32 == 0 { rs1 as i32 as u64 }
            else { (rs1 as i32).wrapping_rem(rs2 as i32) as u64 }
        }
        remuw  R 0x0200_703b value {
            (rs1 as u32).checked_rem(rs2 as u32).unwrap_or(rs1 as u32) as i32 as u64
        }
    } ] } };
}
