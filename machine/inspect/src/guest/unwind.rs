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
