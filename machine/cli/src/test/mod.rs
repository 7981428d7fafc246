//! `orrery test`: bare-metal programs that report whether they succeeded, as the RISC-V
//! community's test suites do.

mod program;
mod report;

use std::io::{IsTerminal, stderr};

use indicatif::{ProgressBar, ProgressDrawTarget};

use crate::args::Test;
use crate::failure::Failure;
use crate::files;
use crate::session::print;
use program::{End, Program};
use report::Row;

/// Runs the programs as `args` say; the exit status.
///
/// # Errors
/// [`Failure::Usage`], [`Failure::Read`], [`Failure::Program`], [`Failure::Write`].
pub fn test(args: &Test) -> Result<u8, Failure> {
    if args.signature.is_some() && args.programs.len() > 1 {
        let why = "--signature is for one program, and several are given";
        return Err(Failure::Usage(why.to_owned()));
    }
    let bar = match args.programs.len() {
        n @ 2.. if stderr().is_terminal() => ProgressBar::new(n as u64),
        _ => ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()),
    };
    let mut rows = Vec::new();
    for path in &args.programs {
        bar.set_message(path.display().to_string());
        let program = Program::read(path)?;
        let run = program.run(args)?;
        if let Some(out) = &args.signature {
            let lines = program.signature(&run.machine, args.granularity)?;
            files::write(out, lines.as_bytes())?;
        }
        let row = Row {
            name: path.display().to_string(),
            instructions: run.machine.instret(),
            end: run.end,
        };
        bar.suspend(|| println!("{row}"));
        print(&run.output)?;
        rows.push(row);
        bar.inc(1);
    }
    bar.finish_and_clear();
    if rows.len() > 1 {
        println!("{}", report::sum(&rows));
    }
    if let Some(out) = &args.junit {
        files::write(out, report::junit(&rows).as_bytes())?;
    }
    Ok(exit_status(&rows))
}

/// 0 if all passed, 42 if one did not end, else 1.
fn exit_status(rows: &[Row]) -> u8 {
    if rows.iter().all(|row| row.end == End::Passed) {
        0
    } else if rows.iter().any(|row| matches!(row.end, End::TimeUp(_))) {
        42
    } else {
        1
    }
}
