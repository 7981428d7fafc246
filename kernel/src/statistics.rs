//! The device `statistics`: which locks are fought over, in the words of the MIT labs.

use crate::mem::UserMemory;
use crate::mem::layout::VirtAddr;
use crate::sync::SleepLock;
use crate::sync::counts::{self, Counts};
use abi::Error;
use core::fmt::{self, Write};
use kernel::text::Text;

/// What was last told, so that a reader gets it whole however often it asks.
static TOLD: SleepLock<Text<4096>> = SleepLock::new("statistics", Text::new());

/// Locks that are listed for being fought over.
const MOST_CONTENDED: usize = 5;

/// Copies at most `n` bytes from byte `offset` on to `dst`. The counts are those of the
/// last time that somebody began at 0. Returns how many bytes; 0 at the end.
///
/// # Errors
/// [`Error::BadAddress`]; [`Error::OutOfMemory`].
pub fn read(
    memory: &mut UserMemory,
    dst: VirtAddr,
    n: usize,
    offset: usize,
) -> Result<usize, Error> {
    let mut told = TOLD.acquire();
    if offset == 0 {
        told.clear();
        // What does not fit is left out.
        let _ = tell(&mut told);
    }
    let rest = told.as_bytes().get(offset..).unwrap_or(&[]);
    let len = n.min(rest.len());
    memory.copyout(dst, &rest[..len])?;
    Ok(len)
}

fn tell(text: &mut Text<4096>) -> fmt::Result {
    let is_counted =
        |lock: &Counts| lock.name.starts_with("kmem") || lock.name.starts_with("bcache");
    let mut n_spins = 0;
    writeln!(text, "--- lock kmem/bcache stats")?;
    for lock in counts::all().filter(is_counted) {
        n_spins += lock.n_spins;
        tell_lock(text, &lock)?;
    }
    writeln!(text, "--- top {MOST_CONTENDED} contended locks:")?;
    let mut below = usize::MAX;
    let mut n_told = 0;
    while n_told < MOST_CONTENDED {
        // Those with the next lower count, one or several.
        let contended = counts::all()
            .map(|lock| lock.n_spins)
            .filter(|&n| n < below);
        let Some(most) = contended.max() else { break };
        for lock in counts::all().filter(|lock| lock.n_spins == most) {
            if n_told < MOST_CONTENDED {
                tell_lock(text, &lock)?;
                n_told += 1;
            }
        }
        below = most;
    }
    writeln!(text, "tot= {n_spins}")
}

fn tell_lock(text: &mut Text<4096>, lock: &Counts) -> fmt::Result {
    let Counts {
        name,
        n_spins,
        n_acquired,
    } = lock;
    writeln!(
        text,
        "lock: {name}: #test-and-set {n_spins} #acquire() {n_acquired}"
    )
}
