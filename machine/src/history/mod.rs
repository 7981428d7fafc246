//! A machine and all it did: goes to any time of it, back and forth.
//!
//! Going back is going to the last snapshot before, and from there forward with the same
//! input. So nothing but snapshots and the input is kept, and what is shown of the past is
//! exact. When snapshots are taken, and which of them are kept, decides only how fast.
//!
//! The state at a time is the one after all input of that time.

mod ring;

use crate::saved::{BadFile, Reader, Writer};
use crate::snapshot::State;
use crate::{Event, Input, Machine, Stop, Watch};
use ring::{Kept, Ring};

/// The host's memory that snapshots may take unless [`History::set_budget`] says otherwise.
const BUDGET: u64 = 64 << 20;

/// A machine, its present, and its past.
///
/// At its last time the machine is in the *present*: it runs as machines do, and is
/// recorded. Before that it is in the *past*, and does again what it did, input
/// included; only [`History::branch_here`] makes it do something else.
#[derive(Debug)]
pub struct History {
    machine: Machine,
    ring: Ring,
    /// The last time it came to.
    end: u64,
    /// How much of the machine's input log has entered by now.
    entered: usize,
    /// How much of `t` was idle time; it costs nothing to replay.
    skipped: u64,
}

/// Input was refused: what happened in the past is settled. See [`History::branch_here`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the machine stands in the past, at t = {t} of {end}: nothing can be typed there")]
pub struct InThePast {
    /// Where the machine stands.
    pub t: u64,
    /// Where its present is.
    pub end: u64,
}

impl History {
    /// Begins to record `machine`.
    pub fn new(machine: Machine) -> History {
        let mut history = History {
            end: machine.t(),
            entered: machine.input_log().len(),
            skipped: 0,
            machine,
            ring: Ring::new(BUDGET),
        };
        history.ring.record(history.keep());
        history
    }

    /// The machine as it is at the present `t`. Its input log is that of the whole recording.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Ends the recording.
    pub fn into_machine(self) -> Machine {
        self.machine
    }

    /// Tells of `watch` from now on; see [`Machine::watch`].
    pub fn watch(&mut self, watch: Watch) {
        self.machine.watch(watch);
    }

    /// The events since the last call; none from before a seek. See [`Machine::take_events`].
    pub fn take_events(&mut self) -> Vec<Event> {
        self.machine.take_events()
    }

    /// What came out of the console since the last call, each byte once, however often it is
    /// replayed.
    pub fn take_output(&mut self) -> Vec<u8> {
        self.machine.take_output()
    }

    /// The machine's time; see [`Machine::t`].
    pub fn t(&self) -> u64 {
        self.machine.t()
    }

    /// The last time recorded: the present.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Whether the machine stands before the present.
    pub fn is_past(&self) -> bool {
        self.t() < self.end
    }

    /// Snapshots kept.
    pub fn snapshots(&self) -> usize {
        self.ring.len()
    }

    /// Bytes of the host's memory that the recording takes.
    pub fn bytes(&self) -> u64 {
        self.ring.bytes(&self.machine)
    }

    /// Keeps snapshots within `bytes` from now on, as far as can be: the first always stays.
    pub fn set_budget(&mut self, bytes: u64) {
        self.ring.set_budget(bytes);
    }

    /// Runs as [`Machine::run`] does. In the present that is recorded. In the past it is what
    /// happened, to the present at most, where it comes back with [`Stop::Reached`]; idle
    /// time ends where input follows.
    pub fn run(&mut self, until: u64) -> Stop {
        if self.is_past() {
            self.run_again(until.min(self.end))
        } else {
            self.run_on(until)
        }
    }

    /// Lets idle time pass as [`Machine::skip`] does; in the past not beyond the next input,
    /// nor the present.
    pub fn skip(&mut self, until: u64) {
        let from = self.t();
        if self.is_past() {
            self.machine.skip(until.min(self.next_stop()));
            self.enter_due();
        } else {
            self.machine.skip(until);
            self.end = self.t();
        }
        self.skipped += self.t() - from;
    }

    /// Lets `input` happen now.
    ///
    /// # Errors
    /// [`InThePast`] before the present.
    pub fn input(&mut self, input: Input) -> Result<(), InThePast> {
        if self.is_past() {
            let (t, end) = (self.t(), self.end);
            return Err(InThePast { t, end });
        }
        self.machine.input(input);
        self.entered = self.machine.input_log().len();
        Ok(())
    }

    /// Goes to `t`, back or forward; beyond the end by running there, idle time skipped. A
    /// guest that switches off stays where it did, and the recording does not go back
    /// beyond its beginning. No event is told of.
    pub fn seek(&mut self, t: u64) {
        let events = self.machine.mute_events(true);
        if t < self.end {
            self.go_back_or_on(t);
        } else {
            self.go_back_or_on(self.end);
            self.advance(t, History::run_on);
        }
        self.machine.mute_events(events);
    }

    /// Forgets what comes after `t`: the past becomes the present, and the machine is free.
    pub fn branch_here(&mut self) {
        self.end = self.t();
        self.machine.truncate_input_log(self.entered);
        self.ring.forget_after(self.end);
    }

    /// Goes to `t`, which is recorded.
    fn go_back_or_on(&mut self, t: u64) {
        if !self.is_past() && t < self.end {
            self.ring.keep_present(self.keep());
        }
        let now = self.t();
        if let Some(kept) = self.ring.before(t)
            && (now > t || kept.t > now)
        {
            self.entered = kept.entered;
            self.skipped = kept.skipped;
            self.machine.load(&kept.state);
            self.enter_due();
        }
        for stop in self.ring.stops_before(self.t(), t) {
            self.advance(stop, History::run_again);
            if self.t() == stop {
                self.ring.keep_near(self.keep());
                self.ring.keep_within(&self.machine);
            }
        }
        self.advance(t, History::run_again);
        if self.t() == self.end {
            self.ring.forget_present();
        }
        self.ring.keep_within(&self.machine);
    }

    /// Runs, and lets idle time pass, until `t` or the machine stops for good.
    fn advance(&mut self, t: u64, run: fn(&mut History, u64) -> Stop) {
        while self.t() < t {
            match run(self, t) {
                Stop::Idle { .. } => self.skip(t),
                Stop::PowerOff { .. } | Stop::Reset => break,
                Stop::Reached | Stop::Event => {}
            }
        }
    }

    /// Runs in the present.
    fn run_on(&mut self, until: u64) -> Stop {
        loop {
            let slice = self.work_left();
            let stop = self.machine.run(until.min(self.t().saturating_add(slice)));
            self.end = self.t();
            if self.work_left() == 0 {
                self.ring.record(self.keep());
                self.ring.keep_within(&self.machine);
            }
            if stop != Stop::Reached || self.t() >= until {
                return stop;
            }
        }
    }

    /// Runs in the past, to `until`, which is no later than the present.
    fn run_again(&mut self, until: u64) -> Stop {
        let said = self.machine.take_output();
        let stop = loop {
            let stop = self.machine.run(until.min(self.next_stop()));
            self.enter_due();
            match stop {
                Stop::Reached if self.t() < until => {}
                Stop::Idle { next } => {
                    let stop = self.next_stop();
                    let next = Some(next.map_or(stop, |next| next.min(stop)));
                    break Stop::Idle { next };
                }
                other => break other,
            }
        };
        self.machine.replace_output(said);
        stop
    }

    /// When the next input enters again; the present if none does before.
    fn next_stop(&self) -> u64 {
        let next = self.machine.input_log().get(self.entered);
        next.map_or(self.end, |stamped| stamped.t)
    }

    /// Lets input enter again whose time has come.
    fn enter_due(&mut self) {
        let log = self.machine.input_log();
        let due = log[self.entered..]
            .iter()
            .take_while(|stamped| stamped.t <= self.machine.t());
        let due = self.entered..self.entered + due.count();
        self.entered = due.end;
        for nth in due {
            self.machine.enter_again(nth);
        }
    }

    /// Steps until a snapshot is due.
    fn work_left(&self) -> u64 {
        let n_changed = self.machine.n_changed_pages();
        self.ring.work_left(self.work(), n_changed)
    }

    /// Steps made: what replaying costs.
    fn work(&self) -> u64 {
        self.t() - self.skipped
    }

    /// The recording as a file, which [`History::from_bytes`] reads: its beginning, all input,
    /// and its present. The machine goes there and back again; costs as much.
    pub fn to_bytes(&mut self) -> Vec<u8> {
        let here = self.t();
        self.seek(0);
        let mut writer = Writer::new(&self.machine);
        writer.add(&self.machine, self.entered, self.skipped);
        self.seek(self.end);
        writer.add(&self.machine, self.entered, self.skipped);
        self.seek(here);
        writer.finish()
    }

    /// The recording in `bytes`, which [`History::to_bytes`] or [`Machine::to_bytes`] wrote; it
    /// stands in its present.
    ///
    /// # Errors
    /// A [`BadFile`] if they are no such thing.
    pub fn from_bytes(bytes: &[u8]) -> Result<History, BadFile> {
        let mut reader = Reader::new(bytes)?;
        let (machine, entered, skipped) = reader.first()?;
        let mut history = History::new(machine);
        (history.entered, history.skipped) = (entered, skipped);
        history.ring.forget_all();
        history.ring.record(history.keep());
        if let Some((entered, skipped)) = reader.next(&mut history.machine)? {
            (history.entered, history.skipped) = (entered, skipped);
            history.end = history.t();
            history.ring.record(history.keep());
        }
        Ok(history)
    }

    fn keep(&self) -> Kept {
        Kept {
            t: self.t(),
            skipped: self.skipped,
            entered: self.entered,
            state: self.machine.save(),
        }
    }
}
