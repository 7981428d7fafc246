//! The long way: one instruction, whatever it is. One big match made from the rows of
//! [`crate::isa`]; so one function is long, most of it macros.

use crate::board::Board;
use crate::float::{Double, Single};
use crate::hart::access::{Boxed, Word};
use crate::hart::{Exception, F0, Hart, Op, Trap};
use crate::isa::Kind;

/// Where a hart goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Next {
    /// With the instruction that follows.
    Follows,
    /// At this address.
    Jump(u64),
    /// At this address, when interrupts and decoded code have been looked at.
    Look(u64),
}

/// Does `op`, which lies at `at`.
///
/// # Errors
/// The trap it raises.
#[allow(unused_variables, reason = "not every row uses every name")]
#[allow(
    clippy::identity_op,
    clippy::unnecessary_cast,
    reason = "rows are uniform"
)]
#[inline(never)]
pub(crate) fn run(hart: &mut Hart, board: &mut Board, op: &Op, at: u64) -> Result<Next, Trap> {
    let following = at.wrapping_add(u64::from(op.len));
    /// What becomes of a row's body; see the head of `crate::isa`.
    macro_rules! effect {
        (value { $body:expr } $names:tt) => {
            hart.x[usize::from(op.rd)] = $body
        };
        (branch { $body:expr } $names:tt) => {
            if $body {
                return Ok(Next::Jump(at.wrapping_add(op.imm as u64)));
            }
        };
        (jump { $body:expr } $names:tt) => {{
            let to = $body;
            hart.x[usize::from(op.rd)] = following;
            return Ok(Next::Jump(to));
        }};
        (load { $ty:ident } $names:tt) => {{
            let va = hart.x[usize::from(op.rs1)].wrapping_add(op.imm as u64);
            let value = hart.load_slow(board, va, $ty::SIZE)?;
            hart.x[usize::from(op.rd)] = $ty::from_register(value).to_register();
        }};
        (store { $ty:ident } $names:tt) => {{
            let va = hart.x[usize::from(op.rs1)].wrapping_add(op.imm as u64);
            let value = hart.x[usize::from(op.rs2)];
            hart.store_slow(board, va, $ty::SIZE, value)?;
        }};
        (amo { $ty:ident : $change:expr } $names:tt) => {{
            let va = hart.x[usize::from(op.rs1)];
            let operand = hart.x[usize::from(op.rs2)];
            hart.x[usize::from(op.rd)] = hart.amo::<$ty>(board, va, operand, $change)?;
        }};
        (attempt { $body:expr } $names:tt) => {{
            let value = {
                let $names = (&mut *hart, &mut *board);
                $body
            };
            hart.x[usize::from(op.rd)] = value?;
        }};
        (system { $body:expr } $names:tt) => {{
            let next = {
                let $names = (&mut *hart, &mut *board);
                $body
            };
            return Ok(Next::Look(next?));
        }};
        (to_float { $body:expr } $names:tt) => {{
            let mut fpu = hart.fpu(op.imm).ok_or_else(|| Trap::illegal(op))?;
            let rs3 = hart.x[usize::from(F0 + (op.imm as u8 >> 3))];
            let $names = (&mut fpu, rs3);
            hart.x[usize::from(op.rd)] = $body;
            hart.note_float_written(fpu);
        }};
        (from_float { $body:expr } $names:tt) => {{
            let mut fpu = hart.fpu(op.imm).ok_or_else(|| Trap::illegal(op))?;
            let $names = (&mut fpu, 0u64);
            hart.x[usize::from(op.rd)] = $body;
            hart.note_float_read(fpu);
        }};
        (float_load { $ty:ident } $names:tt) => {{
            if !hart.has_fpu() {
                return Err(Trap::illegal(op));
            }
            effect!(load { $ty } $names);
            hart.note_float_loaded();
        }};
        (float_store { $ty:ident } $names:tt) => {{
            if !hart.has_fpu() {
                return Err(Trap::illegal(op));
            }
            effect!(store { $ty } $names);
        }};
        (nothing { } $names:tt) => {};
    }
    /// One arm for each row; the rows' own names are bound first.
    macro_rules! dispatch {
        ($({
            ($op:ident, $rs1:ident, $rs2:ident, $imm:ident, $pc:ident, $after:ident,
             $hart:ident, $board:ident)
            $($name:ident $format:ident $bits:literal $effect:ident $body:tt)*
        })*) => {
            match op.form.kind() {
                $($(Kind::$name => {
                    let $op = op;
                    let $rs1 = hart.x[usize::from(op.rs1)];
                    let $rs2 = hart.x[usize::from(op.rs2)];
                    let $imm = op.imm as u64;
                    let ($pc, $after) = (at, following);
                    effect!($effect $body ($hart, $board));
                })*)*
                Kind::illegal => {
                    let word = u64::from(op.imm as u32);
                    return Err(Exception::IllegalInstruction.at(word));
                }
            }
        };
    }
    with_every_row!(dispatch);
    Ok(Next::Follows)
}
