//! Svinval: `sfence.vma` in three parts. The first does the work; what the others order is
//! in order already.
//! Source: Privileged ISA, "\"Svinval\" Extension for Fine-Grained Address-Translation
//! Cache Invalidation".

macro_rules! svinval {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, hart, board)

        sinval_vma      FenceVma 0x1600_0073 system { hart.sfence_vma(op).map(|()| after) }
        sfence_w_inval  Whole    0x1800_0073 system { hart.order_invalidation(op).map(|()| after) }
        sfence_inval_ir Whole    0x1810_0073 system { hart.order_invalidation(op).map(|()| after) }
    } ] } };
}
