//! Bit manipulation: every instruction of Zba, Zbb, Zbs and Zicond against what the manual
//! says of it, spelt out bit by bit.

mod guest;

use guest::*;
use machine::isa::Kind::{self, *};

/// Numbers with something at every edge.
const OPERANDS: &[u64] = &[
    0,
    1,
    u64::MAX,
    1 << 63,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000,
    0x7fff_ffff,
    0xffff_ffff_0000_0000,
    0x0123_4567_89ab_cdef,
    0x00ff_0080_7f00_0100,
    0xdead_beef_0000_ff80,
    31,
    32,
    63,
    64,
];

type Meaning = fn(u64, u64) -> u64;

/// What each does with two numbers; the immediate, where there is one, is the second
/// number's low bits.
const MEANINGS: &[(Kind, Meaning)] = &[
    (sh1add, |a, b| b.wrapping_add(a.wrapping_mul(2))),
    (sh2add, |a, b| b.wrapping_add(a.wrapping_mul(4))),
    (sh3add, |a, b| b.wrapping_add(a.wrapping_mul(8))),
    (add_uw, |a, b| b.wrapping_add(low(a))),
    (sh1add_uw, |a, b| b.wrapping_add(low(a) * 2)),
    (sh2add_uw, |a, b| b.wrapping_add(low(a) * 4)),
    (sh3add_uw, |a, b| b.wrapping_add(low(a) * 8)),
    (slli_uw, |a, b| {
        of_bits(64, |n| n >= b % 64 && bit(low(a), n - b % 64))
    }),
    (andn, |a, b| of_bits(64, |n| bit(a, n) && !bit(b, n))),
    (orn, |a, b| of_bits(64, |n| bit(a, n) || !bit(b, n))),
    (xnor, |a, b| of_bits(64, |n| bit(a, n) == bit(b, n))),
    (clz, |a, _| count(64, |n| (63 - n..64).all(|n| !bit(a, n)))),
    (clzw, |a, _| count(32, |n| (31 - n..32).all(|n| !bit(a, n)))),
    (ctz, |a, _| count(64, |n| (0..=n).all(|n| !bit(a, n)))),
    (ctzw, |a, _| count(32, |n| (0..=n).all(|n| !bit(a, n)))),
    (cpop, |a, _| count(64, |n| bit(a, n))),
    (cpopw, |a, _| count(32, |n| bit(a, n))),
    (max, |a, b| if (a as i64) < b as i64 { b } else { a }),
    (maxu, |a, b| if a < b { b } else { a }),
    (min, |a, b| if (a as i64) < b as i64 { a } else { b }),
    (minu, |a, b| if a < b { a } else { b }),
    (sext_b, |a, _| of_bits(64, |n| bit(a, n.min(7)))),
    (sext_h, |a, _| of_bits(64, |n| bit(a, n.min(15)))),
    (zext_h, |a, _| of_bits(16, |n| bit(a, n))),
    (rol, |a, b| of_bits(64, |n| bit(a, (n + 64 - b % 64) % 64))),
    (ror, |a, b| of_bits(64, |n| bit(a, (n + b % 64) % 64))),
    (rori, |a, b| of_bits(64, |n| bit(a, (n + b % 64) % 64))),
    (rolw, |a, b| {
        word(of_bits(32, |n| bit(a, (n + 32 - b % 32) % 32)))
    }),
    (rorw, |a, b| {
        word(of_bits(32, |n| bit(a, (n + b % 32) % 32)))
    }),
    (roriw, |a, b| {
        word(of_bits(32, |n| bit(a, (n + b % 32) % 32)))
    }),
    (orc_b, |a, _| {
        of_bits(64, |n| (0..8).any(|of| bit(a, n / 8 * 8 + of)))
    }),
    (rev8, |a, _| of_bits(64, |n| bit(a, 56 - n / 8 * 8 + n % 8))),
    (bclr, |a, b| of_bits(64, |n| n != b % 64 && bit(a, n))),
    (bclri, |a, b| of_bits(64, |n| n != b % 64 && bit(a, n))),
    (bext, |a, b| u64::from(bit(a, b % 64))),
    (bexti, |a, b| u64::from(bit(a, b % 64))),
    (binv, |a, b| of_bits(64, |n| (n == b % 64) != bit(a, n))),
    (binvi, |a, b| of_bits(64, |n| (n == b % 64) != bit(a, n))),
    (bset, |a, b| of_bits(64, |n| n == b % 64 || bit(a, n))),
    (bseti, |a, b| of_bits(64, |n| n == b % 64 || bit(a, n))),
    (czero_eqz, |a, b| if b == 0 { 0 } else { a }),
    (czero_nez, |a, b| if b == 0 { a } else { 0 }),
];

fn low(value: u64) -> u64 {
    value & 0xffff_ffff
}

fn bit(value: u64, n: u64) -> bool {
    value >> n & 1 != 0
}

fn of_bits(len: u64, is_set: impl Fn(u64) -> bool) -> u64 {
    (0..len).fold(0, |value, n| value | u64::from(is_set(n)) << n)
}

fn count(len: u64, holds: impl Fn(u64) -> bool) -> u64 {
    (0..len).map(|n| u64::from(holds(n))).sum()
}

/// Bit 31 copied into all above it.
fn word(value: u64) -> u64 {
    of_bits(64, |n| bit(value, n.min(31)))
}

#[test]
fn each_does_what_the_manual_says() {
    let out = RAM + (8 << 20);
    for &(kind, meaning) in MEANINGS {
        let mut program = Program::new();
        program.li(S0, out as i64);
        let mut expected = Vec::new();
        for &a in OPERANDS {
            program.li(A0, a as i64);
            for &b in OPERANDS {
                program.li(A1, b as i64);
                program.op(kind, A2, A0, A1, (b % 64) as i32);
                program.store(Kind::sd, A2, S0, 0).imm(addi, S0, S0, 8);
                expected.push((a, b, meaning(a, b)));
            }
        }
        let machine = program.power_off(0).run();
        for (n, (a, b, expected)) in expected.into_iter().enumerate() {
            let bytes = machine.read_ram(out + n as u64 * 8, 8).unwrap();
            let got = u64::from_le_bytes(bytes.try_into().unwrap());
            assert_eq!(got, expected, "{kind:?} of {a:#x} and {b:#x}: {got:#x}");
        }
    }
}
