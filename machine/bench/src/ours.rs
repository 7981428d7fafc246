//! Our machine.

use crate::{End, FOREVER, Loaded, Program, end};
use machine::{Config, Machine, Stop};

/// How far it runs before it comes back, as the page lets it.
const STRIDE: u64 = 1_000_000;

/// Our machine with a program in it.
pub(crate) struct Ours {
    machine: Machine,
    outcome_at: u64,
}

impl Ours {
    /// A machine of one hart.
    pub fn load(program: &Program) -> Result<Ours, String> {
        let config = Config {
            harts: 1,
            ..Config::default()
        };
        let machine = Machine::new(&config, &program.elf, Vec::new());
        Ok(Ours {
            machine: machine.map_err(|error| error.to_string())?,
            outcome_at: program.outcome_at,
        })
    }
}

impl Loaded for Ours {
    fn run(&mut self) -> Result<End, String> {
        while self.machine.t() < FOREVER {
            match self.machine.run(self.machine.t() + STRIDE) {
                Stop::Reached => {}
                Stop::PowerOff { .. } => {
                    let word = |at| {
                        let bytes = self.machine.read_ram(at, 8).unwrap_or_default();
                        bytes
                            .iter()
                            .rfold(0, |all, &byte| all << 8 | u64::from(byte))
                    };
                    let [state, value] = [word(self.outcome_at), word(self.outcome_at + 8)];
                    return end(state, value, Some(self.machine.instret()));
                }
                stop => return Err(format!("it stopped: {stop:?}")),
            }
        }
        Err("it never ends".to_owned())
    }
}
