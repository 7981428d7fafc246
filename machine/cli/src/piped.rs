//! Standard input that is no terminal: typed line by line while the guest waits.

use std::io::{self, Read};

use crate::boot::exit_status;
use crate::failure::Failure;
use crate::session::{Pause, Session, print};

/// The guest wants a line when it has been idle and silent for so long: 10 ms of its time,
/// longer than any disk takes.
const WANTS_LINE: u64 = 1_000_000;
/// With no input left, nothing more will come after a minute of silence.
const NOTHING_MORE: u64 = 6_000_000_000;

/// Runs until the guest switches off, or has nothing more to say; the exit status.
pub fn run(session: &mut Session) -> Result<u8, Failure> {
    let mut input = Vec::new();
    io::stdin().lock().read_to_end(&mut input)?;
    let mut lines = input.split_inclusive(|&byte| byte == b'\n');
    let mut silent_since = 0;
    loop {
        let (pause, output) = session.advance()?;
        print(&output)?;
        if !output.is_empty() {
            silent_since = session.machine.t();
        }
        let silence = session.machine.t() - silent_since;
        match pause {
            Pause::Busy => {}
            Pause::PowerOff(code) => return Ok(exit_status(code)),
            Pause::Reset => return Err(Failure::Reset),
            Pause::TimeUp => return Ok(0),
            Pause::Idle(next) if silence >= WANTS_LINE || next.is_none() => match lines.next() {
                Some(line) => {
                    session.type_in(line);
                    silent_since = session.machine.t();
                }
                None if silence >= NOTHING_MORE || next.is_none() => return Ok(0),
                None => session.skip(next.unwrap_or(u64::MAX)),
            },
            Pause::Idle(next) => {
                let patience = silent_since + WANTS_LINE;
                session.skip(next.map_or(patience, |next| next.min(patience)));
            }
        }
    }
}
