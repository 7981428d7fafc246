//! `orrery gdb`.

use clap::Args as Group;

use super::Guest;

/// What `--help` says at its end.
pub const HELP: &str = "\
The machine waits at its reset. In another terminal:
  gdb-multiarch target/guest/kernel.debug -ex 'target remote :1234'

Harts are gdb's threads, from 1; when one stops, all do. They run in their one order, so a step
of one lets the others have their turns. Everything is recorded:
  break fork            stop there; the guest's memory is not touched for it
  watch ticks           stop when something stores there, a device too (also rwatch, awatch)
  reverse-continue      back to the breakpoint, or just before the store, that came last
  reverse-stepi         back by an instruction (also reverse-step, reverse-next, reverse-finish)
  info registers csr    all control and status registers
  monitor help          what else: time, state hash, seeking, typing at the console

What the guest prints goes to standard output. Memory and registers cannot be changed: what is
recorded is a function of the images and what was typed. Addresses are virtual, through the page
table of the thread's hart as it is now; `monitor physical on` makes them physical.

Exit status: 0 gdb killed the guest, or left with --once; 2 wrong usage, files that the machine
cannot run, or a port that is taken.";

/// What to debug, and where to wait for gdb.
#[derive(Debug, Group)]
pub struct Gdb {
    /// What to boot.
    #[command(flatten)]
    pub guest: Guest,
    /// TCP port on this computer to wait at; 0 for any that is free
    #[arg(long, value_name = "PORT", default_value_t = 1234)]
    pub port: u16,
    /// End when gdb detaches, rather than wait for another
    #[arg(long)]
    pub once: bool,
}
