//! The board against QEMU's: whatever a guest asks of the registers, it gets the same
//! answers, the same faults and the same interrupt lines. A second in all.

mod firmware;
#[path = "../../../machine/tests/guest/mod.rs"]
mod guest;
mod probe;
mod tree;

use machine::Config;
use probe::{Access, compare, load, ours, qemu, store};

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    fn one_of<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

const SIZES: [u64; 4] = [1, 2, 4, 8];

fn config(harts: usize) -> Config {
    Config {
        harts,
        ..Config::default()
    }
}

/// Makes `accesses` on both machines of two harts and compares.
fn check(name: &str, accesses: &[Access]) {
    let modern = ["-smp", "2", "-global", "virtio-mmio.force-legacy=false"];
    let ours = ours(&config(2), Vec::new(), accesses);
    let theirs = qemu(name, &modern, accesses);
    compare(accesses, &ours, &theirs);
}

#[test]
fn every_place_answers_to_the_same_sizes() {
    let places: &[(u64, u64)] = &[
        (0x1000, 0x60),
        (0x10_0004, 0x40),
        (0x10_0ff0, 8),
        (0x10_1008, 0x38),
        (0x0200_0000, 0x10),
        (0x0200_3ff0, 8),
        (0x0200_4000, 0x30),
        (0x0200_bfc0, 0x28),
        (0x0200_c000, 0x10),
        (0x0c00_0000, 0x10),
        (0x0c5f_fff0, 0x20),
        (0x1000_0000, 0x20),
        (0x1000_00f8, 0x10),
        (0x1000_1000, 0x10),
        (0x1000_11f0, 0x20),
        (0x1000_8ff8, 8),
    ];
    // Loads across two pages are left out: on QEMU they are two whole ones.
    let mut accesses = Vec::new();
    for &(base, len) in places {
        for at in base..base + len {
            for size in SIZES {
                accesses.push(load(size, at));
            }
        }
    }
    check("sizes", &accesses);
}

#[test]
fn the_clint_answers_alike() {
    let mut random = Random(1);
    let mut accesses = vec![load(4, 0x0200_0000)];
    // Far from now, lest a timer be over on one machine and not on the other.
    let far = |random: &mut Random| random.next() | 1 << 62;
    for n in 0..4 {
        accesses.push(store(8, 0x0200_4000 + 8 * n, u64::MAX >> 1));
    }
    for _ in 0..3000 {
        let size = random.one_of(&SIZES);
        let at = match random.below(3) {
            0 => 0x0200_0000 + random.below(16),
            1 => 0x0200_4000 + random.below(32),
            _ => 0x0200_4000 + 8 * random.below(4),
        };
        let is_high = at % 8 >= 4 && size == 4;
        let is_timer = at >= 0x0200_4000;
        match random.below(2) {
            0 => accesses.push(load(size, at)),
            // Halves of a timer go to the upper word only: the lower changes little.
            _ if is_timer && size == 4 && is_high => {
                let value = random.next() & 0xffff_ffff | 1 << 30;
                accesses.push(store(size, at, value));
            }
            _ => {
                let value = far(&mut random);
                accesses.push(store(size, at, value));
            }
        }
    }
    check("clint", &accesses);
}

#[test]
fn the_plic_answers_alike() {
    let mut random = Random(2);
    let mut accesses = Vec::new();
    for _ in 0..4000 {
        let size = if random.below(16) == 0 {
            random.one_of(&SIZES)
        } else {
            4
        };
        let at = 0x0c00_0000
            + match random.below(5) {
                0 => 4 * random.below(110),
                1 => 0x1000 + 4 * random.below(6),
                2 => 0x2000 + 0x80 * random.below(6) + 4 * random.below(6),
                3 => 0x20_0000 + 0x1000 * random.below(6) + 4 * random.below(3),
                _ => random.below(0x60_0000) & !3,
            };
        accesses.push(match random.below(2) {
            0 => load(size, at),
            _ => {
                // Source 0 does not exist; the specification wants its bit to stay 0.
                let value = random.next() >> random.below(64) & !1;
                store(size, at, value)
            }
        });
    }
    check("plic", &accesses);
}

#[test]
fn interrupts_are_routed_alike() {
    const PLIC: u64 = 0x0c00_0000;
    let mut random = Random(6);
    let mut accesses = Vec::new();
    // What a context that has enabled both sources does to complete both.
    let complete = |accesses: &mut Vec<Access>| {
        accesses.extend([0, 1].map(|n| store(4, PLIC + 0x2000 + 0x80 * n, 3 << 10)));
        accesses.push(store(4, PLIC + 4, 0));
        for (n, source) in [(0, 10), (0, 11), (1, 10), (1, 11)] {
            accesses.push(store(4, PLIC + 0x20_0004 + 0x1000 * n, source));
        }
    };
    for _ in 0..200 {
        for context in 0..2 {
            let enabled = random.below(4) << 10;
            accesses.push(store(4, PLIC + 0x2000 + 0x80 * context, enabled));
        }
        // Let QEMU notice.
        accesses.push(store(4, PLIC + 4, 0));
        // The UART's line up, and the clock's.
        accesses.push(store(1, UART + 1, 2 * random.below(2)));
        accesses.push(store(4, RTC + 0x10, random.below(2)));
        accesses.push(store(4, RTC + 8, 0));
        for _ in 0..12 {
            let context = random.below(2);
            accesses.push(match random.below(6) {
                0 => store(4, PLIC + 4 * (10 + random.below(2)), random.below(4)),
                1 | 2 => load(4, PLIC + 0x1000),
                3 => load(4, PLIC + 0x20_0004 + 0x1000 * context),
                4 => load(1, UART + 2),
                _ => load(4, PLIC + 0x2000 + 0x80 * context),
            });
        }
        // Both down, for QEMU asks no line again when its interrupt is completed.
        accesses.push(store(1, UART + 1, 0));
        accesses.push(store(4, RTC + 0x1c, 1));
        complete(&mut accesses);
    }
    check("lines", &accesses);
}

const RTC: u64 = 0x10_1000;
const UART: u64 = 0x1000_0000;

#[test]
fn the_uart_answers_alike() {
    for (seed, is_looped) in [(3, true), (4, false)] {
        let mut random = Random(seed);
        // What is sent shall not reach the terminal of whoever runs the tests.
        let mut accesses = vec![store(1, UART + 4, 0x10), load(1, UART + 4)];
        // The lines of interrupts, to hart 0 in M-mode.
        accesses.push(store(4, 0x0c00_0028, 1));
        accesses.push(store(4, 0x0c00_2000, 1 << 10));
        for _ in 0..3000 {
            let at = UART + random.below(9);
            // Without the loop nothing is received and so nothing is late.
            accesses.push(match (random.below(2), at - UART) {
                (1, 4) if is_looped => store(1, at, random.below(16) | 0x10),
                (1, 4) => store(1, at, random.below(16)),
                (1, 1) => store(1, at, random.below(16)),
                // The time-out of the FIFO is in real time on QEMU: leave it no room.
                (1, 2) if is_looped => store(1, at, random.below(0x40) & !1),
                (1, 3) => store(1, at, random.below(4) << 6),
                (1, _) => store(1, at, random.next()),
                (_, 2) => load(1, at),
                _ => load(random.one_of(&SIZES), at & !7 | at & 7),
            });
        }
        check("uart", &accesses);
    }
}

#[test]
fn the_rtc_answers_alike() {
    let mut random = Random(5);
    // Source 11, to hart 0 in M-mode; the clock well before all alarms.
    let mut accesses = vec![store(4, 0x0c00_002c, 1), store(4, 0x0c00_2000, 1 << 11)];
    for _ in 0..2000 {
        let at = RTC + 4 * random.below(9);
        accesses.push(match (random.below(2), at - RTC) {
            (_, 0 | 4) => load(2, at),
            (1, 8) => store(4, at, random.next()),
            // Long ago, or far from now.
            (1, 0xc) => store(4, at, random.below(2) * 0x7fff_0000),
            (1, _) => store(4, at, random.below(4)),
            _ => load(4, at),
        });
    }
    check("rtc", &accesses);
}
