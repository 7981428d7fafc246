//! The laws of determinism, on workloads of chance. `cargo xtask fuzz devices` goes on from there;
//! that WebAssembly comes to the same states is a test of `web/wasm`.

use machine::{Happening, Machine, Stop, Watch};
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

/// Brings `machine` to `t`, unless it stops for good.
fn go(machine: &mut Machine, t: u64) {
    while machine.t() < t {
        match machine.run(t) {
            Stop::Idle { .. } => machine.skip(t),
            Stop::Reached | Stop::Event => {}
            Stop::PowerOff { .. } | Stop::Reset => break,
        }
    }
}

/// What happens in `workload`, by kind and number.
fn happenings(workload: &Workload, counts: &mut BTreeMap<&'static str, u64>) {
    let mut machine = workload.machine();
    machine.watch(Watch {
        is_on: true,
        ..Watch::default()
    });
    let end = workload.looks[workload.looks.len() - 1];
    go(&mut machine, end);
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

#[cfg(feature = "guest")]
#[test]
fn the_kernel_obeys_the_laws() {
    let guest = tests::Artefacts::find().unwrap_or_else(|trouble| panic!("{trouble}"));
    let read = |path| std::fs::read(path).unwrap();
    let typed = |t, text: &str| (t, machine::Input::Console(text.into()));
    let workload = Workload {
        name: "kernel".to_owned(),
        config: machine::Config::default(),
        elf: read(&guest.kernel),
        disk: read(&guest.image),
        // The first is typed ahead, while the kernel boots.
        inputs: vec![
            typed(2_000_000, "ls | wc\n"),
            typed(14_000_000, "echo words > file; cat file\n"),
        ],
        looks: vec![1_000_000, 7_654_321, 14_000_000, 24_000_000],
        tasks: Vec::new(),
    };
    if let Err(broken) = check(&workload) {
        panic!("{broken}");
    }
    let mut machine = workload.machine();
    for (t, input) in &workload.inputs {
        go(&mut machine, *t);
        machine.input(input.clone());
    }
    go(&mut machine, 24_000_000);
    let said = String::from_utf8_lossy(&machine.take_output()).replace('\r', "");
    assert!(said.ends_with("\nwords\n$ "), "{said}");
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
