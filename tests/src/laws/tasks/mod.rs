//! What the harts of a workload do. To add a kind of task, add a file here and a row to [`TASKS`]
//! or [`BAD`].
//!
//! A task is a [`Case`] that lies in some arena: the differential tester's own cases, and
//! what they leave out because it takes several harts, time or devices.

mod cases;
mod contention;
mod garbage;
mod modifying;
mod rings;
mod script;
mod signals;
mod stray;
mod traffic;
mod waiting;

use super::devices::Queue;
use super::place::{self, Hart};
use crate::isa::Case;
use crate::isa::asm::Asm;
use crate::isa::generate::Dice;
use crate::isa::layout::{ARENA, CODE, DATA};
use machine::Mode;

/// Where a task will run.
pub(super) struct Surroundings<'a> {
    /// Whose task it is.
    pub hart: Hart,
    /// How many harts there are.
    pub harts: usize,
    /// The first address of its arena.
    pub arena: u64,
    /// The queues that are set up.
    pub queues: &'a [Queue],
    /// Whether virtio has the legacy layout.
    pub is_legacy: bool,
    /// The devices in the virtio slots.
    pub n_devices: usize,
}

impl Surroundings<'_> {
    /// Where code lies in the task's arena.
    fn code(&self) -> u64 {
        CODE - ARENA + self.arena
    }

    /// Where data lies in the task's arena.
    fn data(&self) -> u64 {
        DATA - ARENA + self.arena
    }

    /// A place where any hart may write, a multiple of 8.
    fn shared(&self, dice: &mut Dice) -> u64 {
        place::SHARED + 8 * dice.below(24) as u64
    }

    /// Some hart.
    fn any_hart(&self, dice: &mut Dice) -> Hart {
        Hart(dice.below(self.harts))
    }
}

/// A kind of task.
#[derive(Clone, Copy)]
pub(super) struct Task {
    /// What it is called.
    pub name: &'static str,
    /// How often it is drawn, beside the others.
    pub share: usize,
    /// Makes one.
    pub make: fn(&mut Dice, &Surroundings) -> Case,
}

/// What guests do.
pub(super) const TASKS: &[Task] = &[
    cases::TASK,
    contention::TASK,
    modifying::TASK,
    waiting::TASK,
    signals::TASK,
    traffic::TASK,
];

/// What only guests do that mean harm, or have lost their way.
pub(super) const BAD: &[Task] = &[garbage::TASK, rings::TASK, stray::TASK];

/// One of `tasks`, by their shares.
pub(super) fn draw(tasks: &[&'static Task], dice: &mut Dice) -> &'static Task {
    let all: usize = tasks.iter().map(|task| task.share).sum();
    let mut nth = dice.below(all);
    for task in tasks {
        if nth < task.share {
            return task;
        }
        nth -= task.share;
    }
    unreachable!("the shares add up")
}

/// A task in `mode` that is the code `asm`, written for [`Surroundings::code`]. M-mode mostly
/// lets interrupts in.
fn coded(name: &str, mode: Mode, dice: &mut Dice, at: &Surroundings, asm: Asm) -> Case {
    const MIE: u64 = 8;
    let mut case = Case::new(name, mode);
    (case.entry, case.code_at) = (at.code(), at.code());
    case.x.iter_mut().for_each(|x| *x = dice.value());
    if !dice.once_in(4) {
        case.mstatus |= MIE;
    }
    let (code, _) = asm.finish();
    let words = code.chunks(4).map(|bytes| {
        let word = bytes.iter().rev();
        word.fold(0, |word, &byte| word << 8 | u32::from(byte))
    });
    case.slots.push(crate::isa::Slot(words.collect()));
    case
}
