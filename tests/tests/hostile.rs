//! Programs that mean no good: whatever they ask for, kernel and disk stay whole. And a disk
//! that is none: the kernel says so and stops.

use machine::{Config, Machine, Stop};
use tests::boot::{config, native, or_fail, qemu};
use tests::{Artefacts, Guest};

/// Boots, and runs `command`, which must say `passed` at last; then the shell works.
fn run(guest: &mut impl Guest, command: &str, passed: &str) {
    or_fail(guest.wait_for("\n$ "));
    or_fail(guest.send(format!("{command}\n").as_bytes()));
    let shown = or_fail(guest.wait_for("\n$ ")).replace('\r', "");
    assert!(
        shown.ends_with(&format!("\n{passed}\n$ ")) && !shown.contains("panic"),
        "{command}: {shown}"
    );
    or_fail(guest.send(b"echo alive | cat\n"));
    or_fail(guest.wait_for("\nalive\n$ "));
}

/// Makes system calls at random; then all must be as before.
fn grind(guest: &mut impl Guest, seed: u64) {
    run(guest, &format!("grind {seed}"), "GRIND TEST PASSED");
}

#[test]
fn qemu_addresses() {
    for bootargs in ["", "fork=cow sbrk=lazy"] {
        run(&mut qemu(3, bootargs), "memtest", "ADDRESS TEST PASSED");
    }
}

#[test]
fn native_addresses() {
    for (harts, bootargs) in [(1, ""), (3, ""), (1, "fork=cow sbrk=lazy"), (3, "fork=cow")] {
        let mut guest = native(&config(harts, 0, bootargs));
        run(&mut guest, "memtest", "ADDRESS TEST PASSED");
        let report = fsimg::check(guest.machine.disk());
        assert!(report.is_clean(), "{report:?}");
    }
}

#[test]
fn qemu_grind() {
    for seed in 0..3 {
        grind(&mut qemu(3, "fork=cow sbrk=lazy"), seed);
    }
}

#[test]
fn native_grind() {
    for seed in 0..12_u64 {
        let harts = [1, 3, 8][seed as usize % 3];
        let bootargs = ["", "fork=cow sbrk=lazy"][seed as usize % 2];
        let mut guest = native(&config(harts, seed, bootargs));
        grind(&mut guest, seed);
        let report = fsimg::check(guest.machine.disk());
        assert!(report.is_clean(), "seed {seed}: {report:?}");
    }
}

/// After its last words every hart waits for good: nobody's processor runs hot for a guest
/// that is dead.
#[test]
fn a_panic_stops_every_hart() {
    let artefacts = or_fail(Artefacts::with_tests());
    let kernel = std::fs::read(&artefacts.kernel).expect("it is there");
    for harts in [1, 3, 8] {
        let config = Config {
            harts,
            ..Config::default()
        };
        let mut machine = Machine::new(&config, &kernel, vec![0; 2 << 20]).expect("it boots");
        // Ticks come and go meanwhile.
        for _ in 0..100 {
            match machine.run(machine.t() + 1_000_000) {
                Stop::Idle { next: Some(next) } => machine.skip(next),
                Stop::Idle { next: None } => break,
                _ => {}
            }
        }
        let shown = String::from_utf8_lossy(&machine.take_output()).into_owned();
        assert!(shown.contains("panic: invalid file system"), "{shown}");
        let stop = machine.run(machine.t() + 1_000_000);
        assert!(
            matches!(stop, Stop::Idle { next: None }),
            "{harts} harts: {stop:?}"
        );
    }
}
