//! What a run took.

use std::time::Instant;

use machine::Machine;

/// Remembers when a run began.
#[derive(Debug)]
pub struct Report {
    begun: Instant,
}

impl Report {
    /// Begins now.
    pub fn begin() -> Report {
        Report {
            begun: Instant::now(),
        }
    }

    /// Prints time, instructions, state hash, seconds and MIPS on standard error.
    pub fn print(&self, machine: &Machine) {
        let seconds = self.begun.elapsed().as_secs_f64();
        let instret = machine.instret();
        eprintln!(
            "t {} · instructions {instret} · state {} · {seconds:.3} s · {:.1} MIPS",
            machine.t(),
            machine.state_hash(),
            instret as f64 / seconds / 1e6,
        );
    }
}
