//! The virtio network device: packets to the machine's own network and back.
//! Source: Virtual I/O Device (VIRTIO), "Network Device".

use std::collections::VecDeque;

use super::user_network;
use super::virtio_mmio::{Function, Request, VERSION_1};
use super::virtqueue::Malformed;
use super::{Wiring, from_record, record};
use crate::event::Happening;

const RECEIVE: usize = 0;
const MAC: u64 = 1 << 5;
const STATUS: u64 = 1 << 16;
/// The status: the link is up.
const LINK_UP: u8 = 1;
/// `struct virtio_net_hdr`, with and without `num_buffers`.
const HEADER: usize = 12;
const LEGACY_HEADER: usize = 10;
const NUM_BUFFERS_AT: usize = 10;
/// The longest frame: an MTU of 1500.
const FRAME: usize = 1514;
/// Answers that may wait for a buffer; more are lost.
const MOST_WAITING: usize = 64;
/// The time a packet takes either way: 0.1 ms at 100 MHz.
const LATENCY: u64 = 10_000;

/// The device, and what is on its way to the guest.
#[derive(Debug, Default)]
pub(crate) struct Net {
    waiting: VecDeque<Vec<u8>>,
}

impl Net {
    fn send(&mut self, request: &Request, wiring: &mut Wiring) -> Result<u32, Malformed> {
        let header = header_len(request.features);
        let bytes = request.chain.gather(wiring.ram, header + FRAME + 1)?;
        let frame = bytes.get(header..).ok_or(Malformed)?;
        wiring.watcher.note(Happening::PacketSent {
            len: frame.len() as u32,
        });
        // What is too long was cut off, and is lost.
        if frame.len() <= FRAME
            && self.waiting.len() < MOST_WAITING
            && let Some(answer) = user_network::answer(frame)
        {
            self.waiting.push_back(answer);
        }
        Ok(0)
    }

    fn receive(&mut self, request: &Request, wiring: &mut Wiring) -> Result<u32, Malformed> {
        let Some(frame) = self.waiting.pop_front() else {
            return Ok(0);
        };
        let mut bytes = vec![0; header_len(request.features)];
        if let Some(n_buffers) = bytes.get_mut(NUM_BUFFERS_AT) {
            *n_buffers = 1;
        }
        bytes.extend(&frame);
        if request.chain.room() < bytes.len() as u64 {
            // No room for it: the packet is lost, the buffer unused.
            return Ok(0);
        }
        wiring.watcher.note(Happening::PacketReceived {
            len: frame.len() as u32,
        });
        request.chain.scatter(wiring.ram, &bytes)
    }
}

fn header_len(features: u64) -> usize {
    if features & VERSION_1 == 0 {
        LEGACY_HEADER
    } else {
        HEADER
    }
}

impl Function for Net {
    fn id(&self) -> u32 {
        1
    }

    fn features(&self) -> u64 {
        MAC | STATUS
    }

    fn n_queues(&self) -> usize {
        2
    }

    fn config(&self) -> Vec<u8> {
        let status = [LINK_UP, 0];
        user_network::GUEST_MAC
            .0
            .into_iter()
            .chain(status)
            .collect()
    }

    fn latency(&self) -> u64 {
        LATENCY
    }

    fn is_ready(&self, queue: usize, _wiring: &Wiring) -> bool {
        queue != RECEIVE || !self.waiting.is_empty()
    }

    fn serve(&mut self, request: &Request, wiring: &mut Wiring) -> Result<u32, Malformed> {
        if request.queue == RECEIVE {
            self.receive(request, wiring)
        } else {
            self.send(request, wiring)
        }
    }

    fn reset(&mut self) {
        self.waiting.clear();
    }

    fn save(&self) -> Vec<u8> {
        record(&self.waiting)
    }

    fn load(&mut self, record: &[u8]) -> Option<()> {
        self.waiting = from_record(record)?;
        Some(())
    }
}
