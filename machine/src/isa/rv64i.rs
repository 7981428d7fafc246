//! RV64I, the base: integers, jumps, loads and stores.
//! Source: Unprivileged ISA, "RV32I Base Integer Instruction Set" and "RV64I".

macro_rules! rv64i {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, hart, board)

        lui    U      0x0000_0037 value  { imm }
        auipc  U      0x0000_0017 value  { pc.wrapping_add(imm) }
        jal    J      0x0000_006f jump   { pc.wrapping_add(imm) }
        jalr   Jalr   0x0000_0067 jump   { rs1.wrapping_add(imm) & !1 }

        beq    B      0x0000_0063 branch { rs1 == rs2 }
        bne    B      0x0000_1063 branch { rs1 != rs2 }
        blt    B      0x0000_4063 branch { (rs1 as i64) < rs2 as i64 }
        bge    B      0x0000_5063 branch { rs1 as i64 >= rs2 as i64 }
        bltu   B      0x0000_6063 branch { rs1 < rs2 }
        bgeu   B      0x0000_7063 branch { rs1 >= rs2 }

        lb     Load   0x0000_0003 load   { i8 }
        lh     Load   0x0000_1003 load   { i16 }
        lw     Load   0x0000_2003 load   { i32 }
        ld     Load   0x0000_3003 load   { u64 }
        lbu    Load   0x0000_4003 load   { u8 }
        lhu    Load   0x0000_5003 load   { u16 }
        lwu    Load   0x0000_6003 load   { u32 }
        sb     S      0x0000_0023 store  { u8 }
        sh     S      0x0000_1023 store  { u16 }
        sw     S      0x0000_2023 store  { u32 }
        sd     S      0x0000_3023 store  { u64 }

        addi   I      0x0000_0013 value  { rs1.wrapping_add(imm) }
        slti   I      0x0000_2013 value  { u64::from((rs1 as i64) < imm as i64) }
        sltiu  I      0x0000_3013 value  { u64::from(rs1 < imm) }
        xori   I      0x0000_4013 value  { rs1 ^ imm }
        ori    I      0x0000_6013 value  { rs1 | imm }
        andi   I      0x0000_7013 value  { rs1 & imm }
        slli   Shift  0x0000_1013 value  { rs1 << (imm & 63) }
        srli   Shift  0x0000_5013 value  { rs1 >> (imm & 63) }
        srai   Shift  0x4000_5013 value  { (rs1 as i64 >> (imm & 63)) as u64 }

        add    R      0x0000_0033 value  { rs1.wrapping_add(rs2) }
        sub    R      0x4000_0033 value  { rs1.wrapping_sub(rs2) }
        sll    R      0x0000_1033 value  { rs1 << (rs2 & 63) }
        slt    R      0x0000_2033 value  { u64::from((rs1 as i64) < rs2 as i64) }
        sltu   R      0x0000_3033 value  { u64::from(rs1 < rs2) }
        xor    R      0x0000_4033 value  { rs1 ^ rs2 }
        srl    R      0x0000_5033 value  { rs1 >> (rs2 & 63) }
        sra    R      0x4000_5033 value  { (rs1 as i64 >> (rs2 & 63)) as u64 }
        or     R      0x0000_6033 value  { rs1 | rs2 }
        and    R      0x0000_7033 value  { rs1 & rs2 }

        addiw  I      0x0000_001b value  { rs1.wrapping_add(imm) as i32 as u64 }
        slliw  ShiftW 0x0000_101b value  { ((rs1 as i32) << (imm & 31)) as u64 }
        srliw  ShiftW 0x0000_501b value  { (rs1 as u32 >> (imm & 31)) as i32 as u64 }
        sraiw  ShiftW 0x4000_501b value  { (rs1 as i32 >> (imm & 31)) as u64 }
        addw   R      0x0000_003b value  { rs1.wrapping_add(rs2) as i32 as u64 }
        subw   R      0x4000_003b value  { rs1.wrapping_sub(rs2) as i32 as u64 }
        sllw   R      0x0000_103b value  { ((rs1 as i32) << (rs2 & 31)) as u64 }
        srlw   R      0x0000_503b value  { (rs1 as u32 >> (rs2 & 31)) as i32 as u64 }
        sraw   R      0x4000_503b value  { (rs1 as i32 >> (rs2 & 31)) as u64 }

        // One hart runs at a time and sees every earlier store: nothing to order.
        fence  Fence  0x0000_000f nothing { }
        ecall  Whole  0x0000_0073 system { hart.ecall() }
        ebreak Whole  0x0010_0073 system { Err(Exception::Breakpoint.at(0)) }
    } ] } };
}
