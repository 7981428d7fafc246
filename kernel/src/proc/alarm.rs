//! Alarms: a function of the program's own that is called every so many ticks.

use crate::mem::UserMemory;

/// What is to interrupt a program, and what was interrupted.
pub struct Alarm {
    /// Ticks from one call to the next; 0 for never.
    interval: u32,
    /// Where the function is.
    handler: usize,
    /// Ticks that are left.
    left: u32,
    /// The function is under way: the registers to go on with when it is done are kept aside,
    /// and it is not called again.
    is_called: bool,
}

impl Alarm {
    /// Never.
    pub const NONE: Alarm = Alarm {
        interval: 0,
        handler: 0,
        left: 0,
        is_called: false,
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
        if self.left == 0 && !self.is_called {
            self.left = self.interval;
            self.is_called = true;
            memory.keep_registers();
            memory.trapframe().epc = self.handler;
        }
    }

    /// The function is done: the program's registers are as they were. Returns whether
    /// there was a call to return from.
    pub fn sigreturn(&mut self, memory: &mut UserMemory) -> bool {
        let was_called = core::mem::take(&mut self.is_called);
        if was_called {
            memory.bring_registers_back();
        }
        was_called
    }
}
