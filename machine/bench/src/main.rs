//! Measures, one after the other, what the command line names, and prints a line of JSON
//! for each: `SYSTEM:ELF:ROUNDS:PAGED` or `boot:KERNEL:DISK`. Who compares is `drive.mjs`.

use bench::clock::Since;
use bench::{Boot, End, Loaded, Program, System, qemu};
use std::panic::catch_unwind;
use std::time::Duration;

fn main() -> std::process::ExitCode {
    for job in std::env::args().skip(1) {
        // Another machine may panic at an instruction it does not know.
        let result = catch_unwind(|| measure(&job));
        match result.unwrap_or_else(|_| Err("it panicked".to_owned())) {
            Ok((end, time)) => println!(
                r#"{{"seconds":{},"instructions":{},"value":"{}"}}"#,
                time.as_secs_f64(),
                end.instructions.unwrap_or(0),
                end.value
            ),
            Err(error) => println!(r#"{{"error":{error:?}}}"#),
        }
    }
    std::process::ExitCode::SUCCESS
}

/// Does one job; how the program ended, and how long it took.
fn measure(job: &str) -> Result<(End, Duration), String> {
    let read = |path: &str| std::fs::read(path).map_err(|error| format!("{path}: {error}"));
    let parts: Vec<&str> = job.split(':').collect();
    let (system, elf, rounds, paged) = match parts[..] {
        ["boot", kernel, disk] => return timed(&mut Boot::load(&read(kernel)?, read(disk)?)?),
        [system, elf, rounds, paged] => (system, elf, rounds, paged),
        _ => return Err(format!("{job} is no job")),
    };
    let rounds = rounds.parse().map_err(|_| format!("{rounds} rounds?"))?;
    let program = Program::new(&read(elf)?, rounds, paged == "1")?;
    if system == "qemu" {
        let end = End {
            value: 0,
            instructions: None,
        };
        return Ok((end, qemu::time(&program)?));
    }
    let system = System::named(system).ok_or(format!("no machine is called {system}"))?;
    timed(&mut *system.load(&program)?)
}

fn timed(loaded: &mut dyn Loaded) -> Result<(End, Duration), String> {
    let since = Since::now();
    let end = loaded.run()?;
    Ok((end, since.own()))
}
