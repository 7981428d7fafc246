//! The virtio entropy device. Its numbers follow from the machine's seed, like all else.
//! Source: Virtual I/O Device (VIRTIO), "Entropy Device".

use super::virtio_mmio::{Function, Request};
use super::virtqueue::Malformed;
use super::{Wiring, from_record, record};
use crate::random::SplitMix;

/// Most bytes of a request; the device may give fewer than there is room for.
const MOST: u64 = 4096;
const LATENCY: u64 = 1_000;
/// Makes of the machine's seed another than the one that harts take turns by.
const OTHER: u64 = 0x656e_7472_6f70_7921;

/// The device. A reset does not begin its numbers anew.
#[derive(Debug)]
pub(crate) struct Rng(SplitMix);

impl Rng {
    /// The device of a machine of `seed`.
    pub fn new(seed: u64) -> Rng {
        Rng(SplitMix::new(seed ^ OTHER))
    }
}

impl Function for Rng {
    fn id(&self) -> u32 {
        4
    }

    fn features(&self) -> u64 {
        0
    }

    fn n_queues(&self) -> usize {
        1
    }

    fn config(&self) -> Vec<u8> {
        Vec::new()
    }

    fn latency(&self) -> u64 {
        LATENCY
    }

    fn serve(&mut self, request: &Request, wiring: &mut Wiring) -> Result<u32, Malformed> {
        let len = request.chain.room().min(MOST) as usize;
        let numbers = std::iter::repeat_with(|| self.0.draw().to_le_bytes());
        let bytes: Vec<u8> = numbers.flatten().take(len).collect();
        request.chain.scatter(wiring.ram, &bytes)
    }

    fn save(&self) -> Vec<u8> {
        record(&self.0)
    }

    fn load(&mut self, record: &[u8]) -> Option<()> {
        self.0 = from_record(record)?;
        Some(())
    }
}
