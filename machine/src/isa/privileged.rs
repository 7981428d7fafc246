//! The privileged instructions: returns from traps, WFI, and the fence of the TLB.
//! Source: Privileged ISA, "Trap-Return Instructions", "Wait for Interrupt",
//! "Supervisor Memory-Management Fence Instruction".

macro_rules! privileged {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, hart, board)

        sret       Whole    0x1020_0073 system { hart.sret(board, op) }
        mret       Whole    0x3020_0073 system { hart.mret(board, op) }
        wfi        Whole    0x1050_0073 system { hart.wfi(op).map(|()| after) }
        sfence_vma FenceVma 0x1200_0073 system { hart.sfence_vma(op).map(|()| after) }
    } ] } };
}
