//! A machine that is being run: prints what it says, and stops where it was told to.

use std::io::{self, Write};

use machine::{Input, Machine, Stop};

use crate::args::Boot;

/// The machine runs this far before the host looks: some milliseconds.
const SLICE: u64 = 2_000_000;

/// A running machine.
pub struct Session {
    /// The machine.
    pub machine: Machine,
    until: Option<u64>,
    hash_at: Option<u64>,
}

/// Why [`Session::advance`] came back.
#[derive(Debug, PartialEq, Eq)]
pub enum Pause {
    /// It ran for a while; there is more to do.
    Busy,
    /// Every hart waits; the time of the next deadline, if there is one.
    Idle(Option<u64>),
    /// `--until` is reached.
    TimeUp,
    /// The guest switched off, with this status.
    PowerOff(u32),
    /// The guest asked for a reset.
    Reset,
}

impl Session {
    /// Runs `machine` as `boot` says.
    pub fn new(machine: Machine, boot: &Boot) -> Session {
        Session {
            machine,
            until: boot.until,
            hash_at: boot.hash_at,
        }
    }

    /// Runs for a while; what the guest said meanwhile.
    pub fn advance(&mut self) -> (Pause, Vec<u8>) {
        self.note_time();
        if self.until.is_some_and(|until| self.machine.t() >= until) {
            return (Pause::TimeUp, Vec::new());
        }
        let stop = self.machine.run(self.limit(self.machine.t() + SLICE));
        self.note_time();
        let pause = match stop {
            Stop::Reached | Stop::Event => Pause::Busy,
            Stop::Idle { next } => Pause::Idle(next),
            Stop::PowerOff { code } => Pause::PowerOff(code),
            Stop::Reset => Pause::Reset,
        };
        (pause, self.machine.take_output())
    }

    /// Lets idle time pass until `to`, or where the machine or the user wants to look.
    pub fn skip(&mut self, to: u64) {
        self.machine.skip(self.limit(to));
    }

    /// Types `bytes`.
    pub fn type_in(&mut self, bytes: &[u8]) {
        self.machine.input(Input::Console(bytes.to_vec()));
    }

    /// `to`, or an earlier time that must not be missed.
    fn limit(&self, to: u64) -> u64 {
        let stops = [self.until, self.hash_at];
        stops.into_iter().flatten().fold(to, u64::min)
    }

    /// Prints the hash that was asked for, when its time has come.
    fn note_time(&mut self) {
        if self.hash_at.is_some_and(|at| self.machine.t() >= at) {
            self.hash_at = None;
            let t = self.machine.t();
            eprintln!("t {t} · state {}", self.machine.state_hash());
        }
    }
}

/// Writes `output` to standard output at once.
pub fn print(output: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(output)?;
    stdout.flush()
}
