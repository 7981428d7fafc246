//! The PLIC: hands the devices' interrupts to the harts, to each in M-mode and in S-mode.
//! Source: RISC-V Platform-Level Interrupt Controller Specification; the layout of
//! contexts is QEMU `virt`'s: hart 0 M, hart 0 S, hart 1 M, …
//!
//! Where QEMU 7.2 and the specification differ, it is as specified: the threshold does not
//! hold claims back ("Interrupt Claim Process"), who has not enabled a source cannot
//! complete it ("Interrupt Completion"), a line that is still up then is pending again
//! ("Interrupt Gateways"), source 0 cannot be enabled, and enabling what is pending signals
//! it at once ("Interrupt Enables").

use serde::{Deserialize, Serialize};

/// Sources. As on QEMU, source 0, which does not exist, is not among them, but the last of
/// them has a priority only.
pub(crate) const SOURCES: usize = 96;
const WORDS: usize = SOURCES / 32;
const MOST_PRIORITY: u32 = 7;

const PENDING: u64 = 0x1000;
const ENABLE: u64 = 0x2000;
const ENABLE_STRIDE: u64 = 0x80;
const CONTEXT: u64 = 0x20_0000;
const CONTEXT_STRIDE: u64 = 0x1000;

type Bits = [u32; WORDS];

/// What one mode of one hart listens to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Context {
    enabled: Bits,
    threshold: u32,
}

/// The registers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Plic {
    priority: Vec<u32>,
    /// The levels of the devices' lines.
    lines: Bits,
    /// What the gateways have passed on and nobody has claimed; a line that goes down again
    /// does not take it back.
    pending: Bits,
    /// Sources that a hart has claimed and not completed: their gateways are closed.
    claimed: Bits,
    contexts: Vec<Context>,
}

impl Plic {
    /// Registers for `harts` harts at reset.
    pub fn new(harts: usize) -> Plic {
        Plic {
            priority: vec![0; SOURCES + 1],
            lines: Bits::default(),
            pending: Bits::default(),
            claimed: Bits::default(),
            contexts: vec![Context::default(); 2 * harts],
        }
    }

    /// Whether it has the sources and harts that `other` has.
    pub fn is_like(&self, other: &Plic) -> bool {
        let shape = |plic: &Plic| (plic.priority.len(), plic.contexts.len());
        shape(self) == shape(other)
    }

    /// Sets the level of source `irq`'s line; source 0 is no line.
    pub fn set_line(&mut self, irq: u32, level: bool) {
        let word = &mut self.lines[irq as usize / 32];
        let bit = u32::from(irq != 0) << (irq % 32);
        *word = if level { *word | bit } else { *word & !bit };
        self.pass_on(irq as usize / 32, bit);
    }

    /// Makes those of `bits` pending whose lines are up and whose gateways are open.
    fn pass_on(&mut self, word: usize, bits: u32) {
        self.pending[word] |= bits & self.lines[word] & !self.claimed[word];
    }

    /// Whether context `n` (2 × hart, + 1 for S-mode) is to be interrupted.
    pub fn interrupts(&self, n: usize) -> bool {
        let threshold = self.contexts[n].threshold;
        self.best(n)
            .is_some_and(|irq| self.priority[irq] > threshold)
    }

    /// The source that context `n` would claim: the highest priority, then the lowest number.
    fn best(&self, n: usize) -> Option<usize> {
        let mut best = None;
        let mut most = 0;
        for (word, enabled) in self.contexts[n].enabled.iter().enumerate() {
            let mut left = self.pending[word] & enabled;
            while left != 0 {
                let irq = word * 32 + left.trailing_zeros() as usize;
                left &= left - 1;
                if self.priority[irq] > most {
                    most = self.priority[irq];
                    best = Some(irq);
                }
            }
        }
        best
    }

    /// Reads the word at `offset`; a claim register claims.
    pub fn read(&mut self, offset: u64) -> u32 {
        let word = (offset / 4) as usize;
        match offset {
            0..PENDING => self.priority.get(word).copied().unwrap_or(0),
            PENDING..ENABLE => {
                let word = word - PENDING as usize / 4;
                self.pending.get(word).copied().unwrap_or(0)
            }
            ENABLE..CONTEXT => {
                let (n, word) = enable_at(offset);
                let context = self.contexts.get(n);
                let enabled = context.and_then(|context| context.enabled.get(word));
                enabled.copied().unwrap_or(0)
            }
            _ => match context_at(offset) {
                (n, 0) => self.contexts.get(n).map_or(0, |context| context.threshold),
                (n, 4) if n < self.contexts.len() => self.claim(n),
                _ => 0,
            },
        }
    }

    /// Writes the word at `offset`; a write to a claim register completes.
    pub fn write(&mut self, offset: u64, value: u32) {
        let word = (offset / 4) as usize;
        match offset {
            0..PENDING => {
                if let Some(priority) = self.priority.get_mut(word).filter(|_| word != 0) {
                    *priority = value & MOST_PRIORITY;
                }
            }
            PENDING..ENABLE => {}
            ENABLE..CONTEXT => {
                let (n, word) = enable_at(offset);
                let context = self.contexts.get_mut(n);
                if let Some(enabled) = context.and_then(|context| context.enabled.get_mut(word)) {
                    // Source 0 cannot be enabled.
                    *enabled = if word == 0 { value & !1 } else { value };
                }
            }
            _ => match context_at(offset) {
                (n, 0) => {
                    if let Some(context) = self.contexts.get_mut(n) {
                        context.threshold = value & MOST_PRIORITY;
                    }
                }
                (n, 4) => self.complete(n, value as usize),
                _ => {}
            },
        }
    }

    fn claim(&mut self, n: usize) -> u32 {
        let Some(irq) = self.best(n) else {
            return 0;
        };
        let (word, bit) = (irq / 32, 1 << (irq % 32));
        self.claimed[word] |= bit;
        self.pending[word] &= !bit;
        irq as u32
    }

    fn complete(&mut self, n: usize, irq: usize) {
        let (word, bit) = (irq / 32, 1 << (irq % 32));
        let context = self.contexts.get(n);
        let enabled = context.and_then(|context| context.enabled.get(word));
        if enabled.is_some_and(|enabled| enabled & bit != 0) {
            self.claimed[word] &= !bit;
            self.pass_on(word, bit);
        }
    }
}

fn enable_at(offset: u64) -> (usize, usize) {
    let offset = offset - ENABLE;
    let n = offset / ENABLE_STRIDE;
    (n as usize, (offset % ENABLE_STRIDE / 4) as usize)
}

fn context_at(offset: u64) -> (usize, u64) {
    let offset = offset - CONTEXT;
    ((offset / CONTEXT_STRIDE) as usize, offset % CONTEXT_STRIDE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hart 0's S-mode hears sources 3 and 10, of priorities 1 and 2.
    fn plic() -> Plic {
        let mut plic = Plic::new(1);
        plic.write(4 * 3, 1);
        plic.write(4 * 10, 2);
        plic.write(ENABLE + ENABLE_STRIDE, 1 << 3 | 1 << 10);
        plic
    }

    const CLAIM: u64 = CONTEXT + CONTEXT_STRIDE + 4;

    #[test]
    fn the_highest_priority_is_claimed_first_and_once() {
        let mut plic = plic();
        assert!(!plic.interrupts(1));
        plic.set_line(3, true);
        plic.set_line(10, true);
        assert!(plic.interrupts(1) && !plic.interrupts(0));
        assert_eq!([0; 3].map(|_| plic.read(CLAIM)), [10, 3, 0]);
        assert!(!plic.interrupts(1));
    }

    #[test]
    fn a_completed_source_whose_line_is_up_is_pending_again() {
        let mut plic = plic();
        plic.set_line(10, true);
        assert_eq!(plic.read(CLAIM), 10);
        plic.write(CLAIM, 10);
        assert!(plic.interrupts(1));
        plic.set_line(10, false);
        assert!(plic.interrupts(1), "what was passed on stays");
        assert_eq!(plic.read(CLAIM), 10);
        plic.write(CLAIM, 10);
        assert!(!plic.interrupts(1));
    }

    #[test]
    fn only_who_has_enabled_a_source_completes_it() {
        let mut plic = plic();
        plic.set_line(10, true);
        assert_eq!(plic.read(CLAIM), 10);
        plic.write(CONTEXT + 4, 10);
        assert_eq!(plic.read(CLAIM), 0);
        plic.write(CLAIM, 10);
        assert_eq!(plic.read(CLAIM), 10);
    }

    #[test]
    fn ties_go_to_the_lowest_and_priority_0_never_interrupts() {
        let mut plic = plic();
        plic.write(4 * 10, 1);
        plic.set_line(10, true);
        plic.set_line(3, true);
        assert_eq!([0; 2].map(|_| plic.read(CLAIM)), [3, 10]);
        for irq in [3, 10] {
            plic.write(CLAIM, irq);
            plic.write(4 * u64::from(irq), 0);
        }
        assert!(!plic.interrupts(1));
        assert_eq!(plic.read(CLAIM), 0);
        assert_eq!(plic.read(PENDING), 1 << 3 | 1 << 10);
    }

    #[test]
    fn the_threshold_holds_interrupts_back_but_not_claims() {
        let mut plic = plic();
        plic.write(CONTEXT + CONTEXT_STRIDE, 2);
        plic.set_line(10, true);
        assert!(!plic.interrupts(1));
        assert_eq!(plic.read(CLAIM), 10);
    }

    #[test]
    fn any_offset_may_be_touched() {
        let mut plic = plic();
        for offset in (0..0x60_0000).step_by(4) {
            plic.write(offset, u32::MAX);
            plic.read(offset);
        }
    }
}
