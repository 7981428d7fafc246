//! From reset to the shell's prompt, on our machine.

use crate::{End, Loaded};
use machine::{Config, Machine, Stop};

/// More instructions than any boot takes.
const LIMIT: u64 = 2_000_000_000;

/// Our machine with a kernel and a disk.
pub struct Boot {
    machine: Machine,
}

impl Boot {
    /// One hart, else as the page has it.
    ///
    /// # Errors
    /// The machine refuses kernel or disk.
    pub fn load(kernel: &[u8], disk: Vec<u8>) -> Result<Boot, String> {
        let machine = Machine::new(&Config::default(), kernel, disk);
        Ok(Boot {
            machine: machine.map_err(|error| error.to_string())?,
        })
    }
}

impl Loaded for Boot {
    fn run(&mut self) -> Result<End, String> {
        let mut printed = Vec::new();
        while self.machine.t() < LIMIT {
            let stop = self.machine.run(self.machine.t() + 100_000);
            printed.append(&mut self.machine.take_output());
            if printed.ends_with(b"$ ") {
                return Ok(End {
                    value: 0,
                    instructions: Some(self.machine.instret()),
                });
            }
            match stop {
                Stop::Reached => {}
                Stop::Idle { next: Some(next) } => self.machine.skip(next),
                stop => return Err(format!("it stopped: {stop:?}")),
            }
        }
        Err("no prompt".to_owned())
    }
}
