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
    rounds: Rounds,
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

    /// Patience for so many steps of `machine`.
    pub fn new(machine: &Machine, most_steps: u64) -> Patience {
        Patience {
            left: most_steps,
            alive_at: machine.t(),
            n_sectors: machine.sectors_written().count(),
            n_steps: 0,
            rounds: Rounds {
                seen: vec![(0, 0); machine.harts().len()],
            },
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
        let places = machine.harts().into_iter().enumerate().map(|(n, hart)| {
            let is_deaf = hart.mode == Mode::Supervisor && !hart.waiting && is_deaf(machine, n);
            is_deaf.then_some(hart.pc)
        });
        match self
            .rounds
            .look(places.collect(), n_steps < Patience::STRIDE)
        {
            Some(hart) => Err(Hang::Stuck(hart)),
            None => Ok(()),
        }
    }
}

/// Which harts go round in a few instructions.
struct Rounds {
    /// For each hart where it was first seen in the kernel and not waiting, and for how many
    /// looks it has been thereabouts.
    seen: Vec<(u64, u32)>,
}

impl Rounds {
    /// How far apart the instructions of a loop that waits for a lock are, at most.
    const LOOP: u64 = 512;
    /// A lock that is fought over is had by everybody once in so many looks, by chance alone.
    const LOOKS: u32 = 400;

    /// A look at where each hart is that takes no interrupts and does not wait for one. Returns one
    /// that has been there for too long.
    ///
    /// Time that could be passed over says that `all_waited` since the last look: then nobody went
    /// round all along, though each may stand where it waited, woken just now.
    fn look(&mut self, places: Vec<Option<u64>>, all_waited: bool) -> Option<usize> {
        for (place, seen) in places.iter().zip(&mut self.seen) {
            match place {
                Some(pc) if !all_waited && pc.abs_diff(seen.0) <= Rounds::LOOP => seen.1 += 1,
                _ => *seen = (place.unwrap_or(0), 0),
            }
        }
        self.seen.iter().position(|seen| seen.1 > Rounds::LOOKS)
    }
}

/// Whether hart `n`, in supervisor mode, takes no interrupts.
fn is_deaf(machine: &Machine, n: usize) -> bool {
    const SSTATUS: u16 = 0x100;
    const SIE: u64 = 1 << 1;
    machine.csr(n, SSTATUS).is_some_and(|it| it & SIE == 0)
}

#[cfg(test)]
mod tests {
    use super::Rounds;

    /// What becomes of a hart that is at an address whenever somebody looks.
    fn check(all_waited: bool, addresses: [u64; 2], expected: Option<usize>) {
        let mut rounds = Rounds {
            seen: vec![(0, 0); 2],
        };
        let found = (0..1000).find_map(|n| {
            let places = vec![None, Some(addresses[n % 2])];
            rounds.look(places, all_waited)
        });
        assert_eq!(found, expected, "{all_waited} {addresses:x?}");
    }

    #[test]
    fn who_goes_round_is_stuck_and_who_waits_is_not() {
        let loops = [0x8000_1000, 0x8000_1010];
        check(false, loops, Some(1));
        check(false, [0x8000_1000, 0x8000_2000], None);
        // Woken at each look, where it waited for the disk.
        check(true, loops, None);
    }
}
