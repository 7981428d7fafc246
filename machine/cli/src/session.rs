//! A machine that is being run: prints what it says, and stops where it was told to.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use machine::{Input, Machine, Stop};

use crate::failure::Failure;
use crate::trace::Tracer;

/// The machine runs this far before the host looks: some milliseconds.
const SLICE: u64 = 2_000_000;

/// A running machine.
pub struct Session {
    /// The machine.
    pub machine: Machine,
    until: Option<u64>,
    hash_at: Option<u64>,
    tracer: Option<Tracer>,
    /// Where the output of the virtio console goes.
    terminal: Box<dyn Write>,
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
    /// Runs `machine` until the time `until`, and prints its state's hash at `hash_at`.
    pub fn new(machine: Machine, until: Option<u64>, hash_at: Option<u64>) -> Session {
        Session {
            machine,
            until,
            hash_at,
            tracer: None,
            terminal: Box::new(io::stderr()),
        }
    }

    /// Writes the output of the virtio console to the file `path` from now on.
    ///
    /// # Errors
    /// [`Failure::Write`], if that cannot be created.
    pub fn put_terminal(&mut self, path: &Path) -> Result<(), Failure> {
        let file = File::create(path).map_err(|source| Failure::Write {
            path: path.to_owned(),
            source,
        })?;
        self.terminal = Box::new(file);
        Ok(())
    }

    /// Traces what happens from now on.
    pub fn trace(&mut self, tracer: Tracer) {
        self.machine.watch(tracer.watch());
        self.tracer = Some(tracer);
    }

    /// Ends the trace, if there is one.
    ///
    /// # Errors
    /// [`Failure::Write`]: something of it could not be written.
    pub fn end_trace(&mut self) -> Result<(), Failure> {
        self.tracer.take().map_or(Ok(()), Tracer::finish)
    }

    /// Runs for a while; what the guest said meanwhile.
    ///
    /// # Errors
    /// What the virtio console said could not be written.
    pub fn advance(&mut self) -> io::Result<(Pause, Vec<u8>)> {
        self.note_time();
        if self.until.is_some_and(|until| self.machine.t() >= until) {
            return Ok((Pause::TimeUp, Vec::new()));
        }
        let stop = self.run_slice(self.limit(self.machine.t() + SLICE));
        self.note_time();
        let pause = match stop {
            Stop::Reached | Stop::Event => Pause::Busy,
            Stop::Idle { next } => Pause::Idle(next),
            Stop::PowerOff { code } => Pause::PowerOff(code),
            Stop::Reset => Pause::Reset,
        };
        self.terminal
            .write_all(&self.machine.take_terminal_output())?;
        Ok((pause, self.machine.take_output()))
    }

    /// Runs to `to`, and traces what happens on the way.
    fn run_slice(&mut self, to: u64) -> Stop {
        loop {
            let stop = self.machine.run(to);
            let Some(tracer) = &mut self.tracer else {
                return stop;
            };
            for event in self.machine.take_events() {
                tracer.note(&self.machine, &event);
            }
            if stop != Stop::Event {
                return stop;
            }
        }
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
