//! The laws of determinism, on workloads of chance. `cargo xtask fuzz devices` goes on from there;
//! that WebAssembly comes to the same states is a test of `web/wasm`.

use machine::{Happening, Stop, Watch};
use std::collections::BTreeMap;
use tests::laws::{Guests, Workload, check};

/// Workloads of each kind of guests.
const WORKLOADS: u64 = 150;

fn expect_laws(guests: Guests) {
    let workloads = (1..=WORKLOADS).map(|seed| Workload::random(guests, seed));
    let broken: Vec<String> = workloads
        .filter_map(|workload| check(&workload).err())
        .map(|broken| broken.to_string())
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn fair_guests_obey_the_laws() {
    expect_laws(Guests::Fair);
}

#[test]
fn bad_guests_obey_the_laws() {
    expect_laws(Guests::Bad);
}

/// What happens in `workload`, by kind and number.
fn happenings(workload: &Workload, counts: &mut BTreeMap<&'static str, u64>) {
    let mut machine = workload.machine();
    machine.watch(Watch {
        is_on: true,
        ..Watch::default()
    });
    let end = workload.looks[workload.looks.len() - 1];
    while machine.t() < end {
        match machine.run(end) {
            Stop::Idle { .. } => machine.skip(end),
            Stop::Reached | Stop::Event => {}
            Stop::PowerOff { .. } | Stop::Reset => break,
        }
    }
    *counts.entry("steps").or_default() += machine.instret();
    *counts.entry("bytes printed").or_default() += machine.take_output().len() as u64;
    for event in machine.take_events() {
        let name = match event.what {
            Happening::Trap { cause, .. } => match cause {
                0x8000_0000_0000_0003 => "interrupts by software",
                0x8000_0000_0000_0005 => "interrupts by stimecmp",
                0x8000_0000_0000_0007 => "interrupts by timer",
                0x8000_0000_0000_000b => "interrupts by devices",
                2 => "illegal instructions",
                4 | 6 => "misaligned atomics",
                12 | 13 | 15 => "page faults",
                _ => "other traps",
            },
            Happening::Return { .. } => "returns",
            Happening::Satp { .. } => "page tables",
            Happening::DiskRead { .. } | Happening::DiskWrite { .. } | Happening::DiskFlush => {
                "requests of the disk"
            }
            Happening::PacketSent { .. } | Happening::PacketReceived { .. } => "packets",
            _ => continue,
        };
        *counts.entry(name).or_default() += 1;
    }
}

#[test]
fn everything_happens_in_workloads() {
    let mut counts = BTreeMap::new();
    let workloads = (1..=40).map(|seed| Workload::random(Guests::Fair, seed));
    workloads.for_each(|workload| happenings(&workload, &mut counts));
    println!("{counts:#?}");
    for (name, least) in [
        ("steps", 3_000_000),
        ("bytes printed", 100),
        ("interrupts by software", 50),
        ("interrupts by stimecmp", 10),
        ("interrupts by timer", 1000),
        ("interrupts by devices", 50),
        ("illegal instructions", 1000),
        ("misaligned atomics", 20),
        ("page faults", 500),
        ("returns", 5000),
        ("page tables", 1000),
        ("requests of the disk", 20),
        ("packets", 20),
    ] {
        assert!(counts.get(name) >= Some(&least), "{name}: {counts:#?}");
    }
}

#[test]
fn a_seed_is_a_workload() {
    let states = |seed| {
        let mut machine = Workload::random(Guests::Fair, seed).machine();
        machine.run(20_000);
        machine.state_hash()
    };
    assert_eq!(states(1), states(1));
    assert_ne!(states(1), states(2));
}
