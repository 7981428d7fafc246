//! The crate `rvemu`, driven as its own `Emulator::start` does.

use crate::{End, Loaded, Program, run_until_told};
use rvemu::emulator::Emulator;

/// That machine with a program in it.
pub(crate) struct Rvemu {
    emulator: Emulator,
    outcome_at: u64,
}

impl Rvemu {
    pub fn load(program: &Program) -> Rvemu {
        let mut emulator = Emulator::new();
        emulator.initialize_dram(program.image.clone());
        emulator.initialize_pc(program.entry);
        Rvemu {
            emulator,
            outcome_at: program.outcome_at,
        }
    }
}

/// One instruction.
#[inline(always)]
fn step(emulator: &mut Emulator) {
    emulator.cpu.devices_increment();
    if let Some(interrupt) = emulator.cpu.check_pending_interrupt() {
        interrupt.take_trap(&mut emulator.cpu);
    }
    if let Err(exception) = emulator.cpu.execute() {
        exception.take_trap(&mut emulator.cpu);
    }
}

impl Loaded for Rvemu {
    fn run(&mut self) -> Result<End, String> {
        let at = self.outcome_at;
        run_until_told(&mut self.emulator, step, |emulator| {
            [at, at + 8].map(|at| emulator.cpu.bus.read(at, 64).unwrap_or_default())
        })
    }
}
