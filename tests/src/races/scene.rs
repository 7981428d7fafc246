//! What a machine that hangs looks like inside, in a few lines for people.

use std::fmt::Write;

use inspect::symbols::Symbols;
use inspect::view::{View, ViewRequest};
use machine::Machine;

/// Harts, processes, and locks that are held or waited for; as far as `symbols` tell.
pub fn describe(machine: &Machine, symbols: Option<&Symbols>) -> String {
    let mut text = String::new();
    let look = |request| inspect::view(machine, symbols, &request);
    if let View::Harts(view) = look(ViewRequest::Harts) {
        for hart in view.harts {
            let place = hart.place.map(|frame| format!("{frame:?}"));
            let process = hart.process.map_or(0, |process| process.pid);
            let _ = writeln!(
                text,
                "hart {}: {:?}{} process {process} {}",
                hart.id,
                hart.mode,
                if hart.waiting { " waits" } else { "" },
                place.unwrap_or_default()
            );
        }
    }
    if let View::Processes(view) = look(ViewRequest::Processes { stack_of: None }) {
        for process in view.processes {
            let chan = process.chan.unwrap_or_default();
            let _ = writeln!(
                text,
                "process {} {} {:?} {chan}",
                process.pid, process.name, process.state
            );
        }
    }
    if let View::Locks(view) = look(ViewRequest::Locks) {
        let busy = |lock: &&inspect::view::LockView| lock.held || !lock.spinning.is_empty();
        for lock in view.locks.iter().filter(busy) {
            let holder = lock.holder.as_ref().map_or(0, |process| process.pid);
            let _ = writeln!(
                text,
                "lock {}: hart {:?} process {holder}, spinning {:?}",
                lock.path, lock.hart, lock.spinning
            );
        }
    }
    text
}
