//! Going on and going back, a slice at a time, so that Ctrl-C is heard meanwhile.

use std::thread;
use std::time::Duration;

use machine::{Event, Happening, History, Stop};

/// The machine runs this far before gdb is listened to: some milliseconds.
const SLICE: u64 = 2_000_000;
/// Steps made one at a time before gdb is listened to.
const FINE_SLICE: u64 = 10_000;
/// How long the machine idles before gdb is listened to: 10 ms of the guest's clock, in cycles.
const NAP: u64 = 1_000_000;
const NAP_ON_THE_WALL: Duration = Duration::from_millis(10);
/// How far back the first look goes, and how many times as far each next one.
const NEAR: u64 = 100_000;
const NEAR_FINE: u64 = 1_000;
const FURTHER: u64 = 4;

/// A machine, and where it is going.
pub struct Trip {
    pub history: History,
    going: Going,
}

/// Where to.
enum Going {
    Nowhere,
    /// To the next event.
    On,
    /// Until this hart made a step.
    Step(usize),
    /// To the event before.
    Back(Search),
    /// To where this hart made its last step.
    StepBack(usize),
}

/// Looks for the last event before a time, in ever longer stretches.
#[derive(Clone, Copy)]
struct Search {
    /// Where it began.
    origin: u64,
    /// The stretch that is run through now.
    from: u64,
    until: u64,
    /// The last event so far that is behind `origin`.
    found: Option<Event>,
}

/// Where it arrived.
pub enum Arrival {
    /// At a watched event.
    At(Event),
    /// This hart made a step, forward or back.
    Stepped(usize),
    /// At the beginning of the recording.
    Begin,
    /// The guest switched off, or asked for a reset.
    End,
}

/// Whether `event` is told of before it happens: an instruction is reached. All others are
/// told of when they did.
fn is_before(event: &Event) -> bool {
    match event.what {
        Happening::Pc { .. } | Happening::Probe { .. } => true,
        Happening::Trap { .. }
        | Happening::Return { .. }
        | Happening::Satp { .. }
        | Happening::DiskRead { .. }
        | Happening::DiskWrite { .. }
        | Happening::DiskFlush
        | Happening::PacketSent { .. }
        | Happening::PacketReceived { .. }
        | Happening::Console { .. }
        | Happening::Load { .. }
        | Happening::Store { .. }
        | Happening::Dma { .. }
        | Happening::Csr { .. } => false,
    }
}

/// Whether `event` comes to pass once more on the way back from `t`.
fn is_behind(event: &Event, t: u64) -> bool {
    event.t < t || event.t == t && !is_before(event)
}

impl Trip {
    pub fn new(history: History) -> Trip {
        Trip {
            history,
            going: Going::Nowhere,
        }
    }

    /// Goes on to the next watched event.
    pub fn go_on(&mut self) {
        self.going = Going::On;
    }

    /// Goes on until `hart` made a step; the others have their turns meanwhile.
    pub fn step(&mut self, hart: usize) {
        self.going = Going::Step(hart);
    }

    /// Goes back to the watched event before.
    pub fn go_back(&mut self) {
        let origin = self.history.t();
        let from = origin.saturating_sub(NEAR);
        self.history.seek(from);
        self.going = Going::Back(Search {
            origin,
            from: self.history.t(),
            until: origin,
            found: None,
        });
    }

    /// Goes back to just before the last step of `hart`.
    pub fn step_back(&mut self, hart: usize) {
        self.going = Going::StepBack(hart);
    }

    /// Gives up going; who was looking back stands where it began.
    pub fn stay(&mut self) {
        if let Going::Back(search) = self.going {
            self.history.seek(search.origin);
        }
        self.going = Going::Nowhere;
    }

    /// Goes a slice of the way; where it arrived, if it did.
    pub fn advance(&mut self) -> Option<Arrival> {
        let arrival = match self.going {
            Going::Nowhere => None,
            Going::On => self.advance_on(),
            Going::Step(hart) => self.advance_step(hart),
            Going::Back(search) => self.advance_back(search),
            Going::StepBack(hart) => Some(self.find_step(hart)),
        };
        if arrival.is_some() {
            self.going = Going::Nowhere;
        }
        arrival
    }

    fn advance_on(&mut self) -> Option<Arrival> {
        match self.history.run(self.history.t() + SLICE) {
            Stop::Event => self.meet(),
            Stop::Reached => None,
            Stop::Idle { next } => {
                self.idle(next);
                None
            }
            Stop::PowerOff { .. } | Stop::Reset => Some(Arrival::End),
        }
    }

    /// Arrives at the event that has just been told of. What has happened is undone: gdb takes
    /// it that RISC-V stops before an access it watches, and makes that step itself.
    fn meet(&mut self) -> Option<Arrival> {
        let event = self.history.take_events().first().copied()?;
        if !is_before(&event) {
            self.history.seek(event.t.saturating_sub(1));
        }
        Some(Arrival::At(event))
    }

    fn advance_step(&mut self, hart: usize) -> Option<Arrival> {
        for _ in 0..FINE_SLICE {
            let t = self.history.t();
            let stop = self.history.run(t + 1);
            let is_made = self.history.t() > t && self.history.machine().turn().0 == hart;
            match stop {
                Stop::Event => {
                    let arrival = self.meet();
                    if arrival.is_some() {
                        return arrival;
                    }
                }
                Stop::Idle { next } => {
                    self.idle(next);
                    return None;
                }
                Stop::PowerOff { .. } | Stop::Reset => return Some(Arrival::End),
                Stop::Reached => {}
            }
            if is_made {
                return Some(Arrival::Stepped(hart));
            }
        }
        None
    }

    /// Lets idle time pass, in the present as fast as on the wall.
    fn idle(&mut self, next: Option<u64>) {
        let t = self.history.t();
        let most = t + NAP;
        if self.history.is_past() {
            self.history.skip(next.unwrap_or(most));
            return;
        }
        let to = next.map_or(most, |next| next.min(most));
        let share = (to - t) as f64 / NAP as f64;
        thread::sleep(NAP_ON_THE_WALL.mul_f64(share));
        self.history.skip(to);
    }

    fn advance_back(&mut self, mut search: Search) -> Option<Arrival> {
        let slice = search.until.min(self.history.t() + SLICE);
        while self.history.t() < slice {
            match self.history.run(slice) {
                Stop::Idle { .. } => self.history.skip(slice),
                Stop::PowerOff { .. } | Stop::Reset => break,
                Stop::Event | Stop::Reached => {}
            }
            let events = self.history.take_events();
            let last = events.iter().rfind(|event| is_behind(event, search.origin));
            search.found = last.copied().or(search.found);
        }
        if slice == search.until {
            if let Some(event) = search.found {
                // Where it has happened, but for an instruction: gdb makes the step back.
                self.history.seek(event.t);
                return Some(Arrival::At(event));
            }
            let begin = search.from;
            let length = (search.origin - begin).max(NEAR).saturating_mul(FURTHER);
            self.history.seek(begin.saturating_sub(length));
            search.until = begin;
            search.from = self.history.t();
            if search.from == begin {
                return Some(Arrival::Begin);
            }
        }
        self.going = Going::Back(search);
        None
    }

    /// Looks for the last step of `hart`, in ever longer stretches.
    fn find_step(&mut self, hart: usize) -> Arrival {
        let origin = self.history.t();
        let (mut until, mut length) = (origin, NEAR_FINE);
        loop {
            self.history.seek(until.saturating_sub(length));
            let from = self.history.t();
            if let Some(t) = self.last_step(hart, until) {
                self.history.seek(t);
                return Arrival::Stepped(hart);
            }
            if from >= until {
                return Arrival::Begin;
            }
            until = from;
            length = length.saturating_mul(FURTHER);
        }
    }

    /// When `hart` made its last step from here to `until`.
    fn last_step(&mut self, hart: usize, until: u64) -> Option<u64> {
        let mut last = None;
        while self.history.t() < until {
            let t = self.history.t();
            match self.history.run(t + 1) {
                Stop::Idle { .. } => {
                    self.history.skip(until);
                    continue;
                }
                Stop::PowerOff { .. } | Stop::Reset => break,
                Stop::Event | Stop::Reached => {}
            }
            if self.history.t() > t && self.history.machine().turn().0 == hart {
                last = Some(t);
            }
        }
        self.history.take_events();
        last
    }
}
