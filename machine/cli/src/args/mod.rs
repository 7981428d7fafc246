//! The arguments, and what `--help` says of them.

mod boot;
mod disasm;
mod gdb;
mod guest;
mod scene;
mod snapshot;
mod test;

use clap::{Parser, Subcommand};

pub use boot::{Boot, TraceFormat};
pub use disasm::Disasm;
pub use gdb::Gdb;
pub use guest::Guest;
pub use scene::{Language, Scene};
pub use snapshot::{MakeSnapshot, Snapshot};
pub use test::Test;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(version, about = "An RV64 machine you can watch", after_help = EXAMPLES)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  orrery boot                            boot target/guest/kernel to its shell; Ctrl-A X leaves
  echo 'ls; poweroff' | orrery boot      type that, print what comes, end when the power goes off
  orrery boot --script session.txt       send and expect; exit status 0 if all came as expected
  orrery boot --harts 1 --seed 7 --stats another interleaving, and what it took
  orrery snapshot make booted.orrery --until 20000000
  orrery gdb                             wait for gdb on port 1234
  orrery test isa/rv64ui-p-*             run test programs; exit status 0 if all pass
  orrery disasm target/guest/kernel --at start -n 20
  orrery scene web/scenes/fork.scene.json play a scene and check what it expects";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Boot a kernel with a disk, as `qemu-system-riscv64 -machine virt -bios none` would.
    #[command(after_help = boot::HELP)]
    Boot(Boot),
    /// Serve gdb: breakpoints, watchpoints, and both ways through time.
    #[command(after_help = gdb::HELP)]
    Gdb(Gdb),
    /// Write a machine to a file, or tell what a file holds.
    #[command(subcommand)]
    Snapshot(Snapshot),
    /// Run bare-metal programs that report whether they succeeded.
    #[command(after_help = test::HELP)]
    Test(Test),
    /// Print a kernel's instructions.
    #[command(after_help = disasm::HELP)]
    Disasm(Disasm),
    /// Play a scene as the page would, and check what it expects at each stop.
    #[command(after_help = scene::HELP)]
    Scene(Scene),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        Args::command().debug_assert();
    }
}
