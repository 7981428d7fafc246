//! Lists, matrices, a state machine and checksums: the mix that CoreMark made usual, in
//! words of our own.
#![no_std]
#![cfg_attr(target_os = "none", no_main)]

use bench_guest::{Numbers, program};

program!(main);

/// A list in an array: who follows whom.
struct List {
    values: [u16; NODES],
    next: [u8; NODES],
    first: u8,
}

const NODES: usize = 96;
const NONE: u8 = u8::MAX;
const SIDE: usize = 12;

fn main(rounds: u64) -> u64 {
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let mut list = List::new(&mut numbers);
    let mut crc = 0xffff;
    for round in 0..rounds {
        list.reverse();
        list.sort(round % 2 == 0);
        crc = crc16(crc, u64::from(list.count_above((round as u16) << 5)));
        list.values[round as usize % NODES] = numbers.draw() as u16;
        crc = crc16(crc, matrices(round) as u64);
        crc = crc16(crc, automaton(round, &mut numbers));
    }
    u64::from(crc)
}

impl List {
    fn new(numbers: &mut Numbers) -> List {
        let mut list = List {
            values: [0; NODES],
            next: [NONE; NODES],
            first: 0,
        };
        for (n, value) in list.values.iter_mut().enumerate() {
            *value = numbers.draw() as u16;
            list.next[n] = if n + 1 < NODES { n as u8 + 1 } else { NONE };
        }
        list
    }

    fn reverse(&mut self) {
        let (mut done, mut at) = (NONE, self.first);
        while at != NONE {
            let next = core::mem::replace(&mut self.next[usize::from(at)], done);
            (done, at) = (at, next);
        }
        self.first = done;
    }

    fn count_above(&self, limit: u16) -> u16 {
        let (mut count, mut at) = (0, self.first);
        while at != NONE {
            count += u16::from(self.values[usize::from(at)] > limit);
            at = self.next[usize::from(at)];
        }
        count
    }

    /// Merge sort from the bottom up, of runs twice as long each time.
    fn sort(&mut self, is_rising: bool) {
        let mut len = 1;
        while len < NODES {
            let (mut rest, mut last) = (self.first, NONE);
            while rest != NONE {
                let (mut left, mut n_left) = (rest, 0);
                while n_left < len && rest != NONE {
                    rest = self.next[usize::from(rest)];
                    n_left += 1;
                }
                let mut n_right = len;
                while n_left > 0 || (n_right > 0 && rest != NONE) {
                    let has_right = n_right > 0 && rest != NONE;
                    let take_left =
                        n_left > 0 && (!has_right || self.is_before(left, rest, is_rising));
                    let from = if take_left { &mut left } else { &mut rest };
                    let taken = *from;
                    *from = self.next[usize::from(taken)];
                    if take_left {
                        n_left -= 1;
                    } else {
                        n_right -= 1;
                    }
                    match last {
                        NONE => self.first = taken,
                        last => self.next[usize::from(last)] = taken,
                    }
                    last = taken;
                }
            }
            self.next[usize::from(last)] = NONE;
            len *= 2;
        }
    }

    fn is_before(&self, a: u8, b: u8, is_rising: bool) -> bool {
        let (a, b) = (self.values[usize::from(a)], self.values[usize::from(b)]);
        if is_rising { a <= b } else { a >= b }
    }
}

/// The sum of a product of two matrices, thinned out.
fn matrices(round: u64) -> i64 {
    let mut a = [[0i16; SIDE]; SIDE];
    let mut b = [[0i16; SIDE]; SIDE];
    for row in 0..SIDE {
        for column in 0..SIDE {
            let seed = (round as i16).wrapping_mul(31) ^ (row * SIDE + column) as i16;
            a[row][column] = seed.wrapping_mul(7) & 0xff;
            b[column][row] = seed.wrapping_add(13) & 0xff;
        }
    }
    let (a, b) = core::hint::black_box((&a, &b));
    let mut sum = 0i64;
    for row in a {
        for column in 0..SIDE {
            let products = row
                .iter()
                .zip(b)
                .map(|(&x, y)| i32::from(x) * i32::from(y[column]));
            let cell: i32 = products.sum();
            sum = sum.wrapping_add(i64::from(cell >> 2 & 0xf) * i64::from(cell >> 5 & 0x7f));
        }
    }
    sum
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Sign,
    Digits,
    Fraction,
    Exponent,
    Bad,
}

/// Reads a text of numbers, right and wrong, and counts what each turned out to be.
fn automaton(round: u64, numbers: &mut Numbers) -> u64 {
    const TEXT: &[u8; 98] = b"5012,1234,-874,+122,35.54400,.1234500,-110.700,+0.64400,5.500e+3,-.123e-2,-87e+832,T0.3e-1F,--3.4e";
    let mut text = *TEXT;
    text[numbers.draw() as usize % TEXT.len()] ^= 1 << (round % 4);
    let mut counts = [0u64; 6];
    let mut state = State::Start;
    for &byte in core::hint::black_box(&text) {
        state = match (state, byte) {
            (_, b',') => {
                counts[state as usize] += 1;
                State::Start
            }
            (State::Start, b'+' | b'-') => State::Sign,
            (State::Start | State::Sign | State::Digits, b'0'..=b'9') => State::Digits,
            (State::Start | State::Sign | State::Digits, b'.') => State::Fraction,
            (State::Fraction, b'0'..=b'9') => State::Fraction,
            (State::Digits | State::Fraction, b'e') => State::Exponent,
            (State::Exponent, b'0'..=b'9' | b'+' | b'-') => State::Exponent,
            _ => State::Bad,
        };
    }
    counts.iter().fold(0, |all, &count| all << 6 | count)
}

/// CRC-16 of the bytes of `value`, bit by bit.
fn crc16(mut crc: u16, value: u64) -> u16 {
    for byte in value.to_le_bytes() {
        crc ^= u16::from(byte);
        for _ in 0..8 {
            let is_odd = crc & 1 != 0;
            crc >>= 1;
            if is_odd {
                crc ^= 0xa001;
            }
        }
    }
    crc
}
