//! `cargo xtask`: set-up, build, serve and test, from one place.
//!
//! This file is the command line; each command is a module. What a command
//! needs from the machine it runs on is found, or made, by `setup`.

mod bench;
mod check;
mod compress;
mod guest;
mod kit;
mod names;
mod notes;
mod place;
mod qemu;
mod rows;
mod serve;
mod setup;
mod step;
mod strip;
mod test;
mod tidy;
mod toolchain;
mod web;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use place::Place;
use setup::Purpose;

const EXAMPLES: &str = "\
Start here:
  cargo xtask play          build everything and open the page it prints
  cargo xtask qemu          boot the very same kernel and image on QEMU
  cargo xtask check         the quick checks, before each commit
  cargo xtask test          everything, as CI runs it

Cargo's own output goes to CARGO_TARGET_DIR if that is set; what is made from it
always lies in target/guest, target/web and dist of this checkout.
Tools are kept in $XDG_CACHE_HOME/orrery (~/.cache/orrery), for all checkouts.";

/// Set-up, build, serve and test Orrery.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up what is missing, build everything and serve the page
    Play {
        /// Where to listen on this machine
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Build everything into dist/: static files for any server, under any path
    Build {
        /// Only a part of it
        #[arg(value_enum)]
        part: Option<Part>,
    },
    /// Install what is missing, and nothing that is there (safe to run again)
    Setup {
        /// What to be ready for: `play` needs Rust and Node alone, `test` also QEMU and Chromium
        #[arg(long = "for", value_enum, default_value = "play")]
        purpose: Purpose,
    },
    /// Boot the same kernel and image on QEMU, here in the terminal
    Qemu(qemu::Options),
    /// The quick checks: format, lints, types, tidiness
    Check(rows::Selection),
    /// Every check and every test (cargo xtask test --list names them)
    Test(rows::Selection),
    /// Measure the machine beside others, natively and in Chromium, and print the ratios
    Bench(bench::Options),
    /// The house rules a compiler does not know: length, fences, paths, headers
    Tidy,
    /// Try random cases until the time is up
    Fuzz {
        /// What is tried
        #[arg(value_enum)]
        what: Fuzzed,
        /// How long
        #[arg(long, default_value_t = 10)]
        minutes: u32,
        /// What the random choices begin with
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

/// What `fuzz` tries.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Fuzzed {
    /// Our machine against QEMU, instruction by instruction; what differs is kept in tests/cases
    Isa,
    /// The file system, the power cut at every write of workloads of chance
    Crash,
    /// Guests that mean harm, at devices above all: the host must take it, and the laws hold
    Devices,
    /// The kernel, under loads that race, on harts that take turns in every order
    Races,
    /// The same loads, here and on QEMU: few runs in which each meets every policy, and these each other
    Matrix,
}

/// A part of the build that is wanted alone.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Part {
    /// Kernel, programs and file-system image, into target/guest
    Guest,
}

fn main() -> std::process::ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let place = Place::here()?;
    match command {
        Command::Play { port } => play(place, port),
        Command::Qemu(options) => {
            qemu::is_here()?;
            let claim = place.claim()?;
            let kit = setup::with_toolchain(place)?;
            let guest = guest::build(&kit)?;
            drop(claim);
            qemu::boot(&kit, &guest, &options)
        }
        Command::Bench(options) => {
            qemu::is_here()?;
            let _claim = place.claim()?;
            bench::run(&setup::ready_for(Purpose::Test, place)?, &options)
        }
        Command::Tidy => tidy::run(&place),
        Command::Build { part: None } => {
            let _claim = place.claim()?;
            web::build(&setup::ready_for(Purpose::Play, place)?)
        }
        Command::Build {
            part: Some(Part::Guest),
        } => {
            let _claim = place.claim()?;
            guest::build(&setup::with_toolchain(place)?)?.print_hashes()
        }
        Command::Setup { purpose } => {
            let _claim = place.claim()?;
            setup::ready_for(purpose, place).map(drop)
        }
        Command::Fuzz {
            what,
            minutes,
            seed,
        } => fuzz(place, what, minutes, seed),
        Command::Check(selection) => rows::run(check::ROWS, &selection, place),
        Command::Test(selection) => rows::run(&test::rows(), &selection, place),
    }
}

/// Tries random cases of `what` for so many minutes.
fn fuzz(place: Place, what: Fuzzed, minutes: u32, seed: u64) -> Result<()> {
    let claim = place.claim()?;
    let kit = setup::with_toolchain(place)?;
    let (example, found) = match what {
        Fuzzed::Isa => {
            qemu::is_here()?;
            let found = "the machines differ; the cases are in tests/cases";
            ("fuzz_isa", found)
        }
        Fuzzed::Crash => {
            guest::build(&kit)?;
            ("fuzz_crash", "a cut of the power left damage; see above")
        }
        Fuzzed::Devices => (
            "fuzz_devices",
            "a guest broke a law of the machine; see above",
        ),
        Fuzzed::Races => {
            guest::build(&kit)?;
            ("fuzz_races", "the kernel failed; see above")
        }
        Fuzzed::Matrix => {
            guest::build(&kit)?;
            ("fuzz_matrix", "the kernel failed; see above")
        }
    };
    drop(claim);
    let mut cargo = kit.cargo();
    cargo.args(["run", "-q", "--release", "-p", "tests"]);
    cargo.args(["--example", example, "--"]);
    cargo.args([minutes.to_string(), seed.to_string()]);
    let status = cargo.status().context("cannot start cargo")?;
    if !status.success() {
        bail!(found);
    }
    Ok(())
}

fn play(place: Place, port: u16) -> Result<()> {
    // The port first: who has to hear that it is busy should not wait for a build.
    let listener = serve::listen(port)?;
    let claim = place.claim()?;
    let kit = setup::ready_for(Purpose::Play, place)?;
    web::build(&kit)?;
    drop(claim);
    serve::serve(listener, &kit.place.dist())
}
