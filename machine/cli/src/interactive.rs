//! A terminal: keys go to the guest at once, and idle time passes as fast as on the wall.

use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

use crate::boot::exit_status;
use crate::failure::Failure;
use crate::session::{Pause, Session, print};

/// Cycles of the machine in a second of the guest's clock.
const CYCLES_PER_SECOND: f64 = 1e8;
const LONGEST_NAP: Duration = Duration::from_secs(3600);
const CTRL_A: u8 = 1;

/// The terminal in raw mode, until this is dropped.
struct RawMode;

impl RawMode {
    fn enter() -> io::Result<RawMode> {
        enable_raw_mode()?;
        Ok(RawMode)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // Nothing is left to do if the terminal is gone.
        let _ = disable_raw_mode();
    }
}

/// What the user's keys mean.
enum Keys {
    Type(Vec<u8>),
    Help,
    Leave,
}

const HELP: &[u8] = b"\r\nCtrl-A X leaves, Ctrl-A Ctrl-A sends Ctrl-A, Ctrl-A H says this.\r\n";

/// Runs until the guest switches off or the user leaves; the exit status.
pub fn run(session: &mut Session) -> Result<u8, Failure> {
    eprintln!("(Ctrl-A X leaves, Ctrl-A H helps)");
    let _raw = RawMode::enter()?;
    let typed = listen();
    let mut after_ctrl_a = false;
    loop {
        let (pause, output) = session.advance()?;
        print(&with_returns(&output))?;
        let bytes = match pause {
            Pause::Busy => typed.try_recv().ok(),
            Pause::Idle(next) => nap(session, next, &typed),
            Pause::PowerOff(code) => return Ok(exit_status(code)),
            Pause::Reset => return Err(Failure::Reset),
            Pause::TimeUp => return Ok(0),
        };
        match bytes.map(|bytes| interpret(&bytes, &mut after_ctrl_a)) {
            Some(Keys::Leave) => return Ok(0),
            Some(Keys::Help) => print(HELP)?,
            Some(Keys::Type(bytes)) if !bytes.is_empty() => session.type_in(&bytes),
            Some(Keys::Type(_)) | None => {}
        }
    }
}

/// Sleeps until the guest's next deadline, or a key; the time slept passes for the guest too.
fn nap(session: &mut Session, next: Option<u64>, typed: &Receiver<Vec<u8>>) -> Option<Vec<u8>> {
    let begun = Instant::now();
    let from = session.machine.t();
    let longest = next.map_or(LONGEST_NAP, |next| {
        Duration::from_secs_f64((next - from) as f64 / CYCLES_PER_SECOND)
    });
    match typed.recv_timeout(longest.min(LONGEST_NAP)) {
        Ok(bytes) => {
            let slept = begun.elapsed().as_secs_f64() * CYCLES_PER_SECOND;
            session.skip(from + slept as u64);
            Some(bytes)
        }
        Err(RecvTimeoutError::Timeout) => {
            let slept = (longest.min(LONGEST_NAP).as_secs_f64() * CYCLES_PER_SECOND) as u64;
            session.skip(next.unwrap_or(from + slept));
            None
        }
        // Nobody can type any more: only deadlines are left.
        Err(RecvTimeoutError::Disconnected) => {
            thread::sleep(longest);
            session.skip(next.unwrap_or(from));
            None
        }
    }
}

/// Reads the terminal in a thread of its own, since reading blocks.
fn listen() -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(len @ 1..) = io::stdin().lock().read(&mut buffer) {
            if sender.send(buffer[..len].to_vec()).is_err() {
                break;
            }
        }
    });
    receiver
}

/// Takes Ctrl-A and what follows it out of `bytes`.
fn interpret(bytes: &[u8], after_ctrl_a: &mut bool) -> Keys {
    let mut kept = Vec::new();
    for &byte in bytes {
        match (std::mem::take(after_ctrl_a), byte) {
            (true, b'x' | b'X') => return Keys::Leave,
            (true, b'h' | b'H') if kept.is_empty() => return Keys::Help,
            (false, CTRL_A) => *after_ctrl_a = true,
            (_, byte) => kept.push(byte),
        }
    }
    Keys::Type(kept)
}

/// `output` with every line end made two characters, as a terminal in raw mode needs them.
fn with_returns(output: &[u8]) -> Vec<u8> {
    let mut shown = Vec::with_capacity(output.len());
    for &byte in output {
        if byte == b'\n' {
            shown.push(b'\r');
        }
        shown.push(byte);
    }
    shown
}
