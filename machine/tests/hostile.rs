//! Guests that do anything whatever: the machine must neither panic nor hang, and stay
//! deterministic.

mod guest;

use guest::*;
use machine::isa::Insn;
use machine::isa::Kind::{self, *};
use machine::{Config, Input, Machine, Stop};

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }
}

/// Runs for a bounded time in pieces of up to `piece`, typing now and then; the hash of where
/// it got to.
fn play(machine: &mut Machine, until: u64, piece: u64) -> String {
    const TYPE_EVERY: u64 = 20_000;
    let mut random = Random(piece);
    while machine.t() < until {
        let t = machine.t();
        let typing = (t / TYPE_EVERY + 1) * TYPE_EVERY;
        let to = (t + 1).saturating_add(random.below(piece)).min(typing);
        match machine.run(to) {
            Stop::Idle { .. } => machine.skip(to),
            Stop::Reached => {}
            Stop::PowerOff { .. } | Stop::Reset => break,
            Stop::Event => {}
        }
        if machine.t() == typing {
            machine.input(Input::Console(vec![b'x'; 20]));
        }
    }
    machine.state_hash().to_string()
}

/// A word that is an instruction more often than chance would have it.
fn word(random: &mut Random) -> u32 {
    const OPCODES: [u32; 14] = [
        0x37, 0x17, 0x6f, 0x67, 0x63, 0x03, 0x23, 0x13, 0x33, 0x1b, 0x3b, 0x0f, 0x73, 0x2f,
    ];
    let word = random.next() as u32;
    match random.below(8) {
        0 => word,
        1 => [
            0x3020_0073,
            0x1020_0073,
            0x1050_0073,
            0x1200_0073,
            0x0000_100f,
        ][random.below(5) as usize],
        // A CSR that exists, perhaps.
        2 => {
            let csrs = [
                0x300, 0x302, 0x303, 0x304, 0x305, 0x341, 0x344, 0x180, 0x3a0, 0x3b0,
            ];
            word & 0x000f_8f80 | 0x1073 | csrs[random.below(10) as usize] << 20
        }
        _ => word & !0x7f | OPCODES[random.below(14) as usize],
    }
}

#[test]
fn random_code_neither_panics_nor_hangs_nor_depends_on_pieces() {
    for seed in 1..=60 {
        let mut random = Random(seed * 0x9e37_79b9);
        let mut program = Program::new();
        // Registers that point to interesting places.
        let places = [
            RAM as i64,
            UART,
            CLINT + 0x4000,
            PLIC + 0x20_0000,
            DISK,
            0x8000_0ffe,
        ];
        for reg in 1..32 {
            let place = places[random.below(6) as usize];
            program.li(reg, place + random.below(64) as i64);
        }
        program.li(T0, RAM as i64 + 0x800).csrw(MTVEC, T0);
        for _ in 0..4000 {
            let word = word(&mut random);
            program.word(word);
        }
        let config = Config {
            harts: 2,
            seed,
            ..one_hart()
        };
        let run = |piece| {
            let disk = vec![7; 8192];
            let mut machine = Machine::new(&config, &program.elf(), disk).expect("it is an ELF");
            play(&mut machine, 100_000, piece)
        };
        assert_eq!(run(u64::MAX), run(100), "seed {seed}");
    }
}

#[test]
fn trapping_for_ever_takes_time() {
    let mut program = Program::new();
    program.li(T0, 0x4000_0000).csrw(MTVEC, T0).word(0);
    let mut machine = program.machine(&one_hart());
    assert_eq!(machine.run(10_000), Stop::Reached);
    assert!(machine.instret() < 30, "{}", machine.instret());
}

#[test]
fn malformed_rings_neither_panic_nor_hang() {
    const RING: u64 = 0x8010_0000;
    for seed in 1..=200 {
        let mut random = Random(seed * 0x1234_5679);
        let mut program = Program::new();
        // Rings full of chance, though often of small numbers; then every register.
        program.li(A0, RING as i64);
        for n in 0..40 {
            let value = match random.below(4) {
                0 => random.next(),
                1 => RING + random.below(0x2000),
                2 => random.below(4096) | random.below(8) << 32 | random.below(8) << 48,
                _ => random.below(16) << 32 | random.below(8) << 48,
            };
            program.li(T0, value as i64).store(sd, T0, A0, 8 * n);
        }
        program.li(A1, DISK);
        let at = |random: &mut Random| match random.below(4) {
            0 => random.next() as u32 as i64,
            _ => RING as i64 + random.below(256) as i64,
        };
        let version_1: [(i32, i64); 3] = [(0x24, 1), (0x20, 1), (0x70, 11)];
        for (offset, value) in version_1 {
            program.li(T0, value).store(sw, T0, A1, offset);
        }
        program.li(T0, 1 << random.below(5)).store(sw, T0, A1, 0x38);
        for offset in [0x80, 0x90, 0xa0] {
            program.li(T0, at(&mut random)).store(sw, T0, A1, offset);
        }
        program
            .li(T0, RING as i64 >> 12)
            .store(sw, T0, A1, 0x28)
            .store(sw, T0, A1, 0x40);
        for _ in 0..6 {
            let offset = 4 * random.below(64) as i32;
            program
                .li(T0, random.below(32) as i64)
                .store(sw, T0, A1, offset);
        }
        program.li(T0, 1).store(sw, T0, A1, 0x44);
        program
            .label("again")
            .store(sw, ZERO, A1, 0x50)
            .li(T0, 20_000);
        program
            .label("wait")
            .imm(addi, T0, T0, -1)
            .branch(bne, T0, ZERO, "wait");
        program.jump(ZERO, "again");
        let config = Config {
            virtio_legacy: seed % 2 == 0,
            ..one_hart()
        };
        let disk = vec![0; 8192];
        let mut machine = Machine::new(&config, &program.elf(), disk).expect("it is an ELF");
        play(&mut machine, 500_000, u64::MAX);
    }
}

#[test]
fn code_may_be_written_and_is_run_as_written() {
    let mut program = Program::new();
    // Each round replaces the instruction it will run: addi s1, s1, round.
    let word_of_round = Insn::new(addi, S1, S1, 0, 0).word();
    program
        .li(A0, word_of_round.into())
        .li(A2, 1 << 20)
        .li(A3, 10);
    program.jump(RA, "after");
    program.label("after").imm(addi, A1, RA, 16);
    program
        .label("round")
        .reg(add, A0, A0, A2)
        .store(sw, A0, A1, 0);
    program.plain(Kind::fence_i);
    program.label("target").imm(addi, S1, S1, 0);
    program.imm(addi, A3, A3, -1).branch(bne, A3, ZERO, "round");
    program.power_off(0);
    assert_eq!(program.address("target"), program.address("after") + 16);
    assert_eq!(program.run().harts()[0].x[9], (1..=10).sum());
}

#[test]
fn every_register_takes_any_access_and_is_saved() {
    use machine::VirtioDevice::{Console, Net, Rng};
    const PLACES: [(i64, u64); 12] = [
        (FINISHER + 8, 0x100),
        (0x10_1000, 0x30),
        (CLINT, 0x20),
        (CLINT + 0x4000, 0x40),
        (CLINT + 0xbff8, 8),
        (PLIC, 0x3000),
        (PLIC + 0x20_0000, 0x4010),
        (UART, 0x10),
        (DISK, 0x110),
        (DISK + 0x1000, 0x110),
        (DISK + 0x2000, 0x110),
        (DISK + 0x3000, 0x110),
    ];
    for seed in 1..=12 {
        let mut random = Random(seed * 0x9e37_79b9);
        let mut program = Program::new();
        // A fault goes on after the access that caused it.
        program.jump(ZERO, "start").align(8);
        program.label("trap").csrr(T2, MEPC).imm(addi, T2, T2, 4);
        program.csrw(MEPC, T2).plain(mret).label("start");
        let trap = program.address("trap") as i64;
        program.li(T0, trap).csrw(MTVEC, T0);
        for _ in 0..1500 {
            let (base, len) = PLACES[random.below(12) as usize];
            let value = match random.below(3) {
                0 => random.next() as i64,
                1 => RAM as i64 + random.below(0x4000) as i64,
                _ => random.below(32) as i64,
            };
            let kind = [lbu, lhu, lwu, ld, sb, sh, sw, sd, sw, lwu][random.below(10) as usize];
            program
                .li(T0, base + random.below(len) as i64)
                .li(T1, value);
            match kind {
                sb | sh | sw | sd => program.store(kind, T1, T0, 0),
                _ => program.imm(kind, T1, T0, 0),
            };
        }
        program.label("end").jump(ZERO, "end");
        let config = Config {
            harts: 2,
            virtio_legacy: seed % 2 == 0,
            devices: vec![Net, Rng, Console],
            ..one_hart()
        };
        let machine = || {
            let disk = vec![7; 8192];
            Machine::new(&config, &program.elf(), disk).expect("it is an ELF")
        };
        let run = |machine: &mut Machine, until| {
            while machine.t() < until {
                match machine.run(until) {
                    Stop::Idle { .. } => machine.skip(until),
                    _ => continue,
                }
            }
        };
        let mut whole = machine();
        run(&mut whole, 60_000);
        // The same from every state on the way, in another machine.
        let mut first = machine();
        while first.t() < 60_000 {
            let to = first.t() + 1 + random.below(9_000);
            run(&mut first, to.min(60_000));
            let snapshot = first.snapshot();
            let mut second = machine();
            second.restore(&snapshot);
            assert_eq!(second.state_hash(), first.state_hash(), "seed {seed}");
            first = second;
        }
        assert_eq!(whole.state_hash(), first.state_hash(), "seed {seed}");
    }
}
