//! What the interpreter does at once: an instruction, or two that often follow each other.
//!
//! A pair costs one dispatch instead of two. Its first instruction carries the pair's
//! [`Form`], the second stays where it is, with its own operands, place and count; so traps,
//! budgets and jumps into the middle see two instructions as ever. To add a pair, add a row.

use crate::hart::Op;
use crate::isa::Kind;

/// Hands the names of the rows, as they come, and the pairs to `$finish`: a name, and the rows of which it is made. Those that were met most often in
/// compilers' output: the benchmarks' programs and the kernel.
macro_rules! with_every_pair {
    ($finish:ident $rows:tt) => {
        $finish! { $rows [
            addi_addi addi addi
            addi_add  addi add
            add_addi  add  addi
            add_add   add  add
            slli_add  slli add
            slli_srli slli srli
            slli_slli slli slli
            slli_xor  slli xor
            srli_xor  srli xor
            lui_addi  lui  addi
            auipc_addi auipc addi
            mul_add   mul  add

            addi_beq  addi beq
            addi_bne  addi bne
            addi_blt  addi blt
            addi_bge  addi bge
            addi_bltu addi bltu
            addi_bgeu addi bgeu
            add_bltu  add  bltu
            add_bne   add  bne
            andi_beq  andi beq
            andi_bne  andi bne
            beq_addi  beq  addi
            bne_addi  bne  addi
            bgeu_addi bgeu addi
            bgeu_slli bgeu slli
            bltu_addi bltu addi
            addi_jal  addi jal
            add_jal   add  jal
            addi_jalr addi jalr
            auipc_jalr auipc jalr

            ld_ld     ld   ld
            ld_addi   ld   addi
            ld_add    ld   add
            ld_beq    ld   beq
            ld_bne    ld   bne
            ld_bltu   ld   bltu
            ld_bgeu   ld   bgeu
            ld_sd     ld   sd
            addi_ld   addi ld
            add_ld    add  ld
            add_lw    add  lw
            lw_addi   lw   addi
            lw_add    lw   add
            lbu_add   lbu  add
            lbu_addi  lbu  addi
            lbu_beq   lbu  beq
            lbu_bne   lbu  bne
            lhu_lhu   lhu  lhu
            add_lhu   add  lhu
            add_lbu   add  lbu
            addi_lbu  addi lbu
            sd_sd     sd   sd
            sd_addi   sd   addi
            addi_sd   addi sd
            add_sd    add  sd
            sb_add    sb   add
            sb_addi   sb   addi
            add_sb    add  sb
        ] }
    };
}

macro_rules! define_forms {
    ([$($name:ident)*] [$($pair:ident $first:ident $second:ident)*]) => {
        /// A row or a pair of rows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        #[allow(non_camel_case_types, reason = "spelt as in the rows")]
        pub(crate) enum Form {
            $($name,)*
            illegal,
            $($pair,)*
        }

        impl From<Kind> for Form {
            fn from(kind: Kind) -> Form {
                match kind {
                    $(Kind::$name => Form::$name,)*
                    Kind::illegal => Form::illegal,
                }
            }
        }

        impl Form {
            /// The instruction, or the first of two.
            pub fn kind(self) -> Kind {
                match self {
                    $(Form::$name => Kind::$name,)*
                    Form::illegal => Kind::illegal,
                    $(Form::$pair => Kind::$first,)*
                }
            }
        }

        /// The pair of `first` and `second`, if there is one.
        fn pair(first: Kind, second: Kind) -> Option<Form> {
            match (first, second) {
                $((Kind::$first, Kind::$second) => Some(Form::$pair),)*
                _ => None,
            }
        }
    };
}
/// Hands the rows' names on, with the pairs.
macro_rules! name_rows {
    ($({ $names:tt $($name:ident $format:ident $bits:literal $effect:ident $body:tt)* })*) => {
        with_every_pair! { define_forms [$($($name)*)*] }
    };
}
with_every_row!(name_rows);

/// Makes pairs of the instructions of a block, from its start on.
pub(crate) fn join(ops: &mut [Op]) {
    let mut at = 0;
    while let [first, second, ..] = &mut ops[at..] {
        match pair(first.form.kind(), second.form.kind()) {
            Some(form) => {
                first.form = form;
                at += 2;
            }
            None => at += 1,
        }
    }
}
