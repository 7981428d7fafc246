//! Devices as drivers use them: requests, text, the clock, and a look at registers.

use super::script::{Act, Line, task};
use super::{Case, Dice, Surroundings, Task};
use crate::laws::devices::{self, UART};
use machine::Mode;

pub(super) const TASK: Task = Task {
    name: "traffic",
    share: 12,
    make,
};

fn make(dice: &mut Dice, at: &Surroundings) -> Case {
    let mode = dice.of(&[Mode::Machine, Mode::Supervisor, Mode::User]);
    let mut lines: Vec<Line> = Vec::new();
    for _ in 0..1 + dice.below(12) {
        match dice.below(6) {
            0 => lines.push((Act::Sb, UART, u64::from(b'a') + dice.below(26) as u64)),
            1 => lines.push((Act::Lb, UART + 5, 0)),
            2 => {
                let clock = 0x10_1000;
                lines.push((Act::Lw, clock + 4 * dice.below(8) as u64, 0));
            }
            3 => {
                let slot = devices::slot(dice.below(8));
                lines.push((Act::Lw, slot + 4 * dice.below(0x50) as u64, 0));
            }
            _ if at.queues.is_empty() => {}
            _ => {
                let queue = &at.queues[dice.below(at.queues.len())];
                // The index is the upper half of the ring's first word.
                lines.push((Act::Add, queue.available(), 1 << 16));
                lines.push((Act::Sw, queue.notify(), queue.number as u64));
            }
        }
        if dice.once_in(3) {
            lines.push((Act::Pass, 0, dice.below(300) as u64));
        }
    }
    task(TASK.name, mode, dice, at, &lines)
}
