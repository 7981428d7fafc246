//! The virtio devices, driven by a guest through both register layouts, with buffers in the
//! queue's own table and in an indirect one.

mod guest;

use guest::*;
use machine::isa::Kind::*;
use machine::{
    Config, Fault, Happening, History, Input, Machine, POWER_CUT, Stop, VirtioDevice, Watch,
};

/// Where the rings of queue 0 lie, each queue in two pages; and the buffers.
const RINGS: u64 = 0x8004_0000;
const BUFFERS: u64 = 0x8005_0000;
const LEN: u64 = 8;

const NEXT: u16 = 1;
const WRITE: u16 = 2;
const INDIRECT: u16 = 4;
const INDIRECT_DESC: i64 = 1 << 28;

/// Bytes of a request: what the device reads, and how many it may write.
#[derive(Clone, Debug, Default)]
struct Request {
    queue: u64,
    out: Vec<Vec<u8>>,
    into: Vec<u32>,
}

fn request(queue: u64, out: &[&[u8]], into: &[u32]) -> Request {
    Request {
        queue,
        out: out.iter().map(|bytes| bytes.to_vec()).collect(),
        into: into.to_vec(),
    }
}

/// How a driver goes about it.
#[derive(Clone, Copy, Debug)]
struct Way {
    is_legacy: bool,
    is_indirect: bool,
}

const fn way(is_legacy: bool, is_indirect: bool) -> Way {
    Way {
        is_legacy,
        is_indirect,
    }
}

const WAYS: [Way; 4] = [
    way(false, false),
    way(false, true),
    way(true, false),
    way(true, true),
];

fn descriptor(at: u64, len: u32, flags: u16, next: u16) -> Vec<u8> {
    let mut bytes = at.to_le_bytes().to_vec();
    bytes.extend(len.to_le_bytes());
    bytes.extend(flags.to_le_bytes());
    bytes.extend(next.to_le_bytes());
    bytes
}

/// A driver that makes one request of each of `requests`' queues at once and waits until
/// that of queue `of` is used, then switches off. Gives its image and where each
/// request's buffers are.
fn driver(slot: i64, way: Way, requests: &[Request], of: u64) -> (Vec<u8>, Vec<Vec<u64>>) {
    let mut memory = vec![0; (BUFFERS - RINGS) as usize];
    let mut put = |at: u64, bytes: &[u8]| {
        let at = (at - RINGS) as usize;
        if memory.len() < at + bytes.len() {
            memory.resize(at + bytes.len(), 0);
        }
        memory[at..at + bytes.len()].copy_from_slice(bytes);
    };
    let mut free = BUFFERS;
    let mut places = Vec::new();
    for request in requests {
        let mut pieces = Vec::new();
        for bytes in &request.out {
            put(free, bytes);
            pieces.push((free, bytes.len() as u32, 0));
            free += bytes.len() as u64 + 8;
        }
        for &len in &request.into {
            pieces.push((free, len, WRITE));
            free += u64::from(len) + 8;
        }
        let rings = RINGS + 0x2000 * request.queue;
        let mut table = Vec::new();
        for (n, &(at, len, flags)) in (1..).zip(&pieces) {
            let next = if n < pieces.len() { NEXT } else { 0 };
            table.extend(descriptor(at, len, flags | next, n as u16));
        }
        if way.is_indirect {
            free = free.next_multiple_of(16);
            put(free, &table);
            put(rings, &descriptor(free, table.len() as u32, INDIRECT, 0));
            free += table.len() as u64;
        } else {
            put(rings, &table);
        }
        // The available ring: one request, descriptor 0.
        put(rings + 16 * LEN, &[0, 0, 1, 0, 0, 0]);
        places.push(pieces.iter().map(|&(at, ..)| at).collect());
    }

    let mut program = Program::new();
    let set = |program: &mut Program, offset: i32, value: i64| {
        program.li(T0, value).store(sw, T0, A1, offset);
    };
    program.li(A1, DISK + 0x1000 * slot);
    for status in [0, 1, 3] {
        set(&mut program, 0x70, status);
    }
    set(&mut program, 0x24, 0);
    set(
        &mut program,
        0x20,
        if way.is_indirect { INDIRECT_DESC } else { 0 },
    );
    if way.is_legacy {
        set(&mut program, 0x28, 4096);
    } else {
        set(&mut program, 0x24, 1);
        set(&mut program, 0x20, 1);
        set(&mut program, 0x70, 11);
    }
    for request in requests {
        let rings = (RINGS + 0x2000 * request.queue) as i64;
        set(&mut program, 0x30, request.queue as i64);
        set(&mut program, 0x38, LEN as i64);
        if way.is_legacy {
            set(&mut program, 0x3c, 4096);
            set(&mut program, 0x40, rings >> 12);
        } else {
            for (offset, at) in [(0x80, 0), (0x90, 16 * LEN as i64), (0xa0, 4096)] {
                set(&mut program, offset, rings + at);
            }
            set(&mut program, 0x44, 1);
        }
    }
    set(&mut program, 0x70, if way.is_legacy { 7 } else { 15 });
    for request in requests {
        set(&mut program, 0x50, request.queue as i64);
    }
    program.li(A2, (RINGS + 0x2000 * of + 4096 + 2) as i64);
    program.label("wait").imm(lhu, T1, A2, 0);
    program.branch(beq, T1, ZERO, "wait").power_off(0);
    program.align((RINGS - RAM) as usize).bytes(&memory);
    (program.elf(), places)
}

fn config(way: Way, devices: &[VirtioDevice]) -> Config {
    Config {
        virtio_legacy: way.is_legacy,
        devices: devices.to_vec(),
        ..one_hart()
    }
}

/// Runs until the guest switches off.
fn finish(machine: &mut Machine) {
    loop {
        match machine.run(10_000_000) {
            Stop::PowerOff { code: 0 } => return,
            Stop::Event => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The bytes that queue `n`'s request was given, as its used ring says.
fn n_written(machine: &Machine, n: u64) -> u32 {
    let at = RINGS + 0x2000 * n + 4096 + 4 + 4;
    let bytes = machine.read_ram(at, 4).expect("in RAM");
    u32::from_le_bytes(bytes.try_into().expect("4 bytes"))
}

/// The header of a block request.
fn header(kind: u32, sector: u64) -> Vec<u8> {
    let mut bytes = u64::from(kind).to_le_bytes().to_vec();
    bytes.extend(sector.to_le_bytes());
    bytes
}

/// What comes of a block request: the disk, the machine, the status.
fn block(way: Way, out: &[&[u8]], into: &[u32]) -> (Machine, Vec<u64>, u8) {
    let requests = [request(0, out, into)];
    let (elf, places) = driver(0, way, &requests, 0);
    let disk: Vec<u8> = (0..8 * 512u32).map(|n| (n / 512) as u8).collect();
    let mut machine = Machine::new(&config(way, &[]), &elf, disk).expect("a proper guest");
    finish(&mut machine);
    let places = places[0].clone();
    let status_at = *places.last().expect("a status");
    let last = u64::from(*into.last().expect("a status"));
    let status = machine.read_ram(status_at + last - 1, 1).expect("in RAM")[0];
    (machine, places, status)
}

#[test]
fn disks_are_read_written_flushed_and_named() {
    for way in WAYS {
        let (machine, at, status) = block(way, &[&header(0, 2)], &[512, 512, 1]);
        assert_eq!((status, n_written(&machine, 0)), (0, 1025), "{way:?}");
        assert_eq!(machine.read_ram(at[1], 512), Some(&[2; 512][..]));
        assert_eq!(machine.read_ram(at[2], 512), Some(&[3; 512][..]));

        let (machine, _, status) = block(way, &[&header(1, 7), &[9; 512]], &[1]);
        assert_eq!((status, n_written(&machine, 0)), (0, 1));
        assert_eq!(machine.disk()[7 * 512..], [9; 512]);

        assert_eq!(block(way, &[&header(4, 0)], &[1]).2, 0);

        let (machine, at, status) = block(way, &[&header(8, 0)], &[20, 1]);
        assert_eq!((status, n_written(&machine, 0)), (0, 21));
        assert_eq!(machine.read_ram(at[1], 7), Some(&b"orrery\0"[..]));
    }
}

#[test]
fn what_a_disk_cannot_do_it_says() {
    let way = WAYS[0];
    assert_eq!(
        block(way, &[&header(0, 8)], &[512, 1]).2,
        1,
        "beyond the end"
    );
    assert_eq!(block(way, &[&header(0, u64::MAX)], &[512, 1]).2, 1);
    assert_eq!(block(way, &[&header(0, 0)], &[511, 1]).2, 1, "no sectors");
    assert_eq!(block(way, &[&header(1, 7), &[9; 1024]], &[1]).2, 1);
    assert_eq!(block(way, &[&header(11, 0)], &[1]).2, 2, "unknown: discard");
    // The header in pieces, and status and data in one.
    let whole = header(0, 5);
    let (machine, at, status) = block(way, &[&whole[..3], &whole[3..]], &[513]);
    assert_eq!((status, n_written(&machine, 0)), (0, 513));
    assert_eq!(machine.read_ram(at[2], 512), Some(&[5; 512][..]));
}

/// What comes of a write to sectors 2 and 3 when `faults` happen: the code the machine ends with,
/// the request's status, and the first byte of each of the sectors.
fn write_despite(faults: &[Fault]) -> (u32, u8, [u8; 2]) {
    let requests = [request(0, &[&header(1, 2), &[9; 1024]], &[1])];
    let (elf, places) = driver(0, WAYS[0], &requests, 0);
    let machine = Machine::new(&config(WAYS[0], &[]), &elf, vec![0; 8 * 512]);
    let mut history = History::new(machine.expect("a proper guest"));
    for fault in faults {
        history.input(Input::Fault(*fault)).expect("the present");
    }
    let Stop::PowerOff { code } = history.run(10_000_000) else {
        panic!("it goes on");
    };
    // The same faults come again when it is gone over again.
    let (t, hash) = (history.t(), history.machine().state_hash());
    history.seek(t / 2);
    history.seek(t);
    assert_eq!(history.machine().state_hash(), hash);
    let machine = history.machine();
    let status = machine.read_ram(places[0][2], 1).expect("in RAM")[0];
    (
        code,
        status,
        [2, 3].map(|sector| machine.disk()[sector * 512]),
    )
}

#[test]
fn a_disk_fails_when_and_as_it_is_told() {
    let (cut_now, cut) = (Fault::PowerCut { writes: 0 }, Fault::PowerCut { writes: 1 });
    let torn = Fault::TornWrite { sectors: 1 };
    let [missed, hit] = [4, 3].map(|sector| Fault::FailedSector { sector });
    assert_eq!(write_despite(&[missed]), (0, 0, [9, 9]));
    assert_eq!(write_despite(&[hit]), (0, 1, [0, 0]));
    assert_eq!(write_despite(&[torn]), (0, 0, [9, 0]));
    assert_eq!(write_despite(&[cut_now]), (POWER_CUT, 0, [0, 0]));
    assert_eq!(write_despite(&[cut]), (POWER_CUT, 0, [9, 9]));
    assert_eq!(write_despite(&[cut, torn]), (POWER_CUT, 0, [9, 0]));
}

#[test]
fn random_numbers_follow_from_the_seed() {
    let numbers = |way, seed| {
        let (elf, places) = driver(1, way, &[request(0, &[], &[8, 24])], 0);
        let config = Config {
            seed,
            ..config(way, &[VirtioDevice::Rng])
        };
        let mut machine = Machine::new(&config, &elf, Vec::new()).expect("a proper guest");
        finish(&mut machine);
        assert_eq!(n_written(&machine, 0), 32);
        let piece = |at, len| machine.read_ram(at, len).expect("in RAM").to_vec();
        [piece(places[0][0], 8), piece(places[0][1], 24)].concat()
    };
    let first = numbers(WAYS[0], 1);
    assert!(first.iter().any(|&byte| byte != first[0]), "{first:?}");
    for way in WAYS {
        assert_eq!(numbers(way, 1), first);
        assert_ne!(numbers(way, 2), first);
    }
}

#[test]
fn the_second_terminal_has_two_ends() {
    for way in WAYS {
        let requests = [
            request(0, &[], &[3, 50]),
            request(1, &[b"hello, ", b"terminal"], &[]),
        ];
        // The receiving queue's request is used when something has been typed.
        let (elf, places) = driver(2, way, &requests, 0);
        let config = config(way, &[VirtioDevice::Rng, VirtioDevice::Console]);
        let mut machine = Machine::new(&config, &elf, Vec::new()).expect("a proper guest");
        assert_eq!(machine.run(100_000), Stop::Reached);
        assert_eq!(
            machine.take_terminal_output(),
            b"hello, terminal",
            "{way:?}"
        );
        machine.input(Input::Terminal(b"typed".to_vec()));
        finish(&mut machine);
        assert_eq!(n_written(&machine, 0), 5);
        assert_eq!(machine.read_ram(places[0][0], 3), Some(&b"typ"[..]));
        assert_eq!(machine.read_ram(places[0][1], 2), Some(&b"ed"[..]));
        assert!(machine.take_output().is_empty());
    }
}

#[test]
fn packets_go_out_and_answers_come_in() {
    // Who has 10.0.2.2? Tell 10.0.2.15.
    let mut frame = vec![0xff; 6];
    frame.extend([0x52, 0x54, 0, 0x12, 0x34, 0x56, 8, 6]);
    frame.extend([
        0, 1, 8, 0, 6, 4, 0, 1, 0x52, 0x54, 0, 0x12, 0x34, 0x56, 10, 0, 2, 15,
    ]);
    frame.extend([0, 0, 0, 0, 0, 0, 10, 0, 2, 2]);
    for way in WAYS {
        let header = vec![0; if way.is_legacy { 10 } else { 12 }];
        let requests = [
            request(0, &[], &[1526]),
            request(1, &[&header, &frame], &[]),
        ];
        let (elf, places) = driver(1, way, &requests, 0);
        let config = config(way, &[VirtioDevice::Net]);
        let mut machine = Machine::new(&config, &elf, Vec::new()).expect("a proper guest");
        machine.watch(Watch {
            is_on: true,
            ..Watch::default()
        });
        finish(&mut machine);
        assert_eq!(
            n_written(&machine, 0) as usize,
            header.len() + 42,
            "{way:?}"
        );
        let at = places[0][0] + header.len() as u64;
        let answer = machine.read_ram(at, 42).expect("in RAM");
        assert_eq!(answer[..6], frame[6..12]);
        assert_eq!(answer[20..32], [0, 2, 0x52, 0x55, 10, 0, 2, 2, 10, 0, 2, 2]);
        let packets: Vec<Happening> = machine
            .take_events()
            .iter()
            .map(|event| event.what)
            .collect();
        assert!(packets.contains(&Happening::PacketSent { len: 42 }));
        assert!(packets.contains(&Happening::PacketReceived { len: 42 }));
    }
}
