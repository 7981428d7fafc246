//! A: load-reserved, store-conditional and atomic memory operations.
//! Source: Unprivileged ISA, "\"A\" Extension for Atomic Instructions".

macro_rules! a {
    ($finish:ident $later:tt [$($groups:tt)*]) => { next_extension! { $finish $later [$($groups)* {
        (op, rs1, rs2, imm, pc, after, hart, board)

        lr_w      Lr  0x1000_202f attempt { hart.load_reserved::<i32>(board, rs1) }
        lr_d      Lr  0x1000_302f attempt { hart.load_reserved::<i64>(board, rs1) }
        sc_w      Amo 0x1800_202f attempt { hart.store_conditional::<i32>(board, rs1, rs2) }
        sc_d      Amo 0x1800_302f attempt { hart.store_conditional::<i64>(board, rs1, rs2) }

        amoswap_w Amo 0x0800_202f amo { i32: |_, new| new }
        amoadd_w  Amo 0x0000_202f amo { i32: |old, by| old.wrapping_add(by) }
        amoxor_w  Amo 0x2000_202f amo { i32: |old, by| old ^ by }
        amoand_w  Amo 0x6000_202f amo { i32: |old, by| old & by }
        amoor_w   Amo 0x4000_202f amo { i32: |old, by| old | by }
        amomin_w  Amo 0x8000_202f amo { i32: |old, by| old.min(by) }
        amomax_w  Amo 0xa000_202f amo { i32: |old, by| old.max(by) }
        amominu_w Amo 0xc000_202f amo { i32: |old, by| (old as u32).min(by as u32) as i32 }
        amomaxu_w Amo 0xe000_202f amo { i32: |old, by| (old as u32).max(by as u32) as i32 }

        amoswap_d Amo 0x0800_302f amo { i64: |_, new| new }
        amoadd_d  Amo 0x0000_302f amo { i64: |old, by| old.wrapping_add(by) }
        amoxor_d  Amo 0x2000_302f amo { i64: |old, by| old ^ by }
        amoand_d  Amo 0x6000_302f amo { i64: |old, by| old & by }
        amoor_d   Amo 0x4000_302f amo { i64: |old, by| old | by }
        amomin_d  Amo 0x8000_302f amo { i64: |old, by| old.min(by) }
        amomax_d  Amo 0xa000_302f amo { i64: |old, by| old.max(by) }
        amominu_d Amo 0xc000_302f amo { i64: |old, by| (old as u64).min(by as u64) as i64 }
        amomaxu_d Amo 0xe000_302f amo { i64: |old, by| (old as u64).max(by as u64) as i64 }
    } ] } };
}
