//! Zicboz: zeroing a cache block.
//! Source: Unprivileged ISA, "\"CMO\" Extensions for Base Cache Management Operation".

macro_rules! zicboz {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, hart, board)

        cbo_zero Block 0x0040_200f attempt { hart.cbo_zero(board, op, rs1) }
    } ] } };
}
