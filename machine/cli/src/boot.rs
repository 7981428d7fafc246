//! `orrery boot`: builds the machine and runs it with whatever standard input is.

use std::io::{self, IsTerminal};

use crate::args::Boot;
use crate::failure::Failure;
use crate::report::Report;
use crate::script::Script;
use crate::session::Session;
use crate::trace::{self, Tracer};
use crate::{files, guest, interactive, piped};

/// Boots as `boot` says; the exit status.
///
/// # Errors
/// Every [`Failure`] but those of `disasm`.
pub fn boot(boot: &Boot) -> Result<u8, Failure> {
    let script = boot.script.as_deref().map(Script::read).transpose()?;
    let machine = guest::build(&boot.guest)?;
    let mut session = Session::new(machine, boot.until, boot.hash_at);
    if let Some(path) = &boot.trace {
        let calls = trace::find_calls(&boot.guest.kernel, &boot.trace_calls)?;
        session.trace(Tracer::create(path, boot.trace_format, calls)?);
    }
    if let Some(path) = &boot.virtio_console {
        session.put_terminal(path)?;
    }
    let report = Report::begin();
    let result = match &script {
        Some(script) => script.play(&mut session),
        None if io::stdin().is_terminal() => interactive::run(&mut session),
        None => piped::run(&mut session),
    };
    session.end_trace()?;
    if boot.stats {
        report.print(&session.machine);
    }
    if let Some(path) = &boot.save {
        files::write(path, &session.machine.to_bytes())?;
    }
    result
}

/// The exit status for a guest that switched off with `code`.
pub fn exit_status(code: u32) -> u8 {
    u8::try_from(code).unwrap_or(u8::MAX)
}
