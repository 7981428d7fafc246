//! `perf [NAME…]`: what things cost. Each line tells, for one of a kind, how many instructions
//! it took (on a machine that counts them) and how long.
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use abi::limits::PGSIZE;
use core::ffi::CStr;
use ulib::{Args, Region, println, sys};
use user_tests::{Complaint, Outcome, create, in_child, open, pipe, spawn, unlink, wait_well};

ulib::entry!(main);

/// Something that costs.
struct Work {
    /// What one of it is.
    name: &'static str,
    /// How many of it are done.
    n: usize,
    /// Does them. What comes before and after is not measured.
    run: fn(usize, &mut Stopwatch) -> Outcome,
}

const WORKS: [Work; 11] = [
    work("null system call", 10_000, |n, watch| {
        watch.measure(|| {
            for _ in 0..n {
                ulib::getpid();
            }
            Ok(())
        })
    }),
    work("page fault", 2_000, page_faults),
    work("pipe ping-pong", 1_000, ping_pong),
    work("KiB through a pipe", 1_000, pipe_throughput),
    work("fork, exit, wait", 100, |n, watch| {
        watch.measure(|| (0..n).try_for_each(|_| in_child(|| Ok(()))))
    }),
    work("fork, exec, wait", 100, |n, watch| {
        watch.measure(|| {
            (0..n).try_for_each(|_| {
                in_child(|| {
                    ulib::exec(c"/true", [c"true"]);
                    Err(Complaint("exec failed"))
                })
            })
        })
    }),
    work("fork with 32 MiB", 1, |n, watch| {
        let mut memory = Region::new((32 << 20) / PGSIZE)?;
        memory.fill(1);
        watch.measure(|| (0..n).try_for_each(|_| in_child(|| Ok(()))))
    }),
    work("create, unlink", 100, |n, watch| {
        watch.measure(|| {
            (0..n).try_for_each(|_| {
                drop(create(NAME)?);
                unlink(NAME)
            })
        })
    }),
    work("KiB written", 240, |n, watch| {
        write_file(n, watch)?;
        unlink(NAME)
    }),
    work("KiB read", 240, |n, watch| {
        write_file(n, &mut Stopwatch::new())?;
        read_file(n, n, watch)?;
        unlink(NAME)
    }),
    work("KiB read from cache", 1_600, |n, watch| {
        const CACHED: usize = 16;
        write_file(CACHED, &mut Stopwatch::new())?;
        read_file(CACHED, n, watch)?;
        unlink(NAME)
    }),
];

/// The file that is written and read.
const NAME: &CStr = c"perf.tmp";
const KIB: usize = 1024;
/// What is written or read by one call.
const PIECE: usize = 4 * KIB;

const fn work(name: &'static str, n: usize, run: fn(usize, &mut Stopwatch) -> Outcome) -> Work {
    Work { name, n, run }
}

fn main(args: Args) -> i32 {
    println!(
        "{:20} {:>7} {:>12} {:>10}",
        "work", "times", "instructions", "ns"
    );
    for Work { name, n, run } in WORKS {
        let mut wanted = args.clone().peekable();
        if wanted.peek().is_some() && !wanted.any(|arg| arg.to_bytes() == name.as_bytes()) {
            continue;
        }
        let mut watch = Stopwatch::new();
        if let Err(Complaint(words)) = run(n, &mut watch) {
            println!("{name}: FAILED: {words}");
            return 1;
        }
        let Stopwatch { instructions, time } = watch;
        let each = |total: u64| total / n as u64;
        println!(
            "{name:20} {n:7} {:12} {:10}",
            each(instructions),
            each(time * 100)
        );
    }
    0
}

/// What was used by what was measured.
struct Stopwatch {
    instructions: u64,
    /// In tenths of a microsecond.
    time: u64,
}

impl Stopwatch {
    const fn new() -> Stopwatch {
        Stopwatch {
            instructions: 0,
            time: 0,
        }
    }

    fn measure(&mut self, work: impl FnOnce() -> Outcome) -> Outcome {
        let (instret, time) = (sys::rdinstret(), sys::rdtime());
        let outcome = work();
        self.instructions += sys::rdinstret().wrapping_sub(instret);
        self.time += sys::rdtime() - time;
        outcome
    }
}

fn page_faults(n: usize, watch: &mut Stopwatch) -> Outcome {
    let mut memory = Region::lazy(n)?;
    watch.measure(|| {
        for page in memory.chunks_mut(PGSIZE) {
            page[0] = 1;
        }
        Ok(())
    })
}

/// A byte to a child and back: two switches from process to process, four system calls.
fn ping_pong(n: usize, watch: &mut Stopwatch) -> Outcome {
    let (from_parent, to_child) = pipe()?;
    let (from_child, to_parent) = pipe()?;
    spawn(|| {
        let mut byte = [0];
        for _ in 0..n {
            from_parent.read_full(&mut byte)?;
            to_parent.write_all(&byte)?;
        }
        Ok(())
    })?;
    let mut byte = [0];
    watch.measure(|| {
        for _ in 0..n {
            to_child.write_all(&byte)?;
            from_child.read_full(&mut byte)?;
        }
        Ok(())
    })?;
    wait_well(1)
}

fn pipe_throughput(n: usize, watch: &mut Stopwatch) -> Outcome {
    let (read, write) = pipe()?;
    let mut buffer = Region::new(PIECE / PGSIZE)?;
    spawn(|| {
        for _ in 0..n * KIB / PIECE {
            write.write_all(&buffer)?;
        }
        Ok(())
    })?;
    watch.measure(|| {
        for _ in 0..n * KIB / PIECE {
            read.read_full(&mut buffer)?;
        }
        Ok(())
    })?;
    wait_well(1)
}

fn write_file(n: usize, watch: &mut Stopwatch) -> Outcome {
    let buffer = Region::new(PIECE / PGSIZE)?;
    let file = create(NAME)?;
    watch.measure(|| {
        for _ in 0..n * KIB / PIECE {
            file.write_all(&buffer)?;
        }
        Ok(())
    })
}

/// Reads the file, of `len` KiB, again and again, until `n` KiB have been read.
fn read_file(len: usize, n: usize, watch: &mut Stopwatch) -> Outcome {
    let mut buffer = Region::new(PIECE / PGSIZE)?;
    for _ in 0..n / len {
        let file = open(NAME)?;
        watch.measure(|| {
            for _ in 0..len * KIB / PIECE {
                file.read_full(&mut buffer)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
