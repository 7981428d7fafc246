//! Pipes: bytes from one process to another, through a page.

use crate::mem::layout::VirtAddr;
use crate::mem::{Shared, UserMemory};
use crate::proc::{self, Chan};
use crate::sync::{Rank, SpinGuard, SpinLock};
use abi::Error;
use abi::limits::PIPESIZE;
use kernel::policy::Bug;

/// A ring of bytes: `n_read <= n_written <= n_read + PIPESIZE`, both counted for ever.
struct Ring {
    data: [u8; PIPESIZE],
    n_read: usize,
    n_written: usize,
    is_read_open: bool,
    is_write_open: bool,
}

/// A pipe. Readers sleep on `n_read`, writers on `n_written`, as in xv6.
pub struct Pipe {
    ring: SpinLock<Ring>,
}

/// One end of a pipe; dropping it closes it.
pub struct PipeEnd {
    pipe: Shared<Pipe>,
    /// The end that is written to.
    is_write: bool,
}

/// Makes a pipe: the end to read from, and the end to write to.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub fn pipealloc() -> Result<(PipeEnd, PipeEnd), Error> {
    let ring = Ring {
        data: [0; PIPESIZE],
        n_read: 0,
        n_written: 0,
        is_read_open: true,
        is_write_open: true,
    };
    let pipe = Shared::new(Pipe {
        ring: SpinLock::new("pipe", Rank::Pipe, ring),
    })?;
    let read = PipeEnd {
        pipe: pipe.clone(),
        is_write: false,
    };
    let write = PipeEnd {
        pipe,
        is_write: true,
    };
    Ok((read, write))
}

impl Ring {
    fn readers(&self) -> Chan {
        Chan::of(&self.n_read)
    }

    fn writers(&self) -> Chan {
        Chan::of(&self.n_written)
    }

    fn len(&self) -> usize {
        self.n_written - self.n_read
    }

    /// Puts in as many of `bytes` as there is room for; returns how many.
    fn push(&mut self, bytes: &[u8]) -> usize {
        let n = bytes.len().min(PIPESIZE - self.len());
        let start = self.n_written % PIPESIZE;
        // Up to the end of the ring, and on from its start.
        let (first, second) = bytes[..n].split_at(n.min(PIPESIZE - start));
        self.data[start..start + first.len()].copy_from_slice(first);
        self.data[..second.len()].copy_from_slice(second);
        self.n_written += n;
        n
    }

    /// Takes out as many bytes as there are and fit; returns how many.
    fn pop(&mut self, into: &mut [u8]) -> usize {
        let n = into.len().min(self.len());
        let start = self.n_read % PIPESIZE;
        let (first, second) = into[..n].split_at_mut(n.min(PIPESIZE - start));
        first.copy_from_slice(&self.data[start..start + first.len()]);
        second.copy_from_slice(&self.data[..second.len()]);
        self.n_read += n;
        n
    }
}

/// Lets go of the pipe until `chan` is woken.
fn wait(ring: SpinGuard<'_, Ring>, chan: Chan) -> Result<SpinGuard<'_, Ring>, Error> {
    if crate::policy().bug == Some(Bug::Lostwakeup) {
        ring.sleep_carelessly(chan)
    } else {
        ring.sleep_unless_killed(chan)
    }
}

/// Writes `n` bytes at `src`, sleeping while the pipe is full. Returns how many: fewer
/// than `n` only if the program may not read the others.
///
/// # Errors
/// [`Error::BrokenPipe`] if nobody can read them; [`Error::Killed`];
/// [`Error::BadAddress`] if the program may not even read the first.
#[inline(never)]
pub fn pipewrite(
    end: &PipeEnd,
    memory: &mut UserMemory,
    src: VirtAddr,
    n: usize,
) -> Result<usize, Error> {
    let mut piece = [0; PIPESIZE];
    let mut done = 0;
    while done < n {
        // User memory is not touched under a spin lock: by way of `piece`.
        let piece = &mut piece[..PIPESIZE.min(n - done)];
        match memory.copyin(piece, VirtAddr(src.0.wrapping_add(done))) {
            Err(error) if done == 0 => return Err(error),
            Err(_) => break,
            Ok(()) => {}
        }
        let mut left = &*piece;
        let mut ring = end.pipe.ring.acquire();
        while !left.is_empty() {
            if !ring.is_read_open {
                return Err(Error::BrokenPipe);
            }
            let n_pushed = ring.push(left);
            left = &left[n_pushed..];
            if n_pushed > 0 {
                proc::wakeup(ring.readers());
            }
            if !left.is_empty() {
                let chan = ring.writers();
                ring = wait(ring, chan)?;
            }
        }
        done += piece.len();
    }
    Ok(done)
}

/// Reads what there is, at most `n` bytes, to `dst`, sleeping while there is nothing but
/// may be. Returns how many; 0 if the other end is closed.
///
/// # Errors
/// [`Error::Killed`]; [`Error::BadAddress`] if the program may not write there.
#[inline(never)]
pub fn piperead(
    end: &PipeEnd,
    memory: &mut UserMemory,
    dst: VirtAddr,
    n: usize,
) -> Result<usize, Error> {
    let mut piece = [0; PIPESIZE];
    let mut ring = end.pipe.ring.acquire();
    while ring.len() == 0 && ring.is_write_open {
        let chan = ring.readers();
        ring = wait(ring, chan)?;
    }
    let n_popped = ring.pop(&mut piece[..PIPESIZE.min(n)]);
    if n_popped > 0 {
        proc::wakeup(ring.writers());
    }
    drop(ring);
    memory.copyout(dst, &piece[..n_popped])?;
    Ok(n_popped)
}

impl Drop for PipeEnd {
    /// `pipeclose`: tells the other end.
    fn drop(&mut self) {
        let mut ring = self.pipe.ring.acquire();
        if self.is_write {
            ring.is_write_open = false;
            proc::wakeup(ring.readers());
        } else {
            ring.is_read_open = false;
            proc::wakeup(ring.writers());
        }
    }
}
