//! Looking at memory as a hart would see it, without a trace: nothing is marked in a page
//! table, and no device is read.

use crate::Machine;
use crate::memory::PAGE;

impl Machine {
    /// Where the virtual address `va` leads for `hart` now, whoever may access it; `None` if
    /// nowhere, or if there is no such hart.
    pub fn locate(&self, hart: usize, va: u64) -> Option<u64> {
        self.harts.get(hart)?.locate(&self.board, va)
    }

    /// Fills `buffer` with what `hart` would find from the virtual address `va` on, in RAM and
    /// ROM. Gives how many bytes it found before something else or nothing comes.
    pub fn peek(&self, hart: usize, va: u64, buffer: &mut [u8]) -> usize {
        let mut done = 0;
        while done < buffer.len() {
            let at = va.wrapping_add(done as u64);
            let in_page = PAGE - at as usize % PAGE;
            let end = buffer.len().min(done + in_page);
            let Some(pa) = self.locate(hart, at) else {
                break;
            };
            let found = self.peek_physical(pa, &mut buffer[done..end]);
            done += found;
            if done < end {
                break;
            }
        }
        done
    }

    /// Does the same from the physical address `pa` on.
    pub fn peek_physical(&self, pa: u64, buffer: &mut [u8]) -> usize {
        if let Some(bytes) = self.board.ram.slice(pa, buffer.len()) {
            buffer.copy_from_slice(bytes);
            return buffer.len();
        }
        for (nth, byte) in buffer.iter_mut().enumerate() {
            let at = pa.wrapping_add(nth as u64);
            let Some(half) = self.board.fetch(at & !1) else {
                return nth;
            };
            *byte = half.to_le_bytes()[at as usize % 2];
        }
        buffer.len()
    }
}
