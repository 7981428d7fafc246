//! The instruction set as rows. Decoder, encoder, disassembler and interpreter are
//! all made from the rows in `rv64i.rs`, `m.rs` and so on, a file for each extension;
//! `c.rs` says which of them each 16-bit form stands for.
//!
//! A row reads `name format match effect { body }`:
//!
//! - `format` ([`Format`]) names the fields, the bits that must match, and the text;
//! - `match` is the word with every field zero;
//! - `effect` says what becomes of the body:
//!   `value` writes it to `rd`; `branch` jumps by `imm` if it holds; `jump` links and
//!   goes to it; `load` and `store` access memory as that type at `rs1 + imm`; `amo`
//!   replaces memory at `rs1`; `attempt` writes to `rd` unless it traps; `system` may
//!   change anything and gives the next `pc`; `nothing` does nothing;
//!   `to_float` and `from_float` write a float and an integer register as `value` does,
//!   with the `fpu` switched on and the rounding mode of the instruction; `float_load` and
//!   `float_store` access memory for a float register.
//!
//! Bodies speak of `rs1`, `rs2` (values of the registers), `imm`, `pc`, `after` (the
//! `pc` that follows), `op`, `hart` and `board`; those of floats of `fpu` and `rs3` instead
//! of the last two. To add an instruction, add a row.

/// Hands every row of every extension to the macro `$finish`, as one `{ … }` group
/// for each extension. Where one row's words are among another's, as those of `pause` are
/// among those of `fence`, it stands before it.
macro_rules! with_every_row {
    ($finish:ident) => {
        zihintpause! { $finish [
            rv64i m a f d zicsr zba zbb zbs zicond zicbom zicboz privileged svinval
        ] [] }
    };
}
/// Hands the groups collected so far to the next extension, or all to `$finish`.
macro_rules! next_extension {
    ($finish:ident [] [$($groups:tt)*]) => {
        $finish! { $($groups)* }
    };
    ($finish:ident [$next:ident $($later:ident)*] [$($groups:tt)*]) => {
        $next! { $finish [$($later)*] [$($groups)*] }
    };
}

#[macro_use]
mod rv64i;
#[macro_use]
mod m;
#[macro_use]
mod a;
#[macro_use]
mod f;
#[macro_use]
mod d;
#[macro_use]
mod zicsr;
#[macro_use]
mod zba;
#[macro_use]
mod zbb;
#[macro_use]
mod zbs;
#[macro_use]
mod zicond;
#[macro_use]
mod zicbom;
#[macro_use]
mod zicboz;
#[macro_use]
mod zihintpause;
#[macro_use]
mod privileged;
#[macro_use]
mod svinval;

mod c;
mod decode;
mod disasm;
mod format;

pub(crate) use decode::length;
pub use decode::{Insn, Kind, Row, decode, rows};
pub use disasm::{FLOAT_REGISTERS, REGISTERS, disassemble};
pub use format::{Bank, Fields, Format};

#[cfg(test)]
mod tests;
