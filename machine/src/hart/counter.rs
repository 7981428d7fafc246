//! Counters that follow a clock of the machine, and that software sets and stops.
//! Source: Privileged ISA, "Hardware Performance Monitor", "Machine Counter-Inhibit
//! (mcountinhibit) Register".

use serde::{Deserialize, Serialize};

/// A counter; what it follows is told at every use.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Counter {
    /// The value less the clock's; while it is stopped, the value.
    offset: u64,
    is_stopped: bool,
}

impl Counter {
    /// The value when the clock shows `clock`.
    pub fn value(&self, clock: u64) -> u64 {
        if self.is_stopped {
            self.offset
        } else {
            clock.wrapping_add(self.offset)
        }
    }

    /// Makes it `value` when the clock shows `clock`.
    pub fn set(&mut self, value: u64, clock: u64) {
        self.offset = if self.is_stopped {
            value
        } else {
            value.wrapping_sub(clock)
        };
    }

    /// Whether it stands still.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// Lets it stand still from now on, or go on.
    pub fn stop(&mut self, is_stopped: bool, clock: u64) {
        let value = self.value(clock);
        self.is_stopped = is_stopped;
        self.set(value, clock);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_from_where_it_stood() {
        let mut counter = Counter::default();
        counter.set(100, 7);
        assert_eq!(counter.value(10), 103);
        counter.stop(true, 10);
        assert_eq!(counter.value(50), 103);
        counter.stop(true, 60);
        counter.stop(false, 70);
        assert_eq!(counter.value(75), 108);
        counter.stop(true, 75);
        counter.set(u64::MAX, 80);
        counter.stop(false, 80);
        assert_eq!(counter.value(81), 0);
    }
}
