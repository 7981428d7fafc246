//! A program that reports through `tohost`: its symbols, its run, and what it leaves behind.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use machine::{Accesses, Config, Machine, SetupError, Stop, Watch, Watchpoint};
use object::{Object, ObjectSymbol};

use crate::args::Test;
use crate::failure::Failure;

/// Bytes of `tohost`.
const HOST_BYTES: u64 = 8;
/// The byte of `tohost` that names a device; 0 is the one that takes exit codes.
const DEVICE_SHIFT: u32 = 56;

/// A program to run.
pub struct Program {
    path: PathBuf,
    bytes: Vec<u8>,
    /// Where it reports, if it does so there.
    tohost: Option<u64>,
    /// Where its signature begins and ends.
    signature: Option<(u64, u64)>,
}

/// How a program went.
pub struct Run {
    pub machine: Machine,
    pub end: End,
    /// What it printed to the console.
    pub output: Vec<u8>,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    Passed,
    /// It says that this test failed.
    Failed(u64),
    /// It ended as no test should; why.
    Broken(String),
    /// It did not end within this many instructions.
    TimeUp(u64),
}

impl Program {
    /// Reads the program at `path`.
    ///
    /// # Errors
    /// [`Failure::Read`], or [`Failure::Program`] if it is no ELF file.
    pub fn read(path: &Path) -> Result<Program, Failure> {
        let bytes = fs::read(path).map_err(|source| Failure::Read {
            path: path.to_owned(),
            source,
        })?;
        let wrong = |error: object::Error| Failure::Program {
            path: path.to_owned(),
            what: format!("it cannot be read as ELF: {error}"),
        };
        let file = object::File::parse(bytes.as_slice()).map_err(wrong)?;
        let find = |name: &str| {
            let mut symbols = file.symbols();
            let found = symbols.find(|symbol| symbol.name() == Ok(name))?;
            Some(found.address())
        };
        Ok(Program {
            path: path.to_owned(),
            tohost: find("tohost"),
            signature: find("begin_signature").zip(find("end_signature")),
            bytes,
        })
    }

    /// Runs the program on a machine of its own, as `args` say.
    ///
    /// # Errors
    /// [`Failure::Program`] if the machine cannot load it, [`Failure::Setup`] if there is no
    /// such machine.
    pub fn run(&self, args: &Test) -> Result<Run, Failure> {
        let config = Config {
            harts: args.harts,
            ram_bytes: args.memory,
            ..Config::default()
        };
        let machine = Machine::new(&config, &self.bytes, Vec::new());
        let mut machine = machine.map_err(|error| match error {
            SetupError::Harts(_) | SetupError::Ram(_) => error.into(),
            _ => self.wrong(error.to_string()),
        })?;
        if let Some(tohost) = self.tohost {
            let range = tohost..=tohost.saturating_add(HOST_BYTES - 1);
            machine.watch(Watch {
                points: vec![Watchpoint::Physical(range, Accesses::Writes)],
                ..Watch::default()
            });
        }
        let end = self.wait(&mut machine, args.limit);
        let output = machine.take_output();
        Ok(Run {
            machine,
            end,
            output,
        })
    }

    /// Runs until the program ends, or has taken `limit` instructions.
    fn wait(&self, machine: &mut Machine, limit: u64) -> End {
        loop {
            let left = limit.saturating_sub(machine.instret());
            if left == 0 {
                return End::TimeUp(limit);
            }
            match machine.run(machine.t().saturating_add(left)) {
                Stop::Event => {
                    machine.take_events();
                    if let Some(end) = self.reported(machine) {
                        return end;
                    }
                }
                Stop::Reached => {}
                Stop::Idle { next: Some(next) } => machine.skip(next),
                Stop::Idle { next: None } => {
                    return End::Broken("it waits for an interrupt that never comes".to_owned());
                }
                Stop::PowerOff { code: 0 } => return End::Passed,
                Stop::PowerOff { code } => return End::Failed(code.into()),
                Stop::Reset => return End::Broken("it asked for a reset".to_owned()),
            }
        }
    }

    /// What the program says at `tohost`, if it says something.
    fn reported(&self, machine: &Machine) -> Option<End> {
        let bytes = machine.read_ram(self.tohost?, HOST_BYTES as usize)?;
        let value = u64::from_le_bytes(bytes.try_into().ok()?);
        match value {
            0 => None,
            1 => Some(End::Passed),
            _ if value >> DEVICE_SHIFT != 0 || value & 1 == 0 => Some(End::Broken(format!(
                "it asks the host for a service ({value:#x} at tohost); only exit codes are taken"
            ))),
            _ => Some(End::Failed(value >> 1)),
        }
    }

    /// The signature as it is in the memory of `machine`: lines of `granularity` bytes, the most
    /// significant digit first.
    ///
    /// # Errors
    /// [`Failure::Program`] if there is none.
    pub fn signature(&self, machine: &Machine, granularity: usize) -> Result<String, Failure> {
        let Some((begin, end)) = self.signature else {
            let what = "it has no symbols begin_signature and end_signature";
            return Err(self.wrong(what.to_owned()));
        };
        let len = usize::try_from(end.saturating_sub(begin)).unwrap_or(usize::MAX);
        let bytes = machine.read_ram(begin, len).ok_or_else(|| {
            self.wrong(format!(
                "its signature, {begin:#x} to {end:#x}, is not in RAM"
            ))
        })?;
        let mut text = String::new();
        for line in bytes.chunks(granularity) {
            for nth in (0..granularity).rev() {
                let byte = line.get(nth).copied().unwrap_or(0);
                write!(text, "{byte:02x}").expect("strings take everything");
            }
            text.push('\n');
        }
        Ok(text)
    }

    fn wrong(&self, what: String) -> Failure {
        Failure::Program {
            path: self.path.clone(),
            what,
        }
    }
}
