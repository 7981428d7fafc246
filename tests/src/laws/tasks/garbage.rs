//! Any access to any register of any device, with any value.

use super::script::{ACCESSES, Act, Line, task};
use super::{Case, Dice, Surroundings, Task};
use crate::isa::layout::RAM;
use machine::Mode;

pub(super) const TASK: Task = Task {
    name: "garbage",
    share: 40,
    make,
};

/// Where registers lie: addresses and bytes. The test finisher's own is left to chance below.
const PLACES: &[(u64, usize)] = &[
    (0x1000, 0x100),
    (0x10_0008, 0x100),
    (0x10_1000, 0x30),
    (0x200_0000, 0x20),
    (0x200_4000, 0x40),
    (0x200_bff0, 0x10),
    (0xc00_0000, 0x3000),
    (0xc20_0000, 0x4010),
    (0x1000_0000, 0x10),
    (0x1000_1000, 0x220),
    (0x1000_2000, 0x220),
    (0x1000_3000, 0x220),
    (0x1000_4000, 0x220),
    (0x1000_8000, 0x220),
];
const FINISHER: u64 = 0x10_0000;

fn make(dice: &mut Dice, at: &Surroundings) -> Case {
    let n = 20 + dice.below(300);
    let lines: Vec<Line> = (0..n).map(|_| line(dice)).collect();
    task(TASK.name, Mode::Machine, dice, at, &lines)
}

fn line(dice: &mut Dice) -> Line {
    if dice.once_in(20_000) {
        return (Act::Sw, FINISHER, dice.of(&[0x5555, 0x7777, 0x3333, 0]));
    }
    let (base, len) = dice.of(PLACES);
    let value = match dice.below(5) {
        0 => dice.bits(),
        1 => RAM + dice.below(16 << 20) as u64,
        2 => (RAM + dice.below(16 << 20) as u64) >> 12,
        3 => dice.value(),
        _ => dice.below(32) as u64,
    };
    let mut to = base + dice.below(len) as u64;
    if !dice.once_in(8) {
        to &= !3;
    }
    (dice.of(&ACCESSES), to, value)
}
