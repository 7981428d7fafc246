//! How fast the machine is, beside others.
//!
//! The same programs (`guest/src/bin`, bare-metal ELF files) run on our machine, on the
//! registry's other RISC-V machines in Rust, in the same process, native or in a browser, and
//! on QEMU. Figures of one run on one computer mean little by themselves; what is kept is
//! the ratio of runs that were made one right after the other. `cargo xtask bench` builds all
//! that and prints the tables.

mod boot;
#[cfg(not(target_arch = "wasm32"))]
pub mod clock;
mod ours;
mod program;
#[cfg(not(target_arch = "wasm32"))]
pub mod qemu;
mod riscv_rust;
mod rvemu;
#[cfg(target_arch = "wasm32")]
mod web;

pub use boot::Boot;
pub use program::Program;

/// A machine with a program in it, before its first instruction.
pub trait Loaded {
    /// Runs the program to its end.
    ///
    /// # Errors
    /// The program says that it failed, or never ends.
    fn run(&mut self) -> Result<End, String>;
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// What it made of its rounds: the same on every machine that is right.
    pub value: u64,
    /// The instructions executed, if the machine counts them: the same on all.
    pub instructions: Option<u64>,
}

/// The machines that run inside this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Ours.
    Orrery,
    /// <https://crates.io/crates/rvemu>
    Rvemu,
    /// <https://crates.io/crates/riscv_emu_rust>
    RiscvRust,
}

impl System {
    /// All of them, and what they are called.
    pub const ALL: &[(System, &str)] = &[
        (System::Orrery, "orrery"),
        (System::Rvemu, "rvemu"),
        (System::RiscvRust, "riscv_emu_rust"),
    ];

    /// The one called `name`.
    pub fn named(name: &str) -> Option<System> {
        let mut all = System::ALL.iter();
        Some(all.find(|(_, own)| *own == name)?.0)
    }

    /// A new machine with `program` in it.
    ///
    /// # Errors
    /// The machine does not take it.
    pub fn load(self, program: &Program) -> Result<Box<dyn Loaded>, String> {
        Ok(match self {
            System::Orrery => Box::new(ours::Ours::load(program)?),
            System::Rvemu => Box::new(rvemu::Rvemu::load(program)),
            System::RiscvRust => Box::new(riscv_rust::RiscvRust::load(program)),
        })
    }
}

/// How many instructions a machine executes before the host looks whether the program ended.
const GLANCE: u64 = 1_000;
/// A program of more instructions than this never ends.
const FOREVER: u64 = 100_000_000_000;

/// Runs a machine that does not stop by itself: `step` makes one instruction, `look` reads
/// the program's state and value.
fn run_until_told<M>(
    machine: &mut M,
    step: impl Fn(&mut M),
    look: impl Fn(&mut M) -> [u64; 2],
) -> Result<End, String> {
    for _ in 0..FOREVER / GLANCE {
        for _ in 0..GLANCE {
            step(machine);
        }
        let [state, value] = look(machine);
        if state != 0 {
            return end(state, value, None);
        }
    }
    Err("it never ends".to_owned())
}

/// What the program's `state` and `value` mean.
fn end(state: u64, value: u64, instructions: Option<u64>) -> Result<End, String> {
    match state {
        0 => Err("it did not end".to_owned()),
        1 => Ok(End {
            value,
            instructions,
        }),
        _ => Err(format!("it met a trap of cause {}", state - 2)),
    }
}
