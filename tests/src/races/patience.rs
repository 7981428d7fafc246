//! When a guest that is busy with something will never be done with it.

use machine::{Machine, Mode};

/// How long nothing may happen, and what has happened so far.
pub struct Patience {
    /// The steps that may still be made.
    left: u64,
    /// `t` of the last sign of life: a byte shown, or a sector written.
    alive_at: u64,
    n_sectors: usize,
    /// Steps since then, idle time left out.
    n_steps: u64,
    /// For each hart where it was first seen in the kernel and not waiting, and for how many
    /// looks it has been thereabouts.
    stuck: Vec<(u64, u32)>,
}

/// How a guest hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Hang {
    /// Nobody has anything to do but wait.
    #[error("everybody sleeps")]
    Asleep,
    /// A hart goes round in a few instructions of the kernel, with interrupts off.
    #[error("hart {0} is stuck in the kernel")]
    Stuck(usize),
    /// Harts are busy, and it takes too long.
    #[error("it takes too long")]
    Slow,
}

impl Patience {
    /// How far the machine may run between two looks.
    pub const STRIDE: u64 = 1_000_000;
    /// Half a minute of the guest's time.
    const SILENCE: u64 = 3_000_000_000;
    /// What the clock's interrupts take, at most, of all that time: one step in so many.
    const IDLE_SHARE: u64 = 50;
    /// How far apart the instructions of a loop that waits for a lock are, at most.
    const LOOP: u64 = 512;
    /// A lock that is fought over is had by everybody once in so many looks, by chance alone.
    const LOOKS: u32 = 400;

    /// Patience for so many steps of `machine`.
    pub fn new(machine: &Machine, most_steps: u64) -> Patience {
        Patience {
            left: most_steps,
            alive_at: machine.t(),
            n_sectors: machine.sectors_written().count(),
            n_steps: 0,
            stuck: vec![(0, 0); machine.harts().len()],
        }
    }

    /// A look at `machine`, which has made `n_steps` since the last one, and shown something
    /// or not.
    ///
    /// # Errors
    /// It hangs.
    pub fn look(&mut self, machine: &Machine, n_steps: u64, has_shown: bool) -> Result<(), Hang> {
        self.left = self.left.checked_sub(n_steps).ok_or(Hang::Slow)?;
        self.n_steps += n_steps;
        let n_sectors = machine.sectors_written().count();
        if has_shown || n_sectors != self.n_sectors {
            (self.alive_at, self.n_steps) = (machine.t(), 0);
            self.n_sectors = n_sectors;
        }
        let silence = machine.t() - self.alive_at;
        if silence > Patience::SILENCE && self.n_steps < silence / Patience::IDLE_SHARE {
            return Err(Hang::Asleep);
        }
        for (n, (hart, stuck)) in machine.harts().iter().zip(&mut self.stuck).enumerate() {
            let is_deaf = hart.mode == Mode::Supervisor && !hart.waiting && is_deaf(machine, n);
            if !is_deaf || hart.pc.abs_diff(stuck.0) > Patience::LOOP {
                *stuck = (hart.pc, 0);
            }
            stuck.1 += 1;
            if stuck.1 > Patience::LOOKS {
                return Err(Hang::Stuck(n));
            }
        }
        Ok(())
    }
}

/// Whether hart `n`, in supervisor mode, takes no interrupts.
fn is_deaf(machine: &Machine, n: usize) -> bool {
    const SSTATUS: u16 = 0x100;
    const SIE: u64 = 1 << 1;
    machine.csr(n, SSTATUS).is_some_and(|it| it & SIE == 0)
}
