//! The guest on our machine, without a page around it.

use crate::guest::{Artefacts, Guest, Screen, Trouble};
use machine::{Config, Input, Machine, Stop};

/// Our machine, its time never waiting for the wall clock.
pub struct Native {
    /// The machine itself, for whoever wants to look at it afterwards.
    pub machine: Machine,
    /// The time for everything, as the machine's `t`.
    pub limit: u64,
    screen: Screen,
}

impl Native {
    /// Enough time for nearly everything.
    const LIMIT: u64 = 20_000_000_000;
    /// How far it runs before the console is looked at, as `t`.
    const STRIDE: u64 = 1_000_000;

    /// Sets the machine up; the first wait boots it.
    ///
    /// # Errors
    /// The files cannot be read, or the machine refuses them.
    pub fn boot(guest: &Artefacts, config: &Config) -> Result<Native, Trouble> {
        let read = |path: &std::path::PathBuf| {
            std::fs::read(path).map_err(|error| Trouble::NotBuilt {
                path: path.clone(),
                error,
            })
        };
        let machine = Machine::new(config, &read(&guest.kernel)?, read(&guest.image)?)?;
        Ok(Native {
            machine,
            limit: Native::LIMIT,
            screen: Screen::default(),
        })
    }

    /// Runs a little further; returns the status if the guest switched the machine off.
    fn run_on(&mut self, wanted: &str) -> Result<Option<i32>, Trouble> {
        if self.machine.t() > self.limit {
            return Err(self
                .screen
                .timed_out(format!("until t = {}", self.limit), wanted));
        }
        let stop = self.machine.run(self.machine.t() + Native::STRIDE);
        self.screen.show(&self.machine.take_output());
        match stop {
            Stop::Reached | Stop::Event => Ok(None),
            Stop::Idle { next: Some(next) } => {
                self.machine.skip(next);
                Ok(None)
            }
            Stop::Idle { next: None } => {
                Err(self.screen.stopped("it waits for input for ever", wanted))
            }
            Stop::PowerOff { code } => Ok(Some(code as i32)),
            Stop::Reset => Err(self.screen.stopped("reset", wanted)),
        }
    }
}

impl Guest for Native {
    fn send(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.machine.input(Input::Console(bytes.to_vec()));
        Ok(())
    }

    fn wait_for(&mut self, text: &str) -> Result<String, Trouble> {
        let wanted = format!("{text:?}");
        let mut ended = None;
        loop {
            if let Some(shown) = self.screen.take_until(text) {
                return Ok(shown);
            }
            if let Some(status) = ended {
                return Err(self
                    .screen
                    .stopped(format!("power off, status {status}"), &wanted));
            }
            ended = self.run_on(&wanted)?;
        }
    }

    fn more(&mut self, wanted: &str) -> Result<Vec<u8>, Trouble> {
        loop {
            let shown = self.screen.take_all();
            if !shown.is_empty() {
                return Ok(shown);
            }
            if let Some(status) = self.run_on(wanted)? {
                return Err(self
                    .screen
                    .stopped(format!("power off, status {status}"), wanted));
            }
        }
    }

    fn wait_for_end(&mut self) -> Result<i32, Trouble> {
        loop {
            if let Some(status) = self.run_on("the end")? {
                return Ok(status);
            }
        }
    }
}
