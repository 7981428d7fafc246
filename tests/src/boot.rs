//! Guests for tests, booted without further ado: whatever goes wrong ends the test with the
//! sentence of the error.

use crate::guest::{Artefacts, Guest, Trouble};
use crate::native::Native;
use crate::qemu::{Board, Qemu};
use inspect::symbols::Symbols;
use inspect::time::Observatory;
use machine::{Config, Machine};

/// Ends a test with the sentence of the error rather than its fields.
///
/// # Panics
/// If there is an error.
pub fn or_fail<T>(result: Result<T, Trouble>) -> T {
    result.unwrap_or_else(|trouble| panic!("{trouble}"))
}

/// A machine of so many harts, interleaved by `seed`, whose kernel gets `bootargs`.
pub fn config(harts: usize, seed: u64, bootargs: &str) -> Config {
    Config {
        harts,
        seed,
        bootargs: bootargs.into(),
        ..Config::default()
    }
}

/// Our machine at reset, with the programs that test the kernel on its disk.
pub fn native(config: &Config) -> Native {
    or_fail(Artefacts::with_tests().and_then(|guest| Native::boot(&guest, config)))
}

/// As [`native`], at its prompt.
pub fn native_at_prompt(config: &Config) -> Native {
    let mut guest = native(config);
    or_fail(guest.wait_for("\n$ "));
    guest
}

/// QEMU at reset, with the programs that test the kernel on its disk.
pub fn qemu(harts: usize, bootargs: &str) -> Qemu {
    let guest = Artefacts::with_tests();
    or_fail(guest.and_then(|guest| Qemu::boot(&guest, harts, Board::Legacy, bootargs)))
}

/// As [`qemu`], at its prompt.
pub fn qemu_at_prompt(harts: usize, bootargs: &str) -> Qemu {
    let mut guest = qemu(harts, bootargs);
    or_fail(guest.wait_for("\n$ "));
    guest
}

/// Our machine at reset, with the disk that the page boots from.
pub fn machine(config: &Config) -> Machine {
    let guest = or_fail(Artefacts::find());
    let kernel = or_fail(guest.read(&guest.kernel));
    let image = or_fail(guest.read(&guest.image));
    or_fail(Machine::new(config, &kernel, image).map_err(Trouble::from))
}

/// The symbols of the guest that was built, with the text of its source files.
///
/// # Panics
/// If they are not of this build.
pub fn symbols() -> Symbols {
    let guest = or_fail(Artefacts::find());
    let bytes = or_fail(guest.read(&guest.symbols));
    let mut symbols = Symbols::from_bytes(&bytes).expect("symbols of this build");
    let given = symbols.give_sources(&or_fail(guest.read(&guest.sources)));
    given.expect("sources of this build");
    symbols
}

/// As [`machine`], watched.
pub fn observatory(config: &Config) -> Observatory {
    Observatory::new(machine(config), Some(symbols()))
}

/// Runs `command` at the prompt. Returns what it printed, up to the next prompt.
///
/// # Panics
/// If the console does not echo the command, or the kernel panics.
pub fn run(guest: &mut impl Guest, command: &str) -> String {
    or_fail(guest.send(format!("{command}\n").as_bytes()));
    let shown = or_fail(guest.wait_for("\n$ ")).replace('\r', "");
    assert!(!shown.contains("panic: "), "{shown}");
    let printed = shown.strip_prefix(&format!("{command}\n"));
    let printed = printed.and_then(|printed| printed.strip_suffix("$ "));
    let printed = printed.unwrap_or_else(|| panic!("not the echo of {command}: {shown}"));
    printed.into()
}
