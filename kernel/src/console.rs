//! The console: what is typed at the serial port, and what programs show there.
//!
//! A program reads lines, which the console edits and shows, or keys as they come, which it
//! shows itself as it likes. Nothing is shown before somebody reads, and there is no mode that
//! could be left behind: a program that ends while it reads keys leaves nothing to be mended.
//! Only the job that has the keyboard reads; who belongs to another waits.
//!
//! While as many keys as fit wait for a reader, bytes stay in the port, which is told not to
//! interrupt; so the sender waits, and a paste of any length arrives whole.

use crate::mem::UserMemory;
use crate::mem::layout::VirtAddr;
use crate::proc::{self, Chan};
use crate::sync::{Rank, SpinLock};
use crate::trap::TICKS;
use crate::uart;
use abi::Error;
use core::sync::atomic::{AtomicBool, Ordering};
use kernel::keys::Keys;
use kernel::line::{CTRL_C, Echo, INPUT_BUF, Line};

const CTRL_P: u8 = 0x10;

struct Console {
    /// Typed, and neither edited nor read.
    keys: Keys,
    line: Line,
    /// The job that has the keyboard, and that ^C kills; 0 for those that belong to none.
    foreground: i32,
    /// Who read last. It counts only while its job has the keyboard.
    reader: Reader,
    /// The port was told not to interrupt for what it receives.
    is_paused: bool,
}

/// Who reads: the job, and what it wants.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    Nobody,
    Line(i32),
    Keys(i32),
}

/// What a program wants to read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Lines.
    Line,
    /// Keys; none if none comes for so many ticks. 0: it waits until one comes.
    Keys {
        /// How long it waits.
        ticks: u32,
    },
}

static CONS: SpinLock<Console> = SpinLock::new(
    "cons",
    Rank::Console,
    Console {
        keys: Keys::EMPTY,
        line: Line::EMPTY,
        foreground: 0,
        reader: Reader::Nobody,
        is_paused: false,
    },
);

/// Somebody waits for keys or for the time to pass.
static IS_TIMED: AtomicBool = AtomicBool::new(false);

/// Gives the keyboard to a job; 0: to those that belong to none.
pub fn set_foreground(job: i32) {
    CONS.acquire().foreground = job;
    proc::wakeup(Chan::of(&CONS));
}

/// Sends `n` bytes at `src`. Returns how many: fewer than `n` only if the program may
/// not read the others.
///
/// # Errors
/// [`Error::Killed`]; [`Error::BadAddress`] if the program may not even read the first.
#[inline(never)]
pub fn consolewrite(memory: &mut UserMemory, src: VirtAddr, n: usize) -> Result<usize, Error> {
    let mut piece = [0; INPUT_BUF];
    let mut done = 0;
    while done < n {
        let piece = &mut piece[..INPUT_BUF.min(n - done)];
        match memory.copyin(piece, VirtAddr(src.0.wrapping_add(done))) {
            Err(error) if done == 0 => return Err(error),
            Err(_) => break,
            Ok(()) => {}
        }
        // A port that is never busy lets nobody sleep, and so nobody hear of it.
        if proc::is_killed() {
            return Err(Error::Killed);
        }
        uart::uartwrite(piece)?;
        done += piece.len();
    }
    Ok(done)
}

/// Waits for what is wanted, and copies at most `n` bytes of it to `dst`. Returns how many;
/// 0 at end of file, or when the time is up.
///
/// # Errors
/// [`Error::Killed`]; [`Error::BadAddress`] if the program may not write there.
#[inline(never)]
pub fn consoleread(
    memory: &mut UserMemory,
    dst: VirtAddr,
    n: usize,
    wanted: Wanted,
) -> Result<usize, Error> {
    let mut piece = [0; INPUT_BUF];
    let mut done = 0;
    let start = *TICKS.acquire();
    while done < n {
        let room = INPUT_BUF.min(n - done);
        let mut cons = CONS.acquire();
        while !cons.is_ready_for(wanted) {
            if is_time_up(wanted, start) {
                return Ok(0);
            }
            cons = cons.sleep_unless_killed(Chan::of(&CONS))?;
        }
        let (len, is_end) = match wanted {
            Wanted::Line => cons.line.read(&mut piece[..room], done > 0),
            Wanted::Keys { .. } => (cons.take(&mut piece[..room]), true),
        };
        cons.resume();
        // User memory is not touched under a spin lock.
        drop(cons);
        memory.copyout(VirtAddr(dst.0.wrapping_add(done)), &piece[..len])?;
        done += len;
        if is_end {
            break;
        }
    }
    Ok(done)
}

/// Whether who came at tick `start` has waited long enough. If not, it is woken when it may have.
fn is_time_up(wanted: Wanted, start: u32) -> bool {
    match wanted {
        Wanted::Line | Wanted::Keys { ticks: 0 } => false,
        Wanted::Keys { ticks } => {
            IS_TIMED.store(true, Ordering::Relaxed);
            TICKS.acquire().wrapping_sub(start) >= ticks
        }
    }
}

/// Lets those look again whose time may be up.
pub fn tick() {
    if IS_TIMED.load(Ordering::Relaxed) {
        // Who has said so goes to sleep before it lets go of the lock.
        let cons = CONS.acquire();
        IS_TIMED.store(false, Ordering::Relaxed);
        drop(cons);
        proc::wakeup(Chan::of(&CONS));
    }
}

impl Console {
    /// Whether the caller, who wants this, would get something. Its keys are treated as it wants
    /// from now on.
    fn is_ready_for(&mut self, wanted: Wanted) -> bool {
        let job = proc::current_job();
        if job != self.foreground {
            return false;
        }
        self.reader = match wanted {
            Wanted::Line => Reader::Line(job),
            Wanted::Keys { .. } => Reader::Keys(job),
        };
        self.edit();
        self.is_ready()
    }

    /// Whether who reads would get something.
    fn is_ready(&self) -> bool {
        match self.reader {
            Reader::Line(_) => self.line.is_ready(),
            Reader::Keys(_) => !self.keys.is_empty() || self.line.has_any(),
            Reader::Nobody => false,
        }
    }

    /// Makes lines of the keys, if lines are wanted.
    fn edit(&mut self) {
        if self.reader != Reader::Line(self.foreground) {
            return;
        }
        while !self.line.is_full()
            && let Some(byte) = self.keys.pop()
        {
            match self.line.input(byte) {
                Echo::Nothing => {}
                Echo::Byte(byte) => uart::uartputc_sync(byte),
                Echo::Erase(n_chars) => (0..n_chars).for_each(|_| show(b"\x08 \x08")),
                Echo::Interrupt => show(b"^C\n"),
            }
        }
    }

    /// Moves keys to `into`, none behind the end of a line. Returns how many.
    fn take(&mut self, into: &mut [u8]) -> usize {
        let mut n_keys = 0;
        for place in into {
            let Some(byte) = self.line.take().or_else(|| self.keys.pop()) else {
                break;
            };
            *place = byte;
            n_keys += 1;
            if matches!(byte, b'\n' | b'\r') {
                break;
            }
        }
        n_keys
    }

    /// Has the port interrupt again.
    fn resume(&mut self) {
        if self.is_paused {
            self.is_paused = false;
            uart::set_receiving(true);
        }
    }

    /// Takes in ^C. Returns the job to be killed, or 0.
    ///
    /// A program that reads keys gets this one too; if it has not taken it when the next one
    /// comes, that one kills.
    fn interrupt(&mut self) -> i32 {
        if self.reader == Reader::Keys(self.foreground) && !self.keys.hold(CTRL_C) {
            self.keys.push(CTRL_C);
            return 0;
        }
        show(b"^C\n");
        self.keys.clear();
        self.line.input(CTRL_C);
        if self.foreground == 0 {
            // Whoever reads lines has an empty one to go on with.
            self.line.input(b'\n');
        }
        self.foreground
    }
}

/// Sends `bytes` at once.
fn show(bytes: &[u8]) {
    bytes.iter().copied().for_each(uart::uartputc_sync);
}

/// Answers the port's interrupt: takes in what was typed.
#[inline(never)]
pub fn consoleintr() {
    uart::uartintr();
    let mut wants_procdump = false;
    let mut interrupted = 0;
    let mut cons = CONS.acquire();
    loop {
        cons.edit();
        if cons.keys.is_full() {
            cons.is_paused = true;
            uart::set_receiving(false);
            break;
        }
        match uart::uartgetc() {
            None => break,
            Some(CTRL_P) => wants_procdump = true,
            Some(CTRL_C) => interrupted = cons.interrupt(),
            Some(byte) => cons.keys.push(byte),
        }
    }
    let is_ready = cons.is_ready();
    drop(cons);
    if is_ready {
        proc::wakeup(Chan::of(&CONS));
    }
    if interrupted != 0 {
        proc::killjob(interrupted);
    }
    if wants_procdump {
        proc::procdump();
    }
}
