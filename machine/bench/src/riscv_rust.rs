//! The crate `riscv_emu_rust`, driven as its own `Emulator::run_program` does.

use crate::{End, Loaded, Program, run_until_told};
use riscv_emu_rust::Emulator;
use riscv_emu_rust::default_terminal::DefaultTerminal;

/// That machine with a program in it.
pub(crate) struct RiscvRust {
    emulator: Emulator,
    outcome_at: u64,
}

impl RiscvRust {
    pub fn load(program: &Program) -> RiscvRust {
        let mut emulator = Emulator::new(Box::new(DefaultTerminal::new()));
        emulator.setup_program(program.elf.clone());
        RiscvRust {
            emulator,
            outcome_at: program.outcome_at,
        }
    }
}

impl Loaded for RiscvRust {
    fn run(&mut self) -> Result<End, String> {
        let at = self.outcome_at;
        run_until_told(&mut self.emulator, Emulator::tick, |emulator| {
            let mmu = emulator.get_mut_cpu().get_mut_mmu();
            [at, at + 8].map(|at| {
                let low = u64::from(mmu.load_word_raw(at));
                low | u64::from(mmu.load_word_raw(at + 4)) << 32
            })
        })
    }
}
