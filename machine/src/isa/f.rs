//! F: arithmetic on binary32.
//! Source: Unprivileged ISA, "\"F\" Extension for Single-Precision Floating-Point".

macro_rules! f {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, fpu, rs3)

        flw       FLoad   0x0000_2007 float_load  { Boxed }
        fsw       FStore  0x0000_2027 float_store { Boxed }

        fmadd_s   Fused   0x0000_0043 to_float { fpu.fused::<Single>(rs1, rs2, rs3) }
        fmsub_s   Fused   0x0000_0047 to_float { fpu.fused_subtract::<Single>(rs1, rs2, rs3) }
        fnmsub_s  Fused   0x0000_004b to_float { fpu.fused_negate_subtract::<Single>(rs1, rs2, rs3) }
        fnmadd_s  Fused   0x0000_004f to_float { fpu.fused_negate_add::<Single>(rs1, rs2, rs3) }

        fadd_s    FffRm   0x0000_0053 to_float { fpu.add::<Single>(rs1, rs2) }
        fsub_s    FffRm   0x0800_0053 to_float { fpu.subtract::<Single>(rs1, rs2) }
        fmul_s    FffRm   0x1000_0053 to_float { fpu.multiply::<Single>(rs1, rs2) }
        fdiv_s    FffRm   0x1800_0053 to_float { fpu.divide::<Single>(rs1, rs2) }
        fsqrt_s   FfRm    0x5800_0053 to_float { fpu.square_root::<Single>(rs1) }
        fsgnj_s   Fff     0x2000_0053 to_float { fpu.copy_sign::<Single>(rs1, rs2) }
        fsgnjn_s  Fff     0x2000_1053 to_float { fpu.copy_other_sign::<Single>(rs1, rs2) }
        fsgnjx_s  Fff     0x2000_2053 to_float { fpu.multiply_sign::<Single>(rs1, rs2) }
        fmin_s    Fff     0x2800_0053 to_float { fpu.minimum::<Single>(rs1, rs2) }
        fmax_s    Fff     0x2800_1053 to_float { fpu.maximum::<Single>(rs1, rs2) }

        fle_s     Xff     0xa000_0053 from_float { fpu.less_or_equal::<Single>(rs1, rs2) }
        flt_s     Xff     0xa000_1053 from_float { fpu.less::<Single>(rs1, rs2) }
        feq_s     Xff     0xa000_2053 from_float { fpu.equal::<Single>(rs1, rs2) }
        fclass_s  Xf      0xe000_1053 from_float { fpu.classify::<Single>(rs1) }

        fcvt_w_s  XfRm    0xc000_0053 from_float { fpu.integer_from::<Single, i32>(rs1) }
        fcvt_wu_s XfRm    0xc010_0053 from_float { fpu.integer_from::<Single, u32>(rs1) }
        fcvt_l_s  XfRm    0xc020_0053 from_float { fpu.integer_from::<Single, i64>(rs1) }
        fcvt_lu_s XfRm    0xc030_0053 from_float { fpu.integer_from::<Single, u64>(rs1) }
        fcvt_s_w  FxRm    0xd000_0053 to_float { fpu.float_from::<i32, Single>(rs1) }
        fcvt_s_wu FxRm    0xd010_0053 to_float { fpu.float_from::<u32, Single>(rs1) }
        fcvt_s_l  FxRm    0xd020_0053 to_float { fpu.float_from::<i64, Single>(rs1) }
        fcvt_s_lu FxRm    0xd030_0053 to_float { fpu.float_from::<u64, Single>(rs1) }

        fmv_x_w   Xf      0xe000_0053 from_float { rs1 as i32 as u64 }
        fmv_w_x   Fx      0xf000_0053 to_float { Boxed::from_register(rs1).to_register() }
    } ] } };
}
