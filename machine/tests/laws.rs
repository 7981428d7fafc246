//! The laws of determinism, on the guest in which everything happens at once.

mod guest;

use guest::RAM;
use guest::busy::{RING, SHARED, machine};
use machine::{Input, Machine, StateHash, Stop};

const END: u64 = 3_000_000;

/// A tiny generator, for cutting runs into pieces.
struct Pieces(u64);

impl Pieces {
    fn next(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % most
    }
}

/// Runs to `end` in one piece, idle time skipped at once.
fn run_to(machine: &mut Machine, end: u64) {
    while machine.t() < end {
        match machine.run(end) {
            Stop::Idle { .. } => machine.skip(end),
            Stop::Reached => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Runs to `end` in pieces of up to `most`, looking at the state now and then.
fn run_in_pieces(machine: &mut Machine, end: u64, most: u64) {
    let mut pieces = Pieces(most);
    while machine.t() < end {
        let to = (machine.t() + pieces.next(most)).min(end);
        match machine.run(to) {
            Stop::Idle { .. } => machine.skip(to),
            Stop::Reached => {}
            other => panic!("{other:?}"),
        }
        match pieces.next(64) {
            0 => drop(machine.state_hash()),
            1 => drop(machine.snapshot()),
            _ => {}
        }
    }
}

fn type_at(machine: &mut Machine, t: u64, text: &str) {
    run_to(machine, t);
    machine.input(Input::Console(text.into()));
}

/// The state after a run with some typing.
fn reference(seed: u64) -> (StateHash, Machine) {
    let mut machine = machine(seed);
    type_at(&mut machine, 400_000, "hello, machine");
    type_at(&mut machine, 1_234_567, "again");
    run_to(&mut machine, END);
    (machine.state_hash(), machine)
}

#[test]
fn the_guest_really_is_busy() {
    let (_, mut machine) = reference(1);
    assert_eq!(machine.take_output(), b"hello, machineagain");
    let shared = (SHARED as u64 - RAM) as usize;
    let count = |at: usize| u64::from_le_bytes(machine.ram()[at..at + 8].try_into().unwrap());
    assert!(count(shared) > 10_000, "{}", count(shared));
    // Harts may have been stopped between the two.
    assert!(count(shared).abs_diff(count(shared + 8)) <= 3);
    let used = (RING as u64 - RAM) as usize + 0x1002;
    assert!(
        machine.ram()[used] > 20,
        "requests served: {}",
        machine.ram()[used]
    );
    let read = (RING as u64 - RAM) as usize + 0x3000;
    assert_eq!(machine.ram()[read..read + 512], machine.disk()[..512]);
    assert!(machine.instret() < machine.t(), "it idled too");
}

#[test]
fn pieces_change_nothing() {
    for (seed, most) in [(1, 50_000), (2, 1000), (3, 7)] {
        let end = if most < 10 { 600_000 } else { END };
        let mut whole = machine(seed);
        type_at(&mut whole, 400_000, "typed");
        run_to(&mut whole, end);
        let mut cut = machine(seed);
        run_in_pieces(&mut cut, 400_000, most);
        cut.input(Input::Console("typed".into()));
        run_in_pieces(&mut cut, end, most);
        assert_eq!(whole.state_hash(), cut.state_hash(), "pieces of {most}");
        assert_eq!(whole.take_output(), cut.take_output());
    }
}

#[test]
fn the_log_replays() {
    let (hash, first) = reference(5);
    let mut second = machine(5);
    for stamped in first.input_log() {
        run_to(&mut second, stamped.t);
        second.input(stamped.input.clone());
    }
    run_to(&mut second, END);
    assert_eq!(second.state_hash(), hash);
    assert_eq!(second.input_log(), first.input_log());
}

#[test]
fn snapshots_resume() {
    let (hash, mut first) = reference(6);
    let mut second = machine(6);
    type_at(&mut second, 400_000, "hello, machine");
    run_to(&mut second, 1_000_000);
    let snapshot = second.snapshot();
    let at_snapshot = second.state_hash();
    run_to(&mut second, 2_000_000);
    // Back in the same machine, and over into another that was elsewhere.
    for machine in [&mut second, &mut first] {
        machine.restore(&snapshot);
        assert_eq!(machine.state_hash(), at_snapshot);
        type_at(machine, 1_234_567, "again");
        run_to(machine, END);
        assert_eq!(machine.state_hash(), hash);
        assert_eq!(machine.input_log().len(), 2);
    }
}

#[test]
fn seeds_are_interleavings() {
    assert_ne!(reference(1).0, reference(2).0);
    assert_eq!(reference(1).0, reference(1).0);
}

#[test]
fn a_hash_sees_every_part_of_the_state() {
    let mut machine = machine(1);
    let mut seen = vec![machine.state_hash()];
    machine.run(1);
    seen.push(machine.state_hash());
    machine.input(Input::Console(b"x".to_vec()));
    seen.push(machine.state_hash());
    run_to(&mut machine, 100_000);
    seen.push(machine.state_hash());
    let all = seen.len();
    seen.sort_by_key(|hash| hash.0);
    seen.dedup();
    assert_eq!(seen.len(), all);
}
