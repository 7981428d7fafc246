//! `sysfuzz [SEED [ROUNDS]]`: processes that make every system call there is, and some that
//! there are not, with arguments good and bad, shut in a directory of their own. Meanwhile a
//! watcher looks whether its own memory, files and pipes stay what they are. In the end the
//! kernel must have as many free frames, processes, open files and inodes as before, and the
//! directory goes with all that is in it.
//!
//! `cage.rs` is the directory; `watcher.rs` the watcher; `worker.rs` those who make the calls,
//! `choice.rs` which, by chance (`random.rs`).
#![no_std]
#![no_main]
#![forbid(unsafe_code)]

mod cage;
mod choice;
mod random;
mod watcher;
mod worker;

use abi::file::{MAP_PRIVATE, MAP_SHARED, O_CREATE, O_RDONLY, O_RDWR, PROT_READ, PROT_WRITE};
use abi::limits::PGSIZE;
use core::ffi::CStr;
use random::Random;
use ulib::sys::{self, Mapped};
use ulib::{Args, Failed, File, Fork, Pid, STDIN, eprintln, println};
use user_tests::{clear_after, kill_after};
use worker::Place;

ulib::entry!(main);

/// What all processes see, mapped: numbers of 8 bytes each.
const BOARD: &CStr = c"sysfuzz.board";
/// On the board: the watcher is to come to an end.
const STOP: usize = 0;
/// On the board: calls made, from here on, at the places of the processes that made them.
const CALLS: usize = 1;
/// Places for them: more than there are processes, whose numbers follow each other.
const N_PLACES: usize = 500;
/// Processes that make calls at the same time, besides their children.
const N_WORKERS: usize = 4;
/// Ticks of a round: then all are killed.
const PATIENCE: i32 = 6;

fn main(args: Args) -> i32 {
    let mut numbers = [1, 4];
    let mut is_worker = false;
    for (n, arg) in args.enumerate() {
        match (numbers.get_mut(n), ulib::number(arg.to_bytes())) {
            (Some(place), Some(number)) => *place = number,
            _ if arg == worker::CALLED_BY_WORKER => is_worker = true,
            _ => {
                eprintln!("usage: sysfuzz [seed [rounds]]");
                return 1;
            }
        }
    }
    let [seed, rounds] = numbers.map(u64::from);
    if is_worker {
        worker::work(Random::new(seed + ulib::getpid().0 as u64), None);
    }
    match run(seed, rounds) {
        Ok(n_calls) => {
            println!("sysfuzz: {n_calls} calls");
            println!("SYSFUZZ TEST PASSED");
            0
        }
        Err(complaint) => {
            println!("sysfuzz: {complaint}");
            1
        }
    }
}

/// Returns how many calls were made, at least.
fn run(seed: u64, rounds: u64) -> Result<u64, &'static str> {
    let before = counts()?;
    let [board, fence] = board().map_err(|Failed| "no board")?;
    let watcher = watcher::start(&board)?;
    let mut outcome = Ok(());
    for round in 0..rounds {
        outcome = play(seed << 20 | round << 4, watcher, &board);
        if outcome.is_err() {
            break;
        }
    }
    set(&board, STOP, 1);
    let is_unharmed = ulib::wait().is_ok_and(|end| end.pid == watcher && end.status == 0);
    let n_calls = (0..N_PLACES).map(|n| get(&board, CALLS + n)).sum();
    drop([board, fence]);
    let _ = ulib::unlink(BOARD);
    outcome?;
    if !is_unharmed {
        return Err("the watcher was harmed");
    }
    if counts()? != before {
        return Err("frames, processes, files or inodes were lost");
    }
    Ok(n_calls)
}

/// A round of calls, in a directory that is new for it.
fn play(seed: u64, watcher: Pid, board: &Mapped) -> Result<(), &'static str> {
    let n_processes = ulib::sysinfo().map_err(|Failed| "no sysinfo")?.nproc;
    cage::build(&mut Random::new(seed))?;
    let Ok(runner) = ulib::fork() else {
        return Err("no fork");
    };
    let Fork::Parent(runner) = runner else {
        run_workers(seed, board)
    };
    match ulib::wait() {
        Ok(end) if end.pid == runner => {}
        _ => return Err("the watcher ended"),
    }
    if !clear_after(watcher, n_processes) {
        return Err("somebody does not die");
    }
    cage::tear_down()
}

/// Has workers work, a new one for each that ends, until the time is up and all are killed.
fn run_workers(seed: u64, board: &Mapped) -> ! {
    let runner = ulib::getpid();
    let end = ulib::uptime() + PATIENCE as usize;
    // Otherwise all might block for ever.
    let killer = match ulib::fork() {
        Ok(Fork::Child) => {
            let _ = ulib::pause(PATIENCE);
            kill_after(runner);
            ulib::exit(0);
        }
        Ok(Fork::Parent(killer)) => killer,
        Err(Failed) => ulib::exit(1),
    };
    for n in 0.. {
        if n >= N_WORKERS && (ulib::wait().is_err() || ulib::uptime() >= end) {
            break;
        }
        if ulib::fork() == Ok(Fork::Child) {
            let has_console = n % 4 == 0 && has_console();
            if !cage::enter() {
                ulib::exit(1);
            }
            let place = Place {
                board,
                killer,
                has_console,
            };
            worker::work(Random::new(seed ^ (n as u64) << 48), Some(place));
        }
    }
    // Whoever was started too late for the other to see.
    kill_after(runner);
    while ulib::wait().is_ok() {}
    ulib::exit(0)
}

/// Makes descriptor 0 the console, to be read only: nobody can tell what would be written to it.
fn has_console() -> bool {
    sys::close(STDIN).is_ok() && sys::open(c"/console", O_RDONLY) == Ok(STDIN)
}

/// What there must be as much of afterwards as before: free memory, processes, open files and
/// inodes that can be had.
#[derive(PartialEq, Eq)]
struct Counts {
    memory: u64,
    n_processes: u64,
    n_files: i32,
}

fn counts() -> Result<Counts, &'static str> {
    let n_files = cage::files_to_be_had()?;
    let info = ulib::sysinfo().map_err(|Failed| "no sysinfo")?;
    Ok(Counts {
        memory: info.freemem,
        n_processes: info.nproc,
        n_files,
    })
}

/// The board, and the fence below it.
fn board() -> Result<[Mapped; 2], Failed> {
    let file = File::open_with(BOARD, O_CREATE | O_RDWR)?;
    file.write_all(&[0; 512])?;
    let board = Mapped::new(*file, PGSIZE, PROT_READ | PROT_WRITE, MAP_SHARED, 0)?;
    // What workers map is below, and the kernel is led to write past its end.
    let fence = Mapped::new(*file, PGSIZE, PROT_READ, MAP_PRIVATE, 0)?;
    // Only pages that are there when it forks are a child's too.
    set(&board, STOP, 0);
    Ok([board, fence])
}

/// Number `n` on the board.
fn get(board: &Mapped, n: usize) -> u64 {
    u64::from_le_bytes(core::array::from_fn(|byte| board.read(8 * n + byte)))
}

/// Counts a call of the process `pid`.
fn count(board: &Mapped, pid: Pid) {
    let place = CALLS + pid.0 as usize % N_PLACES;
    set(board, place, get(board, place) + 1);
}

/// Writes number `n` on the board. Each has one writer at a time.
fn set(board: &Mapped, n: usize, number: u64) {
    for (byte, value) in number.to_le_bytes().into_iter().enumerate() {
        board.write(8 * n + byte, value);
    }
}
