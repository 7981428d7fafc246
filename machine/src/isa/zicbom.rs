//! Zicbom: cache-block management. There is no cache: what is left of these is who may
//! execute them, and on which addresses.
//! Source: Unprivileged ISA, "\"CMO\" Extensions for Base Cache Management Operation".

macro_rules! zicbom {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, hart, board)

        cbo_inval Block 0x0000_200f attempt { hart.cbo_inval(board, op, rs1) }
        cbo_clean Block 0x0010_200f attempt { hart.cbo_clean(board, op, rs1) }
        cbo_flush Block 0x0020_200f attempt { hart.cbo_clean(board, op, rs1) }
    } ] } };
}
