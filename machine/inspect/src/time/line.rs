//! Steps by source line and by instruction, of one hart. These stops are in no index: they
//! are found by letting the machine go one step at a time; back, through stretches before,
//! each longer than the last.
//!
//! Whether a time is a stop is told by the hart's step that led there and by nothing before,
//! so the stops are the same from wherever one comes. The price: after code whose source is
//! not there, as a library's, the line before it may come again.

use machine::{HartView, Mode, Stop};

use super::arrival::Reason;
use super::event::Unit;
use super::observatory::Observatory;
use super::step::{Walk, Way};
use crate::symbols::{Code, Symbols};

/// Steps of the machine that a step may take: some hundred milliseconds of the host's time.
const MOST: u64 = 4_000_000;
/// The first stretch that is searched backwards, and how much longer the next is.
const WINDOW: u64 = 2_000;
const LONGER: u64 = 8;

/// A line: of the kernel, or of program number `.0`; its file and number.
type Line = (Option<usize>, u32, u32);

/// What the hart is doing, as far as it takes to see whether it made a step. Whether it waits
/// is no part of it: a device ends that in the middle of another hart's turn.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Spot {
    pc: u64,
    mode: Mode,
    retired: u64,
}

impl From<HartView> for Spot {
    fn from(hart: HartView) -> Spot {
        Spot {
            pc: hart.pc,
            mode: hart.mode,
            retired: hart.retired,
        }
    }
}

/// Follows a hart from step to step, and tells where the stops are.
struct Follower {
    unit: Unit,
    spot: Option<Spot>,
    line: Option<Line>,
    /// The program that runs, while it does: kernel code runs between two of them.
    program: Option<Option<usize>>,
}

impl Follower {
    /// One that stands where `observatory` does.
    fn new(unit: Unit, observatory: &Observatory) -> Follower {
        let mut follower = Follower {
            unit,
            spot: None,
            line: None,
            program: None,
        };
        follower.is_stop(observatory);
        follower
    }

    /// Whether the step to here was one of the hart's, and to a stop.
    fn is_stop(&mut self, observatory: &Observatory) -> bool {
        let hart = observatory.machine().hart(observatory.hart);
        let Some(spot) = hart.map(Spot::from) else {
            return false;
        };
        if self.spot.replace(spot) == Some(spot) {
            return false;
        }
        if self.unit == Unit::Insn {
            return true;
        }
        let line = self.line_at(spot, observatory);
        let is_another = line != self.line;
        self.line = line;
        is_another && line.is_some()
    }

    fn line_at(&mut self, spot: Spot, observatory: &Observatory) -> Option<Line> {
        let symbols = observatory.symbols()?;
        if spot.mode != Mode::User {
            self.program = None;
            return line_in(symbols, &symbols.kernel, None, spot.pc);
        }
        let program = *self
            .program
            .get_or_insert_with(|| running(observatory, symbols));
        let code = &symbols.programs.get(program?)?.code;
        line_in(symbols, code, program, spot.pc)
    }
}

/// The line at `pc`, if its source can be shown: a library's code has lines that nobody sees.
fn line_in(symbols: &Symbols, code: &Code, program: Option<usize>, pc: u64) -> Option<Line> {
    code.function_at(pc)?;
    let line = code.line_at(pc)?;
    let source = symbols.files.get(line.file as usize)?;
    if !source.has_text {
        return None;
    }
    Some((program, line.file, line.line))
}

/// The number of the program that the followed hart runs.
fn running(observatory: &Observatory, symbols: &Symbols) -> Option<usize> {
    let processes = observatory.recorder.names.processes.as_ref()?;
    let name = processes.program_on(observatory.machine(), observatory.hart)?;
    symbols
        .programs
        .iter()
        .position(|program| program.name == name)
}

impl Observatory {
    pub(super) fn step_finely(&mut self, unit: Unit, walk: &Walk, way: Way) -> Reason {
        if unit == Unit::Line && self.symbols.is_none() {
            let why = "lines are known by the kernel's symbols, and there are none";
            return Reason::Refused {
                why: why.to_owned(),
            };
        }
        match way {
            Way::Forward => self.finely_on(unit, walk),
            Way::Back => self.finely_back(unit, walk),
        }
    }

    fn finely_on(&mut self, unit: Unit, walk: &Walk) -> Reason {
        let mut follower = Follower::new(unit, self);
        for _ in 0..MOST {
            match self.one_step(u64::MAX, walk) {
                Ok(()) => {}
                Err(reason) => return reason,
            }
            if follower.is_stop(self) || self.history.t() == walk.origin {
                return Reason::Met;
            }
        }
        Reason::NotYet
    }

    fn finely_back(&mut self, unit: Unit, walk: &Walk) -> Reason {
        let to = self.history.t();
        let mut window = WINDOW;
        let mut n_steps = 0;
        while n_steps < MOST {
            let from = to.saturating_sub(window).max(self.start);
            self.go_to(from);
            let mut found = (walk.origin == from && from < to).then_some(from);
            let mut follower = Follower::new(unit, self);
            while self.history.t() < to && self.one_step(to, walk).is_ok() {
                n_steps += 1;
                let t = self.history.t();
                if t < to && (follower.is_stop(self) || t == walk.origin) {
                    found = Some(t);
                }
            }
            if let Some(t) = found {
                return self.go_to(t);
            }
            if from == self.start {
                self.go_to(self.start);
                return Reason::Start;
            }
            window = window.saturating_mul(LONGER);
        }
        self.go_to(to);
        Reason::NotYet
    }

    /// One step of the hart that is followed, or what is left of another's turn, or idle time
    /// skipped, but not beyond `until` or where the walk began.
    fn one_step(&mut self, until: u64, walk: &Walk) -> Result<(), Reason> {
        let t = self.history.t();
        let until = if walk.origin > t {
            until.min(walk.origin)
        } else {
            until
        };
        let steps = match self.machine().turn() {
            (hart, left) if hart != self.hart => left.max(1),
            _ => 1,
        };
        match self.advance(until.min(t + steps), &[]) {
            Stop::Reached | Stop::Event => Ok(()),
            Stop::Idle { next: None } if !self.is_past() => Err(Reason::Waiting),
            Stop::Idle { next } => {
                self.skip(next.map_or(until, |next| next.min(until)));
                Ok(())
            }
            Stop::PowerOff { code } => Err(Reason::PowerOff { code }),
            Stop::Reset => Err(Reason::Reset),
        }
    }
}
