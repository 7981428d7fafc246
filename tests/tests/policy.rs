//! The policies chosen at boot: `fork=cow` and `sbrk=lazy`, on QEMU and on our machine.

use machine::Config;
use tests::boot::{config, native, or_fail, qemu, run};
use tests::{Artefacts, Guest, Native, Session};

const COWTEST: &str = "\
simple: ok
simple: ok
three: ok
three: ok
three: ok
file: ok
forkfork: ok
ALL COW TESTS PASSED
";

fn cowtest(guest: &mut impl Guest, n_times: usize) {
    or_fail(guest.wait_for("\n$ "));
    for n in 0..n_times {
        assert_eq!(run(guest, "cowtest"), COWTEST, "after {n} others");
    }
}

#[test]
fn qemu_cowtest() {
    cowtest(&mut qemu(3, "fork=cow"), 2);
}

#[test]
fn native_cowtest() {
    cowtest(&mut native(&config(1, 0, "fork=cow")), 2);
    for seed in 0..3 {
        cowtest(&mut native(&config(3, seed, "fork=cow sbrk=lazy")), 1);
    }
}

#[test]
fn native_session() {
    let session = Session::load().expect("the session's files are in the repository");
    for (harts, bootargs) in [(1, "fork=cow"), (3, "sbrk=lazy"), (3, "fork=cow sbrk=lazy")] {
        let shown = or_fail(session.play(&mut native(&config(harts, 0, bootargs))));
        if let Err(difference) = session.check(&shown) {
            panic!("with {bootargs}: {difference}");
        }
    }
}

/// Uses up all memory; then all of it must be there again, and the shell works.
fn hungry(guest: &mut impl Guest) {
    or_fail(guest.wait_for("\n$ "));
    let shown = run(guest, "cowtest hungry");
    // The kernel tells of each process it kills.
    assert!(shown.ends_with("MEMORY TEST PASSED\n"), "{shown}");
    assert!(!shown.contains("panic"), "{shown}");
    assert_eq!(run(guest, "echo alive | cat"), "alive\n");
}

#[test]
fn qemu_hungry() {
    hungry(&mut qemu(3, "fork=cow"));
}

#[test]
fn native_hungry() {
    for bootargs in ["fork=eager", "fork=cow", "fork=cow sbrk=lazy"] {
        hungry(&mut native(&config(3, 1, bootargs)));
    }
}

/// Has processes use up memory at once, from all sides: nothing may be lost, and the shell
/// works.
fn crowd(guest: &mut impl Guest) {
    or_fail(guest.wait_for("\n$ "));
    let shown = run(guest, "crowd 1");
    assert!(shown.ends_with("CROWD TEST PASSED\n"), "{shown}");
    assert!(!shown.contains("panic"), "{shown}");
    assert_eq!(run(guest, "echo alive | cat"), "alive\n");
}

#[test]
fn qemu_crowd() {
    crowd(&mut qemu(3, "fork=cow sbrk=lazy"));
    crowd(&mut qemu(8, "fork=eager sbrk=eager"));
}

#[test]
fn native_crowd() {
    let policies = ["fork=cow sbrk=lazy", "fork=cow", "sbrk=lazy", ""];
    for seed in 0..12 {
        let bootargs = policies[seed % policies.len()];
        let config = Config {
            // In little memory it runs out more often.
            ram_bytes: [20 << 20, 32 << 20, 64 << 20][seed % 3],
            harts: [3, 1, 2, 8][seed / 3],
            seed: seed as u64,
            bootargs: bootargs.into(),
            ..Config::default()
        };
        let guest = Artefacts::with_tests().and_then(|guest| Native::boot(&guest, &config));
        crowd(&mut or_fail(guest));
    }
}

const COWDEMO: &str = "\
parent: reads ABCD
parent: forks
child: reads ABCD
child: writes x to page 1
child: reads AxCD
parent: writes y to page 1
parent: reads AyCD
child: reads AxCD
child: exits
parent: the child is gone
free frames: ";

/// What `lazydemo` prints before a child is killed, and after.
const LAZYDEMO: [&str; 2] = [
    "\
asks for 16 pages, to come when touched
  frames taken so far: 0
writes to page 0
  frames taken so far: 1
writes to page 9
  frames taken so far: 2
forks a child to read at 0x",
    "\
the child was killed: status -1
has the kernel send a byte of page 4 through a pipe
  it is 0
  frames taken so far: 3
gives all of them back
  frames taken so far: 0
",
];

/// The figures follow the demos step by step: their words are fixed, and no frame is lost.
fn demos(guest: &mut impl Guest) {
    or_fail(guest.wait_for("\n$ "));
    for _ in 0..2 {
        let shown = run(guest, "cowdemo");
        let free = shown.strip_prefix(COWDEMO);
        let free = free.and_then(|free| free.strip_suffix(" after\n")?.split_once(" before, "));
        let (before, after) = free.unwrap_or_else(|| panic!("{shown}"));
        assert_eq!(before, after, "free frames");
        let shown = run(guest, "lazydemo");
        let [before, after] = LAZYDEMO;
        assert!(shown.starts_with(before), "{shown}");
        assert!(shown.ends_with(after), "{shown}");
    }
}

#[test]
fn qemu_demos() {
    demos(&mut qemu(3, ""));
}

#[test]
fn native_demos() {
    for bootargs in ["", "fork=cow sbrk=lazy"] {
        demos(&mut native(&config(1, 0, bootargs)));
        demos(&mut native(&config(3, 1, bootargs)));
    }
}
