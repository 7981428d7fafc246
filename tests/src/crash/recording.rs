//! What a machine writes to its disk, and flushes, while somebody types.

use fsimg::{Image, build};
use machine::{Config, Happening, Input, Machine, Stop, Watch};

use super::workload::Workload;
use crate::guest::{Artefacts, Screen, Trouble};

/// Bytes of a sector.
pub(crate) const SECTOR: usize = 512;

/// What was done to the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A write, of whole sectors.
    Write {
        /// The first byte's place on the disk.
        at: usize,
        /// What was written.
        bytes: Vec<u8>,
    },
    /// A flush.
    Flush,
}

/// All that was done to a disk, in order.
#[derive(Clone, Debug)]
pub struct Recording {
    /// What the disk held at first.
    pub(crate) image: Vec<u8>,
    pub(crate) deeds: Vec<Deed>,
    /// How many deeds there had been when each step ended. The first step is the boot.
    pub(crate) ends: Vec<usize>,
}

impl Recording {
    /// The programs that workloads call.
    const PROGRAMS: &[&str] = &[
        "init", "sh", "echo", "cat", "ln", "rm", "mkdir", "sleep", "sync",
    ];
    /// What the shell shows when it is ready.
    const PROMPT: &str = "\n$ ";

    /// The disk that `workload` begins with.
    ///
    /// # Errors
    /// The guest was not built.
    ///
    /// # Panics
    /// If the workload's files do not fit on its disk.
    pub fn image(guest: &Artefacts, workload: &Workload) -> Result<Vec<u8>, Trouble> {
        let all = Image::open(guest.read(&guest.image)?).expect("the built image is sound");
        let program = |&name: &&str| fsimg::Source {
            name: name.into(),
            bytes: all.read(name).expect("the built image has it"),
        };
        let programs = Recording::PROGRAMS.iter().map(program);
        let sources: Vec<_> = programs.chain(workload.sources()).collect();
        Ok(build(workload.layout, &sources).expect("the workload's files fit"))
    }

    /// Boots `image` with `bootargs`, and plays `workload`.
    ///
    /// # Errors
    /// The guest was not built, or does not come to an end.
    pub fn of(guest: &Artefacts, workload: &Workload, bootargs: &str) -> Result<Self, Trouble> {
        let image = Recording::image(guest, workload)?;
        let mut recorder = Recorder::boot(guest, image, workload, bootargs)?;
        recorder.wait_for(Recording::PROMPT)?;
        for step in &workload.before {
            recorder.play(&step.line, Recording::PROMPT)?;
        }
        if !workload.writers.is_empty() {
            let (line, last) = workload.line_of_writers();
            // The console shows it as it is typed, too; the writers' shells prompt in between.
            recorder.play(&line, last)?;
            recorder.wait_for(last)?;
            recorder.wait_for(Recording::PROMPT)?;
            let ends = &mut recorder.recording.ends;
            ends.drain(ends.len() - 3..ends.len() - 1);
        }
        for step in &workload.after {
            recorder.play(&step.line, Recording::PROMPT)?;
        }
        Ok(recorder.recording)
    }

    /// Boots `image`, on as many harts as `workload` has, until the shell is ready. Also what the
    /// disk holds then.
    ///
    /// # Errors
    /// As [`Recording::of`].
    pub fn of_boot(
        guest: &Artefacts,
        workload: &Workload,
        image: Vec<u8>,
    ) -> Result<(Self, Vec<u8>), Trouble> {
        let mut recorder = Recorder::boot(guest, image, workload, "")?;
        recorder.wait_for(Recording::PROMPT)?;
        Ok((recorder.recording, recorder.machine.disk().to_vec()))
    }

    /// The same, as if the kernel had never flushed.
    pub fn without_flushes(mut self) -> Recording {
        for end in &mut self.ends {
            let before = &self.deeds[..*end];
            *end = before.iter().filter(|&deed| *deed != Deed::Flush).count();
        }
        self.deeds.retain(|deed| *deed != Deed::Flush);
        self
    }

    /// How many writes there are.
    pub fn n_writes(&self) -> usize {
        let is_write = |deed: &&Deed| matches!(deed, Deed::Write { .. });
        self.deeds.iter().filter(is_write).count()
    }
}

/// A machine whose disk is watched.
struct Recorder {
    machine: Machine,
    screen: Screen,
    recording: Recording,
}

impl Recorder {
    /// The time for everything, as the machine's `t`.
    const LIMIT: u64 = 20_000_000_000;

    fn boot(
        guest: &Artefacts,
        image: Vec<u8>,
        workload: &Workload,
        bootargs: &str,
    ) -> Result<Recorder, Trouble> {
        let config = Config {
            harts: workload.harts,
            seed: workload.seed,
            ram_bytes: 32 << 20,
            bootargs: bootargs.into(),
            ..Config::default()
        };
        let kernel = guest.read(&guest.kernel)?;
        let mut machine = Machine::new(&config, &kernel, image.clone())?;
        machine.watch(Watch {
            is_on: true,
            ..Watch::default()
        });
        Ok(Recorder {
            machine,
            screen: Screen::default(),
            recording: Recording {
                image,
                deeds: Vec::new(),
                ends: Vec::new(),
            },
        })
    }

    /// Types `line` and runs until `shown` is shown.
    fn play(&mut self, line: &str, shown: &str) -> Result<(), Trouble> {
        let line = format!("{line}\n");
        self.machine.input(Input::Console(line.into_bytes()));
        self.wait_for(shown)
    }

    /// Runs until the console shows `text`; with that a step ends.
    fn wait_for(&mut self, text: &str) -> Result<(), Trouble> {
        let wanted = format!("{text:?}");
        loop {
            self.screen.show(&self.machine.take_output());
            if self.screen.take_until(text).is_some() {
                self.recording.ends.push(self.recording.deeds.len());
                return Ok(());
            }
            if self.machine.t() > Recorder::LIMIT {
                let limit = format!("until t = {}", Recorder::LIMIT);
                return Err(self.screen.timed_out(limit, &wanted));
            }
            self.run_on(&wanted)?;
        }
    }

    /// Runs until something happens, and keeps it if the disk does it.
    fn run_on(&mut self, wanted: &str) -> Result<(), Trouble> {
        match self.machine.run(u64::MAX) {
            Stop::Reached | Stop::Event => {}
            Stop::Idle { next: Some(next) } => self.machine.skip(next),
            Stop::Idle { next: None } => {
                return Err(self.screen.stopped("it waits for input for ever", wanted));
            }
            Stop::PowerOff { .. } | Stop::Reset => {
                return Err(self.screen.stopped("power off", wanted));
            }
        }
        for event in self.machine.take_events() {
            let deed = match event.what {
                Happening::DiskWrite { sector, sectors } => {
                    let (at, len) = (sector as usize * SECTOR, sectors as usize * SECTOR);
                    let bytes = self.machine.disk()[at..at + len].to_vec();
                    Deed::Write { at, bytes }
                }
                Happening::DiskFlush => Deed::Flush,
                _ => continue,
            };
            self.recording.deeds.push(deed);
        }
        Ok(())
    }
}
