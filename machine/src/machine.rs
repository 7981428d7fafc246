//! The machine: builds it, runs it, lets time pass, and tells what it is doing.

use crate::board::Board;
use crate::code::Code;
use crate::execute::execute;
use crate::hart::{Hart, Mode, irq};
use crate::input::{Input, Stamped};
use crate::memory::Memory;
use crate::ram::Ram;
use crate::rom;
use crate::snapshot::{SmallState, Snapshot, StateHash};
use crate::turn::Turn;
use crate::{Config, SetupError, elf, tree};

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
    /// The guest switched the power off.
    PowerOff {
        /// The status it gave: 0 for success.
        code: u32,
    },
    /// The guest asked for a reset: build the machine anew.
    Reset,
}

/// What a hart is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HartView {
    /// Its privilege mode.
    pub mode: Mode,
    /// The address of its next instruction.
    pub pc: u64,
    /// Whether it sits in WFI.
    pub waiting: bool,
    /// The registers `x0` to `x31`.
    pub x: [u64; 32],
}

/// A machine. Its state hangs off this value and nothing else.
#[derive(Debug)]
pub struct Machine {
    harts: Vec<Hart>,
    board: Board,
    /// A cache: no part of the state.
    code: Code,
    turn: Turn,
    input_log: Vec<Stamped>,
    /// When a timer or a device next does something. Derived; see [`Machine::refresh`].
    due: Option<u64>,
}

impl Machine {
    /// Builds the machine of `config`, with the ELF file `kernel` loaded and `disk` plugged
    /// in (no disk if it is empty), at reset.
    ///
    /// # Errors
    /// A [`SetupError`] if any of the three is not what it must be.
    pub fn new(config: &Config, kernel: &[u8], disk: Vec<u8>) -> Result<Machine, SetupError> {
        config.check(disk.len() as u64)?;
        let mut ram = Ram::new(config.ram_bytes);
        let end_of_kernel = elf::load(kernel, &mut ram)?;
        let tree = tree::build(config);
        let tree_at = tree::place(tree.len(), ram.end());
        let no_room = SetupError::NoRoomForTree(tree_at);
        if end_of_kernel > tree_at {
            return Err(no_room);
        }
        ram.write(tree_at, &tree).ok_or(no_room)?;

        let code = Code::new(ram.pages().len());
        let board = Board::new(config, ram, Memory::from(disk), rom::build(tree_at));
        let harts = 0..config.harts as u64;
        let mut machine = Machine {
            harts: harts.map(|id| Hart::new(id, rom::RESET_VECTOR)).collect(),
            board,
            code,
            turn: Turn::new(config.seed, config.harts),
            input_log: Vec::new(),
            due: None,
        };
        machine.refresh();
        Ok(machine)
    }

    /// Runs until `t()` is `until`, or the machine idles or stops for good. Cutting a run
    /// into pieces changes nothing.
    pub fn run(&mut self, until: u64) -> Stop {
        self.board.ram.seal();
        loop {
            self.catch_up();
            if self.harts[self.turn.hart].is_asleep() {
                self.turn.left = 0;
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
                hart.take_interrupt(number);
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
        let to = self.due.map_or(until, |due| due.min(until));
        self.board.now = self.board.now.max(to);
        self.catch_up();
    }

    /// The time: instructions that retired or trapped, machine-wide, and cycles skipped
    /// while every hart waited.
    pub fn t(&self) -> u64 {
        self.board.now
    }

    /// Instructions retired, machine-wide.
    pub fn instret(&self) -> u64 {
        self.harts.iter().map(|hart| hart.retired).sum()
    }

    /// The guest's clock, of 10 MHz: a tenth of [`Machine::t`] unless the guest set it.
    pub fn mtime(&self) -> u64 {
        self.board.mtime()
    }

    /// Lets `input` happen now, and keeps it in the log.
    pub fn input(&mut self, input: Input) {
        match &input {
            Input::Console(bytes) => self.board.type_in(bytes),
        }
        let t = self.t();
        self.input_log.push(Stamped { t, input });
        self.catch_up();
    }

    /// All input so far, in order.
    pub fn input_log(&self) -> &[Stamped] {
        &self.input_log
    }

    /// What came out of the console since the last call. Not part of the state.
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.board.console.output)
    }

    /// The hash of the whole state; hashes again only pages that changed.
    pub fn state_hash(&self) -> StateHash {
        let ram = self.board.ram.memory().hash();
        StateHash::of(&self.small_state(), ram, self.board.disk.hash())
    }

    /// What each hart is doing.
    pub fn harts(&self) -> Vec<HartView> {
        let harts = self.harts.iter();
        harts
            .map(|hart| HartView {
                mode: hart.mode,
                pc: hart.pc,
                waiting: hart.is_asleep(),
                x: hart.registers(),
            })
            .collect()
    }

    /// What CSR `number` of `hart` holds, whatever mode may read it; `None` if there is no
    /// such register or hart.
    pub fn csr(&self, hart: usize, number: u16) -> Option<u64> {
        self.harts.get(hart)?.csr_value(&self.board, number)
    }

    /// The disk as it is now.
    pub fn disk(&self) -> &[u8] {
        self.board.disk.bytes()
    }

    /// RAM as it is now, from 0x8000_0000.
    pub fn ram(&self) -> &[u8] {
        self.board.ram.memory().bytes()
    }

    /// The state now. Pages that did not change since the last snapshot are shared with it.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            small: self.small_state(),
            ram: self.board.ram.memory().share(),
            disk: self.board.disk.share(),
            input_log: self.input_log.clone(),
        }
    }

    /// Goes back, or forward, to `snapshot`, its input log included.
    ///
    /// # Panics
    /// If a machine of another configuration took it.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        let small = &snapshot.small;
        assert_eq!(
            self.harts.len(),
            small.harts.len(),
            "another machine's snapshot"
        );
        for (hart, state) in self.harts.iter_mut().zip(&small.harts) {
            hart.load(state);
        }
        self.board.load(&small.board);
        self.board.ram.restore(&snapshot.ram);
        self.board.disk.restore(&snapshot.disk);
        self.code.drop_stale(&mut self.board.ram);
        self.turn = small.turn.clone();
        self.input_log.clone_from(&snapshot.input_log);
        self.refresh();
    }

    fn small_state(&self) -> SmallState {
        SmallState {
            harts: self.harts.iter().map(Hart::save).collect(),
            board: self.board.save(),
            turn: self.turn.clone(),
        }
    }

    /// Does what is due, drops code that was written to, and derives interrupt lines and
    /// deadlines anew if anything may have changed them. Afterwards nothing is due.
    fn catch_up(&mut self) {
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
    fn refresh(&mut self) {
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
            let n_harts = self.harts.len();
            let others = (1..=n_harts).map(|step| (self.turn.hart + step) % n_harts);
            let Some(next) = others.into_iter().find(|&n| !self.harts[n].is_asleep()) else {
                return false;
            };
            if next != self.turn.hart {
                // Others ran meanwhile and may have stored: simplest is that it is gone.
                self.harts[next].reservation = None;
            }
            self.turn.pass_to(next);
        }
        self.harts[self.turn.hart].waiting = false;
        true
    }
}

fn earlier(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
