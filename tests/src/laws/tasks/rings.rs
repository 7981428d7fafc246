//! Virtqueues that make no sense, or almost: chains that loop, indirect tables within indirect
//! tables and of any length, buffers in registers and beyond RAM, indices that jump; and queues
//! that are changed while they are used.

use super::script::{Act, Line, task};
use super::{Case, Dice, Surroundings, Task};
use crate::isa::layout::{ARENA, DATA, RAM};
use crate::laws::devices;
use crate::laws::place;
use machine::Mode;

pub(super) const TASK: Task = Task {
    name: "rings",
    share: 50,
    make,
};

const DESCRIPTORS: usize = 24;
const NEXT: usize = 1;
const WRITE: usize = 2;
const INDIRECT: usize = 4;

/// Where the pages lie in which rings are put together.
fn base() -> u64 {
    DATA - ARENA + place::arena(place::N_ARENAS - 1)
}

fn make(dice: &mut Dice, at: &Surroundings) -> Case {
    let slot = devices::slot(dice.below(at.n_devices.max(1)));
    let wild = dice.of(&[3, 10, 100]);
    let mut lines = Vec::new();
    set_up(dice, at, slot, wild, &mut lines);
    for _ in 0..1 + dice.below(6) {
        // A request, or many at once, or fewer than none.
        let any = dice.below(0x1_0000) as u64;
        let jump = dice.of(&[2, 8, 0x8000, 0xffff, any]);
        let step = if dice.once_in(wild) { jump } else { 1 };
        lines.push((Act::Add, available(), step << 16));
        lines.push((Act::Sw, slot + 0x50, dice.below(4) as u64));
        lines.push((Act::Pass, 0, dice.below(400) as u64));
        match dice.below(2 * wild) {
            0 => lines.push((Act::Sw, slot + 0x70, dice.of(&[0, 15, 64, 128]))),
            1 => set_up(dice, at, slot, wild, &mut lines),
            2 => lines.push((Act::Sd, base() + 8 * dice.below(64) as u64, dice.value())),
            _ => {}
        }
    }
    let mut case = task(TASK.name, Mode::Machine, dice, at, &lines);
    let mut put = |at, words| case.memory.push((at, words));
    let descriptors = (0..DESCRIPTORS).flat_map(|nth| descriptor(dice, nth, wild));
    put(base(), descriptors.collect());
    let head = |dice: &mut Dice| (3 * dice.below(8) + usize::from(dice.once_in(wild))) as u64;
    let mut heads = || (0..4).fold(0, |all, _| all << 16 | head(dice));
    put(available() + 8, (0..8).map(|_| heads()).collect());
    put(available(), vec![heads() & !0xffff_fffe]);
    put(headers(), (0..4).flat_map(|_| header(dice)).collect());
    case
}

fn available() -> u64 {
    base() + 0x1000
}

fn headers() -> u64 {
    base() + 0x3000
}

/// Negotiates and says where a queue lies: as it should be, but for once in `wild` times at each
/// step.
fn set_up(dice: &mut Dice, at: &Surroundings, slot: u64, wild: usize, lines: &mut Vec<Line>) {
    const INDIRECT_DESC: u64 = 1 << 28;
    let mut put = |offset: u64, value: u64| lines.push((Act::Sw, slot + offset, value));
    let or = |dice: &mut Dice, usual: u64, odd: &[u64]| {
        if dice.once_in(wild) {
            dice.of(odd)
        } else {
            usual
        }
    };
    let indirect = dice.bits() & INDIRECT_DESC;
    let queue = dice.below(2) as u64;
    let any = dice.bits();
    if !dice.once_in(wild) {
        put(0x70, 0);
    }
    put(0x70, 3);
    put(0x24, 0);
    put(0x20, or(dice, indirect, &[0, any]));
    put(0x24, 1);
    put(0x20, or(dice, 1, &[0, any >> 32]));
    put(0x70, 11);
    put(0x30, or(dice, queue, &[2, 0xffff_ffff]));
    // In the legacy layout the available ring is where it is with 256 descriptors.
    put(0x38, 256);
    put(
        0x38,
        or(dice, 256, &[1, 2, 3, 0, 8, 1024, 2048, 0xffff_ffff]),
    );
    if at.is_legacy {
        put(0x28, or(dice, 4096, &[0, 1, 0xffff_ffff]));
        put(0x3c, or(dice, 4096, &[4, 0, 3, 1 << 31, 0xffff_ffff]));
        let elsewhere = address(dice) >> 12;
        put(0x40, or(dice, base() >> 12, &[elsewhere, 0, 0xffff_ffff]));
    } else {
        let usual = [base(), available(), base() + 0x2000];
        for (register, usual) in [0x80, 0x90, 0xa0].into_iter().zip(usual) {
            let elsewhere = address(dice);
            let place = or(dice, usual, &[elsewhere]);
            put(register, place & 0xffff_ffff);
            put(register + 4, place >> 32);
        }
        put(0x44, 1);
    }
    put(0x70, 15);
}

/// An address that a buffer should not have, or might.
fn address(dice: &mut Dice) -> u64 {
    let end = RAM + place::RAM_BYTES;
    match dice.below(8) {
        0 => dice.of(&[0x1000_1000, 0x1000_0000, 0x200_0000, 0xc00_0000, 0x1000, 0]),
        1 => end - dice.below(64) as u64,
        2 => dice.of(&[u64::MAX, u64::MAX - 15, 1 << 63, end, RAM - 8]),
        3 => base() + 16 * dice.below(DESCRIPTORS) as u64,
        4 => dice.value(),
        5 => RAM + dice.below(0xe_0000) as u64,
        _ => headers() + 0x100 + dice.below(0x800) as u64,
    }
}

/// Descriptor `nth`: one of three that make a request to a disk, or, once in `wild` times each,
/// with another address, length or link.
fn descriptor(dice: &mut Dice, nth: usize, wild: usize) -> [u64; 2] {
    let (mut place, mut len, mut flags) = match nth % 3 {
        0 => (headers() + 16 * dice.below(4) as u64, 16, NEXT),
        1 => {
            let place = base() + dice.of(&[0x800, 0x800, 0x1800]);
            let len = 512 * dice.below(5) as u64;
            (place, len, NEXT | (dice.below(2) * WRITE))
        }
        _ => (headers() + 0x100, 1, WRITE),
    };
    let mut next = nth + 1;
    if dice.once_in(wild) {
        place = address(dice);
    }
    if dice.once_in(wild) {
        len = dice.of(&[
            0,
            1,
            16,
            17,
            20,
            32,
            513,
            4096,
            1 << 20,
            1 << 24,
            0xffff_ffff,
        ]);
    }
    if dice.once_in(wild) {
        let any = dice.below(DESCRIPTORS + 2);
        next = dice.of(&[nth, any, 0xffff]);
    }
    if dice.once_in(wild) {
        let any = dice.below(0x1_0000);
        flags = dice.of(&[any, INDIRECT, INDIRECT | NEXT, 0, WRITE, NEXT]);
    }
    [place, len | (flags as u64) << 32 | (next as u64) << 48]
}

/// The header of a request to a disk.
fn header(dice: &mut Dice) -> [u64; 2] {
    let kind = dice.of(&[0, 0, 1, 1, 4, 8, 2, 11, 0xffff_ffff]);
    let sector = match dice.below(4) {
        0 => dice.bits(),
        1 => dice.of(&[u64::MAX, 1 << 55, u64::MAX >> 9]),
        _ => dice.below(80) as u64,
    };
    [kind, sector]
}
