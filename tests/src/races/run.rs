//! One load in one setting.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use inspect::symbols::Symbols;
use machine::{Input, Machine, Stop};

use super::load::Load;
use super::patience::{Hang, Patience};
use super::scene;
use super::setting::Setting;
use crate::guest::{Artefacts, Guest, Screen, Trouble};
use crate::qemu::{Board, Qemu};

/// What a run took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// Steps of the harts, idle time left out.
    pub n_steps: u64,
    /// System calls that `sysfuzz` says it made.
    pub n_calls: u64,
    /// Time on the host.
    pub time: Duration,
}

/// What went wrong in a run.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is nothing to run, or it does not boot.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// The kernel panicked.
    #[error("panic at t = {t}:\n{tail}")]
    Panic {
        /// When it was seen.
        t: u64,
        /// The end of what was shown.
        tail: String,
    },
    /// Nothing more will come.
    #[error("{how} at t = {t}; the console shows last:\n{tail}\n{scene}")]
    Hang {
        /// In what way.
        how: Hang,
        /// When it was seen.
        t: u64,
        /// The end of what was shown.
        tail: String,
        /// What harts and processes do.
        scene: String,
    },
    /// A line did not end as it should.
    #[error("at t = {t}, {line:?} ended otherwise:\n{shown}")]
    Wrong {
        /// The line.
        line: String,
        /// When it was seen.
        t: u64,
        /// What it showed.
        shown: String,
    },
    /// Something is not as it was before.
    #[error("{what}: {before} before, {after} after")]
    Lost {
        /// What was counted.
        what: &'static str,
        /// How many there were.
        before: String,
        /// How many there are.
        after: String,
    },
    /// The disk is not whole.
    #[error("the file system is damaged: {0}")]
    Disk(String),
}

/// What the shell shows when it waits for the next line.
const PROMPT: &str = "\n$ ";

/// The time for a load on QEMU, however busy the host is: it only ends what hangs.
const QEMU_LIMIT: Duration = Duration::from_secs(30 * 60);

/// Runs `load` in `setting`, and hands what the console shows to `show`.
///
/// # Errors
/// Whatever a kernel must not do.
pub fn run(
    guest: &Artefacts,
    setting: &Setting,
    load: &Load,
    show: &mut dyn FnMut(&[u8]),
) -> Result<Figures, Failure> {
    let start = Instant::now();
    let mut run = Run::boot(guest, setting, load, show)?;
    let before = run.counts()?;
    let mut n_calls = 0;
    for (line, end) in load.lines {
        let line = line.replace("{n}", &(setting.seed % 0xffff).to_string());
        let shown = run.play(&line)?;
        n_calls += calls_told(&shown);
        if !shown.trim_end_matches(PROMPT).ends_with(end) {
            return Err(Failure::Wrong {
                line,
                t: run.machine.t(),
                shown,
            });
        }
    }
    run.hold_against(&before)?;
    Ok(Figures {
        n_steps: run.n_steps,
        n_calls,
        time: start.elapsed(),
    })
}

/// Runs `load` on QEMU, with as many harts as `setting` has and the kernel's policies.
///
/// # Errors
/// As [`run`], as far as it can be seen from outside.
pub fn run_on_qemu(guest: &Artefacts, setting: &Setting, load: &Load) -> Result<Figures, Failure> {
    let start = Instant::now();
    let mut guest = guest.clone();
    guest.kernel = kernel(&guest, setting);
    let mut qemu = Qemu::boot(&guest, setting.harts, Board::Legacy, &setting.policies)?;
    qemu.allow(QEMU_LIMIT);
    qemu.wait_for(PROMPT)?;
    let mut n_calls = 0;
    for (line, end) in load.lines {
        let line = line.replace("{n}", &(setting.seed % 0xffff).to_string());
        qemu.send(format!("{line}\n").as_bytes())?;
        let shown = qemu.wait_for(PROMPT)?.replace('\r', "");
        let is_well = shown.trim_end_matches(PROMPT).ends_with(end) && !shown.contains("panic:");
        if !is_well {
            return Err(Failure::Wrong { line, t: 0, shown });
        }
        n_calls += calls_told(&shown);
    }
    Ok(Figures {
        n_steps: 0,
        n_calls,
        time: start.elapsed(),
    })
}

/// How many calls `sysfuzz` says it made, if it was `sysfuzz` that showed this.
fn calls_told(shown: &str) -> u64 {
    let told = |line: &str| {
        line.strip_prefix("sysfuzz: ")?
            .strip_suffix(" calls")?
            .parse()
            .ok()
    };
    shown.lines().find_map(told).unwrap_or(0)
}

/// Where the kernel lies that `setting` wants.
fn kernel(guest: &Artefacts, setting: &Setting) -> PathBuf {
    if setting.is_checked {
        guest.kernel.with_file_name("kernel.checked")
    } else {
        guest.kernel.clone()
    }
}

/// A guest that is being looked at.
struct Run<'a> {
    guest: &'a Artefacts,
    show: &'a mut dyn FnMut(&[u8]),
    machine: Machine,
    screen: Screen,
    patience: Patience,
    n_steps: u64,
    is_checked: bool,
    leaves_files: bool,
}

/// What must be after a load as it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Counts {
    /// In the guest's words: memory and processes.
    memory: String,
    /// Inodes in use.
    inodes: u32,
    /// Blocks in use, those of the root directory left out: a directory never gets smaller.
    blocks: u32,
}

impl<'a> Run<'a> {
    fn boot(
        guest: &'a Artefacts,
        setting: &Setting,
        load: &Load,
        show: &'a mut dyn FnMut(&[u8]),
    ) -> Result<Run<'a>, Failure> {
        let kernel = guest.read(&kernel(guest, setting))?;
        let image = guest.read(&guest.image)?;
        let machine = Machine::new(&setting.config(), &kernel, image).map_err(Trouble::from)?;
        let patience = Patience::new(&machine, load.most_msteps * 1_000_000);
        let mut run = Run {
            guest,
            show,
            machine,
            screen: Screen::default(),
            patience,
            n_steps: 0,
            is_checked: setting.is_checked,
            leaves_files: load.leaves_files,
        };
        run.wait_for_prompt()?;
        Ok(run)
    }

    /// Types a line, and returns what comes up to the next prompt.
    fn play(&mut self, line: &str) -> Result<String, Failure> {
        self.machine
            .input(Input::Console(format!("{line}\n").into_bytes()));
        self.wait_for_prompt()
    }

    fn wait_for_prompt(&mut self) -> Result<String, Failure> {
        loop {
            if let Some(shown) = self.screen.take_until(PROMPT) {
                return Ok(shown.replace('\r', ""));
            }
            self.run_on()?;
        }
    }

    /// Lets the machine run a little.
    fn run_on(&mut self) -> Result<(), Failure> {
        let (since, end) = (self.machine.t(), self.machine.t() + Patience::STRIDE);
        let mut n_skipped = 0;
        // What it showed before it stopped tells why.
        let mut stopped = None;
        while self.machine.t() < end && stopped.is_none() {
            match self.machine.run(end) {
                Stop::Reached | Stop::Event => {}
                Stop::Idle { next: Some(next) } => {
                    n_skipped += next - self.machine.t();
                    self.machine.skip(next);
                }
                stop => stopped = Some(stop),
            }
        }
        let n_steps = self.machine.t() - since - n_skipped;
        self.n_steps += n_steps;
        let shown = self.machine.take_output();
        self.screen.show(&shown);
        (self.show)(&shown);
        let tail = self.screen.tail();
        if tail.contains("panic: ") && !shown.is_empty() {
            return Err(self.panicked());
        }
        match stopped {
            None => {}
            Some(Stop::Idle { .. }) => return Err(self.hang(Hang::Asleep)),
            Some(_) => return Err(self.screen.stopped("it ended", "the prompt").into()),
        }
        let look = self
            .patience
            .look(&self.machine, n_steps, !shown.is_empty());
        look.map_err(|how| self.hang(how))
    }

    /// Lets the kernel say its last words.
    fn panicked(&mut self) -> Failure {
        let t = self.machine.t();
        let _ = self.machine.run(t + 5 * Patience::STRIDE);
        let shown = self.machine.take_output();
        self.screen.show(&shown);
        let tail = self.screen.tail();
        Failure::Panic { t, tail }
    }

    fn hang(&self, how: Hang) -> Failure {
        // The symbols are those of the other kernel.
        let symbols = (!self.is_checked).then(|| self.guest.read(&self.guest.symbols));
        let symbols = symbols.and_then(|bytes| Symbols::from_bytes(&bytes.ok()?).ok());
        Failure::Hang {
            how,
            t: self.machine.t(),
            tail: self.screen.tail(),
            scene: scene::describe(&self.machine, symbols.as_ref()),
        }
    }

    fn counts(&mut self) -> Result<Counts, Failure> {
        self.play("sync")?;
        let shown = self.play("free")?;
        let memory = shown.lines().find(|line| line.ends_with(" processes"));
        let disk = self.machine.disk();
        let report = fsimg::check(disk);
        if !report.is_clean() {
            return Err(Failure::Disk(format!("{:?}", report.findings)));
        }
        Ok(Counts {
            memory: memory.unwrap_or_default().into(),
            inodes: report.inodes,
            blocks: n_blocks(disk),
        })
    }

    /// Errors if something is not as it was. Who was left to `init` may still be ending.
    fn hold_against(&mut self, before: &Counts) -> Result<(), Failure> {
        let mut after = self.counts()?;
        for _ in 0..20 {
            if after.memory == before.memory {
                break;
            }
            self.play("sleep 1")?;
            after = self.counts()?;
        }
        let lost = |what, before: String, after: String| match before == after {
            true => Ok(()),
            false => Err(Failure::Lost {
                what,
                before,
                after,
            }),
        };
        lost("memory", before.memory.clone(), after.memory)?;
        if self.leaves_files {
            return Ok(());
        }
        lost(
            "inodes",
            before.inodes.to_string(),
            after.inodes.to_string(),
        )?;
        lost(
            "blocks",
            before.blocks.to_string(),
            after.blocks.to_string(),
        )
    }
}

/// Blocks that the bitmap says are in use, those left out that hold the root directory's
/// entries.
fn n_blocks(disk: &[u8]) -> u32 {
    const BLOCK: usize = 1024;
    let Ok(geometry) = fsimg::geometry(disk) else {
        return 0;
    };
    let superblock = geometry.superblock();
    let bitmap = &disk[superblock.bmapstart as usize * BLOCK..][..superblock.size as usize / 8];
    let n_used: u32 = bitmap.iter().map(|byte| byte.count_ones()).sum();
    // Inode 1, of 64 bytes; its size is at byte 8.
    let inode = &disk[superblock.inodestart as usize * BLOCK + 64..];
    let size = u32::from_le_bytes([inode[8], inode[9], inode[10], inode[11]]);
    n_used - size.div_ceil(BLOCK as u32)
}
