//! The test finisher: a word written to it ends the run.
//! Source: QEMU hw/misc/sifive_test.c (registers and values).

use super::{Description, Device, Wiring};
use crate::board::Halt;

const FAIL: u64 = 0x3333;
const PASS: u64 = 0x5555;
const RESET: u64 = 0x7777;

/// The device; it has no state.
#[derive(Debug)]
pub(crate) struct TestFinisher;

impl Device for TestFinisher {
    fn accepts(&self, _offset: u64, size: usize) -> bool {
        size == 2 || size == 4
    }

    fn read(&mut self, _offset: u64, _size: usize, _wiring: &mut Wiring) -> u64 {
        0
    }

    fn write(&mut self, offset: u64, _size: usize, value: u64, wiring: &mut Wiring) {
        let code = (value >> 16 & 0xffff) as u32;
        match value & 0xffff {
            PASS if offset == 0 => *wiring.halt = Some(Halt::PowerOff { code: 0 }),
            FAIL if offset == 0 => *wiring.halt = Some(Halt::PowerOff { code }),
            RESET if offset == 0 => *wiring.halt = Some(Halt::Reset),
            _ => {}
        }
    }

    fn save(&self) -> Vec<u8> {
        Vec::new()
    }

    fn load(&mut self, record: &[u8]) -> Option<()> {
        record.is_empty().then_some(())
    }

    fn describe(&self) -> Description {
        Description {
            node: "test",
            compatible: &["sifive,test1", "sifive,test0", "syscon"],
            numbers: &[],
        }
    }
}
