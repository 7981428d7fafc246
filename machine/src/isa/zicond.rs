//! Zicond: a value or zero, without a branch.
//! Source: Unprivileged ISA, "\"Zicond\" Extension for Integer Conditional Operations".

macro_rules! zicond {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, hart, board)

        czero_eqz R 0x0e00_5033 value { if rs2 == 0 { 0 } else { rs1 } }
        czero_nez R 0x0e00_7033 value { if rs2 != 0 { 0 } else { rs1 } }
    } ] } };
}
