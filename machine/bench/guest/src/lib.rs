//! What the benchmarks stand on: the start in machine mode, page tables, and the end.
//!
//! A program is one file in `src/bin` with one function from a number of rounds to a number
//! that depends on all of them. It runs in supervisor mode under Sv39 with pages of 4 KiB, or
//! in machine mode without paging; the host decides, by [`PARAMETERS`] in the ELF file.
//! Nothing else comes in, and no clock is read: rounds alone fix the instructions executed.
#![no_std]

#[cfg(target_os = "none")]
pub mod hal;

/// What the host decides, in this order; it finds them by the symbol `bench_parameters`.
#[repr(C)]
pub struct Parameters {
    /// How often the program does what it does.
    pub rounds: u64,
    /// Whether it runs in supervisor mode under page tables (1), or in machine mode (0).
    pub is_paged: u64,
}

/// What the host learns, by the symbol `bench_outcome`.
#[repr(C)]
pub struct Outcome {
    /// 0 until the program ends, 1 when it has, else the cause of a trap plus 2.
    pub state: u64,
    /// What the program made of its rounds.
    pub value: u64,
}

/// Makes `$main`, from rounds to a value, the program.
#[macro_export]
macro_rules! program {
    ($main:ident) => {
        #[cfg(target_os = "none")]
        #[unsafe(no_mangle)]
        extern "C" fn bench_main(rounds: u64) -> u64 {
            $main(rounds)
        }
        // For the host, where nothing runs it, it only has to compile.
        #[cfg(not(target_os = "none"))]
        #[expect(dead_code, reason = "the host runs nothing")]
        const MAIN: fn(u64) -> u64 = $main;
        #[cfg(not(target_os = "none"))]
        extern crate std;
        #[cfg(not(target_os = "none"))]
        fn main() {}
    };
}

/// xorshift64: numbers that look random. Source: Marsaglia, "Xorshift RNGs", 2003.
pub struct Numbers(pub u64);

impl Numbers {
    /// The next.
    #[inline]
    pub fn draw(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
