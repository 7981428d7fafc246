//! Zicsr and Zifencei: control and status registers, and the instruction fence.
//! Source: Unprivileged ISA, "\"Zicsr\" Extension" and "\"Zifencei\" Extension".

macro_rules! zicsr {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, hart, board)

        csrrw   Csr   0x0000_1073 system { hart.csr_swap(board, op, rs1).map(|()| after) }
        csrrs   Csr   0x0000_2073 system { hart.csr_change(board, op, |old| old | rs1).map(|()| after) }
        csrrc   Csr   0x0000_3073 system { hart.csr_change(board, op, |old| old & !rs1).map(|()| after) }
        csrrwi  CsrI  0x0000_5073 system { hart.csr_swap(board, op, u64::from(op.rs1)).map(|()| after) }
        csrrsi  CsrI  0x0000_6073 system {
            hart.csr_change(board, op, |old| old | u64::from(op.rs1)).map(|()| after)
        }
        csrrci  CsrI  0x0000_7073 system {
            hart.csr_change(board, op, |old| old & !u64::from(op.rs1)).map(|()| after)
        }

        // Stores to code drop the decoded blocks at once; the fence has nothing left to do.
        fence_i Fence 0x0000_100f system { Ok(after) }
    } ] } };
}
