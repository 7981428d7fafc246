//! The UART as a driver meets it.

use super::*;
use crate::devices::bench::Bench;

fn bench() -> Bench<Uart16550> {
    Bench::new(Uart16550::default())
}

#[test]
fn bytes_arrive_one_at_a_time_until_the_fifo_is_full() {
    let mut bench = bench();
    bench.write(2, 1, 1);
    bench.console.input.extend([b'x'; 20]);
    for n in 0..30 {
        bench.now = n * BYTE_TIME;
        bench.advance();
        assert_eq!(bench.device.received.len(), FIFO.min(n as usize + 1));
    }
    assert_eq!(bench.device.due(), None, "it waits for the guest");
    assert_eq!(bench.console.input.len(), 4);
}

#[test]
fn a_sent_byte_interrupts_once() {
    let mut bench = bench();
    bench.write(1, 1, 2);
    assert!(bench.irq, "the sender is empty");
    assert_eq!(bench.read(2, 1), u64::from(iir::SENT));
    assert!(!bench.irq);
    bench.write(0, 1, b'a'.into());
    assert!(bench.irq);
    assert_eq!(bench.console.output, b"a");
}

#[test]
fn the_divisor_hides_the_data() {
    let mut bench = bench();
    bench.write(3, 1, 0x80);
    bench.write(0, 1, 3);
    assert_eq!(bench.read(0, 1), 3);
    bench.write(3, 1, 3);
    assert_eq!(bench.read(0, 1), 0);
    assert!(bench.console.output.is_empty());
}

#[test]
fn bytes_below_the_trigger_level_are_reported_after_a_while() {
    let mut bench = bench();
    bench.write(2, 1, 0x41); // FIFO on, 4 bytes.
    bench.write(1, 1, 1);
    bench.console.input.extend(*b"abc");
    for n in 0..3 {
        bench.now = n * BYTE_TIME;
        bench.advance();
    }
    assert!(!bench.irq);
    assert_eq!(bench.device.due(), Some(2 * BYTE_TIME + TIMEOUT));
    bench.now = 2 * BYTE_TIME + TIMEOUT;
    bench.advance();
    assert!(bench.irq);
    assert_eq!(bench.read(2, 1), u64::from(iir::FIFO_ON | iir::TIMEOUT));
    assert_eq!(bench.read(0, 1), u64::from(b'a'));
    assert!(!bench.irq, "reading starts the wait anew");
    bench.console.input.extend(*b"de");
    for _ in 0..2 {
        bench.now += BYTE_TIME;
        bench.advance();
    }
    assert_eq!(bench.read(2, 1), u64::from(iir::FIFO_ON | iir::RECEIVED));
}

#[test]
fn what_overruns_is_said_before_what_was_received() {
    let mut bench = bench();
    bench.write(1, 1, 5);
    bench.write(4, 1, mcr::LOOP.into());
    bench.write(0, 1, b'a'.into());
    bench.write(0, 1, b'b'.into());
    assert_eq!(bench.read(2, 1), u64::from(iir::LINE));
    assert_eq!(bench.read(5, 1), 0x63);
    assert_eq!(bench.read(2, 1), u64::from(iir::RECEIVED));
    assert_eq!(bench.read(0, 1), u64::from(b'b'));
    assert_eq!(bench.read(2, 1), u64::from(iir::NONE));
}
