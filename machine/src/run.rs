//! Running: turns, interrupts, deadlines, and what the host is told of meanwhile.

use crate::Machine;
use crate::board::Halt;
use crate::event::{Event, Happening, Watch};
use crate::execute::execute;
use crate::hart::{Hart, irq};
use crate::probes::Probes;
use crate::watchpoints::Watchpoints;

/// Why [`Machine::run`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The time asked for is reached.
    Reached,
    /// Every hart waits for an interrupt.
    Idle {
        /// When a timer or a device next does something; `None` if only input can wake it.
        next: Option<u64>,
    },
    /// The guest switched the power off, or it failed.
    PowerOff {
        /// The status it gave: 0 for success; or [`crate::POWER_CUT`].
        code: u32,
    },
    /// The guest asked for a reset: build the machine anew.
    Reset,
    /// Something that is watched happened, now; see [`Machine::take_events`].
    Event,
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Stop {
        match halt {
            Halt::PowerOff { code } => Stop::PowerOff { code },
            Halt::Reset => Stop::Reset,
        }
    }
}

impl Machine {
    /// Runs until `t()` is `until`, or the machine idles or stops for good, or something
    /// happens that is watched. Cutting a run into pieces changes nothing, not even the
    /// events: those after the present `t` and up to `until` are told of.
    pub fn run(&mut self, until: u64) -> Stop {
        let from = self.board.now;
        self.board.ram.seal();
        loop {
            self.catch_up();
            if self.harts[self.turn.hart].is_asleep() {
                self.turn.left = 0;
            }
            if self.look(from) {
                return Stop::Event;
            }
            if let Some(halt) = self.board.halt {
                return halt.into();
            }
            let now = self.board.now;
            if now >= until {
                return Stop::Reached;
            }
            if !self.find_turn() {
                return Stop::Idle { next: self.due };
            }
            let hart = &mut self.harts[self.turn.hart];
            if let Some(number) = hart.pending_interrupt() {
                hart.take_interrupt(&mut self.board, number);
                self.board.now += 1;
                self.turn.left -= 1;
                continue;
            }
            let budget = self.turn.left.min(until - now);
            let budget = self.due.map_or(budget, |due| budget.min(due - now));
            execute(hart, &mut self.board, &mut self.code, budget);
            self.turn.left -= self.board.now - now;
        }
    }

    /// If every hart waits, lets time pass: until `until`, or the next deadline if that is
    /// earlier. Otherwise does nothing.
    pub fn skip(&mut self, until: u64) {
        if self.board.halt.is_some() || !self.harts.iter().all(Hart::is_asleep) {
            return;
        }
        let from = self.board.now;
        let to = self.due.map_or(until, |due| due.min(until));
        self.board.now = from.max(to);
        self.catch_up();
        self.note_events(from);
    }

    /// Tells of `watch` from now on, and no longer of what was watched before. No part of
    /// the state: a snapshot does not hold it, nor change it when it is restored.
    ///
    /// Without one, the machine is as fast as can be. A probe costs when its instruction is
    /// reached, a watchpoint when its page is; the rest costs next to nothing, but `run` comes
    /// back at every event.
    pub fn watch(&mut self, watch: Watch) {
        let points = Watchpoints::new(watch.points);
        let probes = Probes::new(watch.probes, points.pcs().collect());
        self.code.watch(&mut self.board.ram, probes);
        self.board.watcher.is_on = watch.is_on;
        self.board.watcher.points = points;
        // What is watched now may be known to a TLB.
        for hart in &mut self.harts {
            hart.flush_tlb();
        }
    }

    /// The events since the last call, in order. None of them is told of twice, except when
    /// the machine went back to before it.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.board.watcher.take()
    }

    /// Tells of no events, or again of those that are watched; whether it was so before.
    pub(crate) fn mute_events(&mut self, is_muted: bool) -> bool {
        self.board.watcher.clear();
        std::mem::replace(&mut self.board.watcher.is_muted, is_muted)
    }

    /// Notes what happened since `from`; says whether that is news to the host.
    fn look(&mut self, from: u64) -> bool {
        self.note_events(from);
        self.board.watcher.take_news()
    }

    /// Puts time and hart to what happened since `from`, and notes the probe that the
    /// machine now stands before.
    fn note_events(&mut self, from: u64) {
        let t = self.board.now;
        self.board.watcher.stamp(t, self.turn.hart);
        if t > from
            && let Some((hart, address)) = self.next_probe()
        {
            let (pc, probes) = (self.harts[hart].pc, &self.code.probes);
            let probe = probes.has_physical(address);
            let probe = probe.then_some(Happening::Probe { address });
            let point = probes.has_virtual(pc);
            let point = point.then_some(Happening::Pc { address: pc });
            let hart = Some(hart);
            for what in [probe, point].into_iter().flatten() {
                self.board.watcher.push(Event { t, hart, what });
            }
        }
    }

    /// The hart whose step is next, and the physical address of its instruction, if there may
    /// be a probe.
    fn next_probe(&self) -> Option<(usize, u64)> {
        let is_muted = self.board.watcher.is_muted;
        if is_muted || self.code.probes.is_empty() || self.board.halt.is_some() {
            return None;
        }
        let number = match self.turn.left {
            0 => self.next_hart()?,
            _ => self.turn.hart,
        };
        let hart = &self.harts[number];
        if !self.code.probes.may_be_at(hart.pc) || hart.pending_interrupt().is_some() {
            return None;
        }
        Some((number, hart.locate_pc(&self.board)?))
    }

    /// Does what is due, drops code that was written to, and derives interrupt lines and
    /// deadlines anew if anything may have changed them. Afterwards nothing is due.
    pub(crate) fn catch_up(&mut self) {
        if self.board.ram.has_stale() {
            self.code.drop_stale(&mut self.board.ram);
        }
        while self.due.is_some_and(|due| due <= self.board.now) {
            self.board.advance();
            self.refresh();
            self.code.drop_stale(&mut self.board.ram);
        }
        if self.board.touched {
            self.refresh();
        }
    }

    /// Derives each hart's interrupt lines, and the next deadline.
    pub(crate) fn refresh(&mut self) {
        let board = &mut self.board;
        board.touched = false;
        let (now, mtime) = (board.now, board.mtime());
        let mut due = board.due();
        for (n, hart) in self.harts.iter_mut().enumerate() {
            let machine_timer = board.clint.mtimecmp(n);
            let supervisor_timer = hart.csr.supervisor_deadline();
            let lines = [
                (irq::MSIP, board.clint.has_msip(n)),
                (irq::MTIP, mtime >= machine_timer),
                (irq::STIP, supervisor_timer.is_some_and(|at| mtime >= at)),
                (irq::MEIP, board.plic.interrupts(2 * n)),
                (irq::SEIP, board.plic.interrupts(2 * n + 1)),
            ];
            let set = lines.into_iter().filter(|&(_, is_set)| is_set);
            hart.lines = set.fold(0, |all, (bit, _)| all | bit);
            for timer in [Some(machine_timer), supervisor_timer]
                .into_iter()
                .flatten()
            {
                due = earlier(due, board.clint.time_of(timer, now));
            }
        }
        self.due = due;
    }

    /// Sees to it that the turn is a hart's that can run; false if none can.
    fn find_turn(&mut self) -> bool {
        if self.turn.left == 0 {
            let Some(next) = self.next_hart() else {
                return false;
            };
            self.turn.pass_to(next);
            self.board.ram.pass_to(next);
        }
        self.harts[self.turn.hart].waiting = false;
        true
    }

    /// The hart to which the turn passes, if one can run.
    fn next_hart(&self) -> Option<usize> {
        let n_harts = self.harts.len();
        let mut others = (1..=n_harts).map(|step| (self.turn.hart + step) % n_harts);
        others.find(|&n| !self.harts[n].is_asleep())
    }
}

fn earlier(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
