//! From a function to its caller, by what the code says about its frame.

use super::code::{RA, S0, SP, Text};
use crate::symbols::Function;

/// A thread somewhere in its code.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    /// The next instruction; of a caller, the one that the call returns to.
    pub pc: u64,
    /// Its registers, as far as functions keep them: `ra`, `sp`, `s0` to `s11`.
    pub x: [u64; 32],
    /// It was stopped here, and did not call anything from here.
    pub is_stopped: bool,
}

impl Cursor {
    /// An address within what it does now: of a caller, within the call.
    pub fn place(&self, text: &Text) -> u64 {
        let call = self.pc.wrapping_sub(1);
        // What jumped to a new thread's start left as return address that very start.
        if self.is_stopped || !text.is_behind_call(self.pc) {
            self.pc
        } else {
            call
        }
    }

    /// Its caller; none where the stack begins, or is not one. The stack pointer rises from
    /// each to the next, so that any way ends.
    pub fn caller(&self, text: &Text) -> Option<Cursor> {
        let caller = match text.function_at(self.place(text)) {
            Some(function) => self.leave(text, &function)?,
            None => self.follow(text)?,
        };
        let rises = caller.x[SP] > self.x[SP] || self.is_stopped && caller.x[SP] == self.x[SP];
        (rises && caller.pc != 0).then_some(caller)
    }

    /// Leaves `function`.
    fn leave(&self, text: &Text, function: &Function) -> Option<Cursor> {
        if self.is_stopped
            && let Some(x) = text.finish(function, self.pc, &self.x)
        {
            return Some(Cursor::returned(x));
        }
        let done = text.start(function.start, self.pc);
        let at_call = if done.has_frame {
            self.x[S0]
        } else {
            self.x[SP].wrapping_sub(done.sp as u64)
        };
        let mut x = self.x;
        for &(register, offset) in &done.saved {
            x[register] = text.u64(at_call.wrapping_add(offset as u64))?;
        }
        x[SP] = at_call;
        let is_saved = done.saved.iter().any(|&(register, _)| register == RA);
        // What called something and had not saved `ra` cannot return.
        (is_saved || self.is_stopped).then(|| Cursor::returned(x))
    }

    /// Leaves a function that nothing is known of, if it has a frame pointer.
    fn follow(&self, text: &Text) -> Option<Cursor> {
        let frame = self.x[S0];
        let mut x = self.x;
        x[RA] = text.u64(frame.wrapping_sub(8))?;
        x[S0] = text.u64(frame.wrapping_sub(16))?;
        x[SP] = frame;
        Some(Cursor::returned(x))
    }

    fn returned(x: [u64; 32]) -> Cursor {
        Cursor {
            pc: x[RA],
            x,
            is_stopped: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::Memory;
    use crate::guest::tests::{RAM, machine};
    use crate::symbols::Code;
    use proptest::prelude::*;

    /// Goes up from a function of `words`, with `ra` and `s0` as given and `sp` at the end of
    /// RAM's first page, less 64.
    fn caller(words: &[u32], n: u64, is_stopped: bool) -> Option<Cursor> {
        let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let end = RAM + bytes.len() as u64;
        bytes.resize(4096 - 64, 0);
        for n in 0..8_u64 {
            bytes.extend((0x1000 * (n + 1)).to_le_bytes());
        }
        let machine = machine(&bytes);
        let code = Code {
            functions: vec![Function {
                start: RAM,
                end,
                ..Function::default()
            }],
            ..Code::default()
        };
        let text = Text {
            memory: Memory::of(&machine),
            root: None,
            code: Some(&code),
        };
        let mut x = [0; 32];
        (x[RA], x[SP], x[S0]) = (0x77, RAM + 4096 - 64, RAM + 4096);
        Cursor {
            pc: RAM + 4 * n,
            x,
            is_stopped,
        }
        .caller(&text)
    }

    /// `addi sp,sp,-64; sd ra,56(sp); sd s0,48(sp); addi s0,sp,64; nop; ld ra,56(sp);
    /// ld s0,48(sp); addi sp,sp,64; ret`.
    const FUNCTION: [u32; 9] = [
        0xfc01_0113,
        0x0211_3c23,
        0x0281_3823,
        0x0401_0413,
        0x0000_0013,
        0x0381_3083,
        0x0301_3403,
        0x0401_0113,
        0x0000_8067,
    ];

    #[test]
    fn a_caller_is_found_from_every_instruction() {
        // The saved words: `s0` is the seventh of the frame, `ra` the eighth.
        for n in 0..FUNCTION.len() as u64 {
            let found = caller(&FUNCTION, n, true).expect("it has a caller");
            let is_saved = (2..=5).contains(&n);
            assert_eq!(found.pc, if is_saved { 0x8000 } else { 0x77 }, "at {n}");
            let frames = if (1..=7).contains(&n) { 64 } else { 0 };
            assert_eq!(found.x[SP], RAM + 4096 - 64 + frames, "at {n}");
        }
    }

    #[test]
    fn who_called_and_kept_no_return_address_has_no_caller() {
        assert!(caller(&[0x0000_0013; 4], 2, false).is_none());
    }

    proptest! {
        /// Whatever memory and registers hold: going up ends.
        #[test]
        fn any_stack_ends(
            bytes in prop::collection::vec(any::<u8>(), 4096),
            near in prop::collection::vec(0_u64..4096, 34),
            wild in prop::collection::vec(prop::option::weighted(0.1, any::<u64>()), 34),
        ) {
            let machine = machine(&bytes);
            let numbers: Vec<u64> = near
                .iter()
                .zip(&wild)
                .map(|(near, wild)| wild.unwrap_or(RAM + near))
                .collect();
            let function = |start: u64| Function {
                start,
                end: start + 512,
                ..Function::default()
            };
            let code = Code {
                functions: (0..6).map(|n| function(RAM + 512 * n)).collect(),
                ..Code::default()
            };
            for root in [None, Some(RAM), Some(numbers[33])] {
                let text = Text { memory: Memory::of(&machine), root, code: Some(&code) };
                let mut x = [0; 32];
                x.copy_from_slice(&numbers[..32]);
                let mut at = Some(Cursor { pc: numbers[32], x, is_stopped: true });
                let mut n = 0;
                while let Some(cursor) = at {
                    at = cursor.caller(&text);
                    n += 1;
                    prop_assert!(n <= 4096 + 2, "it goes on and on");
                }
            }
        }
    }
}
