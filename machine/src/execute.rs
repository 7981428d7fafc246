//! The interpreter: runs decoded blocks, one instruction after another, in one big match
//! made from the rows of [`crate::isa`]; so one function is long, most of it macros.
//!
//! Whatever can change which interrupt is pending, or which code is decoded, leaves the
//! block; then [`execute`] returns, and the machine looks before it goes on. So interrupts
//! land at an exact instruction, however a run is cut into pieces. Returning often also
//! lets V8's optimising tier in: WebAssembly has no on-stack replacement.

use crate::board::Board;
use crate::code::Code;
use crate::float::{Double, Single};
use crate::hart::access::{Boxed, Fetched, Word};
use crate::hart::{Exception, F0, Hart, Op, Trap};
use crate::isa::{Kind, decode};
use crate::memory::PAGE;

/// Runs `hart` for at most `budget` steps, from `hart.pc`; fewer if it has to look up.
///
/// A step is an instruction that retires, or one that traps. Moves `board.now` on by the
/// steps made, and counts the instructions retired.
pub(crate) fn execute(hart: &mut Hart, board: &mut Board, code: &mut Code, budget: u64) {
    let begin = board.now;
    let retired = hart.retired;
    hart.heed(board);
    let (done, trap) = run_blocks(hart, board, code, budget);
    board.now = begin + done;
    hart.retired = retired + done;
    if let Some(trap) = trap {
        hart.retired -= 1;
        hart.take_trap(board, trap);
    }
}

/// What [`prepare`] found.
enum Prepared {
    /// The block is among the decoded code now.
    Block,
    /// An instruction to run by itself.
    Single(Op),
    /// A probed instruction, which the machine wants to know of first.
    Probe,
}

/// Finds the block at `hart.pc` where the TLB or the decoded code do not know it yet. A
/// probed instruction is in no block: it runs only if it `is_first` of a run, which the
/// machine begins knowing of it.
#[cold]
#[inline(never)]
fn prepare(
    hart: &mut Hart,
    board: &mut Board,
    code: &mut Code,
    is_first: bool,
) -> Result<Prepared, Trap> {
    if !is_first && code.probes.may_be_at(hart.pc) {
        // Looked up without a trace: at this time nothing was fetched yet.
        let pa = hart.locate_pc(board);
        if pa.is_some_and(|pa| code.probes.has(pa)) {
            return Ok(Prepared::Probe);
        }
    }
    match hart.fetch_slow(board)? {
        Fetched::Word(word) => Ok(Prepared::Single(Op::new(decode(word), 0, 0))),
        Fetched::Page(page) => {
            if let Some(insn) = code.probed(&board.ram, page, hart.pc) {
                return Ok(Prepared::Single(Op::new(insn, 0, 0)));
            }
            if code.block(page, hart.pc).is_empty() {
                code.decode(&mut board.ram, page, hart.pc);
                hart.heed(board);
            }
            Ok(Prepared::Block)
        }
    }
}

/// Runs until `budget` steps are made, something has to be looked at, or a trap. Gives the
/// steps made, the trapping one included.
#[allow(unused_variables, reason = "not every row uses every name")]
#[allow(
    clippy::identity_op,
    clippy::unnecessary_cast,
    reason = "rows are uniform"
)]
fn run_blocks(
    hart: &mut Hart,
    board: &mut Board,
    code: &mut Code,
    budget: u64,
) -> (u64, Option<Trap>) {
    let begin = board.now;
    let retired = hart.retired;
    let mut left = budget;
    // Blocks mostly lead to others of their page: its translation is looked up once.
    const NOWHERE: u64 = u64::MAX;
    let mut here = NOWHERE;
    let mut here_page = None;
    'blocks: while left > 0 {
        let block_pc = hart.pc;
        let single;
        if block_pc / PAGE as u64 != here {
            here = block_pc / PAGE as u64;
            here_page = hart.tlb.fetch.find(block_pc, 2);
        }
        let mut ops = here_page.map_or(&[][..], |page| code.block(page, block_pc));
        if ops.is_empty() {
            let prepared = match prepare(hart, board, code, left == budget) {
                Ok(prepared) => prepared,
                Err(trap) => return (budget - left + 1, Some(trap)),
            };
            if board.ram.has_stale() {
                // The walk marked a page-table entry that lies among code.
                return (budget - left, None);
            }
            match prepared {
                Prepared::Block => {
                    here = NOWHERE;
                    continue;
                }
                Prepared::Single(op) => single = [op],
                Prepared::Probe => return (budget - left, None),
            }
            ops = &single;
        }
        // When fewer steps are left than the block has, only so many are made.
        if ops.len() as u64 > left {
            ops = &ops[..left as usize];
        }
        let Some(last) = ops.last() else { break };
        let mut next_pc = block_pc.wrapping_add(u64::from(last.at) + u64::from(last.len));

        for op in ops {
            /// The steps made before `op`.
            macro_rules! done {
                () => {
                    budget - left + u64::from(op.nth)
                };
            }
            /// Ends the run with a trap at `op`.
            macro_rules! trap {
                ($trap:expr) => {{
                    hart.pc = block_pc.wrapping_add(u64::from(op.at));
                    return (done!() + 1, Some($trap));
                }};
            }
            /// Lets the long way of `op` see the time, and leaves the block if it touched the
            /// board or code.
            macro_rules! slowly {
                ($result:expr) => {{
                    board.now = begin + done!();
                    hart.retired = retired + done!();
                    match $result {
                        Ok(value) => value,
                        Err(trap) => trap!(trap),
                    }
                }};
            }
            macro_rules! leave_if_touched {
                () => {
                    if board.touched || board.ram.has_stale() {
                        let after = u64::from(op.at) + u64::from(op.len);
                        hart.pc = block_pc.wrapping_add(after);
                        return (done!() + 1, None);
                    }
                };
            }
            /// What becomes of a row's body; see the head of `crate::isa`.
            macro_rules! effect {
                (value { $body:expr } $names:tt) => {
                    hart.x[usize::from(op.rd)] = $body
                };
                (branch { $body:expr } $names:tt) => {
                    if $body {
                        hart.pc = pc!().wrapping_add(op.imm as u64);
                        left -= u64::from(op.nth) + 1;
                        continue 'blocks;
                    }
                };
                (jump { $body:expr } $names:tt) => {{
                    next_pc = $body;
                    hart.x[usize::from(op.rd)] = after!();
                }};
                (load { $ty:ident } $names:tt) => {
                    effect!(load { $ty then {} } $names)
                };
                (load { $ty:ident then $note:block } $names:tt) => {{
                    let va = hart.x[usize::from(op.rs1)].wrapping_add(op.imm as u64);
                    match hart.load_fast::<$ty>(board, va) {
                        Some(value) => {
                            hart.x[usize::from(op.rd)] = value.to_register();
                            $note
                        }
                        None => {
                            let value = slowly!(hart.load_slow(board, va, $ty::SIZE));
                            hart.x[usize::from(op.rd)] = $ty::from_register(value).to_register();
                            $note
                            leave_if_touched!();
                        }
                    }
                }};
                (store { $ty:ident } $names:tt) => {{
                    let va = hart.x[usize::from(op.rs1)].wrapping_add(op.imm as u64);
                    let value = hart.x[usize::from(op.rs2)];
                    if !hart.store_fast(board, va, $ty::from_register(value)) {
                        slowly!(hart.store_slow(board, va, $ty::SIZE, value));
                        leave_if_touched!();
                    }
                }};
                (amo { $ty:ident : $change:expr } $names:tt) => {{
                    let va = hart.x[usize::from(op.rs1)];
                    let operand = hart.x[usize::from(op.rs2)];
                    let value = slowly!(hart.amo::<$ty>(board, va, operand, $change));
                    hart.x[usize::from(op.rd)] = value;
                    leave_if_touched!();
                }};
                (attempt { $body:expr } $names:tt) => {{
                    let value = slowly!({
                        let $names = (&mut *hart, &mut *board);
                        $body
                    });
                    hart.x[usize::from(op.rd)] = value;
                    leave_if_touched!();
                }};
                (system { $body:expr } $names:tt) => {{
                    let next = slowly!({
                        let $names = (&mut *hart, &mut *board);
                        $body
                    });
                    hart.pc = next;
                    return (done!() + 1, None);
                }};
                (to_float { $body:expr } $names:tt) => {{
                    let Some(mut fpu) = hart.fpu(op.imm) else {
                        trap!(Trap::illegal(op));
                    };
                    let rs3 = hart.x[usize::from(F0 + (op.imm as u8 >> 3))];
                    let $names = (&mut fpu, rs3);
                    hart.x[usize::from(op.rd)] = $body;
                    hart.note_float_written(fpu);
                }};
                (from_float { $body:expr } $names:tt) => {{
                    let Some(mut fpu) = hart.fpu(op.imm) else {
                        trap!(Trap::illegal(op));
                    };
                    let $names = (&mut fpu, 0u64);
                    hart.x[usize::from(op.rd)] = $body;
                    hart.note_float_read(fpu);
                }};
                (float_load { $ty:ident } $names:tt) => {{
                    if !hart.has_fpu() {
                        trap!(Trap::illegal(op));
                    }
                    effect!(load { $ty then { hart.note_float_loaded() } } $names);
                }};
                (float_store { $ty:ident } $names:tt) => {{
                    if !hart.has_fpu() {
                        trap!(Trap::illegal(op));
                    }
                    effect!(store { $ty } $names);
                }};
                (nothing { } $names:tt) => {};
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
            /// One arm for each row; the rows' own names are bound first.
            macro_rules! dispatch {
                ($({
                    ($op:ident, $rs1:ident, $rs2:ident, $imm:ident, $pc:ident, $after:ident,
                     $hart:ident, $board:ident)
                    $($name:ident $format:ident $bits:literal $effect:ident $body:tt)*
                })*) => {
                    match op.kind {
                        $($(Kind::$name => {
                            let $op = op;
                            let $rs1 = hart.x[usize::from(op.rs1)];
                            let $rs2 = hart.x[usize::from(op.rs2)];
                            let $imm = op.imm as u64;
                            let ($pc, $after) = (pc!(), after!());
                            effect!($effect $body ($hart, $board));
                        })*)*
                        Kind::illegal => {
                            let word = u64::from(op.imm as u32);
                            trap!(Exception::IllegalInstruction.at(word));
                        }
                    }
                };
            }
            with_every_row!(dispatch);
        }

        hart.pc = next_pc;
        left -= ops.len() as u64;
    }
    (budget - left, None)
}
