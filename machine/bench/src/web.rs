//! The same in a browser: one program on one machine, timed by the page around it.

use crate::{Boot, Loaded, Program, System};
use wasm_bindgen::prelude::*;

/// A machine with a program in it.
#[wasm_bindgen]
pub struct Measurement {
    loaded: Box<dyn Loaded>,
    instructions: u64,
}

#[wasm_bindgen]
impl Measurement {
    /// The machine called `system` with the program of `elf`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        system: &str,
        elf: &[u8],
        rounds: u64,
        is_paged: bool,
    ) -> Result<Measurement, String> {
        let system = System::named(system).ok_or("no such machine")?;
        let loaded = system.load(&Program::new(elf, rounds, is_paged)?)?;
        Ok(Measurement {
            loaded,
            instructions: 0,
        })
    }

    /// Our machine about to boot.
    pub fn boot(kernel: &[u8], disk: Vec<u8>) -> Result<Measurement, String> {
        Ok(Measurement {
            loaded: Box::new(Boot::load(kernel, disk)?),
            instructions: 0,
        })
    }

    /// Runs it to its end; gives the program's value.
    pub fn run(&mut self) -> Result<u64, String> {
        let end = self.loaded.run()?;
        self.instructions = end.instructions.unwrap_or(0);
        Ok(end.value)
    }

    /// The instructions executed; 0 if the machine does not count them.
    pub fn instructions(&self) -> u64 {
        self.instructions
    }
}
