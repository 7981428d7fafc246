//! `orrery`, the command line: boots the machine, plays scripts and scenes on it, runs test
//! programs, serves gdb, disassembles.
#![forbid(unsafe_code)]

mod args;
mod boot;
mod disasm;
mod failure;
mod files;
mod gdb;
mod guest;
mod interactive;
mod piped;
mod report;
mod scene;
mod script;
mod session;
mod snapshot;
mod test;
mod trace;
mod xml;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    let result = match &args.command {
        Command::Boot(boot) => boot::boot(boot),
        Command::Gdb(args) => gdb::gdb(args),
        Command::Snapshot(args) => snapshot::snapshot(args),
        Command::Test(args) => test::test(args),
        Command::Disasm(disasm) => disasm::disasm(disasm),
        Command::Scene(args) => scene::scene(args),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            eprintln!("orrery: {failure}");
            ExitCode::from(failure.exit_status())
        }
    }
}
