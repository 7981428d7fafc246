//! The machine as the page sees it: one class, [`Orrery`], around [`machine::Machine`].
//!
//! Runs in a dedicated worker. The worker calls [`Orrery::run`] in slices, takes the
//! console's bytes and posts them on; nothing here knows a clock, a page or a queue.
//! What crosses is declared in [`crossing`], from which the TypeScript types are made.

mod crossing;

pub use crossing::{BootConfig, HartStatus, MachineStatus, RunStop};
// Their TypeScript types come along.
pub use inspect::time::{Arrival, Event, Focus, Position, Unit};
pub use inspect::view::{View, ViewRequest};

use crossing::Refusal;
use inspect::symbols::Symbols;
use machine::{Input, Machine};
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

/// A machine with a kernel in its memory and a disk in its slot, not yet run.
/// To reset, make a new one from the same files.
#[wasm_bindgen]
pub struct Orrery {
    machine: Machine,
    kernel_sha256: [u8; 32],
    symbols: Option<Symbols>,
    disk_findings: Vec<String>,
    printed: usize,
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
            machine,
            kernel_sha256: Sha256::digest(kernel).into(),
            symbols: None,
            disk_findings,
            printed: 0,
            stop: RunStop::Reached,
        })
    }

    /// Hands over what the kernel's debug information says, digested: views have names from
    /// then on. Replaces what was there.
    ///
    /// # Errors
    /// A sentence, if this is no such file or belongs to another kernel.
    #[wasm_bindgen(js_name = giveSymbols)]
    pub fn give_symbols(&mut self, bytes: &[u8]) -> Result<(), JsError> {
        let symbols = Symbols::from_bytes(bytes)?;
        symbols.check_kernel(&self.kernel_sha256)?;
        self.symbols = Some(symbols);
        Ok(())
    }

    /// A view of the machine as it is now.
    ///
    /// # Errors
    /// None in practice, as for [`Orrery::run`]; what cannot be shown is [`View::Missing`].
    pub fn view(&self, request: Ts<ViewRequest>) -> Result<Ts<View>, JsError> {
        let request = request.to_rust()?;
        let view = inspect::view(&self.machine, self.symbols.as_ref(), &request);
        Ok(view.into_ts()?)
    }

    /// What a check of the disk found wrong before it went in, a sentence each. Empty for a
    /// sound one; a guest can be booted from the others too, at its own risk.
    #[wasm_bindgen(getter, js_name = diskFindings)]
    pub fn disk_findings(&self) -> Vec<String> {
        self.disk_findings.clone()
    }

    /// Runs at most `budget` instructions and says why it came back.
    ///
    /// Wasm has no on-stack replacement: a call that lasts for ever stays in the
    /// browser's slow tier, so call with at most a million.
    ///
    /// # Errors
    /// None in practice: only if the answer could not become a JavaScript object.
    pub fn run(&mut self, budget: u32) -> Result<Ts<RunStop>, JsError> {
        let until = self.machine.t().saturating_add(u64::from(budget));
        self.stop = self.machine.run(until).into();
        Ok(self.stop.into_ts()?)
    }

    /// Lets time pass up to `until` (a value of `t`) while every hart waits; at most to
    /// the next deadline, not at all while one runs.
    pub fn skip(&mut self, until: f64) {
        self.machine.skip(until as u64);
    }

    /// Hands bytes to the guest's console, as if typed. They are logged with this `t`.
    pub fn input(&mut self, bytes: Vec<u8>) {
        self.machine.input(Input::Console(bytes));
    }

    /// What the guest has written to its console since the last call.
    #[wasm_bindgen(js_name = takeOutput)]
    pub fn take_output(&mut self) -> Vec<u8> {
        let output = self.machine.take_output();
        self.printed += output.len();
        output
    }

    /// How many bytes of output the guest has written by now, those not yet taken left out.
    #[wasm_bindgen(getter)]
    pub fn printed(&self) -> f64 {
        self.printed as f64
    }

    /// Time: instructions retired by all harts plus the idle cycles let pass.
    #[wasm_bindgen(getter)]
    pub fn t(&self) -> f64 {
        self.machine.t() as f64
    }

    /// Instructions retired by all harts.
    #[wasm_bindgen(getter)]
    pub fn instret(&self) -> f64 {
        self.machine.instret() as f64
    }

    /// Where in time the machine stands.
    ///
    /// # Errors
    /// None in practice, as for [`Orrery::run`].
    pub fn position(&self) -> Result<Ts<Position>, JsError> {
        let t = self.machine.t();
        let position = Position {
            t,
            end: t,
            event: None,
            n_events: 0,
            snapshots: 0,
            bytes: 0,
        };
        Ok(position.into_ts()?)
    }

    /// Where the machine stands, for the status line.
    ///
    /// # Errors
    /// None in practice, as for [`Orrery::run`].
    pub fn status(&self) -> Result<Ts<MachineStatus>, JsError> {
        Ok(MachineStatus::of(&self.machine, self.stop).into_ts()?)
    }

    /// 128 bits that are equal if and only if the machine's state is, as hexadecimal digits.
    #[wasm_bindgen(js_name = stateHash)]
    pub fn state_hash(&self) -> String {
        self.machine.state_hash().to_string()
    }

    /// A copy of the disk as the guest has written it so far.
    pub fn disk(&self) -> Vec<u8> {
        self.machine.disk().to_vec()
    }
}
