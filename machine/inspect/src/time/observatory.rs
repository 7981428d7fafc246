//! A machine with its past, seen by meaning: what happened, and going there.
//!
//! While the machine runs in the present, every coarse event enters the index, at the very
//! time it happens. So going to an event of the past is looking it up, and a seek. What is
//! not in the index (an address, a function that is not always watched) is found by running
//! the stretch again.
//!
//! `hunt.rs` runs to conditions, `step.rs` steps, `line.rs` steps by line and instruction.

use machine::{History, InThePast, Input, Machine, StateHash, Stop, Watch};

use super::arrival::{Arrival, Reason};
use super::condition::Condition;
use super::event::Position;
use super::hunt::{Hunt, Refused};
use super::names::Names;
use super::record::Recorder;
use super::step::Walk;
use crate::symbols::{BadSymbols, Symbols};
use crate::view::{View, ViewRequest};

/// A machine, its past, and what happened.
#[derive(Debug)]
pub struct Observatory {
    pub(super) history: History,
    pub(super) symbols: Option<Symbols>,
    pub(super) recorder: Recorder,
    /// When the recording begins.
    pub(super) start: u64,
    /// What [`Observatory::run`] stops at.
    armed: Option<Hunt>,
    /// What the machine is watched for.
    watched: Watched,
    /// Probed instructions it stands before, and nobody looked at: of these harts.
    hits: Vec<usize>,
    /// The past is being run again; the present was not come to yet.
    is_replaying: bool,
    /// Printed bytes that were taken.
    taken: usize,
    /// The steps made of late.
    pub(super) walk: Option<Walk>,
    /// The hart that steps by line and instruction go by, unless they name one.
    pub(super) hart: usize,
}

/// What the machine is watched for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Watched {
    /// For what the index records.
    is_recording: bool,
    /// For instructions at these addresses besides.
    probes: Vec<u64>,
}

/// Why [`Observatory::run`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// It ran for as long as it was to.
    Budget,
    /// Every hart waits.
    Idle {
        /// When a timer or a device next does something; `None` if only input can wake it.
        next: Option<u64>,
    },
    /// What was armed came; the machine stands exactly there.
    Met,
    /// The guest switched the power off.
    PowerOff {
        /// The status it gave.
        code: u32,
    },
    /// The guest asked for a reset.
    Reset,
    /// It ran in the past, and has come to the present.
    End,
}

impl Observatory {
    /// Begins to record `machine`, whose kernel `symbols` belong to. Without symbols only
    /// what hardware does is known: no processes, no functions, no lines.
    pub fn new(machine: Machine, symbols: Option<Symbols>) -> Observatory {
        let names = Names::of(&machine, symbols.as_ref());
        Observatory {
            start: machine.t(),
            history: History::new(machine),
            symbols,
            recorder: Recorder::new(names),
            armed: None,
            watched: Watched::default(),
            hits: Vec::new(),
            is_replaying: false,
            taken: 0,
            walk: None,
            hart: 0,
        }
    }

    /// Ends the recording.
    pub fn into_machine(self) -> Machine {
        self.history.into_machine()
    }

    /// The machine as it is now.
    pub fn machine(&self) -> &Machine {
        self.history.machine()
    }

    /// The symbols of its kernel.
    pub fn symbols(&self) -> Option<&Symbols> {
        self.symbols.as_ref()
    }

    /// Hands over the symbols, if they were not there from the beginning: from now on what
    /// happens has names. What happened before keeps none.
    pub fn give_symbols(&mut self, symbols: Symbols) {
        let names = Names::of(self.machine(), Some(&symbols));
        self.recorder.index.functions.clone_from(&names.functions);
        self.recorder.names = names;
        self.symbols = Some(symbols);
        self.armed = None;
        // Otherwise the probes would seem to be set already.
        self.watched = Watched::default();
    }

    /// Hands over the text of the source files: from now on views have lines.
    ///
    /// # Errors
    /// [`BadSymbols`] if it is none, or not that of the symbols that are there.
    pub fn give_sources(&mut self, bytes: &[u8]) -> Result<(), BadSymbols> {
        let symbols = self.symbols.as_mut().ok_or(BadSymbols::OtherSources)?;
        symbols.give_sources(bytes)
    }

    /// Where in time the machine stands.
    pub fn position(&self) -> Position {
        let index = &self.recorder.index;
        let t = self.history.t();
        let event = index.after(t).checked_sub(1);
        Position {
            t,
            end: self.history.end(),
            event: event.and_then(|n| index.event(n)),
            n_events: index.len() as u64,
            snapshots: self.history.snapshots() as u32,
            bytes: self.history.bytes() + index.bytes() + self.recorder.modes.bytes(),
        }
    }

    /// When the recording begins.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Whether the machine stands before its present.
    pub fn is_past(&self) -> bool {
        self.history.is_past()
    }

    /// What `request` asks for, as of now.
    pub fn view(&self, request: &ViewRequest) -> View {
        crate::view(self.machine(), self.symbols(), request)
    }

    /// The hash of the machine's whole state.
    pub fn state_hash(&self) -> StateHash {
        self.machine().state_hash()
    }

    /// What was printed since the last call, in the present. Each byte comes once; after
    /// [`Observatory::branch_here`] those of the new future.
    pub fn take_output(&mut self) -> Vec<u8> {
        let index = &self.recorder.index;
        let from = std::mem::replace(&mut self.taken, index.n_printed());
        index.printed(from, self.taken).to_vec()
    }

    /// What [`Observatory::run`] stops at from now on; nothing for `None`.
    ///
    /// # Errors
    /// [`Refused`] if this kernel does not have what the condition names; what was armed
    /// before stays so.
    pub fn arm(&mut self, condition: Option<Condition>) -> Result<(), Refused> {
        self.armed = match condition {
            Some(condition) => Some(self.hunt_for(condition)?),
            None => None,
        };
        Ok(())
    }

    /// Lets [`Observatory::run`] stop at nothing.
    pub fn disarm(&mut self) {
        self.armed = None;
    }

    /// Runs for `budget` of time, as a part of a longer run: less if something is to be seen
    /// to. In the past it is what happened, up to the present.
    pub fn run(&mut self, budget: u64) -> Pause {
        let until = self.history.t().saturating_add(budget);
        let mut hunt = self.armed.take();
        let pause = self.run_to(until, hunt.as_mut());
        if pause != Pause::Met {
            self.armed = hunt;
        }
        pause
    }

    fn run_to(&mut self, until: u64, mut hunt: Option<&mut Hunt>) -> Pause {
        let has_met = |this: &mut Observatory, hunt: &mut Option<&mut Hunt>| {
            let hunt = hunt.as_deref_mut();
            hunt.is_some_and(|hunt| this.has_met(hunt))
        };
        // What came while time was skipped.
        if has_met(self, &mut hunt) {
            return Pause::Met;
        }
        while self.history.t() < until {
            if self.has_come_to_present() {
                return Pause::End;
            }
            let (limit, probes) = match hunt.as_deref() {
                Some(hunt) => (self.limit(hunt, until), &hunt.probes[..]),
                None => (until, &[][..]),
            };
            let stop = self.advance(limit, probes);
            if has_met(self, &mut hunt) {
                return Pause::Met;
            }
            match stop {
                Stop::Event | Stop::Reached => {}
                Stop::Idle { next } => return Pause::Idle { next },
                Stop::PowerOff { code } => return Pause::PowerOff { code },
                Stop::Reset => return Pause::Reset,
            }
        }
        if self.has_come_to_present() {
            return Pause::End;
        }
        Pause::Budget
    }

    /// Whether what runs the past again, idle time included, has come to its end; told once.
    fn has_come_to_present(&mut self) -> bool {
        let is_past = self.is_past();
        let was_replaying = std::mem::replace(&mut self.is_replaying, is_past);
        was_replaying && !is_past
    }

    /// Runs until `until` or the next event: of those recorded if in the present, and of
    /// `probes`.
    pub(super) fn advance(&mut self, until: u64, probes: &[u64]) -> Stop {
        let is_recording = !self.is_past();
        self.watch(is_recording, probes);
        let stop = self.history.run(until);
        self.record();
        if is_recording && matches!(stop, Stop::Idle { .. }) {
            self.recorder.waits(self.history.t());
        }
        stop
    }

    /// If every hart waits, lets time pass: until `until`, or the next deadline, or, in the
    /// past, what happened then.
    pub fn skip(&mut self, until: u64) {
        let probes = self.watched.probes.clone();
        self.watch(!self.is_past(), &probes);
        self.history.skip(until);
        self.record();
    }

    /// Takes what the machine tells into the index, if it happened for the first time.
    fn record(&mut self) {
        self.hits.clear();
        let events = self.history.take_events();
        // Handed out from the index instead, which knows the time of each byte.
        drop(self.history.take_output());
        for event in &events {
            if self.watched.is_recording {
                self.recorder.note(self.history.machine(), event);
            }
            if let (machine::Happening::Probe { address }, Some(hart)) = (event.what, event.hart)
                && self.watched.probes.contains(&address)
            {
                self.hits.push(hart);
            }
        }
    }

    /// The harts that stand before a probed instruction of a hunt; told once.
    pub(super) fn take_hits(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.hits)
    }

    fn watch(&mut self, is_recording: bool, probes: &[u64]) {
        let watched = &mut self.watched;
        if watched.is_recording == is_recording && watched.probes == probes {
            return;
        }
        watched.is_recording = is_recording;
        watched.probes = probes.to_vec();
        let mut probes = probes.to_vec();
        if is_recording {
            probes.extend(self.recorder.names.addresses());
        }
        let is_on = is_recording;
        self.history.watch(Watch {
            probes,
            is_on,
            ..Watch::default()
        });
    }

    /// Types `bytes`, one step from now: so the state of now stays one without them, and
    /// one can go back to it.
    ///
    /// # Errors
    /// [`InThePast`]: what happened then is settled, unless [`Observatory::branch_here`]
    /// forgets it.
    pub fn input(&mut self, bytes: &[u8]) -> Result<(), InThePast> {
        if !self.is_past() {
            let next = self.history.t() + 1;
            if let Stop::Idle { .. } = self.advance(next, &[]) {
                self.skip(next);
            }
        }
        self.history.input(Input::Console(bytes.to_vec()))?;
        self.recorder.typed(self.history.t(), bytes);
        Ok(())
    }

    /// Forgets what comes after now: here the present begins.
    pub fn branch_here(&mut self) {
        self.history.branch_here();
        let t = self.history.t();
        self.recorder.truncate(t);
        self.is_replaying = false;
        self.taken = self.taken.min(self.recorder.index.n_printed());
        self.walk = None;
    }

    /// Goes to `t`: back, or forward, running on and skipping idle time where nothing was
    /// recorded yet. Before the recording there is nothing to go to.
    pub fn seek(&mut self, t: u64) -> Arrival {
        let before = self.history.t();
        let reason = self.go_to(t);
        self.arrive(before, reason)
    }

    pub(super) fn go_to(&mut self, t: u64) -> Reason {
        let t = t.max(self.start);
        self.is_replaying = false;
        self.hits.clear();
        if t <= self.history.end() {
            self.history.seek(t);
            return Reason::Met;
        }
        self.go_to(self.history.end());
        while self.history.t() < t {
            match self.advance(t, &[]) {
                Stop::Reached | Stop::Event => {}
                Stop::Idle { next } => self.skip(next.map_or(t, |next| next.min(t))),
                Stop::PowerOff { code } => return Reason::PowerOff { code },
                Stop::Reset => return Reason::Reset,
            }
        }
        Reason::Met
    }

    /// Where the machine came to, from `before`.
    pub(super) fn arrive(&mut self, before: u64, reason: Reason) -> Arrival {
        let position = self.position();
        let moved = position.t != before;
        if let Some(hunt) = &mut self.armed {
            hunt.look_from(self.recorder.index.after(position.t));
        }
        Arrival {
            moved,
            position,
            reason,
        }
    }
}
