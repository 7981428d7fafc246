//! Alarms: a function of the program's own that is called every so many ticks.

use crate::hal::float::Float;
use crate::hal::trap::Trapframe;
use crate::mem::UserMemory;

/// What is to interrupt a program, and what was interrupted.
pub struct Alarm {
    /// Ticks from one call to the next; 0 for never.
    interval: u32,
    /// Where the function is.
    handler: usize,
    /// Ticks that are left.
    left: u32,
    /// The registers to go on with when the function is done; while there are some it is
    /// not called again.
    interrupted: Option<(Trapframe, Float)>,
}

impl Alarm {
    /// Never.
    pub const NONE: Alarm = Alarm {
        interval: 0,
        handler: 0,
        left: 0,
        interrupted: None,
    };

    /// Every `interval` ticks, `handler` is to be called; 0 ends that.
    pub fn set(&mut self, interval: u32, handler: usize) {
        self.interval = interval;
        self.handler = handler;
        self.left = interval;
    }

    /// A tick has passed while the program ran.
    pub fn tick(&mut self, memory: &mut UserMemory) {
        if self.interval == 0 {
            return;
        }
        self.left = self.left.saturating_sub(1);
        if self.left == 0 && self.interrupted.is_none() {
            self.left = self.interval;
            self.interrupted = Some((memory.trapframe().clone(), memory.float().clone()));
            memory.trapframe().epc = self.handler;
        }
    }

    /// The function is done: the program's registers are as they were. Returns whether
    /// there was a call to return from.
    pub fn sigreturn(&mut self, memory: &mut UserMemory) -> bool {
        match self.interrupted.take() {
            Some((frame, float)) => {
                *memory.trapframe() = frame;
                *memory.float() = float;
                true
            }
            None => false,
        }
    }
}
