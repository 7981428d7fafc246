//! Runs cases on the two machines.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use machine::{Config, Machine, Stop};

use super::case::Case;
use super::harness::has_floats;
use super::image::{self, Image};
use super::layout::{self, ARENA, RAM, kept};
use super::outcome::{Ending, Outcome, collect};

/// QEMU's processor, its extensions switched on and off to be like ours.
fn processor() -> &'static str {
    if has_floats() {
        "rv64,h=off,zbc=off,debug=off,svinval=on,svnapot=on,svpbmt=on,pmu-num=29"
    } else {
        "rv64,f=off,d=off,h=off,zbc=off,debug=off,svinval=on,svnapot=on,svpbmt=on,pmu-num=29"
    }
}

/// A machine that runs as many of the cases as it can take at once.
type Runner<'a> = dyn Fn(&[Case]) -> io::Result<Part> + 'a;

/// What came of the first `taken` cases; the one after the last outcome hung, if there is one.
struct Part {
    outcomes: Vec<Outcome>,
    taken: usize,
}

/// Runs `cases` on both machines.
///
/// # Errors
/// QEMU cannot be started.
pub fn on_both(cases: &[Case]) -> io::Result<Vec<(Ending, Ending)>> {
    on_both_with(cases, &|case| case.clone())
}

/// Runs `cases` on both machines, ours being given what `change` makes of them: a machine
/// that is wrong on purpose.
///
/// # Errors
/// QEMU cannot be started.
pub fn on_both_with(
    cases: &[Case],
    change: &(dyn Fn(&Case) -> Case + Sync),
) -> io::Result<Vec<(Ending, Ending)>> {
    std::thread::scope(|scope| {
        let theirs = scope.spawn(|| all(cases, &on_qemu));
        let changed: Vec<Case> = cases.iter().map(change).collect();
        let ours = all(&changed, &|cases| Ok(on_ours(cases)))?;
        let theirs = theirs
            .join()
            .map_err(|_| io::Error::other("the thread that ran QEMU panicked"))??;
        Ok(ours.into_iter().zip(theirs).collect())
    })
}

/// Runs all `cases`, again after each that hung.
fn all(mut cases: &[Case], run: &Runner) -> io::Result<Vec<Ending>> {
    let mut endings = Vec::new();
    while !cases.is_empty() {
        let part = run(cases)?;
        let done = part.outcomes.len();
        let ended = part.outcomes.into_iter();
        endings.extend(ended.map(|outcome| Ending::Done(Box::new(outcome))));
        let hung = usize::from(done < part.taken);
        endings.extend((0..hung).map(|_| Ending::Hung));
        cases = &cases[done + hung..];
    }
    Ok(endings)
}

/// Our machine with `image` in its memory.
pub(super) fn machine(image: &Image, config: &Config) -> Machine {
    let mut memory = Vec::new();
    for (at, bytes) in image {
        memory.resize((at - RAM) as usize, 0);
        memory.extend(bytes);
    }
    Machine::new(config, &elf(&memory), Vec::new()).expect("the image is a proper kernel")
}

/// The machine's configuration.
pub(super) fn config() -> Config {
    Config {
        harts: 1,
        ram_bytes: layout::RAM_BYTES,
        ..Config::default()
    }
}

fn on_ours(cases: &[Case]) -> Part {
    /// A case that takes longer hangs.
    const PATIENCE: u64 = 2_000_000;
    let (image, taken) = image::build(cases);
    let mut machine = machine(&image, &config());
    let done = |machine: &Machine| word(machine.ram(), layout::SAVE + kept::DONE);
    let mut before = 0;
    loop {
        match machine.run(machine.t() + PATIENCE) {
            Stop::Reached if done(&machine) > before => before = done(&machine),
            Stop::Reached | Stop::Idle { .. } | Stop::Reset | Stop::Event => break,
            Stop::PowerOff { .. } => break,
        }
    }
    let ram = machine.ram();
    part(cases, taken, &|at| word(ram, at), &|at, len| {
        let from = (at - RAM) as usize;
        ram[from..from + len].to_vec()
    })
}

fn word(ram: &[u8], at: u64) -> u64 {
    let from = (at - RAM) as usize;
    let bytes = ram[from..from + 8].iter().rev();
    bytes.fold(0, |n, &byte| n << 8 | u64::from(byte))
}

/// Collects what came of the first `taken` of `cases`.
fn part(
    cases: &[Case],
    taken: usize,
    read: &dyn Fn(u64) -> u64,
    bytes: &dyn Fn(u64, usize) -> Vec<u8>,
) -> Part {
    let mut outcomes = collect(taken, read);
    if outcomes.len() == taken
        && let (Some(last), Some(case)) = (outcomes.last_mut(), cases.get(taken - 1))
    {
        last.arena = Some(bytes(ARENA, case.arena as usize));
    }
    Part { outcomes, taken }
}

/// A file that is QEMU's RAM; it is deleted when this is dropped.
struct Ram {
    path: PathBuf,
    file: File,
}

impl Ram {
    fn new(image: &Image) -> io::Result<Ram> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let nth = COUNT.fetch_add(1, Ordering::Relaxed);
        let shared = Path::new("/dev/shm");
        let folder = if shared.is_dir() {
            shared.to_owned()
        } else {
            std::env::temp_dir()
        };
        let path = folder.join(format!("orrery-isa-{}-{nth}", std::process::id()));
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)?;
        let ram = Ram { path, file };
        ram.file.set_len(layout::RAM_BYTES)?;
        for (at, bytes) in image {
            ram.file.write_all_at(bytes, at - RAM)?;
        }
        Ok(ram)
    }

    fn bytes(&self, at: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; len];
        self.file.read_exact_at(&mut bytes, at - RAM)?;
        Ok(bytes)
    }

    fn word(&self, at: u64) -> io::Result<u64> {
        self.bytes(at, 8).map(|bytes| word(&bytes, RAM))
    }
}

impl Drop for Ram {
    fn drop(&mut self) {
        // Nothing is lost if it stays.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn on_qemu(cases: &[Case]) -> io::Result<Part> {
    let (image, taken) = image::build(cases);
    let ram = Ram::new(&image)?;
    let mut process = start(&ram.path)?;
    wait(&mut process, &ram)?;
    // Results are few bytes of a large file.
    let n_results = ram.word(layout::SAVE + kept::RESULT)? - layout::RESULTS;
    let head = ram.bytes(layout::SAVE, 0x200)?;
    let results = ram.bytes(layout::RESULTS, n_results as usize)?;
    let arena = ram.bytes(ARENA, layout::WHOLE_ARENA as usize)?;
    let read = |at: u64| {
        if at < layout::RESULTS {
            word(&head, at - layout::SAVE + RAM)
        } else {
            word(&results, at - layout::RESULTS + RAM)
        }
    };
    let bytes = |at: u64, len: usize| {
        let from = (at - ARENA) as usize;
        arena[from..from + len].to_vec()
    };
    Ok(part(cases, taken, &read, &bytes))
}

fn start(ram: &Path) -> io::Result<Child> {
    let path = ram.display().to_string().replace(',', ",,");
    let size = layout::RAM_BYTES >> 20;
    let memory = format!("memory-backend-file,id=ram,size={size}M,mem-path={path},share=on");
    Command::new("qemu-system-riscv64")
        .args(["-machine", "virt,memory-backend=ram", "-bios", "none"])
        .args([
            "-m",
            &format!("{size}M"),
            "-object",
            &memory,
            "-cpu",
            processor(),
        ])
        .args(["-display", "none", "-serial", "none", "-monitor", "none"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
}

/// Waits until QEMU ends, or ends it if a case takes too long: of its own time, since a busy
/// host gives it little; by the clock only for one that waits for what never comes.
fn wait(process: &mut Child, ram: &Ram) -> io::Result<()> {
    const PATIENCE: Duration = Duration::from_secs(2);
    const LONGEST: Duration = Duration::from_secs(60);
    let spent = |process: &Child| time_spent(process.id()).unwrap_or_default();
    let (mut before, mut since, mut from) = (0, Instant::now(), spent(process));
    let mut pause = Duration::from_millis(2);
    while process.try_wait()?.is_none() {
        std::thread::sleep(pause);
        pause = (pause * 5 / 4).min(Duration::from_millis(20));
        let done = ram.word(layout::SAVE + kept::DONE)?;
        if done != before {
            (before, since, from) = (done, Instant::now(), spent(process));
        } else if since.elapsed() > LONGEST
            || (since.elapsed() > PATIENCE && spent(process).saturating_sub(from) > PATIENCE)
        {
            process.kill()?;
            process.wait()?;
        }
    }
    Ok(())
}

/// The processor time that process `id` has had, where the host says so: the two numbers of
/// hundredths of a second, 14th and 15th in its line, the second of which is in brackets.
fn time_spent(id: u32) -> Option<Duration> {
    let line = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = line.rsplit_once(')')?;
    let ticks = rest.split_whitespace().skip(11).take(2);
    let ticks: Option<Vec<u64>> = ticks.map(|ticks| ticks.parse().ok()).collect();
    Some(Duration::from_millis(10 * ticks?.iter().sum::<u64>()))
}

/// An ELF file with one segment, `memory` from the start of RAM.
pub(crate) fn elf(memory: &[u8]) -> Vec<u8> {
    const HEADERS: u64 = 64 + 56;
    let len = memory.len() as u64;
    let mut file = b"\x7fELF\x02\x01\x01".to_vec();
    file.resize(16, 0);
    // An executable for RISC-V.
    let [kind, machine, version] = [2_u16.to_le_bytes(), 243_u16.to_le_bytes(), [1, 0]];
    file.extend([kind, machine, version, [0, 0]].concat());
    // Entry, program headers, no section headers.
    file.extend([RAM, 64, 0].iter().flat_map(|word| word.to_le_bytes()));
    file.extend([0; 4]);
    file.extend(
        [64_u16, 56, 1, 0, 0, 0]
            .iter()
            .flat_map(|half| half.to_le_bytes()),
    );
    // To be loaded; readable, writable and executable.
    file.extend([1_u32, 7].iter().flat_map(|word| word.to_le_bytes()));
    let segment = [HEADERS, RAM, RAM, len, len, 4096];
    file.extend(segment.iter().flat_map(|word| word.to_le_bytes()));
    file.extend(memory);
    file
}
