//! D: arithmetic on binary64.
//! Source: Unprivileged ISA, "\"D\" Extension for Double-Precision Floating-Point".

macro_rules! d {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, fpu, rs3)

        fld       FLoad   0x0000_3007 float_load  { u64 }
        fsd       FStore  0x0000_3027 float_store { u64 }

        fmadd_d   Fused   0x0200_0043 to_float { fpu.fused::<Double>(rs1, rs2, rs3) }
        fmsub_d   Fused   0x0200_0047 to_float { fpu.fused_subtract::<Double>(rs1, rs2, rs3) }
        fnmsub_d  Fused   0x0200_004b to_float { fpu.fused_negate_subtract::<Double>(rs1, rs2, rs3) }
        fnmadd_d  Fused   0x0200_004f to_float { fpu.fused_negate_add::<Double>(rs1, rs2, rs3) }

        fadd_d    FffRm   0x0200_0053 to_float { fpu.add::<Double>(rs1, rs2) }
        fsub_d    FffRm   0x0a00_0053 to_float { fpu.subtract::<Double>(rs1, rs2) }
        fmul_d    FffRm   0x1200_0053 to_float { fpu.multiply::<Double>(rs1, rs2) }
        fdiv_d    FffRm   0x1a00_0053 to_float { fpu.divide::<Double>(rs1, rs2) }
        fsqrt_d   FfRm    0x5a00_0053 to_float { fpu.square_root::<Double>(rs1) }
        fsgnj_d   Fff     0x2200_0053 to_float { fpu.copy_sign::<Double>(rs1, rs2) }
        fsgnjn_d  Fff     0x2200_1053 to_float { fpu.copy_other_sign::<Double>(rs1, rs2) }
        fsgnjx_d  Fff     0x2200_2053 to_float { fpu.multiply_sign::<Double>(rs1, rs2) }
        fmin_d    Fff     0x2a00_0053 to_float { fpu.minimum::<Double>(rs1, rs2) }
        fmax_d    Fff     0x2a00_1053 to_float { fpu.maximum::<Double>(rs1, rs2) }

        fle_d     Xff     0xa200_0053 from_float { fpu.less_or_equal::<Double>(rs1, rs2) }
        flt_d     Xff     0xa200_1053 from_float { fpu.less::<Double>(rs1, rs2) }
        feq_d     Xff     0xa200_2053 from_float { fpu.equal::<Double>(rs1, rs2) }
        fclass_d  Xf      0xe200_1053 from_float { fpu.classify::<Double>(rs1) }

        fcvt_s_d  FfRm    0x4010_0053 to_float { fpu.narrow(rs1) }
        fcvt_d_s  FfRm    0x4200_0053 to_float { fpu.widen(rs1) }
        fcvt_w_d  XfRm    0xc200_0053 from_float { fpu.integer_from::<Double, i32>(rs1) }
        fcvt_wu_d XfRm    0xc210_0053 from_float { fpu.integer_from::<Double, u32>(rs1) }
        fcvt_l_d  XfRm    0xc220_0053 from_float { fpu.integer_from::<Double, i64>(rs1) }
        fcvt_lu_d XfRm    0xc230_0053 from_float { fpu.integer_from::<Double, u64>(rs1) }
        fcvt_d_w  FxRm    0xd200_0053 to_float { fpu.float_from::<i32, Double>(rs1) }
        fcvt_d_wu FxRm    0xd210_0053 to_float { fpu.float_from::<u32, Double>(rs1) }
        fcvt_d_l  FxRm    0xd220_0053 to_float { fpu.float_from::<i64, Double>(rs1) }
        fcvt_d_lu FxRm    0xd230_0053 to_float { fpu.float_from::<u64, Double>(rs1) }

        fmv_x_d   Xf      0xe200_0053 from_float { rs1 }
        fmv_d_x   Fx      0xf200_0053 to_float { rs1 }
    } ] } };
}
