//! Zba: addresses of array elements, shifted and zero-extended indices.
//! Source: Unprivileged ISA, "\"B\" Extension for Bit Manipulation", "Zba: Address generation".

macro_rules! zba {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, hart, board)

        sh1add    R     0x2000_2033 value { (rs1 << 1).wrapping_add(rs2) }
        sh2add    R     0x2000_4033 value { (rs1 << 2).wrapping_add(rs2) }
        sh3add    R     0x2000_6033 value { (rs1 << 3).wrapping_add(rs2) }
        add_uw    R     0x0800_003b value { u64::from(rs1 as u32).wrapping_add(rs2) }
        sh1add_uw R     0x2000_203b value { (u64::from(rs1 as u32) << 1).wrapping_add(rs2) }
        sh2add_uw R     0x2000_403b value { (u64::from(rs1 as u32) << 2).wrapping_add(rs2) }
        sh3add_uw R     0x2000_603b value { (u64::from(rs1 as u32) << 3).wrapping_add(rs2) }
        slli_uw   Shift 0x0800_101b value { u64::from(rs1 as u32) << (imm & 63) }
    } ] } };
}
