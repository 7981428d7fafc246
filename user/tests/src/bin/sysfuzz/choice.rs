//! Which call comes next, and with what: anything at all, or something that the call can do
//! something with.

use crate::random::Random;
use crate::worker::CALLED_BY_WORKER;
use abi::Syscall;
use abi::file::{O_CREATE, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY};
use abi::limits::PGSIZE;
use ulib::Pid;

impl Random {
    /// An address that is nobody's, or the kernel's, or where something ends.
    pub fn address(&mut self) -> usize {
        self.of(WILD).wrapping_add(self.of(&[0, 0, 0, 1, 4095]))
    }
}

/// Bytes of a string in the arena.
pub const PLACE: usize = 32;
/// What is at the start of the arena, a string each [`PLACE`] bytes. The last has no end.
const STRINGS: &[&[u8]] = &[
    b"a",
    b"b",
    b"c",
    b"d",
    b"d/a",
    b"d/b",
    b"d/../b",
    b"d/d",
    b"l",
    b"/",
    b".",
    b"..",
    b"../../..",
    b"",
    b"fourteen-chars",
    b"more-than-fourteen-chars",
    b"nobody/b",
    b"a/b",
    b"////d////a",
    b"\xff\x80\x01 \n",
    b"/echo",
    b"/sysfuzz",
    b"/wreck0",
    b"/wreck1",
    b"/wreck2",
    b"/wreck3",
    b"work",
    b"12345",
    b"no-end-no-end-no-end-no-end-no-end",
];
/// Strings, and behind them two arrays of pointers to arguments.
pub const N_PLACES: usize = STRINGS.len() + 4;
/// The array of few good arguments; that of many, one of them bad, fills the page after it.
const FEW: usize = STRINGS.len() * PLACE;
const MANY: usize = (STRINGS.len() + 2) * PLACE;

/// Fills the arena anew: strings, a long path, arguments for programs.
pub fn fill(arena: &mut [u8], random: &mut Random) {
    let start = arena.as_ptr().addr();
    for (place, string) in arena.chunks_mut(PLACE).zip(STRINGS) {
        place.fill(0);
        let len = string.len().min(PLACE);
        place[..len].copy_from_slice(&string[..len]);
    }
    let at = |n: usize| (start + n * PLACE).to_le_bytes();
    let is = |string: &[u8]| STRINGS.iter().position(|it| *it == string).unwrap_or(0);
    let few = [
        at(is(b"/sysfuzz")),
        at(is(CALLED_BY_WORKER.to_bytes())),
        at(is(b"12345")),
        [0; 8],
    ];
    arena[FEW..][..32].copy_from_slice(few.as_flattened());
    let n_good = random.below(60);
    for (n, pointer) in arena[MANY..][..2048].chunks_exact_mut(8).enumerate() {
        let arg = if n == n_good {
            random.of(WILD)
        } else {
            start + n % STRINGS.len() * PLACE
        };
        pointer.copy_from_slice(&arg.to_le_bytes());
    }
    // A path too long for any buffer, of names or of slashes, up to the end.
    let end = arena.len();
    let long = &mut arena[end - 256..];
    long.fill(random.of(b"/.ax"));
    long[..200].iter_mut().step_by(2).for_each(|it| *it = b'/');
    if random.below(2) == 0 {
        long[255] = 0;
    }
}

/// Addresses that are nobody's, or not the program's, or end where they should not.
const WILD: &[usize] = &[
    0,
    1,
    8,
    PGSIZE - 1,
    PGSIZE,
    0x0200_0000,
    0x0c00_0000,
    0x1000_0000,
    0x1000_1000,
    0x8000_0000,
    0x8020_0000,
    0x87ff_fff8,
    0x8800_0000,
    0x3f_ffff_cfff,
    0x3f_ffff_d000,
    0x3f_ffff_dfff,
    0x3f_ffff_e000,
    0x3f_ffff_f000,
    0x3f_ffff_ffff,
    0x40_0000_0000,
    0x7f_ffff_f000,
    0x80_0000_0000,
    0xffff_ffc0_0000_0000,
    1 << 63,
    (1 << 63) - 1,
    usize::MAX - 4095,
    usize::MAX - 7,
    usize::MAX,
];

/// Sizes and counts.
const NUMBERS: &[i32] = &[
    -1,
    -2,
    -4096,
    0,
    1,
    2,
    3,
    7,
    64,
    65,
    100,
    511,
    512,
    513,
    1024,
    4095,
    4096,
    5000,
    65536,
    1 << 20,
    i32::MAX - 1,
    i32::MAX,
    i32::MIN,
];

/// Numbers of calls that there are not.
const NO_CALLS: &[usize] = &[
    0,
    29,
    38,
    43,
    63,
    73,
    100,
    1 << 31,
    1 << 32 | 5,
    1 << 63,
    usize::MAX,
];

/// Calls that are made more often than the others: those that lead furthest.
const OFTEN: &[Syscall] = &[
    Syscall::Open,
    Syscall::Open,
    Syscall::Read,
    Syscall::Write,
    Syscall::Close,
    Syscall::Dup,
    Syscall::Unlink,
    Syscall::Link,
    Syscall::Mkdir,
    Syscall::Symlink,
    Syscall::Mmap,
    Syscall::Mmap,
    Syscall::Munmap,
    Syscall::Exec,
];

/// What comes next, and what the last calls have told.
pub struct Choice {
    random: Random,
    /// Who kills all in the end, if known: all with higher numbers may be killed before.
    killer: Option<Pid>,
    /// Descriptors that are ends of pipes, or the console, a bit each: who reads there may wait for ever.
    pipes: u32,
    /// Where files are mapped, of the last few.
    mapped: [(usize, usize); 4],
}

impl Choice {
    pub fn new(random: Random, killer: Option<Pid>, has_console: bool) -> Choice {
        Choice {
            random,
            killer,
            pipes: u32::from(has_console),
            mapped: [(0x3f_ffff_0000, PGSIZE); 4],
        }
    }

    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// The next call: its number, and its arguments.
    pub fn make(&mut self, arena: &[u8]) -> (usize, [usize; 6]) {
        loop {
            // Each is printed.
            if self.random.below(500) == 0 {
                let number = self.random.of(NO_CALLS);
                return (number, self.anything(arena));
            }
            let call = match self.random.below(2) {
                0 => self.random.of(OFTEN),
                _ => self.random.of(Syscall::ALL),
            };
            let mut args = self.anything(arena);
            let one_in = rarity(call);
            let is_sensible = self.random.below(4) > 0;
            if is_sensible {
                self.make_sense(call, &mut args, arena);
            }
            self.tame(call, &mut args);
            if self.random.below(one_in) == 0 && !self.may_block(call, args[0]) {
                return (call as usize, args);
            }
        }
    }

    /// Notes what a call has made.
    pub fn learn(&mut self, number: usize, args: [usize; 6], value: usize, arena: &[u8]) {
        match Syscall::from_number(number) {
            Some(Syscall::Pipe) => {
                let at = args[0].wrapping_sub(arena.as_ptr().addr());
                for fd in [at, at.wrapping_add(4)] {
                    let fd = arena.get(fd).copied().unwrap_or(0);
                    self.pipes |= 1 << (fd % 32);
                }
            }
            Some(Syscall::Dup) if self.pipes & 1 << (args[0] % 32) != 0 => {
                self.pipes |= 1 << (value % 32);
            }
            Some(Syscall::Close) => self.pipes &= !(1 << (args[0] % 32)),
            Some(Syscall::Mmap) => {
                let place = self.random.below(self.mapped.len());
                self.mapped[place] = (value, args[1]);
            }
            _ => {}
        }
    }

    /// Six arguments that are anything.
    fn anything(&mut self, arena: &[u8]) -> [usize; 6] {
        core::array::from_fn(|_| self.argument(arena))
    }

    fn argument(&mut self, arena: &[u8]) -> usize {
        let (start, size) = (arena.as_ptr().addr(), arena.len());
        let random = &mut self.random;
        match random.below(10) {
            0 => random.address(),
            1 => random.of(NUMBERS) as usize,
            2 => start + size - random.below(16),
            3 => start + random.below(size),
            4 => start + size - 256 + random.below(200),
            5 => start + random.below(STRINGS.len()) * PLACE,
            6 => self.mapping().0,
            // The guard below the stack, which lies below the arena.
            7 => (start & !(PGSIZE - 1)).wrapping_sub(2 * PGSIZE) + random.below(PGSIZE),
            _ => random.below(18),
        }
    }

    /// Some mapping, or a part of one.
    fn mapping(&mut self) -> (usize, usize) {
        let (start, len) = self.random.of(&self.mapped);
        match self.random.below(4) {
            0 => (start.wrapping_add(PGSIZE), len.wrapping_sub(PGSIZE)),
            1 => (start, PGSIZE),
            _ => (start, len),
        }
    }

    /// Makes of anything what the call can do something with.
    fn make_sense(&mut self, call: Syscall, args: &mut [usize; 6], arena: &[u8]) {
        let start = arena.as_ptr().addr();
        let (one, other, mapping) = (self.string(start), self.string(start), self.mapping());
        let random = &mut self.random;
        let buffer = start + random.below(arena.len());
        match call {
            Syscall::Open => {
                let mode = random.of(&[O_RDONLY, O_WRONLY, O_RDWR, O_NOFOLLOW]);
                let more = random.of(&[0, O_CREATE, O_CREATE | O_TRUNC]);
                (args[0], args[1]) = (one, (mode | more) as usize);
            }
            Syscall::Read | Syscall::Write | Syscall::Fstat => {
                args[0] = random.below(8);
                args[1] = random.of(&[buffer, mapping.0]);
                args[2] = random.of(&[0, 1, 64, 512, 4096, 5000, 9000]);
            }
            Syscall::Link | Syscall::Symlink => (args[0], args[1]) = (one, other),
            Syscall::Exec => {
                let program = random.of(&[20, 21, 22, 23, 24, 25]);
                args[0] = start + program * PLACE;
                args[1] = start + random.of(&[FEW, FEW + 24, MANY, MANY + 1600]);
            }
            Syscall::Unlink | Syscall::Mkdir | Syscall::Chdir | Syscall::Chroot => args[0] = one,
            Syscall::Mmap => {
                args[1] = random.of(&[1, 100, 4096, 5000, 20_000, 1 << 20]);
                (args[2], args[3]) = (random.of(&[1, 3, 2, 7]), random.of(&[1, 2]));
                (args[4], args[5]) = (random.below(8), random.of(&[0, 0, 4096]));
            }
            Syscall::Munmap => (args[0], args[1]) = mapping,
            Syscall::Pipe | Syscall::Sysinfo | Syscall::Sysctl => args[0] = buffer,
            Syscall::Close | Syscall::Dup => args[0] = random.below(17),
            Syscall::Sigalarm => (args[0], args[1]) = (random.of(&[0, 1, 3]), random.address()),
            _ => {}
        }
    }

    /// One of the strings.
    fn string(&mut self, start: usize) -> usize {
        start + self.random.below(STRINGS.len()) * PLACE
    }

    /// Keeps a call from what would end the test, or take all its time.
    fn tame(&mut self, call: Syscall, args: &mut [usize; 6]) {
        let random = &mut self.random;
        let own = ulib::getpid().0;
        match call {
            // Nobody but itself and its like.
            Syscall::Kill => {
                args[0] = random.of(&[-1, 0, 1, i32::MAX, i32::MIN]) as usize;
                match (random.below(40), self.killer) {
                    (0, _) => args[0] = own as usize,
                    (1..10, Some(Pid(killer))) => {
                        args[0] =
                            own.saturating_sub(20).max(killer) as usize + 1 + random.below(40);
                    }
                    _ => {}
                }
            }
            Syscall::Setjob => args[0] = random.of(&[own, -1, i32::MAX]) as usize,
            Syscall::Pause => args[0] = random.of(&[0, 1, usize::MAX]),
            Syscall::Trace => args[0] = random.of(&[0, 1, 1 << 63, usize::MAX << 60]),
            Syscall::Seccomp => args[0] = !(1 << random.below(64) & !0b101_0000_0000_0110),
            // Not the console, which would wait for keys.
            Syscall::Mknod => args[1] = random.of(&[0, 2, 2, 9, 10, usize::MAX]),
            _ => {}
        }
    }

    /// Whether who makes the call might never come back. Some must.
    fn may_block(&mut self, call: Syscall, fd: usize) -> bool {
        let is_pipe = fd < 32 && self.pipes & 1 << fd != 0;
        let may = match call {
            Syscall::Read | Syscall::Write | Syscall::Readkeys => is_pipe,
            Syscall::Wait => true,
            _ => false,
        };
        may && self.random.below(30) > 0
    }
}

/// How rarely a call is made: one in so many times that it is chosen.
fn rarity(call: Syscall) -> usize {
    match call {
        // They end or change the process, or print much.
        Syscall::Exit => 100,
        Syscall::Kpgtbl | Syscall::Backtrace => 300,
        Syscall::Seccomp | Syscall::Trace | Syscall::Exec => 24,
        Syscall::Sigalarm | Syscall::Sync | Syscall::Chroot | Syscall::Pause => 6,
        // The worker does that itself.
        Syscall::Fork | Syscall::Poweroff => usize::MAX,
        _ => 1,
    }
}
