//! The disk: memory that knows which of its sectors were ever written.

use std::sync::Arc;

use crate::devices::block::SECTOR;
use crate::memory::{Image, Memory, Page};

/// The disk's bytes.
#[derive(Debug)]
pub(crate) struct Disk {
    memory: Memory,
    /// A bit for each sector that was written. The host's: no part of the state, though it
    /// follows it back and forth.
    written: Arc<Vec<u64>>,
}

/// The disk as it was.
#[derive(Clone, Debug)]
pub(crate) struct DiskImage {
    image: Image,
    written: Arc<Vec<u64>>,
}

impl Disk {
    /// All bytes.
    pub fn bytes(&self) -> &[u8] {
        self.memory.bytes()
    }

    /// Writes `bytes` at `offset`; says whether they fit.
    #[must_use]
    pub fn write(&mut self, offset: usize, bytes: &[u8]) -> bool {
        let fits = self.memory.write(offset, bytes);
        if fits && !bytes.is_empty() {
            let sector = SECTOR as usize;
            let written = Arc::make_mut(&mut self.written);
            for number in offset / sector..=(offset + bytes.len() - 1) / sector {
                written[number / 64] |= 1 << (number % 64);
            }
        }
        fits
    }

    /// The sectors that were written, in order.
    pub fn written(&self) -> impl Iterator<Item = u64> {
        let words = self.written.iter().zip((0..).step_by(64));
        words.flat_map(|(&word, first)| {
            (0..64).filter_map(move |bit| (word >> bit & 1 != 0).then_some(first + bit))
        })
    }

    /// A bit for each sector that was written.
    pub fn written_bits(&self) -> &[u64] {
        &self.written
    }

    /// Takes on the bits that [`Disk::written_bits`] gave; `None` if those of another disk.
    pub fn set_written(&mut self, bits: Vec<u64>) -> Option<()> {
        if bits.len() != self.written.len() {
            return None;
        }
        self.written = Arc::new(bits);
        Some(())
    }

    /// The pages, the last filled up with zeroes.
    pub fn pages(&self) -> &[Page] {
        self.memory.pages()
    }

    /// The hash of all bytes.
    pub fn hash(&self) -> u128 {
        self.memory.hash()
    }

    /// An image of it.
    pub fn image(&self) -> DiskImage {
        DiskImage {
            image: self.memory.image(),
            written: Arc::clone(&self.written),
        }
    }

    /// Takes on `image`.
    pub fn restore(&mut self, image: &DiskImage) {
        self.memory.restore(&image.image);
        self.written = Arc::clone(&image.written);
    }

    /// Bytes that images of it hold.
    pub fn image_bytes(&self) -> u64 {
        self.memory.image_bytes()
    }
}

impl DiskImage {
    /// The bytes that are its own.
    pub fn own_bytes(&self) -> u64 {
        self.image.own_bytes()
    }
}

impl From<Vec<u8>> for Disk {
    fn from(bytes: Vec<u8>) -> Disk {
        let n_sectors = bytes.len() / SECTOR as usize;
        Disk {
            memory: Memory::from(bytes),
            written: Arc::new(vec![0; n_sectors.div_ceil(64)]),
        }
    }
}
