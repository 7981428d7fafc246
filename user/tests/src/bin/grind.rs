//! `grind [SEED [ROUNDS]]`: processes that make system calls at random, two at a time, with
//! arguments good and bad, until they end, are killed or block. The kernel must bear it, and
//! in the end have as many free frames and processes as before.
//!
//! What they leave behind is in the directory `grind.d`.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::Syscall;
use abi::file::{O_CREATE, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY};
use abi::limits::PGSIZE;
use core::ffi::CStr;
use ulib::{Args, Failed, Fd, Fork, Region, eprintln, println, sys};
use user_tests::{clear_after, kill_after};

ulib::entry!(main);

const DIR: &CStr = c"grind.d";
/// Calls that a process makes, if it lives.
const N_CALLS: usize = 400;
/// Processes at a time, besides their children.
const N_AT_ONCE: u64 = 2;
/// Ticks until those that block are killed.
const PATIENCE: i32 = 5;

fn main(args: Args) -> i32 {
    let mut numbers = [1, 4];
    for (n, arg) in args.enumerate() {
        match (numbers.get_mut(n), ulib::number(arg.to_bytes())) {
            (Some(place), Some(number)) => *place = number,
            _ => {
                eprintln!("usage: grind [seed [rounds]]");
                return 1;
            }
        }
    }
    match run(numbers[0].into(), numbers[1].into()) {
        Ok(()) => {
            println!("GRIND TEST PASSED");
            0
        }
        Err(complaint) => {
            println!("grind: {complaint}");
            1
        }
    }
}

fn run(seed: u64, rounds: u64) -> Result<(), &'static str> {
    let first = ulib::getpid();
    let _ = ulib::mkdir(DIR);
    let before = ulib::sysinfo().map_err(|Failed| "no sysinfo")?;
    for round in 0..rounds {
        for n in 0..N_AT_ONCE {
            if ulib::fork() == Ok(Fork::Child) {
                work(Random((seed << 16 | round << 1 | n) * 2 + 1));
            }
        }
        if ulib::fork() == Ok(Fork::Child) {
            let _ = ulib::pause(PATIENCE);
            kill_after(first);
            ulib::exit(0);
        }
        while ulib::wait().is_ok() {}
        if !clear_after(first, before.nproc) {
            return Err("somebody does not die");
        }
    }
    match ulib::sysinfo() {
        Ok(after) if after == before => Ok(()),
        _ => Err("frames were lost"),
    }
}

/// Pseudo-random numbers, by xorshift; never 0.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// Pages for what the kernel is led to.
const N_PAGES: usize = 3;
/// Bytes of a path in the arena.
const PLACE: usize = 32;
/// What is at the start of the arena, a path each [`PLACE`] bytes. The last has no end.
const PATHS: &[&[u8]] = &[
    b"a",
    b"b",
    b"d",
    b"d/a",
    b"d/../b",
    b"../grind.d/d",
    b"..",
    b".",
    b"/",
    b"",
    b"fourteen-chars",
    b"more-than-fourteen-chars",
    b"a/b",
    b"nobody/b",
    b"////d////",
    b"no-end-no-end-no-end-no-end-no-end",
];

/// A process of the crowd.
fn work(mut random: Random) -> ! {
    for fd in 0..3 {
        let _ = sys::close(Fd(fd));
    }
    let _ = ulib::chdir(DIR);
    let Ok(mut arena) = Region::new(N_PAGES) else {
        ulib::exit(0)
    };
    for n in 0..N_CALLS {
        if n % 16 == 0 {
            fill(&mut arena);
        }
        // One in fifty is a fork, whose child ends at once as often as not.
        let is_child = random.below(50) == 0 && ulib::fork() == Ok(Fork::Child);
        if is_child && random.below(2) == 0 {
            ulib::exit(7);
        }
        let call = random.of(CALLS);
        let mut args = [(); 3].map(|()| argument(&mut random, &arena));
        tame(call, &mut args, &mut random, &arena);
        let _ = sys::call_wildly(call, args, &mut arena);
    }
    ulib::exit(0)
}

/// Where a program's path is, and behind it pointers to its arguments.
const PROGRAM: usize = PATHS.len() * PLACE;

fn fill(arena: &mut [u8]) {
    let start = arena.as_ptr().addr();
    arena[..PROGRAM + PLACE].fill(0);
    for (place, path) in arena.chunks_mut(PLACE).zip(PATHS) {
        let len = path.len().min(PLACE);
        place[..len].copy_from_slice(&path[..len]);
    }
    arena[PROGRAM..][..6].copy_from_slice(b"/sleep");
    let pointers = arena[PROGRAM + PLACE..PGSIZE].chunks_exact_mut(8);
    for (n, pointer) in pointers.enumerate() {
        // Ever so many arguments, one of them bad.
        let arg = if n == 50 {
            1 << 40
        } else {
            start + n % 4 * PLACE
        };
        pointer.copy_from_slice(&arg.to_le_bytes());
    }
    // Few arguments, and good ones.
    arena[PROGRAM + PLACE + 24..][..8].fill(0);
}

const CALLS: &[Syscall] = &[
    Syscall::Wait,
    Syscall::Pipe,
    Syscall::Pipe,
    Syscall::Read,
    Syscall::Read,
    Syscall::Kill,
    Syscall::Exec,
    Syscall::Fstat,
    Syscall::Chdir,
    Syscall::Dup,
    Syscall::Getpid,
    Syscall::Sbrk,
    Syscall::Pause,
    Syscall::Uptime,
    Syscall::Open,
    Syscall::Open,
    Syscall::Open,
    Syscall::Write,
    Syscall::Write,
    Syscall::Mknod,
    Syscall::Unlink,
    Syscall::Unlink,
    Syscall::Link,
    Syscall::Mkdir,
    Syscall::Close,
    Syscall::Sysinfo,
    Syscall::Procs,
];

/// Addresses that are nobody's, or not the program's, or end where they should not.
const WILD: &[usize] = &[
    0,
    1,
    8,
    PGSIZE - 1,
    0x0c00_0000,
    0x1000_0000,
    0x8000_0000,
    0x3f_ffff_dfff,
    0x3f_ffff_e000,
    0x3f_ffff_ffff,
    0x40_0000_0000,
    0x80_0000_0000,
    1 << 63,
    usize::MAX - 7,
    usize::MAX,
];

const NUMBERS: &[i32] = &[
    -1,
    0,
    1,
    2,
    3,
    100,
    512,
    4096,
    5000,
    65536,
    i32::MAX,
    i32::MIN,
];

/// Anything.
fn argument(random: &mut Random, arena: &[u8]) -> usize {
    let (start, size) = (arena.as_ptr().addr(), arena.len());
    match random.below(8) {
        0 => random.of(WILD),
        1 => random.of(NUMBERS) as usize,
        2 => start + size - random.below(16),
        3 => start + random.below(size),
        4 | 5 => start + random.below(PATHS.len()) * PLACE,
        _ => random.below(16),
    }
}

/// Makes of anything what the call can do something with, mostly; and keeps it from what
/// would end the test.
fn tame(call: Syscall, args: &mut [usize; 3], random: &mut Random, arena: &[u8]) {
    let path = |random: &mut Random| arena.as_ptr().addr() + random.below(PATHS.len()) * PLACE;
    let is_sensible = random.below(4) > 0;
    match call {
        Syscall::Kill => {
            let own = ulib::getpid().0;
            args[0] = random.of(&[-1, 0, 1, i32::MAX, i32::MIN, own]) as usize;
            // Not often: then there is nothing more to see.
            if args[0] == own as usize && random.below(20) > 0 {
                args[0] = 0;
            }
        }
        Syscall::Pause => args[0] = random.of(&[0, 1, usize::MAX]),
        Syscall::Sbrk => {
            args[0] = random.of(&[0, 1, 5000, 1 << 20, i32::MAX as usize]);
            args[1] = random.below(4);
        }
        // Not the console, which would wait for keys.
        Syscall::Mknod => args[1] = random.of(&[0, 2, 9, 10, usize::MAX]),
        Syscall::Open if is_sensible => {
            let mode = random.of(&[O_RDONLY, O_WRONLY, O_RDWR]);
            let more = random.of(&[0, O_CREATE, O_CREATE | O_TRUNC]);
            (args[0], args[1]) = (path(random), (mode | more) as usize);
        }
        Syscall::Read | Syscall::Write if is_sensible => {
            args[0] = random.below(6);
            args[2] = random.of(&[0, 1, 512, 4096, 5000]);
        }
        Syscall::Close => args[0] = random.below(18),
        // Few of them: what it starts is another program.
        Syscall::Exec if random.below(10) == 0 => {
            let start = arena.as_ptr().addr() + PROGRAM;
            (args[0], args[1]) = (start, start + PLACE + random.of(&[0, 8, 24, 32, 3000]));
        }
        Syscall::Unlink | Syscall::Mkdir | Syscall::Chdir if is_sensible => args[0] = path(random),
        Syscall::Link if is_sensible => (args[0], args[1]) = (path(random), path(random)),
        _ => {}
    }
}
