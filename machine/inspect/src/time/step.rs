//! Steps: the next event, system call or context switch, and the one before. The stops of
//! a unit are the same both ways.

use machine::Stop;

use super::arrival::{Arrival, Focus, Reason};
use super::event::{Event, Kind, Unit};
use super::hunt::Patience;
use super::observatory::Observatory;

/// Steps of one kind made one after another.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Walk {
    unit: Unit,
    focus: Focus,
    /// Where it began: between the stops, perhaps, and one of them from then on, so that
    /// a step and one back lead to where one was.
    pub origin: u64,
    /// Where it is now.
    at: u64,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Forward,
    Back,
}

impl Observatory {
    /// Steps forward by `unit`, beyond the recording too.
    pub fn step(&mut self, unit: Unit, focus: &Focus) -> Arrival {
        self.walk(unit, focus, Way::Forward)
    }

    /// Steps back by `unit`: to the stop before, or the beginning.
    pub fn back(&mut self, unit: Unit, focus: &Focus) -> Arrival {
        self.walk(unit, focus, Way::Back)
    }

    fn walk(&mut self, unit: Unit, focus: &Focus, way: Way) -> Arrival {
        let before = self.history.t();
        let is_on = |walk: &Walk| walk.unit == unit && walk.focus == *focus && walk.at == before;
        let mut walk = self.walk.take().filter(is_on).unwrap_or_else(|| Walk {
            unit,
            focus: focus.clone(),
            origin: before,
            at: before,
        });
        if let Some(hart) = focus.hart {
            if self.machine().hart(hart as usize).is_none() {
                let why = format!("there is no hart {hart}");
                return self.arrive(before, Reason::Refused { why });
            }
            self.hart = hart as usize;
        }
        let reason = match (unit, way) {
            (Unit::Line | Unit::Insn, way) => self.step_finely(unit, &walk, way),
            (_, Way::Forward) => self.step_on(unit, &walk),
            (_, Way::Back) => self.step_back(unit, &walk),
        };
        walk.at = self.history.t();
        self.walk = Some(walk);
        self.arrive(before, reason)
    }

    fn step_on(&mut self, unit: Unit, walk: &Walk) -> Reason {
        let t = self.history.t();
        let index = &self.recorder.index;
        let mut events = (index.after(t)..index.len()).filter_map(|n| index.event(n));
        let found = events.find(|event| is_stop(event, unit, &walk.focus));
        let origin = (walk.origin > t).then_some(walk.origin);
        match (found, origin) {
            (Some(event), Some(origin)) if origin < event.t => self.go_to(origin),
            (Some(event), _) => self.go_to_stop(&event),
            (None, Some(origin)) => self.go_to(origin),
            (None, None) => {
                self.go_to(self.history.end());
                self.step_into_the_unknown(unit, &walk.focus)
            }
        }
    }

    /// Runs on in the present until a stop is recorded.
    fn step_into_the_unknown(&mut self, unit: Unit, focus: &Focus) -> Reason {
        let patience = Patience::STEP;
        let until = self.history.t().saturating_add(patience.time);
        let instructions = self.machine().instret() + patience.instructions;
        let mut next = self.recorder.index.len();
        let mut is_idle = false;
        loop {
            let stop = self.advance(until, &[]);
            let index = &self.recorder.index;
            let mut fresh = (next..index.len()).filter_map(|n| index.event(n));
            if let Some(event) = fresh.find(|event| is_stop(event, unit, focus)) {
                return self.go_to_stop(&event);
            }
            next = index.len();
            match stop {
                Stop::Event | Stop::Reached => {}
                Stop::Idle { next: None } => return Reason::Waiting,
                Stop::Idle { next: Some(next) } => {
                    is_idle = true;
                    self.skip(next.min(until));
                }
                Stop::PowerOff { code } => return Reason::PowerOff { code },
                Stop::Reset => return Reason::Reset,
            }
            if self.history.t() >= until || self.machine().instret() >= instructions {
                return self.gave_up(is_idle);
            }
        }
    }

    fn step_back(&mut self, unit: Unit, walk: &Walk) -> Reason {
        let t = self.history.t();
        let index = &self.recorder.index;
        let before = (index.first()..index.from(t)).rev();
        let mut events = before.filter_map(|n| index.event(n));
        let found = events.find(|event| is_stop(event, unit, &walk.focus));
        let origin = (walk.origin < t).then_some(walk.origin);
        match (found, origin) {
            (Some(event), Some(origin)) if origin > event.t => self.go_to(origin),
            (Some(event), _) => self.go_to_stop(&event),
            (None, Some(origin)) => self.go_to(origin),
            (None, None) => {
                self.go_to(self.start);
                Reason::Start
            }
        }
    }

    fn go_to_stop(&mut self, event: &Event) -> Reason {
        self.hart = event.hart.map_or(self.hart, |hart| hart as usize);
        self.go_to(event.t)
    }
}

/// Whether a walk by `unit` stops at `event`.
fn is_stop(event: &Event, unit: Unit, focus: &Focus) -> bool {
    match unit {
        Unit::Event => focus.shows(event),
        Unit::Syscall => event.what.is_syscall() && focus.is_about(event),
        Unit::Switch => event.what.kind() == Kind::Switch && focus.is_about(event),
        Unit::Line | Unit::Insn => false,
    }
}
