//! Running to a condition, and back to it.

use machine::Stop;
use thiserror::Error;

use super::arrival::{Arrival, Reason};
use super::condition::{Condition, What};
use super::event::Event;
use super::observatory::Observatory;

/// A condition that cannot come: it names what this kernel does not have, or what cannot be
/// known without symbols.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{why}")]
pub struct Refused {
    /// Why, in a sentence.
    pub why: String,
}

/// How long to wait for something before giving up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Instructions that may be executed.
    pub instructions: u64,
    /// Time that may pass, idle time included.
    pub time: u64,
}

impl Patience {
    /// For a step: about half a second of the host's time, and a second of the guest's.
    pub const STEP: Patience = Patience {
        instructions: 50_000_000,
        time: 100_000_000,
    };
    /// For a condition: some seconds of the host's time, and twenty of the guest's.
    pub const RUN: Patience = Patience {
        instructions: 400_000_000,
        time: 2_000_000_000,
    };
}

/// The longest stretch of the past that is run again to find something: some seconds of the
/// host's time.
const LONGEST: u64 = 1_000_000_000;

/// A condition being waited for.
#[derive(Clone, Debug)]
pub(super) struct Hunt {
    condition: Condition,
    /// Where its instructions are, if the index does not have it.
    pub probes: Vec<u64>,
    /// How many more of it are to come.
    left: u32,
    /// The first event that was not looked at.
    next: usize,
}

impl Hunt {
    /// Looks at events from number `next` on.
    pub fn look_from(&mut self, next: usize) {
        self.next = next;
    }

    fn count(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left == 0
    }
}

impl Observatory {
    /// Runs until `condition` comes, through the recording and beyond it. One of
    /// `event:…` that was recorded is gone to, wherever it is.
    pub fn run_until(&mut self, condition: &Condition, patience: Patience) -> Arrival {
        let before = self.history.t();
        let found = condition.from_start.then(|| self.nth_recorded(condition));
        if let Some(event) = found.flatten() {
            return self.go_to_event(before, &event);
        }
        let mut hunt = match self.hunt_for(condition.clone()) {
            Ok(hunt) => hunt,
            Err(Refused { why }) => return self.arrive(before, Reason::Refused { why }),
        };
        let reason = self.hunt(&mut hunt, patience);
        self.arrive(before, reason)
    }

    /// Goes back to the last time that `condition` came before now.
    pub fn back_until(&mut self, condition: &Condition) -> Arrival {
        let before = self.history.t();
        let hunt = match self.hunt_for(condition.clone()) {
            Ok(hunt) => hunt,
            Err(Refused { why }) => return self.arrive(before, Reason::Refused { why }),
        };
        let found = if condition.from_start {
            let event = self.nth_recorded(condition);
            event.map(|event| event.t).filter(|&t| t < before)
        } else if let What::Time(t) = condition.what {
            (self.start..before).contains(&t).then_some(t)
        } else if hunt.probes.is_empty() {
            self.last_recorded(condition, before)
        } else {
            match self.last_hit(&hunt, before) {
                Ok(found) => found,
                Err(reason) => {
                    self.go_to(before);
                    return self.arrive(before, reason);
                }
            }
        };
        let reason = match found {
            Some(t) => self.go_to(t),
            None => {
                self.go_to(before);
                Reason::Start
            }
        };
        self.arrive(before, reason)
    }

    /// Makes ready to wait for `condition`, from now on.
    pub(super) fn hunt_for(&self, condition: Condition) -> Result<Hunt, Refused> {
        let refused = |why: String| Err(Refused { why });
        let names = &self.recorder.names;
        if condition.pid.is_some() && names.processes.is_none() {
            return refused(self.lacks("pid= tells processes apart"));
        }
        let probes = match &condition.what {
            What::Switch if names.processes.is_none() => {
                return refused(self.lacks("switches are known"));
            }
            What::Address(address) => vec![*address],
            What::Call(_) if self.symbols.is_none() => {
                return refused(self.lacks("functions are known by name"));
            }
            What::Call(function) => {
                let symbols = self.symbols.iter();
                let starts = symbols.flat_map(|s| s.functions(function).map(|f| f.start));
                let starts: Vec<u64> = starts.collect();
                match starts[..] {
                    [] => return refused(format!("this kernel has no function {function}")),
                    _ if names.records(function) => Vec::new(),
                    _ => starts,
                }
            }
            _ => Vec::new(),
        };
        let index = &self.recorder.index;
        let next = if condition.from_start {
            index.first()
        } else {
            index.after(self.history.t())
        };
        Ok(Hunt {
            left: condition.nth,
            condition,
            probes,
            next,
        })
    }

    fn lacks(&self, what: &str) -> String {
        let whose = match self.symbols {
            Some(_) => "this kernel's symbols lack CPUS or PROC",
            None => "there are no symbols of this kernel",
        };
        format!("{what} by the kernel's symbols; {whose}")
    }

    /// Runs until `hunt` has its last, skipping idle time.
    pub(super) fn hunt(&mut self, hunt: &mut Hunt, patience: Patience) -> Reason {
        let until = self.history.t().saturating_add(patience.time);
        let instructions = self
            .machine()
            .instret()
            .saturating_add(patience.instructions);
        let mut is_idle = false;
        while !self.has_met(hunt) {
            if self.history.t() >= until || self.machine().instret() >= instructions {
                return self.gave_up(is_idle);
            }
            let limit = self.limit(hunt, until);
            let stop = self.advance(limit, &hunt.probes);
            // Before idle time passes.
            if self.has_met(hunt) {
                break;
            }
            match stop {
                Stop::Event | Stop::Reached => {}
                Stop::Idle { next: None } if !self.is_past() => return Reason::Waiting,
                Stop::Idle { next } => {
                    is_idle = true;
                    self.skip(next.map_or(limit, |next| next.min(limit)));
                }
                Stop::PowerOff { code } => return Reason::PowerOff { code },
                Stop::Reset => return Reason::Reset,
            }
        }
        Reason::Met
    }

    /// Why something did not come for so long.
    pub(super) fn gave_up(&self, is_idle: bool) -> Reason {
        if is_idle && self.is_at_prompt() {
            Reason::Waiting
        } else {
            Reason::NotYet
        }
    }

    /// Whether the guest printed its prompt last.
    fn is_at_prompt(&self) -> bool {
        let index = &self.recorder.index;
        let printed = index.printed_by(self.history.t());
        index.printed(printed.saturating_sub(2), printed) == b"$ "
    }

    /// How far to run at once: not beyond what is hunted, where that is known. Bounded, so
    /// that the instructions are counted now and then.
    pub(super) fn limit(&self, hunt: &Hunt, until: u64) -> u64 {
        const AT_ONCE: u64 = 10_000_000;
        let t = self.history.t();
        let mut limit = until.min(t.saturating_add(AT_ONCE));
        if let What::Time(wanted) = hunt.condition.what
            && wanted > t
        {
            limit = limit.min(wanted);
        }
        if self.is_past() && hunt.probes.is_empty() {
            let index = &self.recorder.index;
            let next = (index.after(t)..index.len())
                .filter_map(|n| index.event(n))
                .take_while(|event| event.t <= limit)
                .find(|event| hunt.condition.matches(event));
            if let Some(event) = next {
                limit = event.t;
            }
        }
        limit
    }

    /// Looks at what happened since the last look: whether `hunt` has its last now. It is
    /// true once.
    pub(super) fn has_met(&mut self, hunt: &mut Hunt) -> bool {
        let t = self.history.t();
        if let What::Time(wanted) = hunt.condition.what {
            return t >= wanted && hunt.count();
        }
        for hart in self.take_hits() {
            if self.is_wanted(&hunt.condition, hart) && hunt.count() {
                self.hart = hart;
                return true;
            }
        }
        let index = &self.recorder.index;
        let upto = index.after(t);
        let fresh = std::mem::replace(&mut hunt.next, upto)..upto;
        for event in fresh.filter_map(|n| index.event(n)) {
            if hunt.probes.is_empty() && hunt.condition.matches(&event) && hunt.count() {
                self.hart = event.hart.map_or(self.hart, |hart| hart as usize);
                return true;
            }
        }
        false
    }

    /// Whether an instruction probed for `condition` is, on `hart`, what it asks for.
    fn is_wanted(&self, condition: &Condition, hart: usize) -> bool {
        let processes = self.recorder.names.processes.as_ref();
        let pid = processes.map_or(0, |processes| processes.pid_on(self.machine(), hart));
        condition.hart.is_none_or(|wanted| wanted as usize == hart)
            && condition.pid.is_none_or(|wanted| wanted == pid)
    }

    pub(super) fn go_to_event(&mut self, before: u64, event: &Event) -> Arrival {
        self.hart = event.hart.map_or(self.hart, |hart| hart as usize);
        let reason = self.go_to(event.t);
        self.arrive(before, reason)
    }

    /// The nth event of the recording that matches.
    fn nth_recorded(&self, condition: &Condition) -> Option<Event> {
        let index = &self.recorder.index;
        (index.first()..index.len())
            .filter_map(|n| index.event(n))
            .filter(|event| condition.matches(event))
            .nth(condition.nth as usize - 1)
    }

    /// When the nth last matching event before `t` was.
    fn last_recorded(&self, condition: &Condition, t: u64) -> Option<u64> {
        let index = &self.recorder.index;
        (index.first()..index.from(t))
            .rev()
            .filter_map(|n| index.event(n))
            .filter(|event| condition.matches(event))
            .nth(condition.nth as usize - 1)
            .map(|event| event.t)
    }

    /// When the nth last hit before `t` was: by running longer and longer stretches again.
    ///
    /// # Errors
    /// [`Reason::NotYet`] if it is not in the longest stretch that may be run.
    fn last_hit(&mut self, hunt: &Hunt, t: u64) -> Result<Option<u64>, Reason> {
        let nth = hunt.left as usize;
        let mut window = 100_000;
        while window <= LONGEST {
            let from = t.saturating_sub(window).max(self.start);
            self.go_to(from);
            let mut found = Vec::new();
            while self.history.t() < t {
                match self.advance(t, &hunt.probes) {
                    Stop::Event | Stop::Reached => {}
                    Stop::Idle { next } => self.skip(next.map_or(t, |next| next.min(t))),
                    Stop::PowerOff { .. } | Stop::Reset => break,
                }
                let now = self.history.t();
                for hart in self.take_hits() {
                    if now < t && self.is_wanted(&hunt.condition, hart) {
                        found.push(now);
                    }
                }
            }
            if found.len() >= nth {
                return Ok(Some(found[found.len() - nth]));
            }
            if from == self.start {
                return Ok(None);
            }
            window *= 8;
        }
        Err(Reason::NotYet)
    }
}
