//! A workload: a machine, what is typed at it, and how long it runs. All of it follows from a
//! seed.

use super::devices::{self, Devices};
use super::monitor;
use super::place::{self, Hart, RAM_BYTES, SCRIPT, kept};
use super::tasks::{BAD, Surroundings, TASKS, Task, draw};
use crate::isa::generate::Dice;
use crate::isa::image::encode;
use crate::isa::layout::{HARNESS, RAM, SUPERVISOR_PAGE};
use crate::isa::run::elf;
use machine::{Config, Fault, Input, Machine, VirtioDevice};

/// Bytes of a sector.
const SECTOR: usize = 512;

/// A machine, its input, and the times to look at it.
#[derive(Clone, Debug)]
pub struct Workload {
    /// What it came from, in a word and a number.
    pub name: String,
    /// The machine's configuration.
    pub config: Config,
    /// Its kernel.
    pub elf: Vec<u8>,
    /// Its disk.
    pub disk: Vec<u8>,
    /// What enters, and when, in order.
    pub inputs: Vec<(u64, Input)>,
    /// The times at which states are compared, in order; it ends at the last.
    pub looks: Vec<u64>,
    /// The kinds of its tasks, of all harts.
    pub tasks: Vec<&'static str>,
}

/// What guests mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guests {
    /// To get on with their work, in spite of many a trap.
    Fair,
    /// Whatever harms the host.
    Bad,
}

impl Workload {
    /// The workload of `guests` that belongs to `seed`.
    pub fn random(guests: Guests, seed: u64) -> Workload {
        let mut dice = Dice::new(seed);
        let config = config(&mut dice);
        let sectors = dice.of(&[0, 1, 8, 64, 64, 64, 4096]);
        let disk = (0..sectors * SECTOR).map(|n| (n % 251) as u8).collect();
        let devices = devices::set_up(&config, sectors, &mut dice);
        let (image, tasks) = image(&config, &devices, guests, &mut dice);
        let end = 60_000 + dice.below(100_000) as u64;
        let mut looks: Vec<u64> = (0..3)
            .map(|_| 1 + dice.below(end as usize) as u64)
            .collect();
        looks.push(end);
        looks.sort_unstable();
        let mut inputs: Vec<_> = (0..dice.below(6)).map(|_| input(&mut dice, end)).collect();
        inputs.sort_by_key(|(t, _)| *t);
        Workload {
            name: format!("{guests:?} {seed}"),
            config,
            elf: elf(&image),
            disk,
            inputs,
            looks,
            tasks,
        }
    }

    /// Its machine, at reset.
    pub fn machine(&self) -> Machine {
        Machine::new(&self.config, &self.elf, self.disk.clone()).expect("a proper workload")
    }
}

fn config(dice: &mut Dice) -> Config {
    use VirtioDevice::{Console, Net, Rng};
    let mut devices = vec![Console, Rng, Net];
    let first = dice.below(3);
    devices.rotate_left(first);
    devices.truncate(dice.of(&[0, 1, 3, 3]));
    Config {
        harts: dice.of(&[1, 2, 2, 3, 3, 4, 8]),
        ram_bytes: RAM_BYTES,
        seed: dice.bits(),
        virtio_legacy: dice.once_in(2),
        devices,
        ..Config::default()
    }
}

fn input(dice: &mut Dice, end: u64) -> (u64, Input) {
    let bytes = (0..1 + dice.below(40)).map(|_| dice.word() as u8).collect();
    let input = match dice.below(5) {
        0 | 1 => Input::Console(bytes),
        2 | 3 => Input::Terminal(bytes),
        _ => Input::Fault(fault(dice)),
    };
    (dice.below(end as usize) as u64, input)
}

/// Something that goes wrong with the disk, or an interrupt that nobody sees.
fn fault(dice: &mut Dice) -> Fault {
    let n = dice.below(12);
    match dice.below(4) {
        0 => Fault::PowerCut { writes: n as u64 },
        1 => Fault::TornWrite { sectors: n as u32 },
        2 => Fault::FailedSector { sector: n as u64 },
        _ => Fault::LostInterrupt { source: n as u32 },
    }
}

/// What RAM begins with, and the kinds of the tasks in it.
fn image(
    config: &Config,
    devices: &Devices,
    guests: Guests,
    dice: &mut Dice,
) -> (Vec<u8>, Vec<&'static str>) {
    let mut memory = Vec::new();
    let mut put = |at: u64, bytes: &[u8]| {
        let from = (at - RAM) as usize;
        let end = from + bytes.len();
        memory.resize(memory.len().max(end), 0);
        memory[from..end].copy_from_slice(bytes);
    };
    let (code, supervisor) = monitor::build();
    put(HARNESS, &code);
    put(SUPERVISOR_PAGE, &supervisor);
    let script = devices.script.iter().flat_map(|&(at, word)| [at, word]);
    put(SCRIPT, &dwords(script));
    for (at, bytes) in &devices.memory {
        put(*at, bytes);
    }
    let bad = BAD.iter().filter(|_| dice.once_in(2));
    let kinds: Vec<&Task> = match guests {
        Guests::Fair => TASKS.iter().collect(),
        Guests::Bad => TASKS.iter().chain(bad).collect(),
    };
    let (mut names, mut next) = (Vec::new(), place::TASKS + 0x1000);
    for hart in (0..config.harts).map(Hart) {
        let at = Surroundings {
            hart,
            harts: config.harts,
            arena: hart.arena(),
            queues: &devices.queues,
            is_legacy: config.virtio_legacy,
            n_devices: 1 + config.devices.len(),
        };
        let mut records = Vec::new();
        for _ in 0..4 + dice.below(8) {
            let task = draw(&kinds, dice);
            let record = encode(&(task.make)(dice, &at), next);
            put(next, &record);
            records.push(next);
            names.push(task.name);
            next += record.len() as u64;
        }
        let table = place::TASKS + 0x100 * hart.0 as u64;
        put(table, &dwords(records.iter().copied()));
        let kept = [
            (kept::RANDOM, dice.bits()),
            (kept::TASKS, table),
            (kept::N_TASKS, records.len() as u64),
            (kept::TIMER, hart.timer()),
            (kept::SOFTWARE, hart.software()),
            (kept::CLAIM, hart.claim()),
        ];
        for (offset, value) in kept {
            put(hart.save() + offset, &value.to_le_bytes());
        }
    }
    assert!(next <= Hart(0).arena(), "the tasks fit");
    (memory, names)
}

fn dwords(words: impl IntoIterator<Item = u64>) -> Vec<u8> {
    words.into_iter().flat_map(u64::to_le_bytes).collect()
}
