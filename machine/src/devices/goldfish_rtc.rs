//! The goldfish RTC: the time of day, from the machine's own time, and an alarm.
//! Source: Android emulator, "GOLDFISH-VIRTUAL-HARDWARE", section "Goldfish timer".

use serde::{Deserialize, Serialize};

use super::{Description, Device, Wiring, from_record, record};

/// The machine's time counts cycles of 100 MHz.
const NS_PER_CYCLE: u64 = 10;
const NS_PER_SECOND: u64 = 1_000_000_000;

const TIME_LOW: u64 = 0x00;
const TIME_HIGH: u64 = 0x04;
const ALARM_LOW: u64 = 0x08;
const ALARM_HIGH: u64 = 0x0c;
const IRQ_ENABLED: u64 = 0x10;
const CLEAR_ALARM: u64 = 0x14;
const ALARM_STATUS: u64 = 0x18;
const CLEAR_INTERRUPT: u64 = 0x1c;
const END: u64 = 0x24;

/// The registers. Times are nanoseconds since 1970.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct GoldfishRtc {
    /// The time of day at reset, or what the guest has made of it since.
    epoch: u64,
    alarm: u64,
    /// When, in the machine's time, the alarm rings; none if it is not set.
    rings_at: Option<u64>,
    is_enabled: bool,
    is_pending: bool,
    /// The upper half of the time whose lower half was read last.
    time_high: u32,
}

impl GoldfishRtc {
    /// A clock that shows `seconds` since 1970 at reset.
    pub fn new(seconds: u64) -> GoldfishRtc {
        GoldfishRtc {
            epoch: seconds.wrapping_mul(NS_PER_SECOND),
            alarm: 0,
            rings_at: None,
            is_enabled: false,
            is_pending: false,
            time_high: 0,
        }
    }

    fn time(&self, now: u64) -> u64 {
        self.epoch.wrapping_add(now.wrapping_mul(NS_PER_CYCLE))
    }

    fn set_alarm(&mut self, now: u64) {
        let left = self.alarm.saturating_sub(self.time(now));
        self.rings_at = Some(now.saturating_add(left.div_ceil(NS_PER_CYCLE)));
    }

    /// Rings if the alarm's time has come, and sets the line.
    fn settle(&mut self, wiring: &mut Wiring) {
        if self.rings_at.is_some_and(|at| wiring.now >= at) {
            self.rings_at = None;
            self.is_pending = true;
        }
        *wiring.irq = self.is_enabled && self.is_pending;
    }

    fn set_time(&mut self, time: u64, now: u64) {
        self.epoch = time.wrapping_sub(now.wrapping_mul(NS_PER_CYCLE));
        if self.rings_at.is_some() {
            self.set_alarm(now);
        }
    }
}

impl Device for GoldfishRtc {
    fn accepts(&self, offset: u64, size: usize) -> bool {
        size >= 4 && offset + size as u64 <= END
    }

    fn read(&mut self, offset: u64, size: usize, wiring: &mut Wiring) -> u64 {
        if size == 8 {
            let low = self.read(offset, 4, wiring);
            return low | self.read(offset + 4, 4, wiring) << 32;
        }
        let value = match offset {
            TIME_LOW => {
                let time = self.time(wiring.now);
                self.time_high = (time >> 32) as u32;
                time as u32
            }
            TIME_HIGH => self.time_high,
            ALARM_LOW => self.alarm as u32,
            ALARM_HIGH => (self.alarm >> 32) as u32,
            IRQ_ENABLED => self.is_enabled.into(),
            ALARM_STATUS => self.rings_at.is_some().into(),
            _ => 0,
        };
        value.into()
    }

    fn write(&mut self, offset: u64, size: usize, value: u64, wiring: &mut Wiring) {
        if size == 8 {
            self.write(offset, 4, value & 0xffff_ffff, wiring);
            return self.write(offset + 4, 4, value >> 32, wiring);
        }
        let low = |old: u64| old & !0xffff_ffff | value;
        let high = |old: u64| old & 0xffff_ffff | value << 32;
        let time = self.time(wiring.now);
        match offset {
            TIME_LOW => self.set_time(low(time), wiring.now),
            TIME_HIGH => self.set_time(high(time), wiring.now),
            // The lower half comes last, and sets the alarm.
            ALARM_LOW => {
                self.alarm = low(self.alarm);
                self.set_alarm(wiring.now);
            }
            ALARM_HIGH => self.alarm = high(self.alarm),
            IRQ_ENABLED => self.is_enabled = value & 1 != 0,
            CLEAR_ALARM => self.rings_at = None,
            CLEAR_INTERRUPT => self.is_pending = false,
            _ => {}
        }
        self.settle(wiring);
    }

    fn due(&self) -> Option<u64> {
        self.rings_at
    }

    fn advance(&mut self, wiring: &mut Wiring) {
        self.settle(wiring);
    }

    fn save(&self) -> Vec<u8> {
        record(self)
    }

    fn load(&mut self, record: &[u8]) -> Option<()> {
        *self = from_record(record)?;
        Some(())
    }

    fn describe(&self) -> Description {
        Description {
            node: "rtc",
            compatible: &["google,goldfish-rtc"],
            numbers: &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::devices::bench::Bench;

    #[test]
    fn the_time_is_read_in_halves_that_fit_together() {
        let mut bench = Bench::new(GoldfishRtc::new(4));
        bench.now = 29_496_729; // A cycle before the lower half is full.
        assert_eq!(bench.read(TIME_LOW, 4), 0xffff_fffa);
        bench.now += 1;
        assert_eq!(bench.read(TIME_HIGH, 4), 0);
        assert_eq!(bench.read(TIME_LOW, 4), 4);
        assert_eq!(bench.read(TIME_HIGH, 4), 1);
    }

    #[test]
    fn the_alarm_rings_once_at_its_time() {
        let mut bench = Bench::new(GoldfishRtc::new(0));
        bench.write(IRQ_ENABLED, 4, 1);
        bench.write(ALARM_HIGH, 4, 0);
        bench.write(ALARM_LOW, 4, 1005);
        assert_eq!(bench.device.due(), Some(101));
        assert_eq!((bench.read(ALARM_STATUS, 4), bench.irq), (1, false));
        bench.now = 101;
        bench.advance();
        assert_eq!((bench.read(ALARM_STATUS, 4), bench.irq), (0, true));
        assert_eq!(bench.device.due(), None);
        bench.write(CLEAR_INTERRUPT, 4, 1);
        assert!(!bench.irq);
    }

    #[test]
    fn setting_the_clock_moves_the_alarm() {
        let mut bench = Bench::new(GoldfishRtc::new(100));
        bench.write(ALARM_HIGH, 4, 0);
        bench.now = 7;
        bench.write(TIME_HIGH, 4, 0);
        bench.write(TIME_LOW, 4, 0);
        bench.write(ALARM_LOW, 4, 1000);
        assert_eq!(bench.device.due(), Some(107));
        bench.write(TIME_LOW, 4, 900);
        assert_eq!(bench.device.due(), Some(17));
    }
}
