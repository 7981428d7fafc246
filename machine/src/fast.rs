//! The short way: instructions that touch registers, RAM that the TLB knows, and code that is
//! decoded. One big match made from the rows of [`crate::isa`]; so one function is long, most
//! of it macros.
//!
//! Nothing is called from here, and whatever would need a call stops: V8 keeps no register
//! across a call in WebAssembly, and what is alive over one is written to the stack and read
//! back at every instruction, calls made or not. By that alone, in a browser, this loop is a
//! half faster.

use crate::code::{Code, CodePage};
use crate::float::{Double, HostFpu, Single};
use crate::form::Form;
use crate::hart::access::{Boxed, Word};
use crate::hart::{F0, Hart, Op};
use crate::memory::PAGE;
use crate::ram::Ram;

/// Where a hart stands in decoded code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// The address at which the block begins.
    pub pc: u64,
    /// Steps that may be made from the beginning of the block on.
    pub left: u64,
    /// What is still to be done of the block, no more than may be; if nothing, the block at
    /// `pc` is next.
    pub ops: &'a [Op],
}

impl Place<'_> {
    /// Before the block at `pc`, with `left` steps to make.
    pub fn at(pc: u64, left: u64) -> Self {
        Place { pc, left, ops: &[] }
    }
}

/// Where [`run`] stopped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop<'a> {
    pub place: Place<'a>,
    /// What has to be done the long way, before the rest of the block; if nothing, no steps
    /// are left, or no code is known where the hart stands.
    pub op: Option<&'a Op>,
}

/// No page's number.
const NOWHERE: u64 = u64::MAX;
/// A page without code.
static NO_CODE: CodePage = CodePage::NONE;

/// Runs from `place` on as long as that is simple.
#[allow(
    unused_variables,
    unused_macros,
    reason = "not every row uses every name"
)]
#[allow(
    clippy::identity_op,
    clippy::unnecessary_cast,
    reason = "rows are uniform"
)]
#[inline(never)]
pub(crate) fn run<'a>(
    hart: &mut Hart,
    ram: &mut Ram,
    code: &'a Code,
    place: Place<'a>,
) -> Stop<'a> {
    let Place {
        pc: mut block_pc,
        mut left,
        mut ops,
    } = place;
    // Blocks mostly lead to others of their page: it is looked up once.
    let mut here = NOWHERE;
    let mut page = &NO_CODE;
    'blocks: loop {
        if ops.is_empty() {
            if block_pc / PAGE as u64 != here {
                here = block_pc / PAGE as u64;
                let number = hart.tlb.fetch.find(block_pc, 2);
                page = number.map_or(&NO_CODE, |number| code.page(number));
            }
            ops = page.block(block_pc);
            // When fewer steps are left than the block has, only so many are made.
            if ops.len() as u64 > left {
                ops = &ops[..left as usize];
            }
        }
        let Some(last) = ops.last() else {
            let place = Place::at(block_pc, left);
            return Stop { place, op: None };
        };
        let mut rest = ops.iter();
        while let Some(mut op) = rest.next() {
            /// Leaves `op` to the long way.
            macro_rules! stop {
                () => {{
                    let place = Place {
                        pc: block_pc,
                        left,
                        ops: rest.as_slice(),
                    };
                    return Stop {
                        place,
                        op: Some(op),
                    };
                }};
            }
            /// Goes on at an address.
            macro_rules! go {
                ($to:expr) => {{
                    block_pc = $to;
                    left -= u64::from(op.nth) + 1;
                    ops = &[];
                    continue 'blocks;
                }};
            }
            macro_rules! pc {
                () => {
                    block_pc.wrapping_add(u64::from(op.at))
                };
            }
            macro_rules! after {
                () => {
                    pc!().wrapping_add(u64::from(op.len))
                };
            }
            /// What becomes of a row's body; see the head of `crate::isa`.
            macro_rules! effect {
                (value { $body:expr } $fpu:ident $rs3:ident) => {
                    hart.x[usize::from(op.rd)] = $body
                };
                (branch { $body:expr } $fpu:ident $rs3:ident) => {
                    if $body {
                        go!(pc!().wrapping_add(op.imm as u64));
                    }
                };
                (jump { $body:expr } $fpu:ident $rs3:ident) => {{
                    let to = $body;
                    hart.x[usize::from(op.rd)] = after!();
                    go!(to);
                }};
                (load { $ty:ident } $fpu:ident $rs3:ident) => {{
                    let va = hart.x[usize::from(op.rs1)].wrapping_add(op.imm as u64);
                    match hart.load_fast::<$ty>(ram, va) {
                        Some(value) => hart.x[usize::from(op.rd)] = value.to_register(),
                        None => stop!(),
                    }
                }};
                (store { $ty:ident } $fpu:ident $rs3:ident) => {{
                    let va = hart.x[usize::from(op.rs1)].wrapping_add(op.imm as u64);
                    let value = hart.x[usize::from(op.rs2)];
                    if !hart.store_fast(ram, va, $ty::from_register(value)) {
                        stop!();
                    }
                }};
                (amo { $ty:ident : $change:expr } $fpu:ident $rs3:ident) => {{
                    let va = hart.x[usize::from(op.rs1)];
                    let operand = hart.x[usize::from(op.rs2)];
                    match hart.amo_fast::<$ty>(ram, va, operand, $change) {
                        Some(value) => hart.x[usize::from(op.rd)] = value,
                        None => stop!(),
                    }
                }};
                (to_float { $body:expr } $fpu:ident $rs3:ident) => {{
                    if !hart.has_dirty_fpu() {
                        stop!();
                    }
                    effect!(from_float { $body } $fpu $rs3);
                }};
                (from_float { $body:expr } $fpu:ident $rs3:ident) => {{
                    let Some($fpu) = hart.fpu(op.imm).map(HostFpu) else {
                        stop!();
                    };
                    let $rs3 = hart.x[usize::from(F0 + (op.imm as u8 >> 3))];
                    // Moves give their value; the rest, perhaps.
                    let result: Option<u64> = $body.into();
                    match result {
                        Some(value) => hart.x[usize::from(op.rd)] = value,
                        None => stop!(),
                    }
                }};
                (float_load { $ty:ident } $fpu:ident $rs3:ident) => {{
                    if !hart.has_dirty_fpu() {
                        stop!();
                    }
                    effect!(load { $ty } $fpu $rs3);
                }};
                (float_store { $ty:ident } $fpu:ident $rs3:ident) => {{
                    if !hart.has_fpu() {
                        stop!();
                    }
                    effect!(store { $ty } $fpu $rs3);
                }};
                (nothing { } $fpu:ident $rs3:ident) => {};
                ($other:ident $body:tt $fpu:ident $rs3:ident) => {
                    stop!()
                };
            }
            /// For each row a macro that does it to `op`; the row's own names are bound first.
            macro_rules! define {
                ($({
                    ($op:ident, $rs1:ident, $rs2:ident, $imm:ident, $pc:ident, $after:ident,
                     $hart:ident, $board:ident)
                    $($name:ident $format:ident $bits:literal $effect:ident $body:tt)*
                })*) => { $($(
                    macro_rules! $name {
                        () => {{
                            let $op = op;
                            let $rs1 = hart.x[usize::from(op.rs1)];
                            let $rs2 = hart.x[usize::from(op.rs2)];
                            let $imm = op.imm as u64;
                            let ($pc, $after) = (pc!(), after!());
                            effect!($effect $body $hart $board);
                        }};
                    }
                )*)* };
            }
            with_every_row!(define);
            /// One arm for each row, and one for each pair of rows.
            macro_rules! dispatch {
                ([$($name:ident)*] [$($pair:ident $first:ident $second:ident)*]) => {
                    match op.form {
                        $(Form::$name => $name!(),)*
                        $(Form::$pair => {
                            $first!();
                            // Where the budget ends in between, only the first is done.
                            let Some(second) = rest.next() else { break };
                            op = second;
                            $second!();
                        })*
                        Form::illegal => stop!(),
                    }
                };
            }
            macro_rules! name_rows {
                ($({
                    $names:tt
                    $($name:ident $format:ident $bits:literal $effect:ident $body:tt)*
                })*) => {
                    with_every_pair! { dispatch [$($($name)*)*] }
                };
            }
            with_every_row!(name_rows);
        }
        block_pc = block_pc.wrapping_add(u64::from(last.at) + u64::from(last.len));
        left -= u64::from(last.nth) + 1;
        ops = &[];
    }
}
