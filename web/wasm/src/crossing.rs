//! What crosses between Rust and TypeScript, declared once. Each type here becomes a
//! TypeScript type of the same name in the generated `orrery_wasm.d.ts`.
//!
//! Counters cross as `number`: exact to 2⁵³, a hundred days at a billion a second.
//! Addresses need all 64 bits and cross as text.

use inspect::scene::{Missed, Played, SceneStop};
use inspect::time::Pause;
use machine::{Config, Machine, SetupError};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// What can be chosen at boot; what is left out takes the machine's default.
#[derive(Clone, Debug, Default, Deserialize, Serialize, Tsify)]
#[serde(default, rename_all = "camelCase")]
pub struct BootConfig {
    /// 1 to 8.
    #[tsify(optional)]
    pub harts: Option<u32>,
    /// Bytes of memory, 16 MiB to 2 GiB.
    #[tsify(optional)]
    pub ram_bytes: Option<f64>,
    /// Handed to the kernel in the device tree's `/chosen`.
    #[tsify(optional)]
    pub bootargs: Option<String>,
    /// Which interleaving of the harts: another number is another schedule.
    #[tsify(optional)]
    pub seed: Option<f64>,
    /// The disk speaks the older virtio-mmio interface.
    #[tsify(optional)]
    pub virtio_legacy: Option<bool>,
}

impl BootConfig {
    /// The machine's own configuration.
    ///
    /// # Errors
    /// [`Refusal::Config`] for a number that is no whole number from 0 to 2⁵³.
    /// The machine checks the ranges.
    pub(crate) fn into_machine(self) -> Result<Config, Refusal> {
        let mut config = Config::default();
        if let Some(harts) = self.harts {
            config.harts = harts as usize;
        }
        if let Some(ram_bytes) = self.ram_bytes {
            config.ram_bytes = whole("ramBytes", ram_bytes)?;
        }
        if let Some(bootargs) = self.bootargs {
            config.bootargs = bootargs;
        }
        if let Some(seed) = self.seed {
            config.seed = whole("seed", seed)?;
        }
        if let Some(legacy) = self.virtio_legacy {
            config.virtio_legacy = legacy;
        }
        Ok(config)
    }
}

impl From<&Config> for BootConfig {
    fn from(config: &Config) -> BootConfig {
        BootConfig {
            harts: Some(config.harts as u32),
            ram_bytes: Some(config.ram_bytes as f64),
            bootargs: Some(config.bootargs.clone()),
            seed: Some(config.seed as f64),
            virtio_legacy: Some(config.virtio_legacy),
        }
    }
}

/// How far a scene has come on its way to a stop.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ScenePlay {
    /// There is more to do.
    Going,
    /// The machine stands at the stop.
    Stop {
        /// What there is to see and to say.
        stop: Box<SceneStop>,
    },
    /// The stop did not come.
    Missed {
        /// Why, and what was seen instead.
        missed: Missed,
        /// The same in a sentence.
        sentence: String,
    },
}

impl From<Option<Played>> for ScenePlay {
    fn from(played: Option<Played>) -> ScenePlay {
        match played {
            None => ScenePlay::Going,
            Some(Ok(stop)) => ScenePlay::Stop {
                stop: Box::new(stop),
            },
            Some(Err(missed)) => ScenePlay::Missed {
                sentence: missed.to_string(),
                missed,
            },
        }
    }
}

/// Why [`run`](crate::Orrery::run) came back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[tsify(missing_as_null)]
pub enum RunStop {
    /// The budget is used up; more can be run at once.
    Reached,
    /// What was armed came: the machine stands exactly there.
    Met,
    /// It ran through the past, and has come to the present.
    Present,
    /// Every hart waits.
    Idle {
        /// `t` of the next deadline; `null` if only input can wake the guest.
        next: Option<f64>,
    },
    /// The guest powered off.
    PowerOff {
        /// Its exit status; 0 is success.
        code: u32,
    },
    /// The guest asked for a reset.
    Reset,
}

impl From<Pause> for RunStop {
    fn from(pause: Pause) -> RunStop {
        match pause {
            Pause::Budget => RunStop::Reached,
            Pause::Met => RunStop::Met,
            Pause::End => RunStop::Present,
            Pause::Idle { next } => RunStop::Idle {
                next: next.map(|t| t as f64),
            },
            Pause::PowerOff { code } => RunStop::PowerOff { code },
            Pause::Reset => RunStop::Reset,
        }
    }
}

/// Where the machine stands.
#[derive(Clone, Debug, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct MachineStatus {
    /// Instructions retired plus idle cycles let pass.
    pub t: f64,
    /// Instructions retired by all harts.
    pub instret: f64,
    /// One entry per hart, hart 0 first.
    pub harts: Vec<HartStatus>,
    /// Why the last run came back.
    pub stop: RunStop,
}

impl MachineStatus {
    pub(crate) fn of(machine: &Machine, stop: RunStop) -> MachineStatus {
        MachineStatus {
            t: machine.t() as f64,
            instret: machine.instret() as f64,
            harts: machine
                .harts()
                .into_iter()
                .map(|hart| HartStatus {
                    mode: hart.mode.into(),
                    pc: format!("{:#018x}", hart.pc),
                    waiting: hart.waiting,
                })
                .collect(),
            stop,
        }
    }
}

/// A hart, as far as the status line shows it.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct HartStatus {
    /// Privilege mode.
    pub mode: HartMode,
    /// Program counter, as `0x` and 16 hexadecimal digits.
    pub pc: String,
    /// It stopped at `wfi` until an interrupt comes.
    pub waiting: bool,
}

/// Privilege mode of a hart.
#[derive(Clone, Copy, Debug, Serialize, Tsify)]
pub enum HartMode {
    /// User.
    U,
    /// Supervisor.
    S,
    /// Machine.
    M,
}

impl From<machine::Mode> for HartMode {
    fn from(mode: machine::Mode) -> HartMode {
        match mode {
            machine::Mode::User => HartMode::U,
            machine::Mode::Supervisor => HartMode::S,
            machine::Mode::Machine => HartMode::M,
        }
    }
}

/// Why a machine could not be put together: who is at fault, and a sentence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refusal {
    Kernel(String),
    Disk(String),
    Config(String),
}

impl From<SetupError> for Refusal {
    fn from(error: SetupError) -> Refusal {
        let sentence = error.to_string();
        match error {
            SetupError::Harts(_)
            | SetupError::Ram(_)
            | SetupError::Bootargs
            | SetupError::Devices(_) => Refusal::Config(sentence),
            SetupError::DiskSectors(_) | SetupError::DiskTooLarge(_) => Refusal::Disk(sentence),
            SetupError::Image { .. } | SetupError::Collision { .. } => Refusal::Kernel(sentence),
        }
    }
}

impl From<Refusal> for js_sys::Error {
    fn from(refusal: Refusal) -> js_sys::Error {
        let (name, sentence) = match refusal {
            Refusal::Kernel(sentence) => ("KernelError", sentence),
            Refusal::Disk(sentence) => ("DiskError", sentence),
            Refusal::Config(sentence) => ("ConfigError", sentence),
        };
        let error = js_sys::Error::new(&sentence);
        error.set_name(name);
        error
    }
}

fn whole(name: &str, value: f64) -> Result<u64, Refusal> {
    const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && (0.0..=LARGEST_EXACT).contains(&value) {
        Ok(value as u64)
    } else {
        Err(Refusal::Config(format!(
            "{name} must be a whole number from 0 to 9007199254740992, not {value}"
        )))
    }
}
