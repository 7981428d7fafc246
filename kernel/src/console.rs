//! The console: lines typed at the serial port, and what programs show there.
//!
//! While the line buffer is full, bytes stay in the port, which is told not to interrupt;
//! so the sender waits, and a paste of any length arrives whole.

use crate::mem::UserMemory;
use crate::mem::layout::VirtAddr;
use crate::proc::{self, Chan};
use crate::sync::{Rank, SpinLock};
use crate::uart;
use abi::Error;
use core::sync::atomic::{AtomicI32, Ordering};
use kernel::line::{Echo, INPUT_BUF, Line};

struct Console {
    line: Line,
    /// The port was told not to interrupt for what it receives.
    is_paused: bool,
}

static CONS: SpinLock<Console> = SpinLock::new(
    "cons",
    Rank::Console,
    Console {
        line: Line::EMPTY,
        is_paused: false,
    },
);

/// The job that ^C kills; 0 for none.
static FOREGROUND: AtomicI32 = AtomicI32::new(0);

/// Gives the keyboard to a job: ^C kills it. 0 for none: then ^C drops the line.
pub fn set_foreground(job: i32) {
    FOREGROUND.store(job, Ordering::Relaxed);
}

/// Sends `n` bytes at `src`. Returns how many: fewer than `n` only if the program may
/// not read the others.
///
/// # Errors
/// [`Error::BadAddress`] if the program may not even read the first.
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
        uart::uartwrite(piece);
        done += piece.len();
    }
    Ok(done)
}

/// Waits for a line, and copies at most `n` bytes of it to `dst`. Returns how many; 0 at
/// end of file.
///
/// # Errors
/// [`Error::Killed`]; [`Error::BadAddress`] if the program may not write there.
#[inline(never)]
pub fn consoleread(memory: &mut UserMemory, dst: VirtAddr, n: usize) -> Result<usize, Error> {
    let mut piece = [0; INPUT_BUF];
    let mut done = 0;
    while done < n {
        let room = INPUT_BUF.min(n - done);
        let mut cons = CONS.acquire();
        while !cons.line.is_ready() {
            cons = cons.sleep_unless_killed(Chan::of(&CONS))?;
        }
        let (len, is_end) = cons.line.read(&mut piece[..room], done > 0);
        if cons.is_paused {
            cons.is_paused = false;
            uart::set_receiving(true);
        }
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

/// Answers the port's interrupt: takes in what was typed.
#[inline(never)]
pub fn consoleintr() {
    uart::uartintr();
    let mut wants_procdump = false;
    let mut interrupted = 0;
    let mut cons = CONS.acquire();
    loop {
        if cons.line.is_full() {
            cons.is_paused = true;
            uart::set_receiving(false);
            break;
        }
        let Some(byte) = uart::uartgetc() else { break };
        match cons.line.input(byte) {
            Echo::Nothing => {}
            Echo::Byte(byte) => uart::uartputc_sync(byte),
            Echo::Erase(n_chars) => {
                for _ in 0..n_chars {
                    b"\x08 \x08".iter().copied().for_each(uart::uartputc_sync);
                }
            }
            Echo::Procdump => wants_procdump = true,
            Echo::Interrupt => {
                b"^C\n".iter().copied().for_each(uart::uartputc_sync);
                interrupted = FOREGROUND.load(Ordering::Relaxed);
                if interrupted == 0 {
                    // Whoever reads lines has an empty one to go on with.
                    cons.line.input(b'\n');
                }
            }
        }
    }
    let is_ready = cons.line.is_ready();
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
