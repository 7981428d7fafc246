//! The machine: builds it, hands it input, and tells what it is doing. How it runs stands
//! in `run.rs`.

use crate::board::Board;
use crate::code::Code;
use crate::hart::{Hart, Mode};
use crate::input::{Input, Stamped};
use crate::memory::Memory;
use crate::ram::Ram;
use crate::rom;
use crate::snapshot::{SmallState, Snapshot, StateHash};
use crate::turn::Turn;
use crate::{Config, SetupError, elf, tree};

/// What a hart is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HartView {
    /// Its privilege mode.
    pub mode: Mode,
    /// The address of its next instruction.
    pub pc: u64,
    /// Whether it sits in WFI.
    pub waiting: bool,
    /// Instructions it retired.
    pub retired: u64,
    /// The registers `x0` to `x31`.
    pub x: [u64; 32],
}

/// A machine. Its state hangs off this value and nothing else.
#[derive(Debug)]
pub struct Machine {
    pub(crate) harts: Vec<Hart>,
    pub(crate) board: Board,
    /// A cache: no part of the state.
    pub(crate) code: Code,
    pub(crate) turn: Turn,
    input_log: Vec<Stamped>,
    /// When a timer or a device next does something. Derived; see [`Machine::refresh`].
    pub(crate) due: Option<u64>,
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

    /// The time: instructions that retired or trapped, machine-wide, interrupts taken, and
    /// cycles skipped while every hart waited.
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
        (0..self.harts.len()).filter_map(|n| self.hart(n)).collect()
    }

    /// What hart `n` is doing, if there is one.
    pub fn hart(&self, n: usize) -> Option<HartView> {
        let hart = self.harts.get(n)?;
        Some(HartView {
            mode: hart.mode,
            pc: hart.pc,
            waiting: hart.is_asleep(),
            retired: hart.retired,
            x: hart.registers(),
        })
    }

    /// What CSR `number` of `hart` holds, whatever mode may read it; `None` if there is no
    /// such register or hart.
    pub fn csr(&self, hart: usize, number: u16) -> Option<u64> {
        self.harts.get(hart)?.csr_value(&self.board, number)
    }

    /// The `len` bytes at the physical address `pa`, if all are in RAM.
    pub fn read_ram(&self, pa: u64, len: usize) -> Option<&[u8]> {
        self.board.ram.slice(pa, len)
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

    /// Goes back, or forward, to `snapshot`, its input log included. Events that nobody took
    /// are gone.
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
        self.board.watcher.clear();
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
}
