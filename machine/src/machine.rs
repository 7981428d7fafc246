//! The machine: builds it, hands it input, and tells what it is doing. How it runs stands
//! in `run.rs`.

use crate::board::{Board, Halt};
use crate::code::Code;
use crate::disk::Disk;
use crate::hart::{Hart, Mode};
use crate::input::{Input, Stamped};
use crate::ram::Ram;
use crate::rom;
use crate::snapshot::{SmallState, Snapshot, State, StateHash};
use crate::turn::Turn;
use crate::{Config, SetupError, load};

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
    /// The registers `f0` to `f31`: binary64, or binary32 with 32 ones above it.
    pub f: [u64; 32],
}

/// A machine. Its state hangs off this value and nothing else.
#[derive(Debug)]
pub struct Machine {
    /// What it was built of, for files; see [`crate::saved`].
    pub(crate) config: Config,
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
    /// in (no disk if it is empty), at reset: as QEMU with `-bios none`.
    ///
    /// # Errors
    /// A [`SetupError`] if any of the three is not what it must be.
    pub fn new(config: &Config, kernel: &[u8], disk: Vec<u8>) -> Result<Machine, SetupError> {
        Machine::build(config, None, kernel, disk)
    }

    /// The same with SBI firmware before the kernel: as QEMU with `-bios`. Either may be an
    /// ELF file or a raw image; a raw kernel goes to 0x8020_0000, or to the first multiple
    /// of 2 MiB after larger firmware.
    ///
    /// # Errors
    /// A [`SetupError`] if any of the four is not what it must be.
    pub fn with_bios(
        config: &Config,
        bios: &[u8],
        kernel: &[u8],
        disk: Vec<u8>,
    ) -> Result<Machine, SetupError> {
        Machine::build(config, Some(bios), kernel, disk)
    }

    fn build(
        config: &Config,
        bios: Option<&[u8]>,
        kernel: &[u8],
        disk: Vec<u8>,
    ) -> Result<Machine, SetupError> {
        config.check(disk.len() as u64)?;
        let mut ram = Ram::new(config.ram_bytes);
        let at = load::load(config, bios, kernel, &mut ram)?;
        let rom = rom::build(at.tree_at, at.kernel_at);
        Ok(Machine::at_reset(config, ram, Disk::from(disk), rom))
    }

    /// The machine of `config` at reset, with these memories.
    pub(crate) fn at_reset(config: &Config, ram: Ram, disk: Disk, rom: Vec<u8>) -> Machine {
        let code = Code::new(ram.pages().len());
        let board = Board::new(config, ram, disk, rom);
        let harts = 0..config.harts as u64;
        let mut machine = Machine {
            config: config.clone(),
            harts: harts.map(|id| Hart::new(id, rom::RESET_VECTOR)).collect(),
            board,
            code,
            turn: Turn::new(config.seed, config.harts),
            input_log: Vec::new(),
            due: None,
        };
        machine.refresh();
        machine
    }

    /// The time: instructions that retired or trapped, machine-wide, interrupts taken, and
    /// cycles skipped while every hart waited.
    pub fn t(&self) -> u64 {
        self.board.now
    }

    /// The hart whose turn it is, and how many steps of it are left: that long no other hart
    /// moves. With none left, or if it waits, the turn passes.
    pub fn turn(&self) -> (usize, u64) {
        (self.turn.hart, self.turn.left)
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
        let t = self.t();
        self.input_log.push(Stamped { t, input });
        self.enter_again(self.input_log.len() - 1);
    }

    /// Lets the input that stands at `nth` of the log happen now.
    pub(crate) fn enter_again(&mut self, nth: usize) {
        match &self.input_log[nth].input {
            Input::Console(bytes) => self.board.console.input.extend(bytes),
            Input::Terminal(bytes) => self.board.terminal.input.extend(bytes),
            Input::Memory { pa, bytes } => {
                // Bytes outside of RAM are nobody's.
                let _ = self.board.ram.write(*pa, bytes);
            }
            Input::Register {
                hart,
                register,
                value,
            } => {
                if let Some(hart) = self.harts.get_mut(*hart) {
                    hart.set(*register, *value);
                }
            }
            Input::Fault(fault) => {
                if self.board.faults.add(*fault) {
                    self.board.halt.get_or_insert(Halt::POWER_CUT);
                }
            }
        }
        self.board.advance();
        self.catch_up();
    }

    /// Forgets all input but the first `len`.
    pub(crate) fn truncate_input_log(&mut self, len: usize) {
        self.input_log.truncate(len);
    }

    /// All input so far, in order.
    pub fn input_log(&self) -> &[Stamped] {
        &self.input_log
    }

    /// What came out of the console since the last call. Not part of the state.
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.board.console.output)
    }

    /// What came out of the virtio console since the last call. Not part of the state.
    pub fn take_terminal_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.board.terminal.output)
    }

    /// Puts `output` in the place of what nobody took yet.
    pub(crate) fn replace_output(&mut self, output: Vec<u8>) {
        self.board.console.output = output;
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
            f: hart.float_registers(),
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

    /// The sectors of the disk, of 512 bytes, that the guest has written so far, in order.
    pub fn sectors_written(&self) -> impl Iterator<Item = u64> {
        self.board.disk.written()
    }

    /// The state now. Costs what changed since the last snapshot or state hash.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            state: self.save(),
            input_log: self.input_log.clone(),
        }
    }

    /// Goes back, or forward, to `snapshot`, its input log included; costs what differs.
    /// Events that nobody took are gone.
    ///
    /// # Panics
    /// If a machine of another configuration took it.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        self.load(&snapshot.state);
        self.input_log.clone_from(&snapshot.input_log);
    }

    /// The state now.
    pub(crate) fn save(&self) -> State {
        State {
            small: self.small_state(),
            ram: self.board.ram.memory().image(),
            disk: self.board.disk.image(),
        }
    }

    /// Takes on `state`; the input log stays as it is.
    ///
    /// # Panics
    /// If a machine of another configuration saved it.
    pub(crate) fn load(&mut self, state: &State) {
        let loaded = self.load_small(&state.small);
        loaded.expect("a state of this machine");
        self.board.ram.restore(&state.ram);
        self.board.disk.restore(&state.disk);
        self.code.drop_stale(&mut self.board.ram);
        self.board.watcher.clear();
        self.refresh();
    }

    /// Takes on `small`; lines and deadlines are the caller's to refresh. `None`, and no matter
    /// what the machine is then, if no machine of this configuration can have been so.
    pub(crate) fn load_small(&mut self, small: &SmallState) -> Option<()> {
        let is_shaped = small.harts.len() == self.harts.len() && small.turn.hart < self.harts.len();
        if !is_shaped {
            return None;
        }
        for (hart, state) in self.harts.iter_mut().zip(&small.harts) {
            hart.load(state);
        }
        self.turn = small.turn.clone();
        self.board.load(&small.board)?;
        self.board.ram.pass_to(self.turn.hart);
        Some(())
    }

    /// Puts `log` in the place of the input so far.
    pub(crate) fn replace_input_log(&mut self, log: Vec<Stamped>) {
        self.input_log = log;
    }

    /// Pages of RAM that may have changed since the state was last looked at.
    pub(crate) fn n_changed_pages(&self) -> usize {
        self.board.ram.memory().n_dirty()
    }

    /// Bytes that all states of this machine hold together, [`State::own_bytes`] aside.
    pub(crate) fn state_bytes(&self) -> u64 {
        self.board.ram.memory().image_bytes() + self.board.disk.image_bytes()
    }

    pub(crate) fn small_state(&self) -> SmallState {
        SmallState {
            harts: self.harts.iter().map(Hart::save).collect(),
            board: self.board.save(),
            turn: self.turn.clone(),
        }
    }
}
