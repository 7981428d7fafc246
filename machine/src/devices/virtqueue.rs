//! A virtqueue: rings in the guest's memory through which buffers are lent to a device.
//!
//! Whatever the guest wrote there, walking ends: a chain has at most as many links as the
//! queue has descriptors, an indirect table at most [`MOST`].
//! Source: Virtual I/O Device (VIRTIO), "Split Virtqueues" and "Indirect Descriptors".

use serde::{Deserialize, Serialize};

use crate::ram::Ram;

/// Most descriptors of a queue.
pub(crate) const MOST: u32 = 1024;
const DESCRIPTOR: u64 = 16;
const LEGACY_ALIGN: u64 = 4096;
const NEXT: u16 = 1;
const WRITE: u16 = 2;
const INDIRECT: u16 = 4;
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

impl Chain {
    /// What the device reads, up to `most` bytes of it.
    ///
    /// # Errors
    /// [`Malformed`] if a piece is not in RAM.
    pub fn gather(&self, ram: &Ram, most: usize) -> Result<Vec<u8>, Malformed> {
        let mut bytes = Vec::new();
        for piece in &self.readable {
            let len = (piece.len as usize).min(most - bytes.len());
            bytes.extend(ram.slice(piece.pa, len).ok_or(Malformed)?);
        }
        Ok(bytes)
    }

    /// Writes `bytes` to what the device writes, as far as there is room; how many those are.
    ///
    /// # Errors
    /// [`Malformed`] if a piece is not in RAM.
    pub fn scatter(&self, ram: &mut Ram, bytes: &[u8]) -> Result<u32, Malformed> {
        scatter(&self.writable, ram, bytes)
    }

    /// The bytes there is room for.
    pub fn room(&self) -> u64 {
        total(&self.writable)
    }
}

/// Writes `bytes` to `pieces`, as [`Chain::scatter`].
pub(crate) fn scatter(pieces: &[Piece], ram: &mut Ram, bytes: &[u8]) -> Result<u32, Malformed> {
    let mut left = bytes;
    for piece in pieces {
        let (now, later) = left.split_at(left.len().min(piece.len as usize));
        ram.write(piece.pa, now).ok_or(Malformed)?;
        left = later;
    }
    Ok((bytes.len() - left.len()) as u32)
}

/// The bytes in `pieces`.
pub(crate) fn total(pieces: &[Piece]) -> u64 {
    pieces.iter().map(|piece| u64::from(piece.len)).sum()
}

/// A table of descriptors: the queue's own, or an indirect one.
#[derive(Clone, Copy, Debug)]
struct Table {
    at: u64,
    len: u32,
}

impl Table {
    /// Descriptor `index`: its piece, its flags, and the next one's index.
    fn descriptor(self, ram: &Ram, index: u16) -> Result<(Piece, u16, u16), Malformed> {
        if u32::from(index) >= self.len {
            return Err(Malformed);
        }
        let at = self.at.wrapping_add(DESCRIPTOR * u64::from(index));
        let bytes = ram.slice(at, DESCRIPTOR as usize).ok_or(Malformed)?;
        let piece = Piece {
            pa: u64::from(word(bytes, 0)) | u64::from(word(bytes, 4)) << 32,
            len: word(bytes, 8),
        };
        Ok((piece, half(bytes, 12), half(bytes, 14)))
    }

    /// Follows the links from descriptor `first`, and gathers them in `chain`. Gives the
    /// indirect table that they end with, if they do.
    fn walk(self, ram: &Ram, first: u16, chain: &mut Chain) -> Result<Option<Piece>, Malformed> {
        let mut index = first;
        for _ in 0..self.len {
            let (piece, flags, next) = self.descriptor(ram, index)?;
            match flags & !NEXT {
                WRITE => chain.writable.push(piece),
                0 if chain.writable.is_empty() => chain.readable.push(piece),
                INDIRECT if flags & NEXT == 0 => return Ok(Some(piece)),
                _ => return Err(Malformed),
            }
            if flags & NEXT == 0 {
                return Ok(None);
            }
            index = next;
        }
        Err(Malformed)
    }
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
    /// Whether a guest can have chosen its length.
    pub fn is_possible(&self) -> bool {
        self.len == 0 || self.len <= MOST && self.len.is_power_of_two()
    }

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

    /// Whether the guest has lent a buffer that was not taken yet, or the ring that would tell
    /// is not in RAM: taking it will say so.
    pub fn has_request(&self, ram: &Ram) -> bool {
        let index = ram.read::<u16>(self.available.wrapping_add(2));
        self.is_usable() && index.is_none_or(|index| index != self.next_available)
    }

    fn is_usable(&self) -> bool {
        self.is_ready && self.len != 0
    }

    /// Takes the next request; `None` if there is none.
    ///
    /// # Errors
    /// [`Malformed`] if the rings lie outside RAM, claim more requests than they can hold,
    /// or a chain loops, leaves the table, reads after it wrote, or has an indirect table
    /// where it may not: unless it `may_be_indirect`, in the middle, or within another.
    pub fn take(&mut self, ram: &Ram, may_be_indirect: bool) -> Result<Option<Chain>, Malformed> {
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
        let chain = self.walk(ram, head, may_be_indirect)?;
        self.next_available = self.next_available.wrapping_add(1);
        Ok(Some(chain))
    }

    fn walk(&self, ram: &Ram, head: u16, may_be_indirect: bool) -> Result<Chain, Malformed> {
        let mut chain = Chain {
            head,
            ..Chain::default()
        };
        let own = Table {
            at: self.descriptors,
            len: self.len,
        };
        let Some(piece) = own.walk(ram, head, &mut chain)? else {
            return Ok(chain);
        };
        let len = piece.len / DESCRIPTOR as u32;
        let is_whole = piece.len.is_multiple_of(DESCRIPTOR as u32);
        if !may_be_indirect || !is_whole || !(1..=MOST).contains(&len) {
            return Err(Malformed);
        }
        let indirect = Table { at: piece.pa, len };
        match indirect.walk(ram, 0, &mut chain)? {
            None => Ok(chain),
            Some(_) => Err(Malformed),
        }
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
            .take(&ram, false)
            .expect("well formed")
            .expect("one is there");
        assert_eq!(chain.readable, [Piece { pa: 1, len: 2 }]);
        assert_eq!(chain.writable, [Piece { pa: 3, len: 4 }]);
        assert_eq!(queue.take(&ram, false), Ok(None));
        assert_eq!(queue.give_back(&mut ram, &chain, 9), Ok(true));
        assert_eq!(ram.read::<u16>(queue.used + 2), Some(1));
        assert_eq!(ram.read_u64(queue.used + 4), Some(9 << 32));
    }

    #[test]
    fn chains_that_make_no_sense_are_refused() {
        let check = |descriptors: &[(u64, u32, u16, u16)]| {
            let (mut queue, ram) = queue(descriptors);
            assert_eq!(queue.take(&ram, false), Err(Malformed), "{descriptors:?}");
        };
        check(&[(0, 0, NEXT, 0)]); // a loop
        check(&[(0, 0, NEXT, 4)]); // beyond the table
        check(&[(BASE, 32, INDIRECT, 0)]); // an indirect table, which nobody has agreed on
        check(&[(0, 0, NEXT | WRITE, 1), (0, 0, 0, 0)]); // to be read after written
    }

    #[test]
    fn rings_that_make_no_sense_are_refused() {
        let (mut queue, mut ram) = queue(&[(0, 0, 0, 0)]);
        ram.write(queue.available + 2, &[5, 0]).expect("in RAM");
        assert_eq!(
            queue.take(&ram, false),
            Err(Malformed),
            "5 requests in a ring of 4"
        );
        queue.available = u64::MAX - 1;
        assert_eq!(queue.take(&ram, false), Err(Malformed));
    }

    #[test]
    fn indirect_tables_end_a_chain() {
        let table = BASE + 0x800;
        let indirect = |descriptors: &[(u64, u32, u16, u16)], of: &[(u64, u32, u16, u16)]| {
            let (mut queue, mut ram) = queue(descriptors);
            for (&(pa, len, flags, next), at) in of.iter().zip((table..).step_by(16)) {
                let high = u64::from(len) | u64::from(flags) << 32 | u64::from(next) << 48;
                ram.write(at, &pa.to_le_bytes()).expect("in RAM");
                ram.write(at + 8, &high.to_le_bytes()).expect("in RAM");
            }
            queue.take(&ram, true)
        };
        let head = [(table, 32, INDIRECT, 0)];
        let of = [(1, 2, NEXT, 1), (3, 4, WRITE, 0)];
        let chain = indirect(&head, &of).expect("well formed").expect("there");
        assert_eq!((chain.readable.len(), chain.writable.len()), (1, 1));
        // After others, which it goes on from.
        let after = [(7, 8, NEXT, 1), (table, 32, INDIRECT, 0)];
        let chain = indirect(&after, &of).expect("well formed").expect("there");
        assert_eq!(chain.readable[0], Piece { pa: 7, len: 8 });
        assert_eq!((chain.readable.len(), chain.writable.len()), (2, 1));

        let refused = |head, of: &[(u64, u32, u16, u16)]| {
            assert_eq!(indirect(&[head], of), Err(Malformed), "{head:x?} {of:x?}");
        };
        refused((table, 32, INDIRECT | NEXT, 1), &of); // in the middle
        refused((table, 31, INDIRECT, 0), &of); // no whole descriptors
        refused((table, 0, INDIRECT, 0), &of); // none at all
        refused((table, 1 << 20, INDIRECT, 0), &[(1, 2, NEXT, 0)]); // too long
        refused((u64::MAX - 8, 32, INDIRECT, 0), &of); // not in RAM
        refused((table, 32, INDIRECT, 0), &[(table, 32, INDIRECT, 0)]); // of itself
        refused((table, 32, INDIRECT, 0), &[(1, 2, NEXT, 0)]); // a loop
    }
}
