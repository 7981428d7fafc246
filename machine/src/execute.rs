//! The interpreter: runs decoded blocks, by turns the short way ([`fast`]) and, one
//! instruction at a time, the long way ([`slow`]). Both are made from the rows of
//! [`crate::isa`].
//!
//! Whatever can change which interrupt is pending, or which code is decoded, leaves the
//! block; then [`execute`] returns, and the machine looks before it goes on. So interrupts
//! land at an exact instruction, however a run is cut into pieces. Returning often also
//! lets V8's optimising tier in: WebAssembly has no on-stack replacement.

use crate::board::Board;
use crate::code::Code;
use crate::fast::{self, Place, Stop};
use crate::hart::access::Fetched;
use crate::hart::{Hart, Op, Trap};
use crate::isa::decode;
use crate::slow::{self, Next};

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
            if code.page(page).block(hart.pc).is_empty() {
                code.decode(&mut board.ram, page, hart.pc);
                hart.heed(board);
            }
            Ok(Prepared::Block)
        }
    }
}

/// Whether the machine has something to do after an instruction that may change anything.
fn has_to_look(hart: &Hart, board: &Board) -> bool {
    board.touched
        || board.ram.has_stale()
        || board.watcher.is_on
        || hart.waiting
        || hart.pending_interrupt().is_some()
}

/// Runs until `budget` steps are made, something has to be looked at, or a trap. Gives the
/// steps made, the trapping one included.
fn run_blocks(
    hart: &mut Hart,
    board: &mut Board,
    code: &mut Code,
    budget: u64,
) -> (u64, Option<Trap>) {
    let begin = board.now;
    let retired = hart.retired;
    let mut place = Place::at(hart.pc, budget);
    loop {
        let single;
        let Stop { place: stopped, op } = fast::run(hart, &mut board.ram, code, place);
        let left = stopped.left;
        let (op, at) = match op {
            Some(op) => (op, stopped),
            None => {
                hart.pc = stopped.pc;
                if left == 0 {
                    return (budget, None);
                }
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
                        place = Place::at(hart.pc, left);
                        continue;
                    }
                    Prepared::Single(op) => single = op,
                    Prepared::Probe => return (budget - left, None),
                }
                (&single, Place::at(hart.pc, left))
            }
        };
        let before = budget - left + u64::from(op.nth);
        let pc = at.pc.wrapping_add(u64::from(op.at));
        board.now = begin + before;
        hart.retired = retired + before;
        let next = match slow::run(hart, board, op, pc) {
            Ok(next) => next,
            Err(trap) => {
                hart.pc = pc;
                return (before + 1, Some(trap));
            }
        };
        let (next, has_to_look) = match next {
            Next::Follows => {
                let has_to_look = board.touched || board.ram.has_stale();
                (pc.wrapping_add(u64::from(op.len)), has_to_look)
            }
            Next::Jump(next) => (next, false),
            Next::Look(next) => (next, has_to_look(hart, board)),
        };
        if has_to_look {
            hart.pc = next;
            return (before + 1, None);
        }
        place = if at.ops.is_empty() {
            Place::at(next, left - u64::from(op.nth) - 1)
        } else {
            at
        };
    }
}
