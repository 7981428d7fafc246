//! A virtqueue: rings in the guest's memory through which buffers are lent to a device.
//!
//! Whatever the guest wrote there, walking ends: a chain has at most as many links as
//! the queue has descriptors.
//! Source: Virtual I/O Device (VIRTIO), "Split Virtqueues".

use serde::{Deserialize, Serialize};

use crate::ram::Ram;

/// Most descriptors of a queue.
pub(crate) const MOST: u32 = 1024;
const DESCRIPTOR: u64 = 16;
const LEGACY_ALIGN: u64 = 4096;
const NEXT: u16 = 1;
const WRITE: u16 = 2;
const NO_INTERRUPT: u16 = 1;

/// The rings do not make sense; the device needs a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// A piece of the guest's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub pa: u64,
    pub len: u32,
}

/// A request: the pieces the device reads, then those it writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chain {
    head: u16,
    pub readable: Vec<Piece>,
    pub writable: Vec<Piece>,
}

/// Where a queue's rings lie, and how far the device has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Virtqueue {
    /// Descriptors: a power of two up to [`MOST`], or 0 before the guest chose.
    pub len: u32,
    pub is_ready: bool,
    pub descriptors: u64,
    pub available: u64,
    pub used: u64,
    next_available: u16,
    next_used: u16,
}

impl Virtqueue {
    /// Puts the rings where the legacy layout wants them: in one area at `at`, the table, then
    /// the available ring, then, from the next multiple of `align` (0 for the usual 4096), the
    /// used ring. Address 0 removes the queue.
    pub fn place_legacy(&mut self, at: u64, align: u32) {
        let align = match align {
            0 => LEGACY_ALIGN,
            align => align.into(),
        };
        let len = u64::from(self.len);
        let available = at + DESCRIPTOR * len;
        *self = Virtqueue {
            len: self.len,
            is_ready: at != 0,
            descriptors: at,
            available,
            used: (available + 2 * (3 + len)).next_multiple_of(align),
            ..Virtqueue::default()
        };
    }

    /// Whether the guest has lent a buffer that was not taken yet.
    pub fn has_request(&self, ram: &Ram) -> bool {
        let index = ram.read::<u16>(self.available.wrapping_add(2));
        self.is_usable() && index.is_some_and(|index| index != self.next_available)
    }

    fn is_usable(&self) -> bool {
        self.is_ready && self.len != 0
    }

    /// Takes the next request; `None` if there is none.
    ///
    /// # Errors
    /// [`Malformed`] if the rings lie outside RAM, claim more requests than they can hold,
    /// or a chain loops, leaves the table, or has an indirect table, which is not offered.
    pub fn take(&mut self, ram: &Ram) -> Result<Option<Chain>, Malformed> {
        if !self.is_usable() {
            return Ok(None);
        }
        let index: u16 = ram.read(self.available.wrapping_add(2)).ok_or(Malformed)?;
        let n_waiting = index.wrapping_sub(self.next_available);
        if n_waiting == 0 {
            return Ok(None);
        }
        if u32::from(n_waiting) > self.len {
            return Err(Malformed);
        }
        let place = u64::from(self.next_available) % u64::from(self.len);
        let entry = self.available.wrapping_add(4 + 2 * place);
        let head = ram.read(entry).ok_or(Malformed)?;
        let chain = self.walk(ram, head)?;
        self.next_available = self.next_available.wrapping_add(1);
        Ok(Some(chain))
    }

    fn walk(&self, ram: &Ram, head: u16) -> Result<Chain, Malformed> {
        let mut chain = Chain {
            head,
            ..Chain::default()
        };
        let mut index = head;
        for _ in 0..self.len {
            if u32::from(index) >= self.len {
                return Err(Malformed);
            }
            let at = self.descriptors.wrapping_add(DESCRIPTOR * u64::from(index));
            let bytes = ram.slice(at, DESCRIPTOR as usize).ok_or(Malformed)?;
            let (flags, next) = (half(bytes, 12), half(bytes, 14));
            let piece = Piece {
                pa: u64::from(word(bytes, 0)) | u64::from(word(bytes, 4)) << 32,
                len: word(bytes, 8),
            };
            match flags & !NEXT {
                WRITE => chain.writable.push(piece),
                0 if chain.writable.is_empty() => chain.readable.push(piece),
                _ => return Err(Malformed),
            }
            if flags & NEXT == 0 {
                return Ok(chain);
            }
            index = next;
        }
        Err(Malformed)
    }

    /// Gives `chain` back with `written` bytes written to it. Says whether the guest wants to
    /// be interrupted.
    ///
    /// # Errors
    /// [`Malformed`] if the used ring lies outside RAM.
    pub fn give_back(
        &mut self,
        ram: &mut Ram,
        chain: &Chain,
        written: u32,
    ) -> Result<bool, Malformed> {
        let place = u64::from(self.next_used) % u64::from(self.len);
        let entry = self.used.wrapping_add(4 + 8 * place);
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&u32::from(chain.head).to_le_bytes());
        bytes[4..].copy_from_slice(&written.to_le_bytes());
        ram.write(entry, &bytes).ok_or(Malformed)?;
        self.next_used = self.next_used.wrapping_add(1);
        let index = self.next_used.to_le_bytes();
        ram.write(self.used.wrapping_add(2), &index)
            .ok_or(Malformed)?;
        let flags: u16 = ram.read(self.available).ok_or(Malformed)?;
        Ok(flags & NO_INTERRUPT == 0)
    }
}

fn half(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from(half(bytes, at)) | u32::from(half(bytes, at + 2)) << 16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ram::BASE;

    /// A queue of 4 at the start of RAM in the legacy layout, and one request at descriptor 0.
    fn queue(descriptors: &[(u64, u32, u16, u16)]) -> (Virtqueue, Ram) {
        let mut ram = Ram::new(3 * 4096);
        let mut queue = Virtqueue {
            len: 4,
            ..Virtqueue::default()
        };
        queue.place_legacy(BASE, 0);
        for (&(pa, len, flags, next), at) in descriptors.iter().zip((BASE..).step_by(16)) {
            let high = u64::from(len) | u64::from(flags) << 32 | u64::from(next) << 48;
            ram.write(at, &pa.to_le_bytes()).expect("in RAM");
            ram.write(at + 8, &high.to_le_bytes()).expect("in RAM");
        }
        ram.write(queue.available + 2, &[1, 0]).expect("in RAM");
        (queue, ram)
    }

    #[test]
    fn requests_are_taken_once_and_given_back() {
        let (mut queue, mut ram) = queue(&[
            (1, 2, NEXT, 3),
            (0, 0, 0, 0),
            (0, 0, 0, 0),
            (3, 4, WRITE, 0),
        ]);
        assert_eq!(queue.used, BASE + 4096);
        let chain = queue
            .take(&ram)
            .expect("well formed")
            .expect("one is there");
        assert_eq!(chain.readable, [Piece { pa: 1, len: 2 }]);
        assert_eq!(chain.writable, [Piece { pa: 3, len: 4 }]);
        assert_eq!(queue.take(&ram), Ok(None));
        assert_eq!(queue.give_back(&mut ram, &chain, 9), Ok(true));
        assert_eq!(ram.read::<u16>(queue.used + 2), Some(1));
        assert_eq!(ram.read_u64(queue.used + 4), Some(9 << 32));
    }

    #[test]
    fn chains_that_make_no_sense_are_refused() {
        let check = |descriptors: &[(u64, u32, u16, u16)]| {
            let (mut queue, ram) = queue(descriptors);
            assert_eq!(queue.take(&ram), Err(Malformed), "{descriptors:?}");
        };
        check(&[(0, 0, NEXT, 0)]); // a loop
        check(&[(0, 0, NEXT, 4)]); // beyond the table
        check(&[(0, 0, 4, 0)]); // an indirect table
        check(&[(0, 0, NEXT | WRITE, 1), (0, 0, 0, 0)]); // to be read after written
    }

    #[test]
    fn rings_that_make_no_sense_are_refused() {
        let (mut queue, mut ram) = queue(&[(0, 0, 0, 0)]);
        ram.write(queue.available + 2, &[5, 0]).expect("in RAM");
        assert_eq!(
            queue.take(&ram),
            Err(Malformed),
            "5 requests in a ring of 4"
        );
        queue.available = u64::MAX - 1;
        assert_eq!(queue.take(&ram), Err(Malformed));
    }
}
