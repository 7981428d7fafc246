//! The machine as the page sees it: one class, [`Orrery`], around [`inspect::time::Observatory`].
//!
//! Runs in a dedicated worker. The worker calls [`Orrery::run`] in slices, takes the
//! console's bytes and posts them on; nothing here knows a clock, a page or a queue.
//! What crosses is declared in [`crossing`] and in `inspect`, from which the TypeScript
//! types are made. What cannot be done is thrown as an `Error` with one sentence.

mod columns;
mod crossing;
#[cfg(target_arch = "wasm32")]
mod zeroes;

pub use columns::EventColumns;
pub use crossing::{BootConfig, HartStatus, MachineStatus, RunStop, ScenePlay};
// Their TypeScript types come along.
pub use inspect::scene::SceneOutline;
pub use inspect::time::{Arrival, Event, Focus, Position, Unit};
pub use inspect::view::{View, ViewRequest};

use crossing::Refusal;
use inspect::scene::{Player, Scene};
use inspect::symbols::Symbols;
use inspect::time::{Condition, Observatory, Patience};
use machine::Machine;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

thread_local! {
    /// What the last panic said. A panic leaves no `Machine` to ask, so it is kept here.
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Called once when the module starts: a panic will be told in the console, with its
/// place, and kept for the page.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        LAST_PANIC.set(Some(info.to_string()));
    }));
}

/// What the last panic said and where; JavaScript itself is told only that the code was
/// unreachable.
#[wasm_bindgen(js_name = lastPanic)]
pub fn last_panic() -> Option<String> {
    LAST_PANIC.with_borrow(Clone::clone)
}

/// SHA-256 of `bytes`, as 64 hexadecimal digits.
#[wasm_bindgen]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A scene that was read, in one of its variants: what it is about, and which machine it
/// plays on.
#[wasm_bindgen]
pub struct StagedScene {
    player: Player,
}

#[wasm_bindgen]
impl StagedScene {
    /// Reads the scene in `text`, which messages call `file`. Without `variant` it is the first.
    ///
    /// # Errors
    /// A sentence: where it is no scene, or which variants there are.
    #[wasm_bindgen(constructor)]
    pub fn new(file: &str, text: &str, variant: Option<String>) -> Result<StagedScene, JsError> {
        let scene = Scene::read(file, text)?;
        let player = Player::new(scene, variant.as_deref()).map_err(|why| JsError::new(&why))?;
        Ok(StagedScene { player })
    }

    /// What the scene is about.
    ///
    /// # Errors
    /// None in practice, as for [`Orrery::run`].
    pub fn outline(&self) -> Result<Ts<SceneOutline>, JsError> {
        Ok(SceneOutline::from(self.player.scene()).into_ts()?)
    }

    /// The id of its variant, if it has any.
    #[wasm_bindgen(getter)]
    pub fn variant(&self) -> Option<String> {
        self.player.variant().map(|variant| variant.id.clone())
    }

    /// The machine it plays on.
    ///
    /// # Errors
    /// None in practice, as for [`Orrery::run`].
    pub fn config(&self) -> Result<Ts<BootConfig>, JsError> {
        Ok(BootConfig::from(&self.player.config()).into_ts()?)
    }
}

/// A machine with a kernel in its memory and a disk in its slot, recorded from reset on.
/// To reset, make a new one from the same files.
#[wasm_bindgen]
pub struct Orrery {
    observatory: Observatory,
    player: Option<Player>,
    kernel_sha256: [u8; 32],
    disk_findings: Vec<String>,
    stop: RunStop,
}

#[wasm_bindgen]
impl Orrery {
    /// Puts the machine together: `kernel` is a RISC-V ELF, `disk` a whole image.
    ///
    /// # Errors
    /// A JavaScript `Error` with one sentence; its `name` is `KernelError`, `DiskError`
    /// or `ConfigError`, after what is at fault.
    #[wasm_bindgen(constructor)]
    pub fn new(
        kernel: &[u8],
        disk: Vec<u8>,
        config: Ts<BootConfig>,
    ) -> Result<Orrery, js_sys::Error> {
        let config = config
            .to_rust()
            .map_err(|error| Refusal::Config(error.to_string()))?
            .into_machine()?;
        fsimg::geometry(&disk).map_err(|flaw| {
            Refusal::Disk(format!("the disk image is no whole file system: {flaw}"))
        })?;
        let machine = Machine::new(&config, kernel, disk).map_err(Refusal::from)?;
        let disk_findings = fsimg::check(machine.disk())
            .findings
            .iter()
            .map(ToString::to_string)
            .collect();
        web_sys::console::info_1(
            &format!(
                "orrery: kernel {} · {} harts · seed {} · bootargs {:?}",
                sha256(kernel),
                config.harts,
                config.seed,
                config.bootargs
            )
            .into(),
        );
        Ok(Orrery {
            observatory: Observatory::new(machine, None),
            player: None,
            kernel_sha256: Sha256::digest(kernel).into(),
            disk_findings,
            stop: RunStop::Reached,
        })
    }

    /// Hands over what the kernel's debug information says, digested: views and events have
    /// names from then on.
    ///
    /// # Errors
    /// A sentence, if this is no such file or belongs to another kernel.
    #[wasm_bindgen(js_name = giveSymbols)]
    pub fn give_symbols(&mut self, bytes: &[u8]) -> Result<(), JsError> {
        let symbols = Symbols::from_bytes(bytes)?;
        symbols.check_kernel(&self.kernel_sha256)?;
        self.observatory.give_symbols(symbols);
        Ok(())
    }

    /// Hands over the text of the source files that the symbols tell of: the source view has
    /// lines from then on.
    ///
    /// # Errors
    /// A sentence, if this is no such file or belongs to other symbols.
    #[wasm_bindgen(js_name = giveSources)]
    pub fn give_sources(&mut self, bytes: &[u8]) -> Result<(), JsError> {
        Ok(self.observatory.give_sources(bytes)?)
    }

    /// Will play `scene`; the machine is of its configuration, and at reset.
    pub fn stage(&mut self, scene: StagedScene) {
        self.player = Some(scene.player);
    }

    /// Sets out for stop `n` of the scene, from 0.
    ///
    /// # Errors
    /// A sentence, if there is no scene.
    #[wasm_bindgen(js_name = setOut)]
    pub fn set_out(&mut self, n: u32) -> Result<Ts<ScenePlay>, JsError> {
        let player = self.player.as_mut().ok_or_else(no_scene)?;
        let played = player.set_out(&mut self.observatory, n as usize);
        Ok(ScenePlay::from(played).into_ts()?)
    }

    /// Goes on to the stop that was set out for, for `budget` of time.
    ///
    /// # Errors
    /// A sentence, if there is no scene.
    pub fn play(&mut self, budget: u32) -> Result<Ts<ScenePlay>, JsError> {
        let player = self.player.as_mut().ok_or_else(no_scene)?;
        let played = player.work(&mut self.observatory, budget.into());
        Ok(ScenePlay::from(played).into_ts()?)
    }

    /// What a check of the disk found wrong before it went in, a sentence each. Empty for a
    /// sound one; a guest can be booted from the others too, at its own risk.
    #[wasm_bindgen(getter, js_name = diskFindings)]
    pub fn disk_findings(&self) -> Vec<String> {
        self.disk_findings.clone()
    }

    /// Runs for at most `budget` of time and says why it came back.
    ///
    /// Wasm has no on-stack replacement: a call that lasts for ever stays in the
    /// browser's slow tier, so call with at most a million.
    ///
    /// # Errors
    /// None in practice: only if the answer could not become a JavaScript object.
    pub fn run(&mut self, budget: u32) -> Result<Ts<RunStop>, JsError> {
        self.stop = self.observatory.run(budget.into()).into();
        Ok(self.stop.into_ts()?)
    }

    /// What [`Orrery::run`] stops at from now on: a condition such as `syscall:fork`, or
    /// nothing.
    ///
    /// # Errors
    /// A sentence, if it cannot be read, or this kernel does not have what it names.
    pub fn arm(&mut self, condition: Option<String>) -> Result<(), JsError> {
        let condition = condition
            .map(|text| text.parse::<Condition>())
            .transpose()?;
        Ok(self.observatory.arm(condition)?)
    }

    /// Lets time pass up to `until` (a value of `t`) while every hart waits; at most to
    /// the next deadline, not at all while one runs.
    pub fn skip(&mut self, until: f64) {
        self.observatory.skip(until as u64);
    }

    /// Hands bytes to the guest's console, as if typed. They are logged with this `t`.
    ///
    /// # Errors
    /// A sentence, if this is the past.
    pub fn input(&mut self, bytes: &[u8]) -> Result<(), JsError> {
        Ok(self.observatory.input(bytes)?)
    }

    /// What the guest has written to its console since the last call, each byte once.
    #[wasm_bindgen(js_name = takeOutput)]
    pub fn take_output(&mut self) -> Vec<u8> {
        self.observatory.take_output()
    }

    /// How many bytes the guest had written to its console by the present moment.
    #[wasm_bindgen(getter)]
    pub fn printed(&self) -> f64 {
        self.observatory.printed() as f64
    }

    /// Time: instructions retired by all harts plus the idle cycles let pass.
    #[wasm_bindgen(getter)]
    pub fn t(&self) -> f64 {
        self.observatory.machine().t() as f64
    }

    /// Instructions retired by all harts.
    #[wasm_bindgen(getter)]
    pub fn instret(&self) -> f64 {
        self.observatory.machine().instret() as f64
    }

    /// Whether more is recorded than has happened by now.
    #[wasm_bindgen(getter, js_name = isPast)]
    pub fn is_past(&self) -> bool {
        self.observatory.is_past()
    }

    /// Where in time the machine stands.
    ///
    /// # Errors
    /// None in practice, as for [`Orrery::run`].
    pub fn position(&self) -> Result<Ts<Position>, JsError> {
        Ok(self.observatory.position().into_ts()?)
    }

    /// Goes to `t`, if that is recorded; otherwise to the nearer end of the recording.
    ///
    /// # Errors
    /// None in practice, as for [`Orrery::run`].
    pub fn seek(&mut self, t: f64) -> Result<Ts<Arrival>, JsError> {
        let end = self.observatory.position().end;
        Ok(self.observatory.seek((t as u64).min(end)).into_ts()?)
    }

    /// Goes one unit forward.
    ///
    /// # Errors
    /// A sentence, if unit or focus are none.
    pub fn step(&mut self, unit: Ts<Unit>, focus: Ts<Focus>) -> Result<Ts<Arrival>, JsError> {
        let arrival = self.observatory.step(unit.to_rust()?, &focus.to_rust()?);
        Ok(arrival.into_ts()?)
    }

    /// Goes one unit back.
    ///
    /// # Errors
    /// As for [`Orrery::step`].
    pub fn back(&mut self, unit: Ts<Unit>, focus: Ts<Focus>) -> Result<Ts<Arrival>, JsError> {
        let arrival = self.observatory.back(unit.to_rust()?, &focus.to_rust()?);
        Ok(arrival.into_ts()?)
    }

    /// Goes to an event that is recorded, such as `event:syscall.fork#2`. Stays where it is,
    /// for the reason `not-yet` or `waiting`, if it is not, or if `condition` is not of that
    /// sort.
    ///
    /// # Errors
    /// As for [`Orrery::arm`].
    #[wasm_bindgen(js_name = goToRecorded)]
    pub fn go_to_recorded(&mut self, condition: &str) -> Result<Ts<Arrival>, JsError> {
        let none = Patience {
            instructions: 0,
            time: 0,
        };
        let arrival = self.observatory.run_until(&condition.parse()?, none);
        Ok(arrival.into_ts()?)
    }

    /// Goes back to where `condition` came last.
    ///
    /// # Errors
    /// As for [`Orrery::arm`].
    #[wasm_bindgen(js_name = backUntil)]
    pub fn back_until(&mut self, condition: &str) -> Result<Ts<Arrival>, JsError> {
        let arrival = self.observatory.back_until(&condition.parse()?);
        Ok(arrival.into_ts()?)
    }

    /// Forgets what comes after now: here the present begins.
    #[wasm_bindgen(js_name = branchHere)]
    pub fn branch_here(&mut self) {
        self.observatory.branch_here();
    }

    /// The events of numbers `from` to `to`, which is not included.
    ///
    /// # Errors
    /// None in practice, as for [`Orrery::run`].
    pub fn events(&self, from: f64, to: f64) -> Result<Vec<Ts<Event>>, JsError> {
        let events = self.observatory.events(from as u64, to as u64);
        events.iter().map(|event| Ok(event.into_ts()?)).collect()
    }

    /// The events from number `first` on and the changes of mode from number `first_mode` on,
    /// as columns; at most so many of each that it takes a millisecond or two.
    #[wasm_bindgen(js_name = eventColumns)]
    pub fn event_columns(&self, first: f64, first_mode: f64) -> EventColumns {
        EventColumns::of(&self.observatory, first as u64, first_mode as u64)
    }

    /// A view of the machine as it is now.
    ///
    /// # Errors
    /// None in practice, as for [`Orrery::run`]; what cannot be shown is [`View::Missing`].
    pub fn view(&self, request: Ts<ViewRequest>) -> Result<Ts<View>, JsError> {
        Ok(self.observatory.view(&request.to_rust()?).into_ts()?)
    }

    /// Where the machine stands, for the status line.
    ///
    /// # Errors
    /// None in practice, as for [`Orrery::run`].
    pub fn status(&self) -> Result<Ts<MachineStatus>, JsError> {
        Ok(MachineStatus::of(self.observatory.machine(), self.stop).into_ts()?)
    }

    /// 128 bits that are equal if and only if the machine's state is, as hexadecimal digits.
    #[wasm_bindgen(js_name = stateHash)]
    pub fn state_hash(&self) -> String {
        self.observatory.state_hash().to_string()
    }

    /// A copy of the disk as the guest has written it so far.
    pub fn disk(&self) -> Vec<u8> {
        self.observatory.machine().disk().to_vec()
    }
}

fn no_scene() -> JsError {
    JsError::new("this machine plays no scene")
}
