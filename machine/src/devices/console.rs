//! The virtio console: a second terminal.
//! Source: Virtual I/O Device (VIRTIO), "Console Device".

use super::Wiring;
use super::virtio_mmio::{Function, Request};
use super::virtqueue::Malformed;

const RECEIVE: usize = 0;
/// Most bytes of a request that come out, lest one take the host's memory.
const MOST: usize = 1 << 16;
const LATENCY: u64 = 2_000;
/// The configuration, of which nothing is valid without the features that are not offered.
const CONFIG: usize = 12;

/// The device; what is typed and what comes out are the board's.
#[derive(Debug)]
pub(crate) struct Console;

impl Function for Console {
    fn id(&self) -> u32 {
        3
    }

    fn features(&self) -> u64 {
        0
    }

    fn n_queues(&self) -> usize {
        2
    }

    fn config(&self) -> Vec<u8> {
        vec![0; CONFIG]
    }

    fn latency(&self) -> u64 {
        LATENCY
    }

    fn is_ready(&self, queue: usize, wiring: &Wiring) -> bool {
        queue != RECEIVE || !wiring.terminal.input.is_empty()
    }

    fn serve(&mut self, request: &Request, wiring: &mut Wiring) -> Result<u32, Malformed> {
        if request.queue == RECEIVE {
            let input = &mut wiring.terminal.input;
            let len = request.chain.room().min(input.len() as u64) as usize;
            let bytes: Vec<u8> = input.drain(..len).collect();
            return request.chain.scatter(wiring.ram, &bytes);
        }
        let bytes = request.chain.gather(wiring.ram, MOST)?;
        wiring.terminal.output.extend(bytes);
        Ok(0)
    }
}
