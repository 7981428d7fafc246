//! Zihintpause: a hint that the hart spins. Harts take turns; there is no power to save.
//! Source: Unprivileged ISA, "\"Zihintpause\" Extension for Pause Hint".

macro_rules! zihintpause {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, hart, board)

        // One of the words of `fence`.
        pause Whole 0x0100_000f nothing { }
    } ] } };
}
